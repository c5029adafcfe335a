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
function nameOnlySubject({ claims }: IdentityToken): string | null {
  const immutable = /^repo:(?<owner>[^/@]+)@\d+\/(?<repo>[^:@]+)@\d+(?<rest>:.*)?$/u.exec(claims['sub'] ?? '')?.groups;
  if (immutable === undefined) return null;
  return `repo:${immutable['owner'] ?? ''}/${immutable['repo'] ?? ''}${immutable['rest'] ?? ''}`;
}

/** What a trust may tell jobs apart by, and what a person needs to compare it; never the token itself (P9). */
const evidence = [
  ...['sub', 'aud', 'iss', 'environment', 'repository', 'repository_id', 'repository_owner_id', 'ref'],
  ...['workflow', 'job_workflow_ref', 'actor', 'actor_id', 'enterprise', 'enterprise_id'],
];

/**
 * Where a job runs, as far as its token says. Everybody who can push may cause a token whose subject is a branch, a tag or
 * a pull request: such a subject is evidence in the log, and no advice names it.
 */
export type Bound =
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
  const line = ['The job lacks this line:', `  environment: <name of the environment that ${trust} names>`];
  return [
    ...(boundBy(token).by === 'nothing' ? line : []),
    'The refused ID token carried:',
    ...describeClaims(token, evidence),
  ];
}

/**
 * What to do where a trust did not fit a token. Whoever follows it is no less safe: the job is brought to what is trusted,
 * and not the other way round.
 *
 * @param trust such as `the role’s trust policy`
 */
export function adviceOn(token: IdentityToken, trust: string): string {
  const bound = boundBy(token);
  if (bound.by === 'nothing')
    return (
      `The job runs in no environment. Add environment: <name of the environment that ${trust} names> to the job (to the job of the called file, if it calls a reusable workflow). ` +
      `Leave ${trust} as it is: if it named a branch, a tag or pull requests, everybody who can push could grant access.`
    );
  const compare =
    `The job runs in the environment ${bound.environment}. If ${trust} names another one, correct environment: in the job. ` +
    'Trust another one only if it has required reviewers or a deployment branch rule: one that GitHub creates for the first job that names it has neither.';
  return bound.by === 'subject' ? [compare, ...immutableForm(token)].join(' ') : compare;
}

/** Repositories created since July 2026, renamed, transferred or opted in send owner and repository with their ids. */
function immutableForm(token: IdentityToken): readonly string[] {
  const names = nameOnlySubject(token);
  if (names === null) return [];
  return [
    `This repository sends the immutable subject form, with the numeric ids of owner and repository: a trust in the name-only form (${names}) refuses it.`,
  ];
}
