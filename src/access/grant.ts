/** An exact identity in a cloud, with the name that a person knows it by where that was looked up. */
export interface Identity {
  readonly id: string;
  readonly name: string | null;
}

/** Who: `type` in the cloud's own spelling. */
export interface Principal extends Identity {
  readonly type: string;
}

/** A principal has a role on a target. */
export interface Assignment {
  readonly kind: 'assignment';
  readonly principal: Principal;
  readonly role: Identity;
  readonly target: Identity;
}

/** A target has the latest version of a role. */
export interface Provisioning {
  readonly kind: 'provisioning';
  readonly role: Identity;
  readonly target: Identity;
}

/** What a step makes true or untrue, resolved to exact ids. */
export type Grant = Assignment | Provisioning;

/** The cloud's own nouns, so that a log reads like its console. */
export interface Words {
  readonly cloud: string;
  readonly role: string;
  readonly target: string;
  readonly assignment: string;
}

function identity(noun: string, it: Identity): string {
  return it.name === null || it.name === it.id ? `${noun} ${it.id}` : `${noun} "${it.name}" (${it.id})`;
}

/** `group "Payments On-Call" (…)`. */
export function describePrincipal(principal: Principal): string {
  return identity(principal.type.toLowerCase(), principal);
}

/** One grant in one line, names beside ids. */
export function describeGrant(grant: Grant, words: Words): string {
  const where = `${identity(words.role, grant.role)} on ${identity(words.target, grant.target)}`;
  return grant.kind === 'assignment' ? `${describePrincipal(grant.principal)} with ${where}` : where;
}
