import type { Budget } from '#access/clock';
import { claimsIn } from '#access/json';
import { notAccessToken } from '../messages/sign-in.ts';

/** An access token, masked on receipt. */
export interface AccessToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Gets one new access token for a scope such as `https://management.azure.com/.default`.
 *
 * @param isUrgent whether there is no old token to use meanwhile
 */
export type TokenSource = (scope: string, budget: Budget, isUrgent: boolean) => Promise<AccessToken>;

/** Masks a token in the log, and refuses one that no header can carry. */
export function acceptable(token: AccessToken, mask: (secret: string) => void): AccessToken {
  mask(token.token);
  if (/^[\w.~+/=-]+$/u.test(token.token)) return token;
  throw notAccessToken();
}

/** The caller at Azure. */
export interface Caller {
  /** Object ID of the service principal or the user; `null` where the token does not have it. */
  readonly objectId: string | null;
  readonly clientId: string | null;
  readonly tenantId: string | null;
  /** True if an application acts for a person: the client ID is that of the application, the same for all persons. */
  readonly delegated: boolean;
}

/** The caller that an access token names. Source: Microsoft identity platform, access token claims. */
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
