import type { Budget } from '#access/clock';
import type { AwsSession } from '../session.ts';

/** Accounts in which a grant may come to more than it says, and what makes them that. */
export type OwnAccounts = ReadonlyMap<string, string>;

/**
 * The accounts of what gives and ends access: whoever has rights in IAM there can change these roles, or assume them.
 * Ids of the inputs tell, and only credentials of the job have to be asked whose they are.
 */
export async function ownAccounts(
  { settings: { signIn, scheduler } }: AwsSession,
  caller: (budget: Budget) => Promise<string>,
  budget: Budget,
): Promise<OwnAccounts> {
  const own = new Map<string, string>();
  if (scheduler.roleArn !== null) own.set(accountOf(scheduler.roleArn), 'the role that ends leases');
  if (signIn.kind === 'web-identity') own.set(accountOf(signIn.roleArn), 'the role that this step assumes');
  else own.set(accountOf(await caller(budget)), 'the identity that this step signs in as');
  return own;
}

/** `arn:aws:iam::111122223333:role/access-broker`, or what else IAM and STS name so. */
function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}
