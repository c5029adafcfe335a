import type { Agenda } from '../agenda.ts';
import type { Instance } from '../estate.ts';
import type { Issuer } from '../github/issuer.ts';
import type { Call } from './call.ts';
import type { Caller, CredentialStore } from './credentials.ts';
import type { Operations } from './operations.ts';
import type { Roles } from './roles.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import type { State } from './state.ts';

/** The AWS side of a rehearsal. */
export interface Cloud {
  readonly state: State;
  readonly agenda: Agenda;
  readonly operations: Operations;
  readonly credentials: CredentialStore;
  readonly issuer: Issuer;
  readonly roles: Roles;
  readonly partition: string;
  readonly scheduler: Scheduler;
  readonly statusLagMs: number;
  /** Accounts are shown without `Paths`. */
  readonly withoutPaths: boolean;
  now(): number;
  /** Number of seconds to wait when a request is one too many; undefined when it is not. */
  overRate(service: string, operation: string): number | undefined;
}

export type Handler = (cloud: Cloud, call: Call) => unknown;

/** Kind of the caller's account in the organization. */
export function standing(cloud: Cloud, { accountId }: Caller): 'management' | 'delegated' | 'member' {
  const { organization } = cloud.state.estate;
  if (accountId === organization?.managementAccount) return 'management';
  return organization?.delegatedAdministrators?.includes(accountId) === true ? 'delegated' : 'member';
}

export function partitionOf({ arn }: Instance): string {
  return arn.split(':')[1] ?? 'aws';
}
