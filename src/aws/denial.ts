import type { Budget } from '#access/clock';
import type { Change } from '#access/cloud';
import { CloudError } from '#access/errors';
import type { Instance } from './instance.ts';
import { refusingPolicy } from './failure-reasons.ts';
import { provisionedTo } from './provisioning/provisioned.ts';
import type { AwsSession } from './session.ts';
import { callerAccount } from './settings.ts';

/**
 * A denied start call is explained by looking which rule of delegated administration bit: the target is the management
 * account, or the permission set is provisioned there. Source: docs/design/aws.md#delegated-administrators.
 */
export interface Denials {
  explain(change: Change, error: CloudError, budget: Budget): Promise<CloudError>;
}

/** What is provisioned in the management account is looked at once: where one start is denied, others are too. */
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
      // Another cause is known: what refuses is a policy, or the request was not taken for the caller's.
      if (refusingPolicy(message) !== null || /Signature|Token|UnrecognizedClient/u.test(code)) return error;
      if (error.failure.kind !== 'denied' || owner === null || callerAccount(session.settings.signIn) === owner)
        return error;
      if (grant.target.id === owner) {
        return withHint(
          error,
          `The target ${owner} is the management account, where a delegated administrator may not assign. Choose another target; for this one assume a role in the management account itself that does nothing else.`,
        );
      }
      if (!(await isThere(grant.role.id, owner, budget))) return error;
      return withHint(
        error,
        `The permission set is provisioned in the management account ${owner}; a delegated administrator may not use such a one for any account: use a separate permission set, or assume a role in the management account itself.`,
      );
    },
  };
}

function withHint({ failure, cause }: CloudError, hint: string): CloudError {
  return new CloudError({ ...failure, hint }, { cause });
}
