import type { Anchor } from '#access/leases/journal';
import { isRouting, type Routing } from '../routing.ts';
import type { AwsSettings, SchedulerSettings, SignIn } from '../settings.ts';
import type { ScheduleGroup } from './records/schedules.ts';

/** What ending leases takes besides the grants: how main signed in, where, and with what. No secret. */
export interface AwsAnchor extends Anchor {
  readonly region: string;
  readonly instanceArn: string;
  readonly scheduler: ScheduleGroup;
  /** Whether the leases have records; without, only the post step ends them. */
  readonly recorded: boolean;
  readonly signIn: SignIn;
  readonly routing: Routing;
  /** Who main was, in the form in which callers are compared. */
  readonly caller: string;
}

/** The settings that main had, as far as ending leases takes them; `null` for what is none. */
export function settingsFrom(anchor: Anchor): AwsSettings | null {
  const { region, instanceArn, scheduler, recorded, signIn, routing, caller } = anchor as Partial<AwsAnchor>;
  if (region === undefined || instanceArn === undefined || scheduler === undefined || signIn === undefined) return null;
  if (!isRouting(routing)) return null;
  const group: SchedulerSettings = { ...scheduler, roleArn: recorded === true ? scheduler.roleArn : null };
  return {
    region,
    signIn,
    instanceArn,
    identityStoreId: null,
    ownerAccountId: null,
    scheduler: group,
    leasing: true,
    routing,
    caller: caller ?? null,
  };
}
