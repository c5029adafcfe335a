import type { Ask } from '../../src/aws/leases/steps/asks.ts';
import { createPool, type Pooled } from './pool.ts';

/** The assignment, and the one operation that may run on it. */
export interface Assignment {
  readonly present: boolean;
  /** Somebody gave it for ever. */
  readonly permanent: boolean;
  readonly operation: Operation | null;
  /** What reads that lag may still show instead; `null` where they show what is. */
  readonly before: boolean | null;
}

export interface Operation {
  readonly what: 'create' | 'delete';
  /** The number of the party that started it, or who else did. */
  readonly by: number;
  /** The unit in which it was accepted: that is when history says it was made. */
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

/** A request that changes something in the cloud. */
export type Change = Extract<Ask, { readonly do: 'put' | 'disable' | 'drop' | 'create' | 'delete' }>;

/** What was sent, and lands although its sender does not wait for it any more. */
export interface Stray {
  readonly ask: Change;
  readonly by: number;
  /** It is the last thing that making the access permanent takes. */
  readonly isLast: boolean;
  /** How many ticks it may still take. */
  readonly left: number;
}

/** What is under way: calls of timers that fired, and requests without a sender. */
export interface UnderWay {
  /** How many ticks each call may still take. */
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
