import type { LeaseTools } from '../port.ts';
import type { Note } from '../journal.ts';
import type { Moment } from './protocol.ts';
import { createTimeLimit, type TimeLimit } from './time-limit.ts';
import type { OnTrouble, Trouble } from './trouble.ts';

/**
 * Where a protocol's requests about one grant are performed.
 *
 * @template Besides what a request takes that is no part of the protocol
 */
export interface Executor<Ask, Answer, Besides extends readonly unknown[] = readonly []> {
  readonly now: () => Moment;
  /** Performs one request; `null` where the time limit cut it short. */
  perform(ask: Ask, ...besides: Besides): Promise<Answer | null>;
  /** What last brought a request to nothing, `null` where nothing did, or where that is over. */
  readonly trouble: () => Trouble | null;
  readonly deniedEndFails: boolean;
  /** From now on the time limit counts no more: what was begun is brought to a safe end. */
  goOnUnlimited(): void;
  readonly isOverTime: () => boolean;
  /** What was begun has not come to a safe end within reason: it is left as it is. */
  readonly isSpent: () => boolean;
}

/** What every protocol asks for, whatever its stores are. */
export type PlainAsk =
  /** Writes the runner's state. */
  | (Note & { readonly do: 'save' })
  /** Until a moment on the monotonic clock, in milliseconds. */
  | { readonly do: 'sleep'; readonly until: number };

/** How much of a wait is left, in milliseconds; nothing of any other request. */
export function restOf(ask: { readonly do: string; readonly until?: number }, { mono }: Moment): number {
  return ask.do === 'sleep' ? Math.max(0, (ask.until ?? 0) - mono) : 0;
}

/** All of an executor but its stores, which each cloud adds. */
export interface CommonExecutor extends Executor<PlainAsk, { readonly is: 'done' }> {
  readonly limit: TimeLimit;
  readonly onTrouble: OnTrouble;
}

/** @param date now by the cloud's clock, in milliseconds since the epoch */
export function openCommonExecutor(
  {
    clock,
    budget,
    latest,
    deniedEndFails,
    note,
  }: Pick<LeaseTools, 'clock' | 'budget' | 'latest' | 'deniedEndFails' | 'note'>,
  date: () => number,
): CommonExecutor {
  const limit = createTimeLimit(budget, clock, latest);
  let trouble: Trouble | null = null;
  return {
    limit,
    onTrouble: (error) => {
      // What befalls the giving up is not why it was given up.
      if (limit.counts() || trouble === null) trouble = error;
    },
    now: () => ({ mono: clock.mono(), date: date() }),
    async perform(ask) {
      if (ask.do === 'sleep') return (await limit.sleepUntil(ask.until)) ? { is: 'done' } : null;
      note({ progress: ask.progress, holder: ask.holder, end: ask.end });
      return { is: 'done' };
    },
    trouble: () => trouble,
    deniedEndFails,
    goOnUnlimited: () => {
      limit.goOnUnlimited();
    },
    isOverTime: limit.isOver,
    isSpent: limit.isSpent,
  };
}
