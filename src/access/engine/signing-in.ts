import { budgetWith, left, type Budget } from '../clock.ts';
import { CloudError, Refusal, type Failure } from '../errors.ts';
import { describeClaims, type IdentityToken } from '../identity-token.ts';
import type { CloudTools } from '../tools.ts';
import { seconds, sentence, several } from '../words.ts';
import { delayBeforeRetry, delayBeforeSignIn, isPassing } from './retry.ts';

/** How a cloud gives credentials for an ID token. */
export interface Exchange<T> {
  readonly mint: (budget: Budget) => Promise<IdentityToken>;
  /** Exactly one request. */
  readonly send: (token: IdentityToken, budget: Budget) => Promise<T>;
  /** Says what the refused token carried; `null` where the answer refuses nobody. */
  readonly refused: (error: CloudError, token: IdentityToken) => Refusal | null;
  /** The waits before further tries of a refusal that may be a flake, in milliseconds. */
  readonly flakes: (failure: Failure) => readonly number[];
}

/** A sign-in that makes one thing. @param isUrgent whether there is no old one to go on with */
export type Make<T> = (budget: Budget, isUrgent: boolean) => Promise<T>;

type Tools = Pick<CloudTools, 'clock' | 'random' | 'log' | 'signInUntil'>;

/** No further try of a refusal begins later than this after the first, so that its answer comes within 5 s (P9). */
const lastRefusedTryMs = 2_500;
/** Nor does one wait for its ID token, or for its answer, for longer than this after the first, in milliseconds. */
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

/** What an exchange came to: what the cloud answered, and what that says to a person. */
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
      log.info(`${answer.message}. Trying again with a new ID token in ${seconds(delay)}.`);
      await clock.sleep(delay, budget.signal);
    }
  }
}

/** A last try has so long, in milliseconds. */
const lastTryMs = 5_000;
/** Who asks again so soon after it was given up gets the same answer, in milliseconds. */
const restMs = 60_000;

/**
 * Tries again after every answer, whatever it says, until it is in or the time for signing in is over: whoever ends
 * access has signed in as this very identity before, or is the only one who ends it.
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
        if (tries > 1) log.info(`Signing in succeeded at try ${tries}, after ${seconds(clock.now() - began)}.`);
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
        else log.info(`${sentence(trouble.message)} Signing in is tried again in ${seconds(delay)}.`);
        await clock.sleep(delay, signal);
      }
    }
  };
}

/** Why a try gave no sign-in, as far as it is told. */
interface Trouble {
  readonly message: string;
  readonly hint: string;
  readonly details: readonly string[];
  readonly retryAfterMs: number | null;
  /** What the cloud, or who makes ID tokens, answered. */
  readonly answer: CloudError | null;
}

/** `null` for a cancellation, and a bug of ours. */
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

/** At once, and whole: who reads the log meanwhile can mend what will not pass by itself (P9). */
function tellFirst({ message, hint, details }: Trouble, ms: number, log: CloudTools['log']): void {
  const goesOn = `Signing in is tried again for up to ${seconds(ms)}, with a new ID token each time.`;
  log.warning([sentence(message), goesOn, ...(hint === '' ? [] : [`If it does not pass: ${hint}`])].join(' '));
  for (const line of details) log.info(line);
}

function inVain({ message, hint, details, answer }: Trouble, tries: number, ms: number): Refusal {
  const often = `Signing in was refused in all of ${several(tries, 'try').replace('trys', 'tries')} within ${seconds(ms)}.`;
  const last = `${often} The last answer: ${sentence(message)}`;
  const refusal = new Refusal(last, hint === '' ? 'Run the step again.' : hint, details);
  return answer === null ? refusal : Object.assign(refusal, { cause: answer });
}

/** The cloud could not read what the token's issuer publishes: that says nothing of trust, and mostly passes. */
export function issuerUnread({ message, failure }: CloudError, token: IdentityToken): Refusal {
  const issuer = token.claims['iss'] ?? '?';
  return new Refusal(
    message,
    `The cloud could not read the keys of the issuer ${issuer}, which mostly passes: run the step again, and see the status pages of GitHub and of the cloud. An issuer of your own has to be reachable from the internet (${failure.code}).`,
    ['The ID token carried:', ...describeClaims(token, ['sub', 'aud', 'iss'])],
  );
}
