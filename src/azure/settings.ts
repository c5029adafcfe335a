import type { Settings } from '#access/declaration';
import type { ownInputs, pimInputs, propertyInputs } from './inputs.ts';
import type { AzureLease } from './leases/lease-id.ts';
import type { EnvironmentChoice } from './sign-in/environments.ts';

/** Settings to sign in, and properties of a role assignment besides principal, role and scope. */
export interface AzureSettings extends Settings<typeof ownInputs> {
  readonly environment: EnvironmentChoice;
  /** A login address that was set from outside the step and allowed, `null` for the environment's own. */
  readonly authority: string | null;
  readonly signIn: SignIn;
  readonly properties: AssignmentProperties;
  /** `null` without Privileged Identity Management. */
  readonly pim: PimSettings | null;
  /** True if the step takes a lease, or is about existing leases. */
  readonly leasing: boolean;
  /** The required caller, `null` for any: the post step must sign in as the main step did. */
  readonly caller: string | null;
  /** For `release` and `extend`: the lease that `lease-id` names. */
  readonly lease: AzureLease | null;
}

export type SignIn =
  | { readonly kind: 'ambient'; readonly tenantId: string | null }
  | { readonly kind: 'federated'; readonly clientId: string; readonly tenantId: string; readonly audience: string };

/** `null` where an input was not given. */
export type PimSettings = Settings<typeof pimInputs>;

/** `null` where an input was not given. */
export type AssignmentProperties = Settings<typeof propertyInputs>;
