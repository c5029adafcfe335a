import type { AzureCloud } from '../cloud.ts';
import { sentences } from '../entra-errors.ts';
import { resourcesOf, sameAudience, type CloudEnvironment } from '../environments.ts';

/** Lifetime of GitHub's ID token, which the CLI has as its assertion (docs/design/azure.md#azure-cli-sessions). */
const ASSERTION_MS = 300_000;
const TOKEN_MS = 3_600_000;
/**
 * MSAL renews tokens with less than five minutes left (microsoft-authentication-library-for-python, application.py).
 */
const RENEWED_BEFORE_MS = 300_000;

export interface CliToken {
  readonly accessToken: string;
  /** ms epoch */
  readonly expiresAt: number;
}

/** The CLI's message on stderr. */
export class CliError extends Error {
  /** The number that Entra gave. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A session as Azure/login leaves it: an assertion that cannot be renewed, and a cache of tokens. */
export interface CliSession {
  /** Azure/login has just run, for this cloud. */
  login(cloud: CloudEnvironment): void;
  logout(): void;
  token(resource: string, ids: { readonly requestId: string; readonly correlationId: string }): CliToken;
}

/**
 * The cache goes by the exact resource: at login a token is fetched for the first audience of the cloud, slash included
 * (Azure/azure-cli#28708), and one for the same ARM by another name is a new one.
 */
export function makeCliSession({
  estate,
  tokens,
  now: clock,
}: Pick<AzureCloud, 'estate' | 'tokens' | 'now'>): CliSession {
  let session: { readonly since: number; readonly cloud: CloudEnvironment } | null = null;
  const cache = new Map<string, CliToken>();
  const fetched = (resource: string): CliToken => {
    const expiresAt = Math.floor(clock() / 1000) * 1000 + TOKEN_MS;
    const token = { accessToken: tokens.issue({ audience: resource }), expiresAt };
    cache.set(resource, token);
    return token;
  };
  return {
    login: (cloud) => {
      session = { since: clock(), cloud };
      cache.clear();
      const [management] = cloud.armAudiences;
      if (management !== undefined) fetched(management);
    },
    logout: () => {
      session = null;
      cache.clear();
    },
    token: (resource, ids) => {
      if (session === null) throw new CliError('NotLoggedIn', "ERROR: Please run 'az login' to setup account.");
      const { since, cloud } = session;
      const now = clock();
      const cached = cache.get(resource);
      if (cached !== undefined && cached.expiresAt - now > RENEWED_BEFORE_MS) return cached;
      if (now >= since + ASSERTION_MS)
        throw refusal(700024, sentences.outOfTime(now, since, since + ASSERTION_MS), now, ids);
      if (!resourcesOf(cloud).some((known) => sameAudience(known, resource)))
        throw refusal(500011, sentences.resourceNotFound(resource, estate.tenant.displayName), now, ids);
      return fetched(resource);
    },
  };
}

/**
 * Entra's refusal as the CLI hands it on, with its advice to a person (azure-cli-core, auth/util.py; for a service
 * principal without a scope, auth/msal_credentials.py). A client that looks for `az login` in it sees only that.
 */
function refusal(
  number: number,
  sentence: string,
  now: number,
  { requestId, correlationId }: { readonly requestId: string; readonly correlationId: string },
): CliError {
  const timestamp = `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return new CliError(
    `AADSTS${number}`,
    `ERROR: AADSTS${number}: ${sentence} Trace ID: ${requestId} Correlation ID: ${correlationId} Timestamp: ${timestamp}\n` +
      'Interactive authentication is needed. Please run:\naz login',
  );
}
