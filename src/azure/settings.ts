import type { Settings } from '#access/declaration';
import type { ownInputs, pimInputs, propertyInputs } from './inputs.ts';
import type { AzureLease } from './leases/lease-id.ts';
import type { EnvironmentChoice } from './sign-in/environments.ts';

/** How to sign in, and what a role assignment has besides principal, role and scope. */
export interface AzureSettings extends Settings<typeof ownInputs> {
  readonly environment: EnvironmentChoice;
  /** A login address that was set from outside the step and allowed, `null` for the environment's own. */
  readonly authority: string | null;
  readonly signIn: SignIn;
  readonly properties: AssignmentProperties;
  /** `null` where Privileged Identity Management has nothing to do with it. */
  readonly pim: PimSettings | null;
  /** Whether the step takes a lease, or is about leases that are there. */
  readonly leasing: boolean;
  /** Who it has to be that signs in, `null` for whoever it is: the post step is who main was. */
  readonly caller: string | null;
  /** For `release` and `extend`: what the lease itself says. */
  readonly lease: AzureLease | null;
}

export type SignIn =
  | { readonly kind: 'ambient'; readonly tenantId: string | null }
  | { readonly kind: 'federated'; readonly clientId: string; readonly tenantId: string; readonly audience: string };

/** `null` where an input was not given. */
export type PimSettings = Settings<typeof pimInputs>;

/** `null` where an input was not given. */
export type AssignmentProperties = Settings<typeof propertyInputs>;
