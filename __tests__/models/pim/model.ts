import type { Model } from '../explorer.ts';
import { createInterning } from '../interning.ts';
import { moves } from './moves.ts';
import { brokenPromise, stuckParty } from './promises.ts';
import { initial, type Rules } from './rules.ts';
import type { World } from './world.ts';

/** A world as an object of exploration; its parts are kept once, and packed as numbers. */
export function modelOf(rules: Rules): Model<World> {
  const { numberOf, at } = createInterning();
  const first = initial(rules);
  return {
    width: 6 + first.parties.length,
    initial: first,
    pack({ today, stored, before, strays, parties, left, overruled }, into, offset) {
      const rest = [stored, before, strays, left, ...parties];
      into.set([today, Number(overruled), ...rest.map(numberOf)], offset);
    },
    unpack(from, offset) {
      const part = (index: number): unknown => at(from[offset + index] ?? -1);
      return {
        today: from[offset] ?? 0,
        overruled: from[offset + 1] === 1,
        stored: part(2) as World['stored'],
        before: part(3) as World['before'],
        strays: part(4) as World['strays'],
        left: part(5) as World['left'],
        parties: first.parties.map((_, who) => part(6 + who) as World['parties'][number]),
      };
    },
    successors: (world, emit) => {
      moves(rules, world, emit);
    },
    fault: (world) => brokenPromise(rules, world),
    stuck: (world) => stuckParty(rules, world),
    describe: (world) => JSON.stringify(world),
  };
}
