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

/** The claims of these names that a token has, a line each: evidence for whoever compares them with a trust. */
export function describeClaims({ claims }: IdentityToken, names: readonly string[]): readonly string[] {
  return names.filter((name) => claims[name] !== undefined).map((name) => `  ${name}: ${claims[name] ?? ''}`);
}
