import { capital } from './words.ts';

/** An exact identity in a cloud, with the name that a person knows it by where that was looked up. */
export interface Identity {
  readonly id: string;
  readonly name: string | null;
}

/** A principal: `type` in the cloud's own spelling, `null` where it is unknown. */
export interface Principal extends Identity {
  readonly type: string | null;
}

/** Properties that an assignment can have where a cloud has them; `null` where nothing is requested of it. */
export interface GrantProperties {
  readonly condition: string | null;
  readonly description: string | null;
}

/** A principal has a role on a target. */
export interface Assignment {
  readonly kind: 'assignment';
  readonly principal: Principal;
  readonly role: Identity;
  readonly target: Identity;
  /** Those of a row of an access file, instead of the inputs' own; left out where inputs name the grant. */
  readonly properties?: GrantProperties;
}

/** A target has the latest version of a role. */
export interface Provisioning {
  readonly kind: 'provisioning';
  readonly role: Identity;
  readonly target: Identity;
}

/** A grant that a step makes or removes, resolved to exact IDs. */
export type Grant = Assignment | Provisioning;

/** The cloud's own nouns, so that a log reads like its console. */
export interface Words {
  readonly cloud: string;
  readonly role: string;
  readonly target: string;
  /** The service that ends a lease by itself. */
  readonly ender: string;
  /** The file name of the workflow in `setup/workflows` that releases a lease. */
  readonly releaseWorkflow: string;
  /** An id as a person would quote it, where the cloud's own is long. */
  readonly brief: (id: string) => string;
}

/** `"Payments On-Call" (9067…)`, or the id alone where no name was looked up. @param words the id as it is without them */
export function nameAndId({ id, name }: Identity, words?: Words): string {
  const shown = words?.brief(id) ?? id;
  return name === null || name === id ? shown : `"${name}" (${shown})`;
}

/** `"Payments On-Call"`, or the id where no name was looked up. */
export function nameOrId({ id, name }: Identity, { brief }: Words): string {
  return name === null || name === id ? brief(id) : `"${name}"`;
}

/** The IDs of names, a line each: the only place of the log that has IDs beside names. */
export function describeIdentities(grants: readonly Grant[], words: Words): readonly string[] {
  const lines = grants.flatMap((grant) => [
    ...(grant.kind === 'assignment'
      ? [`${capital(typeInWords(grant.principal))} ${nameAndId(grant.principal, words)}`]
      : []),
    `${capital(words.role)} ${nameAndId(grant.role, words)}`,
    `${capital(words.target)} ${nameAndId(grant.target, words)}`,
  ]);
  return [...new Set(lines)];
}

/** One grant in a short line, by names where they are known. */
export function describeGrant(grant: Grant, words: Words): string {
  const where = `${words.role} ${nameOrId(grant.role, words)} on ${words.target} ${nameOrId(grant.target, words)}`;
  if (grant.kind === 'provisioning') return where;
  return `${typeInWords(grant.principal)} ${nameOrId(grant.principal, words)} with ${where}`;
}

/** `USER` as `user`, `ServicePrincipal` as `service principal`. */
export function typeInWords({ type }: Pick<Principal, 'type'>): string {
  return (type ?? 'principal').replaceAll(/(?<=[a-z])(?=[A-Z])/gu, ' ').toLowerCase();
}
