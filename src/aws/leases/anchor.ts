import type { Anchor } from '#access/leases/journal';
import { isRouting, type Routing } from '../routing.ts';
import type { AwsSettings, SchedulerSettings, SignIn } from '../settings.ts';
import type { ScheduleGroup } from './records/schedules.ts';

/** Data that ending leases needs besides the grants: the sign-in, the place and the settings of main. No secret. */
export interface AwsAnchor extends Anchor {
  readonly region: string;
  readonly instanceArn: string;
  readonly scheduler: ScheduleGroup;
  /** True if the leases have records; without records, only the post step ends them. */
  readonly recorded: boolean;
  readonly signIn: SignIn;
  readonly routing: Routing;
  /** The identity of main, in the form in which callers are compared. */
  readonly caller: string;
}

/** The settings of main that ending leases needs; `null` for an invalid anchor. */
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
