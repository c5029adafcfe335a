import type { LiveEstate } from './live.ts';
import type { Roles } from './roles.ts';
import type { Schedules } from './scheduler/view.ts';

/** The AWS of a rehearsal, as tests and scenes see it. */
export interface AwsWorld {
  readonly estate: LiveEstate;
  /** EventBridge Scheduler's. */
  readonly schedules: Schedules;
  /** The roles of IAM, which can be changed while the world runs. */
  readonly roles: Roles;
  /** Credentials that the servers accept, for a step without a role to assume; default of the broker role. */
  ambientCredentials(roleArn?: string): Readonly<Record<string, string>>;
}
