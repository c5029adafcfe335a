import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import type { Instance } from '../instance.ts';
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

/**
 * Who is admin in the management account is admin of the organization, and who is admin where the step's own roles are
 * may become them: refused unless it was asked for (P10).
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
    ? [untold, ...refusals]
    : [...(targets.includes(ownerAccountId) ? [inManagement(ownerAccountId)] : []), ...refusals];
}

const untold = new Refusal(
  'It cannot be told whether the target is the organization’s management account, where grants are refused by default.',
  'Give aws-identity-store-id as its ARN: it names the owner account. Only if a grant in whichever account it is was reviewed, set allow-privileged: true.',
);

function inManagement(id: string): Refusal {
  return new Refusal(
    `The target ${id} is the organization’s management account: a grant there is refused by default.`,
    'Choose another target. Only if this very grant is meant and was reviewed, set allow-privileged: true, in a step that grants nothing else.',
  );
}

function inOwnAccount(id: string, what: string): Refusal {
  return new Refusal(
    `The target ${id} is the account that has ${what}: a grant there is refused by default, since with rights in IAM it leads to that.`,
    'Choose another target. Only if this very grant is meant, gives no rights in IAM and was reviewed, set allow-privileged: true, in a step that grants nothing else.',
  );
}
