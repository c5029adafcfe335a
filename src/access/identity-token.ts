import type { Budget } from './clock.ts';

/** A signed statement of who this job is. `jwt` is a secret, masked on receipt; the claims are not. */
export interface IdentityToken {
  readonly jwt: string;
  readonly claims: Readonly<Record<string, string>>;
}

/** Where a cloud's sign-in gets its tokens. */
export interface IdentityTokens {
  /** A token that was never handed out before: one token serves one exchange, retries included. */
  mint(audience: string, budget: Budget): Promise<IdentityToken>;
}
