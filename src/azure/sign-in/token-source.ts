import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';

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
