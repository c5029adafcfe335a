import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Budget } from '../../access/clock.ts';
import { parseJson } from '../../access/json.ts';
import { CloudError } from '../../access/errors.ts';
import { retryAfterMs } from '../../access/connections.ts';
import type { Requests } from '../../access/engine/requests.ts';
import type { CloudTools } from '../../access/tools.ts';
import { ErrorAnswer, errorIn, notAsDocumented, textOf } from '../answer.ts';
import type { SignIn } from '../settings.ts';
import { createAssertions } from './assertions.ts';
import type { Environment } from './environments.ts';
import { isRefusedSignIn, refusedSignIn } from './refused-sign-in.ts';
import { noProxyOfItsOwn, openWire } from '../wire.ts';
import type { AccessToken, TokenSource } from './token-source.ts';

type Federated = SignIn & { readonly kind: 'federated' };

/** The client assertion was refused because it had ended. Source: azure-rbac §6.1. */
const assertionEnded = 'AADSTS700024';

/**
 * Exchanges the job's ID token for access tokens by a federated credential. Each exchange has a credential of its own,
 * so that a try can be given up, and an answer belongs to it alone; tokens are kept by the caller.
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

  const exchange = async (scope: string, budget: Budget, isLast: boolean): Promise<AccessToken> => {
    const assertion = await assertions.get(budget);
    try {
      return await requests.read({
        operation: `POST ${environment.authority}/${signIn.tenantId}/oauth2/v2.0/token`,
        quota: 'entra',
        budget,
        send: async (signal) => {
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
            return { token, expiresAt: expiresOnTimestamp };
          } catch (error) {
            throw told.failure ?? error;
          }
        },
      });
    } catch (error) {
      if (error instanceof CloudError && isRefusedSignIn(error) && (isLast || error.failure.code !== assertionEnded))
        throw refusedSignIn(error, signIn, environment, assertion);
      throw error;
    }
  };

  return async (scope, budget) => {
    try {
      return await exchange(scope, budget, false);
    } catch (error) {
      if (!(error instanceof CloudError) || error.failure.code !== assertionEnded) throw error;
      tools.log.info(`${error.message}. Trying again with a new ID token.`);
      assertions.forget();
      return await exchange(scope, budget, true);
    }
  };
}

/** The credential turns what the token endpoint answers, or that it does not, into errors of its own: this one remembers. */
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
  const message = description
    .replace(/\s*(?:Trace ID|Correlation ID|Timestamp):.*$/su, '')
    .replace(/^AADSTS\d+:\s*/u, '')
    .trim();
  return new ErrorAnswer({
    status,
    code: /AADSTS\d+/u.exec(description)?.[0] ?? aadsts(body.error_codes) ?? error ?? `HTTP ${status}`,
    message: message !== '' ? message : (errorIn(body).message ?? error ?? 'the answer is not the documented JSON'),
    requestId: textOf(body.trace_id) ?? headers.get('x-ms-request-id') ?? null,
    retryAfterMs: retryAfterMs(headers.get('retry-after')),
  });
}

function aadsts(codes: unknown): string | null {
  const code: unknown = Array.isArray(codes) ? codes[0] : undefined;
  return typeof code === 'number' ? `AADSTS${code}` : null;
}
