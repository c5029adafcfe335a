import { chance } from '../random.ts';
import type { OperationKind, OperationPlace } from './operation.ts';

/** An operation that is about to begin. */
export interface Beginning extends OperationPlace {
  /** It is the n-th of its kind there, 1-based. */
  readonly nth: number;
}

/** Duration of operations, in milliseconds: the same for all, spread evenly by a seed, or from a function. */
export type Durations =
  number | { readonly from: number; readonly to: number; readonly seed: number } | ((operation: Beginning) => number);

/** The duration of each operation. A spread one follows from the seed and the operation, not from the order of the starts. */
export function durationsOf(durations: Durations): (operation: OperationPlace) => number {
  const counts = new Map<string, number>();
  return ({ kind, accountId }) => {
    const place = `${kind} ${accountId ?? ''}`;
    const nth = (counts.get(place) ?? 0) + 1;
    counts.set(place, nth);
    if (typeof durations === 'number') return durations;
    if (typeof durations === 'function')
      return durations({ kind, nth, ...(accountId === undefined ? {} : { accountId }) });
    const { from, to, seed } = durations;
    return Math.round(from + (to - from) * chance(seed, place, nth));
  };
}

/** Total duration of operations, in milliseconds. */
export interface Work {
  readonly byAccount: ReadonlyMap<string, number>;
  readonly byKind: Readonly<Record<OperationKind, number>>;
  readonly count: Readonly<Record<OperationKind, number>>;
}

/** Sums up operations that a rehearsal has had (`world.aws.estate.operations()`), from what floor a duration is measured. */
export function workOf(
  operations: Iterable<{
    readonly kind: OperationKind;
    readonly accounts: readonly string[];
    readonly createdAt: number;
    readonly finishAt: number;
  }>,
): Work {
  const byAccount = new Map<string, number>();
  const byKind = { create: 0, delete: 0, provision: 0 };
  const count = { create: 0, delete: 0, provision: 0 };
  for (const { kind, accounts, createdAt, finishAt } of operations) {
    const took = finishAt - createdAt;
    byKind[kind] += took;
    count[kind] += 1;
    for (const account of accounts) byAccount.set(account, (byAccount.get(account) ?? 0) + took);
  }
  return { byAccount, byKind, count };
}
