import type { Budget } from '#access/clock';
import type { Refusal } from '#access/errors';
import type { Instance } from '../instance.ts';
import { inManagementAccount, inOwnAccount, mayBeManagement, ownIdentities } from '../messages/organization.ts';
import type { AwsSession } from '../session.ts';

/** Accounts in which a grant can give more than it says, each with the identity of this step that is in it. */
export type OwnAccounts = ReadonlyMap<string, string>;

/**
 * The accounts of the identities that grant and end access: with IAM permissions there, a principal can change these roles
 * or assume them. The inputs name the accounts; only for credentials of the job, a request finds it out.
 */
export async function ownAccounts(
  { settings: { signIn, scheduler } }: AwsSession,
  caller: (budget: Budget) => Promise<string>,
  budget: Budget,
): Promise<OwnAccounts> {
  const own = new Map<string, string>();
  if (scheduler.roleArn !== null) own.set(accountOf(scheduler.roleArn), ownIdentities.ender);
  if (signIn.kind === 'web-identity') own.set(accountOf(signIn.roleArn), ownIdentities.assumed);
  else own.set(accountOf(await caller(budget)), ownIdentities.signedIn);
  return own;
}

/** The account in `arn:aws:iam::111122223333:role/access-broker`, or in any other ARN of IAM or STS. */
export function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/**
 * An administrator of the management account is an administrator of the organization, and an administrator of an account
 * with one of the step's own roles can assume that role: such grants are refused unless they were allowed (P10).
 */
export function refusePrivileged(
  { ownerAccountId }: Instance,
  own: OwnAccounts,
  targets: readonly string[],
): readonly Refusal[] {
  const refusals = [...new Set(targets)].flatMap((id) => {
    const what = own.get(id);
    return id === ownerAccountId || what === undefined ? [] : [inOwnAccount(id, what)];
  });
  return ownerAccountId === null
    ? [mayBeManagement(), ...refusals]
    : [...(targets.includes(ownerAccountId) ? [inManagementAccount(ownerAccountId)] : []), ...refusals];
}
