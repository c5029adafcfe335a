import type { Settings } from '#access/declaration';
import type { ownInputs, schedulerInputs } from './inputs.ts';
import * as patterns from './resolve/patterns.ts';
import type { Routing } from './routing.ts';

/** How to sign in and what is pinned. */
export interface AwsSettings extends Settings<typeof ownInputs> {
  readonly region: string;
  readonly signIn: SignIn;
  readonly identityStoreId: string | null;
  /** The account that owns the instance, where the identity store's ARN already says it. */
  readonly ownerAccountId: string | null;
  readonly scheduler: SchedulerSettings;
  /** Whether the step has to do with leases at all. */
  readonly leasing: boolean;
  /** Where main's requests went, for the post step; `null` where that is still to be looked up. */
  readonly routing: Routing | null;
  /** Who it has to be that signs in, `null` for whoever it is: the post step is who main was. */
  readonly caller: string | null;
}

/** How EventBridge Scheduler ends leases, and where their records are; without a role it ends nothing. */
export type SchedulerSettings = Settings<typeof schedulerInputs>;

export type SignIn =
  | { readonly kind: 'ambient' }
  | {
      readonly kind: 'web-identity';
      readonly roleArn: string;
      readonly sessionName: string;
      readonly audience: string;
    };

/** The account of the role that is assumed; of ambient credentials it is not known. */
export function callerAccount(signIn: SignIn): string | null {
  return signIn.kind === 'ambient' ? null : (patterns.roleArn.exec(signIn.roleArn)?.groups?.['account'] ?? null);
}
