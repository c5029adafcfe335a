import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import { claimsIn } from '#access/json';

/** An access token, masked on receipt, and what it says. */
export interface AccessToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Gets one new access token for a scope such as `https://management.azure.com/.default`.
 *
 * @param isUrgent whether there is no old one to go on with
 */
export type TokenSource = (scope: string, budget: Budget, isUrgent: boolean) => Promise<AccessToken>;

/** Keeps it out of the log, and refuses what no header could carry. */
export function acceptable(token: AccessToken, mask: (secret: string) => void): AccessToken {
  mask(token.token);
  if (/^[\w.~+/=-]+$/u.test(token.token)) return token;
  throw new Refusal(
    'Signing in gave something that is not an access token.',
    'Check azure-environment and what stands between the runner and it (HTTPS_PROXY), then run the step again.',
  );
}

/** Who we are at Azure. */
export interface Caller {
  /** Of the service principal or the user; `null` where the token does not say. */
  readonly objectId: string | null;
  readonly clientId: string | null;
  readonly tenantId: string | null;
  /** Whether an application acts for a person: then the client id is that of the application, the same for all. */
  readonly delegated: boolean;
}

/** What an access token says of whom it was given to. Source: Microsoft identity platform, access token claims. */
export function callerOf(token: string): Caller {
  const claims = claimsIn(token);
  const text = (name: string): string | null => (typeof claims[name] === 'string' ? claims[name] : null);
  return {
    objectId: text('oid'),
    clientId: text('appid') ?? text('azp'),
    tenantId: text('tid'),
    delegated: text('scp') !== null,
  };
}
