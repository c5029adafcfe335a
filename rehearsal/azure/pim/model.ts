import type { Subject } from '../arm/assignment.ts';
import type { PrincipalType } from '../principals.ts';

/** [spec] Status of a request, all 22 (docs/design/azure.md#pim-statuses). */
export type RequestStatus =
  | 'Accepted'
  | 'PendingEvaluation'
  | 'Granted'
  | 'Denied'
  | 'PendingProvisioning'
  | 'Provisioned'
  | 'PendingRevocation'
  | 'Revoked'
  | 'Canceled'
  | 'Failed'
  | 'PendingApprovalProvisioning'
  | 'PendingApproval'
  | 'FailedAsResourceIsLocked'
  | 'PendingAdminDecision'
  | 'AdminApproved'
  | 'AdminDenied'
  | 'TimedOut'
  | 'ProvisioningStarted'
  | 'Invalid'
  | 'PendingScheduleCreation'
  | 'ScheduleCreated'
  | 'PendingExternalProvisioning';

/**
 * The request types that are carried out here; all others belong to a person with an eligibility
 * (docs/design/azure.md#pim-principals).
 */
export type AdminType = 'AdminAssign' | 'AdminRemove' | 'AdminUpdate' | 'AdminExtend';

/** Requested end of an access. */
export type Expiration =
  | { readonly type: 'AfterDuration'; /** ISO 8601 */ readonly duration: string; readonly ms: number }
  /** ms epoch */
  | { readonly type: 'AfterDateTime'; readonly at: number }
  | { readonly type: 'NoExpiration' };

/** Content of a body, checked and completed. */
export interface Wanted extends Subject {
  readonly principalType: PrincipalType;
  readonly requestType: AdminType;
  /** ms epoch; null: at once. */
  readonly startAt: number | null;
  /** Null: not given. */
  readonly expiration: Expiration | null;
  readonly justification: string | null;
  readonly ticketNumber: string | null;
  readonly ticketSystem: string | null;
  readonly condition: string | null;
  readonly conditionVersion: string | null;
}

/** A request in its present state, without any lag. Times are ms epoch. */
export interface ScheduleRequest extends Wanted {
  /** A GUID from the caller. */
  readonly name: string;
  /** All its statuses; the last one is the present one. */
  readonly statuses: readonly { readonly status: RequestStatus; readonly at: number }[];
  readonly status: RequestStatus;
  readonly createdOn: number;
  /** An object ID. */
  readonly requestorId: string;
  /** The server's: moved by the time that the request takes. */
  readonly startsAt: number;
  /** The name of the schedule that it makes or changes. */
  readonly schedule: string;
}

/** An access with a beginning and perhaps an end, in its present state. Times are ms epoch. */
export interface Schedule extends Subject {
  readonly name: string;
  /** The name of the request that made it; null for a permanent role assignment without one. */
  readonly request: string | null;
  readonly principalType: PrincipalType;
  readonly startAt: number;
  /** Null: it does not end by itself. */
  readonly endAt: number | null;
  readonly condition: string | null;
  readonly conditionVersion: string | null;
  readonly createdOn: number;
  readonly updatedOn: number;
  /** An activated eligibility. */
  readonly activated?: boolean;
  /** The name of the role assignment that it is; null before its beginning. */
  readonly assignment: string | null;
}

/** Meaning of a status for a request of a type (docs/design/azure.md#pim-statuses). */
export type Stage = 'moving' | 'planned' | 'done' | 'failed';

const FAILED: readonly RequestStatus[] = [
  'Denied',
  'AdminDenied',
  'Failed',
  'FailedAsResourceIsLocked',
  'Canceled',
  'TimedOut',
  'Invalid',
];

export function stageOf(requestType: AdminType, status: RequestStatus): Stage {
  if (FAILED.includes(status)) return 'failed';
  if (status === 'Revoked') return requestType === 'AdminRemove' ? 'done' : 'failed';
  if (requestType === 'AdminRemove') return 'moving';
  if (status === 'Provisioned') return 'done';
  return status === 'Granted' || status === 'ScheduleCreated' ? 'planned' : 'moving';
}
