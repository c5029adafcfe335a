import type { Settings } from '#access/declaration';
import type { ownInputs, schedulerInputs } from './inputs.ts';
import * as patterns from './resolve/patterns.ts';
import type { Routing } from './routing.ts';

/** The settings of the sign-in, and pinned values. */
export interface AwsSettings extends Settings<typeof ownInputs> {
  readonly region: string;
  readonly signIn: SignIn;
  readonly identityStoreId: string | null;
  /** The account that owns the instance, where the ARN of the identity store has it. */
  readonly ownerAccountId: string | null;
  readonly scheduler: SchedulerSettings;
  /** True if the step is about leases. */
  readonly leasing: boolean;
  /** The routing of the main step, for the post step; `null` where it is still to be read. */
  readonly routing: Routing | null;
  /** The identity that has to sign in, `null` for any: the post step signs in as the main step did. */
  readonly caller: string | null;
}

/** The settings of EventBridge Scheduler, which ends leases, and of their records; without a role it ends nothing. */
export interface SchedulerSettings extends Settings<typeof schedulerInputs> {
  /** Further schedule groups whose records count, of a step that reads those of several. */
  readonly moreGroups?: readonly string[];
}

export type SignIn =
  | { readonly kind: 'ambient' }
  | {
      readonly kind: 'web-identity';
      readonly roleArn: string;
      readonly sessionName: string;
      readonly audience: string;
    };

/** The account of the role that is assumed; `null` for ambient credentials. */
export function callerAccount(signIn: SignIn): string | null {
  return signIn.kind === 'ambient' ? null : (patterns.roleArn.exec(signIn.roleArn)?.groups?.['account'] ?? null);
}
