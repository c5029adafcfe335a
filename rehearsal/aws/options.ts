import type { Durations } from './durations.ts';
import type { RoleOptions } from './initial-roles.ts';
import type { FiringSettings } from './scheduler/courses.ts';

/** Differences of the AWS of a rehearsal from the ordinary one. */
export interface AwsOptions {
  /** The broker role's IAM policy document: everything outside of it is denied. Default: allow all. */
  readonly policy?: unknown;
  /** Its trust policy document; default: the estate's repository and environment. */
  readonly trust?: unknown;
  /** Default arn:aws:iam::111122223333:role/access-broker, in the delegated administrator's account. */
  readonly roleArn?: string;
  /** Further roles that jobs may assume, each with a policy of its own (default: allow all); trusted like the broker role unless they say otherwise. */
  readonly roles?: readonly RoleOptions[];
  /**
   * The role that EventBridge Scheduler ends leases with. Default: `role/access-ender` in the broker's account, which
   * trusts the Scheduler for the schedule group `cloud-access` in the instance's Region and may delete every assignment.
   */
  readonly executionRole?: Partial<RoleOptions>;
  /** Spread of the firings of schedules; single ones are scripted with `world.aws.schedules.script`. */
  readonly firings?: FiringSettings;
  readonly operations?: {
    /** Duration of asynchronous operations: the same for all, spread by a seed, or from a function; default 2500. */
    readonly durationMs?: Durations;
    /** The refusal of a start over the limits of outstanding operations; default ConflictException. */
    readonly overLimit?: 'ConflictException' | 'ThrottlingException';
  };
  /**
   * A change becomes visible in lists only so long after it took effect; a new request ID is not found in Describe* for
   * statusMs.
   */
  readonly lag?: {
    readonly assignmentsMs?: number;
    readonly statusMs?: number;
    readonly provisioningMs?: number;
    /** Of ListSchedules; GetSchedule never lags. */
    readonly schedulesMs?: number;
  };
  /** Collective over sso-admin, per API of identitystore; default 20, null is off. */
  readonly throttlePerSecond?: number | null;
  /** Organizations says nothing of `Account.Paths`, as before 2026. */
  readonly organizationsWithoutPaths?: boolean;
}
