import type { Subject } from '../arm/assignment.ts';
import type { AzureEstate } from '../estate.ts';
import { timestamp } from '../arm/call.ts';
import { authorizationId, definitionId } from '../arm/scopes.ts';
import { expandedProperties } from './expanded.ts';
import type { Expiration, Schedule, ScheduleRequest } from './model.ts';

type Json = Readonly<Record<string, unknown>>;
type Kind =
  | 'RoleAssignmentScheduleRequests'
  | 'RoleAssignmentSchedules'
  | 'RoleAssignmentScheduleInstances'
  | 'RoleEligibilityScheduleInstances';

/** The way of a listed access to the requested principal. */
export type MemberType = 'Direct' | 'Group';

/**
 * A subscription has another prefix in answers [ps-rec] (docs/design/azure.md#scopes); scopes below it do not (not
 * known for sure).
 */
function writtenScope(scope: string): string {
  return /^\/subscriptions\/[^/]+$/i.test(scope) ? `/providers/Microsoft.Subscription${scope}` : scope;
}

function envelope(kind: Kind, { scope }: Subject, name: string, properties: Json): Json {
  return {
    properties,
    name,
    id: authorizationId(writtenScope(scope), kind, name),
    type: `Microsoft.Authorization/${kind}`,
  };
}

function subject({ scope, roleDefinitionId, principalId }: Subject, principalType: string): Json {
  return {
    scope: writtenScope(scope),
    roleDefinitionId: definitionId(scope, roleDefinitionId),
    principalId,
    principalType,
  };
}

/** [spec] RoleAssignmentScheduleRequest. */
export function requestWire(estate: AzureEstate, request: ScheduleRequest): Json {
  return envelope('RoleAssignmentScheduleRequests', request, request.name, {
    targetRoleAssignmentScheduleId: request.schedule,
    targetRoleAssignmentScheduleInstanceId: null,
    ...subject(request, request.principalType),
    requestType: request.requestType,
    status: request.status,
    approvalId: request.statuses.some(({ status }) => status === 'PendingApproval') ? request.name : null,
    scheduleInfo:
      request.requestType === 'AdminRemove'
        ? null
        : { startDateTime: timestamp(request.startsAt), expiration: expiration(request.expiration) },
    ticketInfo: { ticketNumber: request.ticketNumber, ticketSystem: request.ticketSystem },
    justification: request.justification,
    requestorId: request.requestorId,
    createdOn: timestamp(request.createdOn),
    condition: request.condition,
    conditionVersion: request.conditionVersion,
    expandedProperties: expandedProperties(estate, request),
  });
}

function expiration(given: Expiration | null): Json {
  if (given === null || given.type === 'NoExpiration')
    return { type: 'NoExpiration', endDateTime: null, duration: null };
  return given.type === 'AfterDuration'
    ? { type: given.type, endDateTime: null, duration: given.duration }
    : { type: given.type, endDateTime: timestamp(given.at), duration: null };
}

/** [spec] RoleAssignmentSchedule. */
export function scheduleWire(estate: AzureEstate, schedule: Schedule, memberType: MemberType): Json {
  return envelope('RoleAssignmentSchedules', schedule, schedule.name, {
    linkedRoleEligibilityScheduleId: null,
    assignmentType: schedule.activated === true ? 'Activated' : 'Assigned',
    ...subject(schedule, schedule.principalType),
    status: schedule.assignment === null ? 'Granted' : 'Provisioned',
    roleAssignmentScheduleRequestId:
      schedule.request === null
        ? null
        : authorizationId(writtenScope(schedule.scope), 'RoleAssignmentScheduleRequests', schedule.request),
    ...times(schedule),
    memberType,
    updatedOn: timestamp(schedule.updatedOn),
    expandedProperties: expandedProperties(estate, schedule),
  });
}

/**
 * [spec] RoleAssignmentScheduleInstance; its name is that of the role assignment, as in the specification's example.
 */
export function instanceWire(estate: AzureEstate, schedule: Schedule, memberType: MemberType): Json {
  const name = schedule.assignment ?? schedule.name;
  return envelope('RoleAssignmentScheduleInstances', schedule, name, {
    originRoleAssignmentId: authorizationId(schedule.scope, 'roleAssignments', name),
    linkedRoleEligibilityScheduleId: null,
    linkedRoleEligibilityScheduleInstanceId: null,
    assignmentType: schedule.activated === true ? 'Activated' : 'Assigned',
    ...subject(schedule, schedule.principalType),
    status: 'Accepted',
    roleAssignmentScheduleId: authorizationId(writtenScope(schedule.scope), 'RoleAssignmentSchedules', schedule.name),
    ...times(schedule),
    memberType,
    expandedProperties: expandedProperties(estate, schedule),
  });
}

/** [spec] RoleEligibilityScheduleInstance. */
export function eligibleWire(estate: AzureEstate, schedule: Schedule, memberType: MemberType): Json {
  return envelope('RoleEligibilityScheduleInstances', schedule, schedule.name, {
    ...subject(schedule, schedule.principalType),
    status: 'Accepted',
    roleEligibilityScheduleId: authorizationId(writtenScope(schedule.scope), 'RoleEligibilitySchedules', schedule.name),
    ...times(schedule),
    memberType,
    expandedProperties: expandedProperties(estate, schedule),
  });
}

function times({ startAt, endAt, createdOn, condition, conditionVersion }: Schedule): Json {
  return {
    startDateTime: timestamp(startAt),
    endDateTime: endAt === null ? null : timestamp(endAt),
    createdOn: timestamp(createdOn),
    condition,
    conditionVersion,
  };
}
