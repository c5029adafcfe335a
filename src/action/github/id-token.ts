import * as messages from '../messages/github.ts';
import { left, type Budget, type Clock, type Random } from '#access/clock';
import { retryAfterMs, type Connections, type HttpAnswer } from '#access/connections';
import { isLoopback } from '#access/endpoints';
import { Refusal, type Fault } from '#access/errors';
import { perTryMs, TimedOut, withTimeout } from '#access/engine/aborting';
import type { IdentityToken, IdentityTokens } from '#access/identity-token';
import { claimsIn, parseJson } from '#access/json';
import type { Log } from '#access/tools';
import {
  forkWithoutToken,
  grantIdToken,
  leaveTokenUrl,
  noIdToken,
  runElsewhere,
  tokenUrlNotHttps,
} from '../messages/surroundings.ts';
import type { RunEvent } from './event.ts';

/** The address at which a job with `id-token: write` can request ID tokens. */
export interface TokenSource {
  readonly url: URL;
  /** A secret. */
  readonly requestToken: string;
}

/** The token source, or the fault that explains why there is none. Source: docs/design/github.md#id-tokens. */
export function findTokenSource(variables: ReadonlyMap<string, string>, event: RunEvent): TokenSource | Fault {
  const url = URL.parse(variables.get('ACTIONS_ID_TOKEN_REQUEST_URL') ?? '');
  const requestToken = variables.get('ACTIONS_ID_TOKEN_REQUEST_TOKEN');
  if (url !== null && requestToken !== undefined) {
    if (url.protocol === 'https:' || isLoopback(url.hostname)) return { url, requestToken };
    const input = 'ACTIONS_ID_TOKEN_REQUEST_URL';
    return { input, problem: tokenUrlNotHttps, example: { advice: leaveTokenUrl } };
  }
  // `pull_request_target` gives the pull request of a fork the repository's own rights. Source: GitHub Docs.
  if (event.head === 'elsewhere' && event.name !== 'pull_request_target')
    return { input: 'on', problem: forkWithoutToken, example: { advice: runElsewhere } };
  return { input: 'permissions', problem: noIdToken, example: { advice: grantIdToken } };
}

interface TokenTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Keeps a secret out of the log. */
  readonly mask: (secret: string) => void;
  /** They follow no redirect, so that the bearer token is not sent elsewhere. */
  readonly connections: Pick<Connections, 'send'>;
}

const maxTries = 5;

/** Mints ID tokens; each is masked before it is handed out, and handed out once. */
export interface TokenMint extends IdentityTokens {
  /** Asks for a first token ahead of time, while other things load. */
  prefetch(audience: string, budget: Budget): void;
  /** Claims of the newest token; requests one where there is none. Takes no token from the sign-in. */
  claimsNow(audience: string, budget: Budget): Promise<IdentityToken['claims']>;
  /** Claims of the newest token, null before there is one. */
  claims(): IdentityToken['claims'] | null;
}

export function createTokenMint(source: TokenSource, tools: TokenTools): TokenMint {
  let ahead: { readonly audience: string; readonly token: Promise<IdentityToken> } | null = null;
  let newest: IdentityToken['claims'] | null = null;
  tools.mask(source.requestToken);

  const request = async (audience: string, budget: Budget): Promise<IdentityToken> => {
    const token = await requestToken(source, audience, budget, tools);
    newest = token.claims;
    return token;
  };
  const prefetch: TokenMint['prefetch'] = (audience, budget) => {
    ahead = { audience, token: request(audience, budget) };
    // The first call of `mint` gets the error; until then it is not unhandled.
    ahead.token.catch(() => undefined);
  };
  return {
    claims: () => newest,
    prefetch,
    async claimsNow(audience, budget) {
      if (newest === null && ahead === null) prefetch(audience, budget);
      return newest ?? (await (ahead?.token ?? request(audience, budget))).claims;
    },
    mint(audience, budget) {
      const first = ahead?.audience === audience ? ahead.token : null;
      ahead = null;
      return first ?? request(audience, budget);
    },
  };
}

async function requestToken(
  source: TokenSource,
  audience: string,
  budget: Budget,
  tools: TokenTools,
): Promise<IdentityToken> {
  const url = new URL(source.url);
  url.searchParams.set('audience', audience);
  for (let tries = 1; ; tries += 1) {
    const began = tools.clock.now();
    const answer = await tryOnce(url, source.requestToken, budget, tools);
    const outcome = 'jwt' in answer ? 'answered' : answer.reason;
    tools.log.debug(messages.tokenRequest(outcome, tools.clock.now() - began, tries));
    if ('jwt' in answer) return answer;
    if (tries === maxTries || answer.final) throw noToken(answer, tries);
    const delay = Math.max(answer.retryAfterMs, Math.round(tools.random() * Math.min(5_000, 250 * 2 ** tries)));
    if (delay >= left(budget, tools.clock)) throw noToken(answer, tries);
    await tools.clock.sleep(delay, budget.signal);
  }
}

/** The reason why a try returned no token. */
interface NoToken {
  readonly reason: string;
  /** True if trying again cannot help. */
  readonly final: boolean;
  /** True if the request token itself was refused. */
  readonly unauthorized: boolean;
  readonly retryAfterMs: number;
}

const passing = { final: false, unauthorized: false, retryAfterMs: 0 } as const;

async function tryOnce(
  url: URL,
  bearer: string,
  budget: Budget,
  { clock, connections, mask }: TokenTools,
): Promise<IdentityToken | NoToken> {
  const headers = { authorization: `Bearer ${bearer}`, accept: 'application/json' };
  try {
    const answer = await withTimeout(perTryMs, clock, budget.signal, (signal) =>
      connections.send({ method: 'GET', url, headers }, signal),
    );
    if (answer.status !== 200) return refused(answer);
    return readToken(answer.body, mask) ?? { ...passing, reason: messages.answerWithoutToken };
  } catch (error) {
    budget.signal.throwIfAborted();
    return { ...passing, reason: error instanceof TimedOut ? messages.thereWas(error.message) : inWords(error) };
  }
}

/** Client errors are final, but for a time-out and a throttle. */
function refused({ status, headers }: HttpAnswer): NoToken {
  const final = status >= 300 && status < 500 && status !== 408 && status !== 429;
  return {
    reason: messages.statusWas(status),
    final,
    unauthorized: status === 401 || status === 403,
    retryAfterMs: retryAfterMs(headers['retry-after']) ?? 0,
  };
}

function inWords(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message === '' ? (code ?? messages.connectionFailed) : message;
}

function readToken(body: string, mask: (secret: string) => void): IdentityToken | null {
  const parsed = parseJson(body) as { readonly value?: unknown } | null | undefined;
  const jwt = parsed?.value;
  if (typeof jwt !== 'string' || jwt === '') return null;
  mask(jwt);
  const texts = Object.entries(claimsIn(jwt)).map(([name, value]) => [name, String(value)] as const);
  return { jwt, claims: Object.fromEntries(texts) };
}

function noToken({ reason, unauthorized }: NoToken, tries: number): Refusal {
  return new Refusal(
    messages.noIdToken(tries, reason),
    unauthorized ? messages.requestTokenEnded : messages.checkNetwork,
  );
}
