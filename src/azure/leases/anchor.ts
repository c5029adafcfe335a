import type { Anchor } from '#access/leases/journal';
import type { AssignmentProperties, AzureSettings, PimSettings, SignIn } from '../settings.ts';
import type { EnvironmentChoice } from '../sign-in/environments.ts';

/** Data that the post step needs to end leases, besides the grants: how and where main signed in. Plain data, no secret. */
interface AzureAnchor extends Anchor {
  readonly environment: Exclude<EnvironmentChoice, { readonly kind: 'custom' }> | CustomAddress;
  readonly authority: string | null;
  readonly signIn: SignIn;
  readonly properties: AssignmentProperties;
  readonly pim: PimSettings | null;
  /** Object ID of main's identity, `null` where its token does not contain it. */
  readonly caller: string | null;
}

interface CustomAddress {
  readonly kind: 'custom';
  readonly arm: string;
}

export function anchorOf(
  { environment, authority, signIn, properties, pim }: AzureSettings,
  caller: string | null,
): AzureAnchor {
  const where = environment.kind === 'custom' ? ({ kind: 'custom', arm: environment.arm.href } as const) : environment;
  return { environment: where, authority, signIn, properties, pim, caller };
}

/** Main's settings, as far as ending leases needs them; `null` for an invalid anchor. */
export function settingsFrom(anchor: Anchor): AzureSettings | null {
  const { environment, authority, signIn, properties, pim, caller } = anchor as Partial<AzureAnchor>;
  if (environment === undefined || signIn === undefined || properties === undefined) return null;
  return {
    environment: environment.kind === 'custom' ? { kind: 'custom', arm: new URL(environment.arm) } : environment,
    authority: authority ?? null,
    signIn,
    subscriptionId: null,
    properties,
    pim: pim ?? null,
    leasing: true,
    caller: caller ?? null,
    lease: null,
  };
}
