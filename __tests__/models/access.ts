import type { Ask } from '../../src/aws/leases/steps/asks.ts';
import { createPool, type Pooled } from './pool.ts';

/** The assignment, and the one operation that can run on it. */
export interface Assignment {
  readonly present: boolean;
  /** A person made it permanent. */
  readonly permanent: boolean;
  readonly operation: Operation | null;
  /** State that lagging reads can still show instead; `null` without a lag. */
  readonly before: boolean | null;
}

export interface Operation {
  readonly what: 'create' | 'delete';
  /** Number of the party that started it, or another starter. */
  readonly by: number;
  /** The unit in which it was accepted: the time of its creation in the history. */
  readonly since: number;
}

export const byTimer = -1;

export type Access = Pooled<Assignment>;

const accesses = createPool<Assignment>(
  ({ present, permanent, operation, before }) =>
    `${present} ${permanent} ${before} ${operation === null ? '' : `${operation.what} ${operation.by} ${operation.since}`}`,
);

export const accessOf = (it: Assignment): Access => accesses.of(it);
export const accessAt = (id: number): Access => accesses.at(id);

/** A request that changes the cloud. */
export type Change = Extract<Ask, { readonly do: 'put' | 'disable' | 'drop' | 'create' | 'delete' }>;

/** A sent request that arrives after its sender has stopped waiting for it. */
export interface Stray {
  readonly ask: Change;
  readonly by: number;
  /** True for the last request of making the access permanent. */
  readonly isLast: boolean;
  /** Number of ticks that it can still take. */
  readonly left: number;
}

/** Requests on their way: calls of timers that fired, and requests without a sender. */
export interface UnderWay {
  /** Number of ticks that each call can still take. */
  readonly calls: readonly number[];
  readonly strays: readonly Stray[];
}

export type Air = Pooled<UnderWay>;

const nameOf = (ask: Change): string => {
  switch (ask.do) {
    case 'put':
      return `${ask.record.name.kind} ${ask.record.name.holder} ${ask.record.enabled} ${ask.record.firesAt}`;
    case 'disable':
    case 'drop':
      return `${ask.name.kind} ${ask.name.holder}`;
    case 'create':
    case 'delete':
      return '';
  }
};

const keyOf = ({ ask, by, isLast, left }: Stray): string => `${ask.do} ${nameOf(ask)} ${by} ${isLast} ${left}`;
const airs = createPool<UnderWay>(({ calls, strays }) => `${calls.join(' ')}|${strays.map(keyOf).join('|')}`);

export const airAt = (id: number): Air => airs.at(id);

export function airOf({ calls, strays }: UnderWay): Air {
  return airs.of({
    calls: [...calls].sort((a, b) => a - b),
    strays: [...strays].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
  });
}

export const emptyAir = airOf({ calls: [], strays: [] });

export function without<T>(list: readonly T[], index: number): readonly T[] {
  return list.filter((_, at) => at !== index);
}
