import { anyPause, noFaults, type Faults, type Options } from './options.ts';
import type { Member } from './party.ts';
import { shortest, type Durations } from './scale.ts';

/** Differences of a world from the plainest one. */
export interface Setting extends Partial<Omit<Options, 'cast' | 'durations' | 'faults'>> {
  /** The holders' ends, in units of the date. */
  readonly ends?: readonly number[];
  readonly others?: readonly Member['role'][];
  readonly durations?: Partial<Durations>;
  readonly faults?: Partial<Faults>;
}

export function world({ ends = [1, 3], others = [], durations, faults, ...rest }: Setting): Options {
  return {
    cast: [
      ...ends.map((end, index): Member => ({ role: 'holder', name: 'abcd'[index] ?? '', end })),
      ...others.map((role, index): Member => ({ role, name: `${role}${index === 0 ? '' : index + 1}`, end: 0 })),
    ],
    durations: { ...shortest, ...durations },
    faults: { ...noFaults, pause: anyPause, ...faults },
    permanent: false,
    accepting: false,
    inspecting: false,
    postAnyway: false,
    inTurn: null,
    hasty: false,
    vanishing: false,
    firings: 2,
    names: 1,
    renewals: 0,
    remembers: false,
    ...rest,
  };
}

/** The same world with its members in another order, by which they begin in turn. */
export function inOrder(order: readonly number[], setting: Setting): Options {
  const plain = world(setting);
  return { ...plain, cast: order.flatMap((index) => plain.cast[index] ?? []) };
}
