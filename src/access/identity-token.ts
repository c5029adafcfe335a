import { addEnvironment, compareEnvironment, immutableForm, missingLine, refusedCarried } from './messages/sign-in.ts';
import type { Budget } from './clock.ts';

/** A signed statement about the identity of this job. `jwt` is a secret, masked on receipt; the claims are not. */
export interface IdentityToken {
  readonly jwt: string;
  readonly claims: Readonly<Record<string, string>>;
}

/** Source of the tokens for a cloud's sign-in. */
export interface IdentityTokens {
  /** A token that was never handed out before: one token serves one exchange, retries included. */
  mint(audience: string, budget: Budget): Promise<IdentityToken>;
}

/** The claims of these names that a token has, a line each, to be compared with a trust. */
export function describeClaims({ claims }: IdentityToken, names: readonly string[]): readonly string[] {
  return names.filter((name) => claims[name] !== undefined).map((name) => `  ${name}: ${claims[name] ?? ''}`);
}

/**
 * The subject in the form with names only, `null` where it has that form already. Repositories created since July 2026,
 * renamed, transferred or opted in send owner and repository with their ids.
 */
function nameOnlySubject({ claims }: IdentityToken): string | null {
  const immutable = /^repo:(?<owner>[^/@]+)@\d+\/(?<repo>[^:@]+)@\d+(?<rest>:.*)?$/u.exec(claims['sub'] ?? '')?.groups;
  if (immutable === undefined) return null;
  return `repo:${immutable['owner'] ?? ''}/${immutable['repo'] ?? ''}${immutable['rest'] ?? ''}`;
}

/** Claims by which a trust can distinguish jobs, and those that a person needs to compare it; never the token itself (P9). */
const evidence = [
  ...['sub', 'aud', 'iss', 'environment', 'repository', 'repository_id', 'repository_owner_id', 'ref'],
  ...['workflow', 'job_workflow_ref', 'actor', 'actor_id', 'enterprise', 'enterprise_id'],
];

/**
 * The environment that a job runs in by its token. Everyone who can push can cause a token whose subject is a branch, a tag
 * or a pull request: such a subject is evidence in the log, and no advice names it.
 */
type Bound =
  | { readonly by: 'nothing' }
  /** The subject has a form of the repository's own, which leaves the environment out. */
  | { readonly by: 'claim'; readonly environment: string }
  | { readonly by: 'subject'; readonly environment: string };

export function boundBy({ claims }: IdentityToken): Bound {
  const environment = claims['environment'] ?? '';
  if (environment === '') return { by: 'nothing' };
  // A colon inside a value is encoded. Source: docs.github.com, OpenID Connect reference, subject claims.
  const part = `:environment:${environment.replaceAll(':', '%3A')}:`;
  return { by: `:${claims['sub'] ?? ''}:`.includes(part) ? 'subject' : 'claim', environment };
}

/** Lines of evidence for the log; first what a job without an environment lacks. @param trust what names the environment */
export function evidenceOf(token: IdentityToken, trust: string): readonly string[] {
  const line = boundBy(token).by === 'nothing' ? missingLine(trust) : [];
  return [...line, refusedCarried, ...describeClaims(token, evidence)];
}

/**
 * Advice where a trust did not match a token. It is safe to follow: it changes the job to match the trust, and not the
 * other way round.
 *
 * @param trust such as `the role’s trust policy`
 */
export function adviceOn(token: IdentityToken, trust: string): string {
  const bound = boundBy(token);
  if (bound.by === 'nothing') return addEnvironment(trust);
  const compare = compareEnvironment(bound.environment, trust);
  const names = bound.by === 'subject' ? nameOnlySubject(token) : null;
  return names === null ? compare : `${compare} ${immutableForm(names)}`;
}
