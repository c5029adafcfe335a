import { ok, wrong, type Parsed } from '#access/declaration';
import * as patterns from '../resolve/patterns.ts';

/** The ARN of the role or user that may apply a plan, in the one form in which it is compared. */
export function parseCaller(text: string): Parsed<string> {
  const caller = callerOf(text);
  return caller === null ? wrong(`is "${text}", which is the ARN of neither a role nor a user`) : ok(caller);
}

/**
 * A role without its path, which its sessions do not show: `arn:aws:iam::123456789012:role/access-broker`. Names of
 * roles are unique in an account, whatever their paths. A user as it is.
 */
export function callerOf(arn: string): string | null {
  const { partition = '', account, kind, name = '', owner = '', assumed } = patterns.callerArn.exec(arn)?.groups ?? {};
  if (assumed !== undefined) return `arn:${partition}:iam::${owner}:role/${assumed}`;
  if (account === undefined) return null;
  return kind === 'role' ? `arn:${partition}:iam::${account}:role/${name}` : arn;
}

/** The account that a role lives in. */
export function accountOfRole(arn: string): string | null {
  return patterns.roleArn.exec(arn)?.groups?.['account'] ?? null;
}
