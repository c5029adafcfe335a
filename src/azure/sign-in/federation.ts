import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Budget, Clock } from '#access/clock';
import type { IdentityToken, IdentityTokens } from '#access/identity-token';
import { parseJson } from '#access/json';
import { CloudError } from '#access/errors';
import { retryAfterMs } from '#access/connections';
import type { Requests } from '#access/engine/requests';
import { createExchange, issuerUnread, type Make } from '#access/engine/signing-in';
import type { CloudTools } from '#access/tools';
import { ErrorAnswer, errorIn, notAsDocumented, textOf } from '../answer.ts';
import { notDocumented } from '../messages/responses.ts';
import type { SignIn } from '../settings.ts';
import type { Environment } from './environments.ts';
import { isRefusedSignIn, refusedSignIn } from './refused-sign-in.ts';
import { noProxyOfItsOwn, openWire } from '../wire.ts';
import { isIssuerUnread, isPassingAtEntra } from '../failures.ts';
import { acceptable, type AccessToken, type TokenSource } from './access-token.ts';

type Federated = SignIn & { readonly kind: 'federated' };

/** The client assertion was refused because it had ended. Source: docs/design/azure.md#entra-error-codes. */
const assertionEnded = 'AADSTS700024';

/**
 * Exchanges the job's ID token for access tokens by a federated credential. Each exchange has a credential of its own, so
 * that a try can be given up, and an answer belongs to one exchange; the caller of this function keeps the tokens.
 */
export function federation(
  signIn: Federated,
  environment: Environment,
  tools: CloudTools,
  requests: Requests,
): TokenSource {
  const assertions = createAssertions(tools.tokens, signIn.audience, tools.clock);
  const identity = import('@azure/identity');
  identity.catch(() => undefined);

  const ask = async (scope: string, assertion: IdentityToken, signal: AbortSignal): Promise<AccessToken> => {
    const { ClientAssertionCredential } = await identity;
    const told = new TellingClient(
      openWire(tools.connections, tools.clock, environment.authority, ...environment.authorityAliases).client,
      signal,
    );
    const credential = new ClientAssertionCredential(
      signIn.tenantId,
      signIn.clientId,
      () => Promise.resolve(assertion.jwt),
      {
        authorityHost: environment.authority,
        // The authority was chosen by the user, not by a token or an answer.
        disableInstanceDiscovery: true,
        httpClient: told,
        retryOptions: { maxRetries: 0 },
        redirectOptions: { maxRetries: 0 },
        proxyOptions: noProxyOfItsOwn,
        userAgentOptions: { userAgentPrefix: tools.product.join('/') },
      },
    );
    try {
      const { token, expiresOnTimestamp } = await credential.getToken(scope);
      return acceptable({ token, expiresAt: expiresOnTimestamp }, tools.mask);
    } catch (error) {
      throw told.failure ?? error;
    }
  };
  const exchangeFor = (scope: string): Make<AccessToken> => {
    let used: IdentityToken | null = null;
    return createExchange(
      {
        mint: (budget) => {
          // The old token for this scope may have been refused as ended, so nothing of it is used again.
          if (used !== null) assertions.forget(used);
          return assertions.get(budget);
        },
        send: async (assertion, budget) => {
          try {
            const made = await requests.once({
              operation: `POST ${environment.authority}/${signIn.tenantId}/oauth2/v2.0/token`,
              quota: 'entra',
              budget,
              send: (signal) => ask(scope, assertion, signal),
            });
            used = assertion;
            return made;
          } catch (error) {
            if (tools.signInUntil !== null || isAboutAssertion(error)) assertions.forget(assertion);
            throw error;
          }
        },
        refused: (error, assertion) => {
          if (isIssuerUnread(error.failure.code)) return issuerUnread(error, assertion);
          return isRefusedSignIn(error) ? refusedSignIn(error, signIn, environment, assertion) : null;
        },
        // Once, with a fresh one.
        flakes: ({ code }) => (code === assertionEnded ? [0] : []),
      },
      tools,
    );
  };

  const made = new Map<string, Make<AccessToken>>();
  return (scope, budget, isUrgent) => {
    const exchange = made.get(scope) ?? exchangeFor(scope);
    made.set(scope, exchange);
    return exchange(budget, isUrgent);
  };
}

/** True if Entra has read the assertion, and answered about it or its issuer. */
function isAboutAssertion(error: unknown): boolean {
  return error instanceof CloudError && error.failure.code.startsWith('AADSTS') && error.failure.kind !== 'throttled';
}

/** Keeps the failure of a request, which the credential turns into an error of its own. */
class TellingClient implements HttpClient {
  failure: unknown = null;
  readonly #inner: HttpClient;
  readonly #signal: AbortSignal;

  constructor(inner: HttpClient, signal: AbortSignal) {
    this.#inner = inner;
    this.#signal = signal;
  }

  async sendRequest(request: Parameters<HttpClient['sendRequest']>[0]): ReturnType<HttpClient['sendRequest']> {
    request.abortSignal = this.#signal;
    try {
      const response = await this.#inner.sendRequest(request);
      if (response.status >= 300) throw refusal(response);
      const body = (parseJson(response.bodyAsText ?? '') ?? {}) as EntraAnswer;
      const { access_token: token, token_endpoint: endpoint } = body;
      const expected = request.method === 'POST' ? token : endpoint;
      if (typeof expected !== 'string') throw notAsDocumented(response.status);
      return response;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

/** A token, or the description of the authority. */
interface EntraAnswer {
  readonly access_token?: unknown;
  readonly token_endpoint?: unknown;
}

interface EntraError {
  readonly error?: unknown;
  readonly error_description?: unknown;
  readonly error_codes?: unknown;
  readonly trace_id?: unknown;
}

/** Entra's error in its own words, without the ids and the time that it appends to them. */
function refusal({ status, headers, bodyAsText }: Awaited<ReturnType<HttpClient['sendRequest']>>): ErrorAnswer {
  const body = (parseJson(bodyAsText ?? '') ?? {}) as EntraError;
  const description = textOf(body.error_description) ?? '';
  const error = textOf(body.error) ?? errorIn(body).code;
  const code = codeIn(body.error_codes, description, error) ?? `HTTP ${status}`;
  const message = description
    .replace(/\s*(?:Trace ID|Correlation ID|Timestamp):.*$/su, '')
    .replace(/^(?<own>AADSTS\d+):\s*/u, (all, own) => (own === code ? '' : all))
    .trim();
  return new ErrorAnswer({
    status,
    code,
    message: message !== '' ? message : (errorIn(body).message ?? error ?? notDocumented),
    requestId: textOf(body.trace_id) ?? headers.get('x-ms-request-id') ?? null,
    retryAfterMs: retryAfterMs(headers.get('retry-after')),
  });
}

/** The code of an answer. A passing fault comes first: the others follow from it, such as a key that could not be read. */
function codeIn(codes: unknown, description: string, error: string | null): string | null {
  const numbers = (Array.isArray(codes) ? codes : []).map(String).filter((it) => /^[1-9]\d*$/u.test(it));
  const all = [...numbers.map((it) => `AADSTS${it}`), ...(description.match(/AADSTS\d+/gu) ?? [])];
  const passing = [...all, ...(error === 'temporarily_unavailable' ? [error] : [])].find(isPassingAtEntra);
  return passing ?? all[0] ?? error;
}

/** Time before its end when an ID token is no longer used, in milliseconds: clocks differ, and requests take time. */
const marginMs = 60_000;

/** The job's ID token, renewed before it ends. */
interface Assertions {
  get(budget: Budget): Promise<IdentityToken>;
  /** Forgets a refused token, if it is still the current one. */
  forget(refused: IdentityToken): void;
}

/** One token serves every exchange until a minute before its end: the token endpoint accepts it more than once. */
export function createAssertions(tokens: IdentityTokens, audience: string, clock: Clock): Assertions {
  let current: { readonly token: Promise<IdentityToken>; goodUntil: number; is: IdentityToken | null } | null = null;
  return {
    get(budget) {
      if (current !== null && clock.now() < current.goodUntil) return current.token;
      const minted = {
        token: tokens.mint(audience, budget),
        goodUntil: Number.POSITIVE_INFINITY,
        is: null as IdentityToken | null,
      };
      current = minted;
      return minted.token.then(
        (token) => {
          minted.is = token;
          minted.goodUntil = Number(token.claims['exp'] ?? 0) * 1000 - marginMs;
          return token;
        },
        (error: unknown) => {
          if (current === minted) current = null;
          throw error;
        },
      );
    },
    forget(refused) {
      if (current?.is === refused) current = null;
    },
  };
}
