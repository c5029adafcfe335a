import { never, type Constants } from '../../src/aws/leases/steps/constants.ts';
import type { Holder } from '../../src/aws/leases/steps/holder.ts';
import type { RecordName } from '../../src/aws/leases/steps/records.ts';
import { accessOf, emptyAir } from './access.ts';
import type { Options } from './options.ts';
import { idle, type Party } from './party.ts';
import { createPlaces, type Places } from './places.ts';
import { createViews, emptySlot, type Ages, type Views } from './records.ts';
import { constantsOf, longTick, unit } from './scale.ts';
import type { Steps } from './steps.ts';
import { budgetOf, type Name, type World } from './world.ts';

/** The constant part of all states of a world. */
export interface Rules {
  readonly options: Options;
  readonly steps: Steps;
  readonly constants: Constants;
  readonly places: Places;
  readonly names: readonly Name[];
  readonly most: Ages;
  readonly views: Views;
  readonly longTick: number;
  /** In the last unit everything is spent. */
  readonly lastUnit: number;
  slotOf(name: RecordName): number;
  /** Name of a member's holder, by its number. */
  nameOf(who: number, name: number): string;
  spareOf(who: number, name: number): readonly string[];
  /** True if it will request the history. */
  isJudging(party: Party): boolean;
}

export function rulesOf(options: Options, steps: Steps): Rules {
  const { cast, durations, names: nameCount, renewals, remembers } = options;
  const constants = constantsOf(durations);
  const nameOf = (who: number, name: number): string => `${cast[who]?.name ?? ''}${name === 0 ? '' : name + 1}`;
  const spareOf = (who: number, name: number): readonly string[] =>
    Array.from({ length: renewals }, (_, index) => `${nameOf(who, name)}${"'".repeat(index + 1)}`);
  const names: Name[] = [];
  cast.forEach(({ role, name, end }, who) => {
    if (role === 'permanent') names.push({ kind: 'hold', end: never, holder: name, who });
    else if (role !== 'holder') names.push({ kind: 'mark', end: 50 * unit, holder: name, who });
    else
      for (let index = 0; index < nameCount; index += 1)
        for (const holder of [nameOf(who, index), ...spareOf(who, index)])
          names.push({ kind: 'hold', end: end * unit, holder, who }, { kind: 'timer', end: end * unit, holder, who });
  });
  const slots = new Map(names.map(({ kind, holder }, index) => [`${kind} ${holder}`, index]));
  const needsAges = cast.some(({ role }) => role !== 'holder');
  const most: Ages = { made: needsAges ? durations.sweepAge : 0, changed: durations.fireWait };
  return {
    options,
    steps,
    constants,
    places: createPlaces(steps, durations, remembers),
    names,
    most,
    views: createViews(names, most),
    longTick: longTick(durations),
    lastUnit: Math.max(0, ...cast.map(({ end }) => end)) + 2,
    nameOf,
    spareOf,
    slotOf({ kind, holder }) {
      const slot = slots.get(`${kind} ${holder}`);
      if (slot === undefined) throw new RangeError(`no party can write ${kind} ${holder}`);
      return slot;
    },
    isJudging: ({ place }) => {
      if (place === null) return false;
      if (place.at === 'look') return place.role === 'holder' && (place.memory as Holder).proof === 'spent';
      return place.at === 'judge' || place.at === 'last-judge';
    },
  };
}

export function initial({ options, names }: Rules): World {
  const { cast, faults, permanent } = options;
  return {
    today: 0,
    fresh: false,
    access: accessOf({ present: permanent, permanent, operation: null, before: null }),
    air: emptyAir,
    slots: names.map(() => emptySlot),
    parties: cast.map((_, who) => idle(who)),
    left: budgetOf(faults),
    unfired: false,
    broken: null,
  };
}
