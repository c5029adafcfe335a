import { CloudError, Refusal } from '../../errors.ts';
import type { LeaseTools } from '../port.ts';
import type { Moment, PlainAsk } from './protocol.ts';
import { createTimeLimit, type TimeLimit } from './time-limit.ts';

/**
 * Performs a protocol's requests about one grant.
 *
 * @template Besides arguments of a request that are no part of the protocol
 */
export interface Executor<Ask, Answer, Besides extends readonly unknown[] = readonly []> {
  readonly now: () => Moment;
  /** Performs one request; `null` where the time limit cut it short. */
  perform(ask: Ask, ...besides: Besides): Promise<Answer | null>;
  /** The last failure of a request, `null` where there was none, or where it no longer applies. */
  readonly trouble: () => Trouble | null;
  readonly deniedEndFails: boolean;
  /** Replaces the time limit by the grace period, to bring a join that was given up to a safe end. */
  goOnUnlimited(): void;
  readonly isOverTime: () => boolean;
  /** True if the grace period has passed without a safe end: the grant is left as it is. */
  readonly isSpent: () => boolean;
}

/** Rest of a wait, in milliseconds; 0 for any other request. */
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
      // A failure while giving up is not the reason for giving up.
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

/** Why a request failed. */
export type Trouble = CloudError | Refusal;

/** Receives the failure of a request; `null`: the last failure no longer applies. */
export type OnTrouble = (trouble: Trouble | null) => void;

export function isTrouble(error: unknown): error is Trouble {
  return error instanceof CloudError || error instanceof Refusal;
}

/** Reports a failed request and returns its answer; any other error is thrown. */
export function failedBy(error: unknown, onTrouble: OnTrouble): { readonly is: 'failed' } {
  if (!isTrouble(error)) throw error;
  onTrouble(error);
  return { is: 'failed' };
}
