import type { Model } from '../explorer.ts';
import { moves } from './moves.ts';
import { brokenPromise, stuckParty } from './promises.ts';
import { initial, type Rules } from './rules.ts';
import { canonical, type World } from './world.ts';

/** A world as an object of exploration; each state is kept as a text, and packed as its number. */
export function modelOf(rules: Rules): Model<World> {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  const { constants } = rules;
  return {
    width: 1,
    initial: initial(rules),
    pack(world, into, offset) {
      const text = canonical(world);
      const known = numbers.get(text);
      if (known === undefined) numbers.set(text, texts.push(text) - 1);
      into[offset] = known ?? texts.length - 1;
    },
    unpack(from, offset) {
      const world = JSON.parse(texts[from[offset] ?? -1] ?? '') as World;
      const parties = world.parties.map((party) => {
        const { place } = party;
        return place === null ? party : { ...party, place: { ...place, memory: { ...place.memory, constants } } };
      });
      return { ...world, parties };
    },
    successors: (world, emit) => {
      moves(rules, world, emit);
    },
    fault: (world) => brokenPromise(rules, world),
    stuck: (world) => stuckParty(rules, world),
    describe: (world) => canonical(world),
  };
}
