import type { Anchor } from '#access/leases/journal';
import type { AssignmentProperties, AzureSettings, PimSettings, SignIn } from '../settings.ts';
import type { EnvironmentChoice } from '../sign-in/environments.ts';

/** What ending leases takes besides the grants: how main signed in, and where. Plain data, and no secret. */
export interface AzureAnchor extends Anchor {
  readonly environment: Exclude<EnvironmentChoice, { readonly kind: 'custom' }> | CustomAddress;
  readonly authority: string | null;
  readonly signIn: SignIn;
  readonly properties: AssignmentProperties;
  readonly pim: PimSettings | null;
  /** The object id of who main was, `null` where its token does not say. */
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

/** The settings that main had, as far as ending leases takes them; `null` for what is none. */
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
