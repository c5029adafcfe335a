import type { Budget } from '../../access/clock.ts';

/** An access token, masked on receipt, and what it says. */
export interface AccessToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Gets one new access token for a scope such as `https://management.azure.com/.default`. */
export type TokenSource = (scope: string, budget: Budget) => Promise<AccessToken>;
