import type { Agenda } from '../agenda.ts';
import type { Instance } from '../estate.ts';
import type { Issuer } from '../github/issuer.ts';
import { noteCheck, type OpenEntry } from '../journal.ts';
import type { OperationOutcome } from '../script.ts';
import type { State } from '../state.ts';
import type { Caller, CredentialStore } from './credentials.ts';
import { accessDenied, deniedResource, type Resource } from './iam.ts';
import type { Operations } from './operations.ts';
import type { Roles } from './roles.ts';
import type { Scheduler } from './scheduler/scheduler.ts';

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
  /** How many seconds to wait when a request is one too many; undefined when it is not. */
  overRate(service: string, operation: string): number | undefined;
}

/** A request that has been signed and validated. */
export interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly region: string;
  readonly caller: Caller;
  readonly entry: OpenEntry;
  /** How the operation that it starts is to go, where that is decided already. */
  readonly outcome?: OperationOutcome;
}

export type Handler = (cloud: Cloud, call: Call) => unknown;

/** Checks the role's policy for all resources together, as the services do (reference §8). */
export function authorize(cloud: Cloud, call: Call, service: string, resources: readonly Resource[]): void {
  authorizeAction(cloud, call, `${service}:${call.operation}`, resources);
}

/** The same for an action that is not the operation itself, such as iam:PassRole. */
export function authorizeAction(cloud: Cloud, call: Call, action: string, resources: readonly Resource[]): void {
  noteCheck(
    call.entry,
    action,
    resources.map(({ arn }) => arn),
  );
  const denied = deniedResource(cloud.roles.policyOf(call.caller.roleArn), action, resources);
  if (denied !== undefined) throw deny(call, action, denied.arn, denied.explicit);
}

export function deny(call: Call, action: string, resource: string, explicit = false): Error {
  call.entry.denied = resource;
  return accessDenied(call.caller.arn, action, resource, explicit);
}

/** What the caller's account is to the organization. */
export function standing(cloud: Cloud, { accountId }: Caller): 'management' | 'delegated' | 'member' {
  const { organization } = cloud.state.estate;
  if (accountId === organization?.managementAccount) return 'management';
  return organization?.delegatedAdministrators?.includes(accountId) === true ? 'delegated' : 'member';
}

export function partitionOf({ arn }: Instance): string {
  return arn.split(':')[1] ?? 'aws';
}

/** Seconds since the epoch, the timestamp form of the JSON services. */
export function timestamp(ms: number): number {
  return Math.round(ms) / 1000;
}

/** A member of a validated request. */
export function text(call: Call, name: string): string {
  const value = call.input[name];
  return typeof value === 'string' ? value : '';
}

export function optionalText(call: Call, name: string): string | undefined {
  const value = call.input[name];
  return typeof value === 'string' ? value : undefined;
}
