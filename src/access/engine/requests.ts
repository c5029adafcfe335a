import { answeredIn, failedIn, laterTurn, turnTooLate } from '../messages/requests.ts';
import { signingInAgain } from '../messages/sign-in.ts';
import { tryingAgain } from '../messages/changes.ts';
import { type Budget, budgetWith, type Clock, left, type Random, type Turn } from '../clock.ts';
import { asNotSent, Cancelled, CloudError, isInWords, Unsent, type Failure, type FailureKind } from '../errors.ts';
import type { Log } from '../tools.ts';
import { perTryMs, withTimeout } from './aborting.ts';
import { hintOnRefused, isEnding, mostRenewals, type Credential } from './credential.ts';
import { renewedInVain } from '../messages/sign-in.ts';
import { createDenials } from './denials.ts';
import { createPace, lowered, type Pace, type Quota } from './pacing.ts';
import { delayBeforeRenewal, delayBeforeRetry } from './retry.ts';

/** The quota that a request counts against. */
interface Quoted {
  /** Name of the quota. */
  readonly quota: string;
  /** Owner of the bucket where the quota has several, such as a subscription. */
  readonly bucket?: string;
}

/** One request to a cloud, before it is sent. @template K the credential that it is signed with, or carries */
export interface Sending<T, K = undefined> extends Quoted {
  /** As the cloud's permission system names it. */
  readonly operation: string;
  readonly budget: Budget;
  /** Before each try; a request that takes no sign-in has none. */
  readonly credential?: Credential<K> | undefined;
  /** Makes exactly one request; `signal` ends it. */
  readonly send: (signal: AbortSignal, signedWith: K) => Promise<T>;
}

/** Sends requests at the clouds' pace. Everything that goes to a cloud goes through here. */
export interface Requests {
  /** Sends until it is answered, the answer is final, or the budget is spent. For requests that change nothing. */
  read<T, K = undefined>(sending: Sending<T, K>): Promise<T>;
  /**
   * Sends once and says how it ended: whether to try again is for the caller, who may have to look first. But for
   * credentials that have ended: such a request was not carried out, and is sent again with new ones.
   */
  once<T, K = undefined>(sending: Sending<T, K>): Promise<T>;
  /** Waits for the turn of a request that is sent later; `null` where the budget ends before. */
  turn(of: Quoted, budget: Budget): Promise<Turn | null>;
}

export interface RequestTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly quotas: Readonly<Record<string, Quota>>;
  /** The most requests a second in any bucket, `null` for what the quotas allow. */
  readonly requestsPerSecond: number | null;
  /** Turns an SDK's error into a failure. */
  readonly classify: (error: unknown, operation: string) => Failure;
  /** True if an answer reports the credential as expired or unknown. */
  readonly isSignInRefused?: (failure: Failure, error: unknown) => boolean;
  /** Operations that a step has to be allowed in order to end access, beside the change itself. */
  readonly endingNeeds?: RegExp;
  /** The request id of the answer to the request that this signal could have ended, for the debug log. */
  readonly requestIdOf: (signal: AbortSignal) => string | null;
  /** Requests left in the bucket by the answer to that request, `null` where it names none. */
  readonly remainingOf?: (signal: AbortSignal) => number | null;
}

/** Maximum wait of a request that changes something for its turn, in milliseconds. */
const longestTurnMs = 10_000;

/**
 * The only place that paces, times and classifies requests. Retries follow one policy, `retry.ts`; the SDKs' own retries
 * are off.
 */
export function createRequests(tools: RequestTools): Requests {
  const { clock, random, log } = tools;
  const paces = new Map<string, Pace>();
  const paceOf = (quoted: Quoted): Pace | null => {
    const quota = tools.quotas[quoted.quota];
    if (quota === undefined) return null;
    const key = keyOf(quoted);
    const pace = paces.get(key) ?? createPace(lowered(quota, tools.requestsPerSecond), clock);
    paces.set(key, pace);
    return pace;
  };

  // A caller that tries once and looks in between still makes several tries within one budget.
  const tries = new WeakMap<Budget, Map<string, number>>();

  const signedIn = async <T, K>({ credential, budget }: Waiting<T, K>): Promise<K> => {
    const began = clock.now();
    const key = await credential?.get(budget);
    if (isEnding(credential)) budget.grant(clock.now() - began);
    return key as K;
  };

  /** Renews refused credentials; returns the failure where the request is not worth another try. */
  const renew = async <T, K>(
    sending: Waiting<T, K>,
    key: K,
    failure: Failure,
    renewals: number,
  ): Promise<Failure | null> => {
    const { credential, budget, operation } = sending;
    if (credential === undefined) return failure;
    const delay = delayBeforeRenewal(renewals, random);
    const isSpent = !isEnding(credential) && renewals >= mostRenewals;
    if (isSpent || delay >= left(budget, clock))
      return renewals === 0 ? failure : { ...failure, hint: hintOnRefused(failure, renewedInVain) };
    if (!(await credential.renew(key, budget))) return { ...failure, hint: hintOnRefused(failure, credential.hint) };
    log.info(signingInAgain(operation, failure.code, failure.message));
    await clock.sleep(delay, budget.signal);
    return null;
  };

  const deniedChanges = createDenials(clock);

  const attempt = async <T, K>(sending: Waiting<T, K>, attempts: number, renewals = 0): Promise<T> => {
    const { operation, budget } = sending;
    const key = await signedIn(sending);
    const pace = paceOf(sending);
    const inTime = takes(sending) || (await turnOf(pace, budget));
    if (!inTime) throw new CloudError(notSent(operation));
    if (clock.mono() >= (budget.sendBy ?? Infinity)) {
      pace?.ended();
      throw new CloudError(notSent(operation));
    }
    const began = clock.now();
    const took = (): string => `${clock.now() - began} ms, try ${attempts}`;
    try {
      const ms = Math.min(budget.patienceMs ?? perTryMs, Math.max(1_000, left(budget, clock)));
      const send = async (own: AbortSignal): Promise<{ readonly answer: T; readonly signal: AbortSignal }> => ({
        answer: await sending.send(own, key),
        signal: own,
      });
      const { answer, signal } = await withTimeout(ms, clock, budget.signal, send);
      log.debug(answeredIn(operation, took(), tools.requestIdOf(signal)));
      pace?.answered(tools.remainingOf?.(signal) ?? null);
      budget.onAnswer?.();
      return answer;
    } catch (error) {
      // As by a sign-in on the way.
      if (isInWords(error) || budget.signal.aborted) {
        pace?.ended();
        throw budget.signal.aborted ? budget.signal.reason : error;
      }
      const failure = tools.classify(error, operation);
      log.debug(failedIn(operation, failure.code, took(), failure.requestId));
      if (failure.kind === 'throttled') pace?.throttled(failure.retryAfterMs);
      else pace?.ended();
      const isRefused = tools.isSignInRefused?.(failure, error) ?? false;
      const final = isRefused ? await renew(sending, key, failure, renewals) : failure;
      if (final !== null) throw new CloudError(final, { cause: error });
    }
    return attempt(sending, attempts, renewals + 1);
  };

  return {
    once(asked) {
      const sending = waiting({ ...asked, credential: certain(asked.credential) });
      // A change holds a place that others could use.
      const waitMs = hasTurn(sending) ? 0 : (paceOf(sending)?.waitMs() ?? 0);
      if (waitMs > longestTurnMs && waitMs < left(sending.budget, clock)) {
        return Promise.reject(
          new CloudError({ ...notSent(sending.operation), message: laterTurn, retryAfterMs: waitMs }),
        );
      }
      const counts = tries.get(asked.budget) ?? new Map<string, number>();
      const count = (counts.get(sending.operation) ?? 0) + 1;
      tries.set(asked.budget, counts.set(sending.operation, count));
      return attempt(sending, count).then(
        (answer) => {
          deniedChanges.forget(asked.operation);
          return answer;
        },
        (error: unknown) => {
          throw deniedChanges.judge(asked, error);
        },
      );
    },
    async turn(of, budget) {
      const pace = paceOf(of);
      if (pace !== null && !(await pace.turn(budget))) return null;
      const key = keyOf(of);
      const throttled = pace?.timesThrottled();
      const isOld = (): boolean => pace?.timesThrottled() !== throttled;
      let isOver = false;
      return {
        counts: (quota) => !isOver && quota === key && !isOld(),
        spend() {
          isOver = true;
        },
        release() {
          if (isOver) return;
          isOver = true;
          // The bucket that it came from was empty by the cloud's own count.
          if (isOld()) pace?.ended();
          else pace?.release();
        },
      };
    },
    async read(asked) {
      const sending = waiting(asked);
      const isNeeded = asked.budget.mayBeDenied !== true && tools.endingNeeds?.test(asked.operation) === true;
      const denials = createDenials(clock);
      const failures = new Map<FailureKind, number>();
      const began = clock.mono();
      for (let attempts = 1; ; attempts += 1) {
        try {
          return await attempt(sending, attempts);
        } catch (failed) {
          const error = isNeeded ? denials.judge(asked, failed) : failed;
          if (!(error instanceof CloudError)) throw error;
          const { kind } = error.failure;
          const times = (failures.get(kind) ?? 0) + 1;
          failures.set(kind, times);
          const delay = delayBeforeRetry(error.failure, times, random);
          if (delay === null || delay >= left(sending.budget, clock)) throw error;
          const { faultsMs = Infinity } = sending.budget;
          if (kind === 'unavailable' && clock.mono() - began + delay > faultsMs) throw error;
          log.info(tryingAgain(error.message, delay));
          await clock.sleep(delay, sending.budget.signal);
        }
      }
    },
  };
}

/** A request that may have to wait for a sign-in. */
interface Waiting<T, K> extends Sending<T, K> {
  readonly budget: Budget & {
    /** Adds the milliseconds that the sign-in took. */
    grant(ms: number): void;
  };
}

function waiting<T, K>(sending: Sending<T, K>): Waiting<T, K> {
  const { budget } = sending;
  let granted = 0;
  const grant = (ms: number): void => {
    granted += ms;
  };
  const more = budgetWith(budget, {}, () => budget.until + granted);
  return { ...sending, budget: Object.assign(more, { grant }) };
}

/** The credential of a change: without a sign-in the change was never sent. */
function certain<K>(credential: Credential<K> | undefined): Credential<K> | undefined {
  if (credential === undefined) return undefined;
  return {
    ...credential,
    get: (budget) => credential.get(budget).catch(asNotSent),
    renew: (refused, budget) => credential.renew(refused, budget).catch(asNotSent),
  };
}

function keyOf({ quota, bucket = '' }: Quoted): string {
  return `${quota} ${bucket}`;
}

function hasTurn(sending: Quoted & { readonly budget: Budget }): boolean {
  return sending.budget.turn?.counts(keyOf(sending)) === true;
}

/** Uses a turn that was waited for before. Returns whether there was one. */
function takes(sending: Quoted & { readonly budget: Budget }): boolean {
  if (!hasTurn(sending)) return false;
  sending.budget.turn?.spend();
  return true;
}

/** A request that is canceled while it waits was not sent. */
async function turnOf(pace: Pace | null, budget: Budget): Promise<boolean> {
  try {
    budget.signal.throwIfAborted();
    return (await pace?.turn(budget)) ?? true;
  } catch (error) {
    throw error instanceof Cancelled ? new Unsent(error.message) : error;
  }
}

function notSent(operation: string): Failure {
  return {
    kind: 'throttled',
    operation,
    code: 'NotSent',
    message: turnTooLate,
    requestId: null,
    retryAfterMs: null,
    hint: null,
  };
}
