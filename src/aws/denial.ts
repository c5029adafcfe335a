import type { Budget } from '#access/clock';
import type { Change } from '#access/cloud';
import { CloudError } from '#access/errors';
import type { Instance } from './instance.ts';
import { refusingPolicy } from './failure-reasons.ts';
import { managementIsTarget, provisionedInManagement } from './messages/requests.ts';
import { provisionedTo } from './provisioning/provisioned.ts';
import type { AwsSession } from './session.ts';
import { callerAccount } from './settings.ts';

/**
 * Explains a denied start call by the rule of delegated administration that applies: the target is the management account,
 * or the permission set is provisioned there. Source: docs/design/aws.md#delegated-administrators.
 */
export interface Denials {
  explain(change: Change, error: CloudError, budget: Budget): Promise<CloudError>;
}

/** The permission sets in the management account are read once: where one start is denied, others are too. */
export function createDenials(session: AwsSession, instance: Instance): Denials {
  let looked: Promise<readonly string[]> | null = null;
  const isThere = async (arn: string, owner: string, budget: Budget): Promise<boolean> => {
    looked ??= provisionedTo(session, instance.arn, owner, budget).catch(() => []);
    return (await looked).includes(arn);
  };
  return {
    async explain({ grant }, error, budget) {
      const owner = instance.ownerAccountId;
      const { code, message } = error.failure;
      // The cause is another: a policy refuses it, or AWS did not accept the request as the caller's.
      if (refusingPolicy(message) !== null || /Signature|Token|UnrecognizedClient/u.test(code)) return error;
      if (error.failure.kind !== 'denied' || owner === null || callerAccount(session.settings.signIn) === owner)
        return error;
      if (grant.target.id === owner) {
        return withHint(error, managementIsTarget(owner));
      }
      if (!(await isThere(grant.role.id, owner, budget))) return error;
      return withHint(error, provisionedInManagement(owner));
    },
  };
}

function withHint({ failure, cause }: CloudError, hint: string): CloudError {
  return new CloudError({ ...failure, hint }, { cause });
}
