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

/**
 * The subject in the form with names only, `null` where it has that form already. Repositories created since July 2026,
 * renamed, transferred or opted in send owner and repository with their ids.
 */
export function nameOnlySubject({ claims }: IdentityToken): string | null {
  const immutable = /^repo:(?<owner>[^/@]+)@\d+\/(?<repo>[^:@]+)@\d+(?<rest>:.*)?$/u.exec(claims['sub'] ?? '')?.groups;
  if (immutable === undefined) return null;
  return `repo:${immutable['owner'] ?? ''}/${immutable['repo'] ?? ''}${immutable['rest'] ?? ''}`;
}
