import { runAgain } from '../messages/values.ts';
import {
  carried,
  keepsTrying,
  keysUnread,
  signedInAt,
  signInFailed,
  tryingSignIn,
  tryingWithNewToken,
} from '../messages/sign-in.ts';
import { budgetWith, left, type Budget } from '../clock.ts';
import { CloudError, Refusal, type Failure } from '../errors.ts';
import { describeClaims, type IdentityToken } from '../identity-token.ts';
import type { CloudTools } from '../tools.ts';
import { sentence } from '../words.ts';
import { delayBeforeRetry, delayBeforeSignIn, isPassing } from './retry.ts';

/** Exchange of an ID token for a cloud's credentials. */
interface Exchange<T> {
  readonly mint: (budget: Budget) => Promise<IdentityToken>;
  /** Exactly one request. */
  readonly send: (token: IdentityToken, budget: Budget) => Promise<T>;
  /** The refusal, with the claims of the refused token; `null` where the answer is not a refusal. */
  readonly refused: (error: CloudError, token: IdentityToken) => Refusal | null;
  /** Waits before further tries after a refusal that may be temporary, in milliseconds. */
  readonly flakes: (failure: Failure) => readonly number[];
}

/** A sign-in that makes one credential. @param isUrgent true if there is no old one to use meanwhile */
export type Make<T> = (budget: Budget, isUrgent: boolean) => Promise<T>;

type Tools = Pick<CloudTools, 'clock' | 'random' | 'log' | 'signInUntil'>;

/** No further try of a refusal begins later than this after the first, so that its answer comes within 5 s (P9). */
const lastRefusedTryMs = 2_500;
/** Time after the first try at which a further one stops waiting for its ID token or its answer, in milliseconds. */
const answeredByMs = 4_000;

/**
 * Signs in with an ID token for each try. What passes is tried again for as long as there is time, a refusal of trust is
 * final within 5 s; but whatever ends access tries again after every answer (P13).
 */
export function createExchange<T>(how: Exchange<T>, tools: Tools): Make<T> {
  const once = async (budget: Budget): Promise<T> => {
    const token = await how.mint(budget);
    try {
      return await how.send(token, budget);
    } catch (error) {
      throw error instanceof CloudError ? new Refused(error, how.refused(error, token)) : error;
    }
  };
  const persistently = persistent(once, tools);
  return (budget, isUrgent) =>
    isUrgent && tools.signInUntil !== null ? persistently(budget) : untilRefused(once, how, tools, budget);
}

/** A refused exchange: the cloud's answer, and the error for a person. */
class Refused extends Error {
  readonly answer: CloudError;
  readonly inWords: CloudError | Refusal;

  constructor(answer: CloudError, refusal: Refusal | null) {
    super(answer.message);
    this.answer = answer;
    this.inWords = refusal ?? answer;
  }
}

async function untilRefused<T>(
  once: (budget: Budget) => Promise<T>,
  { flakes }: Exchange<T>,
  { clock, random, log }: Tools,
  budget: Budget,
): Promise<T> {
  const began = clock.now();
  const soon = budgetWith(budget, {}, () => Math.min(budget.until, began + answeredByMs));
  let refusals = 0;
  let refused: Refused | null = null;
  for (let tries = 1; ; tries += 1) {
    try {
      return await once(refused === null ? budget : soon);
    } catch (error) {
      // Without a further ID token the refusal of the last one is what has to be mended.
      if (error instanceof Refusal && refused !== null) log.info(sentence(error.message));
      if (!(error instanceof Refused)) throw error instanceof Refusal ? (refused?.inWords ?? error) : error;
      const { answer, inWords } = error;
      const passes = isPassing(answer.failure);
      // It had no more than the time that a refusal leaves: the refusal is what has to be mended.
      if (passes && refused !== null && clock.now() >= began + answeredByMs) throw refused.inWords;
      refused = passes ? null : error;
      const delay = passes ? delayBeforeRetry(answer.failure, tries, random) : flakes(answer.failure)[refusals++];
      const isLate = !passes && clock.now() + (delay ?? 0) > began + lastRefusedTryMs;
      if (delay === undefined || delay === null || isLate || delay >= left(budget, clock)) throw inWords;
      log.info(tryingWithNewToken(answer.message, delay));
      await clock.sleep(delay, budget.signal);
    }
  }
}

/** Time of a last try, in milliseconds. */
const lastTryMs = 5_000;
/** Time after giving up in which a further call gets the same error, in milliseconds. */
const restMs = 60_000;

/**
 * Tries again after every answer, until the sign-in succeeds or its time is over: a step that ends access has signed in as
 * this identity before, or is the only one that ends the access.
 */
export function persistent<T>(
  once: (budget: Budget) => Promise<T>,
  { clock, random, log, signInUntil }: Tools,
): (budget: Budget) => Promise<T> {
  let givenUp: { readonly as: Refusal; readonly at: number } | null = null;
  return async ({ signal, onAnswer }) => {
    const began = clock.now();
    if (givenUp !== null && began < givenUp.at + restMs) throw givenUp.as;
    const until = signInUntil?.() ?? began;
    const budget: Budget = { until: until + lastTryMs, signal, ...(onAnswer === undefined ? {} : { onAnswer }) };
    for (let tries = 1; ; tries += 1) {
      try {
        const made = await once(budget);
        if (tries > 1) log.info(signedInAt(tries, clock.now() - began));
        return made;
      } catch (error) {
        const trouble = troubleIn(error);
        if (trouble === null) throw error;
        const now = clock.now();
        if (now >= until) {
          givenUp = { as: inVain(trouble, tries, now - began), at: now };
          throw givenUp.as;
        }
        const asked = trouble.retryAfterMs ?? 0;
        const delay = Math.min(Math.max(asked, delayBeforeSignIn(tries, random)), until - now);
        if (tries === 1) tellFirst(trouble, until - now, log);
        else log.info(tryingSignIn(trouble.message, delay));
        await clock.sleep(delay, signal);
      }
    }
  };
}

/** The reason why a try failed. */
interface Trouble {
  readonly message: string;
  readonly hint: string;
  readonly details: readonly string[];
  readonly retryAfterMs: number | null;
  /** The answer of the cloud, or of the issuer of ID tokens. */
  readonly answer: CloudError | null;
}

/** `null` for a cancellation, and for a bug of this action. */
function troubleIn(error: unknown): Trouble | null {
  if (error instanceof Refused) {
    const { answer, inWords } = error;
    return { ...(troubleIn(inWords) ?? troubleOf(answer)), retryAfterMs: answer.failure.retryAfterMs, answer };
  }
  if (error instanceof CloudError) return troubleOf(error);
  if (!(error instanceof Refusal)) return null;
  const { message, hint, details } = error;
  return { message, hint, details, retryAfterMs: null, answer: null };
}

function troubleOf(answer: CloudError): Trouble {
  const { message, failure } = answer;
  return { message, hint: failure.hint ?? '', details: [], retryAfterMs: failure.retryAfterMs, answer };
}

/** At once and in full: a person who reads the log can correct what does not pass by itself (P9). */
function tellFirst({ message, hint, details }: Trouble, ms: number, log: CloudTools['log']): void {
  log.warning(keepsTrying(message, ms, hint));
  for (const line of details) log.info(line);
}

function inVain({ message, hint, details, answer }: Trouble, tries: number, ms: number): Refusal {
  const refusal = new Refusal(signInFailed(tries, ms, message), hint === '' ? runAgain : hint, details);
  return answer === null ? refusal : Object.assign(refusal, { cause: answer });
}

/** The cloud could not read the keys that the token's issuer publishes. That says nothing about trust, and usually passes. */
export function issuerUnread({ message, failure }: CloudError, token: IdentityToken): Refusal {
  const issuer = token.claims['iss'] ?? '?';
  const details = [carried, ...describeClaims(token, ['sub', 'aud', 'iss'])];
  return new Refusal(message, keysUnread(issuer, failure.code), details);
}
