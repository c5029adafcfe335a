import type { RoleAssignmentSchedule, RoleAssignmentScheduleRequest } from '@azure/arm-authorization';
import type { Assignment } from '#access/grant';
import { lastSegment } from '#azure/resolve/ids';
import { readJustification } from './record.ts';
import { standingOf, type Standing } from '../statuses.ts';
import type { SeenRequest, SeenSchedule } from '../steps/seen.ts';

/** Minimum delay of a request that begins in the future, in milliseconds: the service moves the start by seconds. */
const soonMs = 60_000;

/** A request in a list. @param date now, in milliseconds since the epoch */
export function requestSeen(request: RoleAssignmentScheduleRequest, grant: Assignment, date: number): SeenRequest {
  const { name = '', requestType = '', justification, createdOn, approvalId } = request;
  return {
    name,
    type: typeOf(requestType),
    standing: standingIn(request, date),
    record: readJustification(justification ?? '', grant, date),
    end: endIn(request),
    at: Number(createdOn),
    approved: (approvalId ?? '') !== '',
  };
}

export function standingIn(request: RoleAssignmentScheduleRequest, date: number): Standing {
  const { status = '', requestType = '', scheduleInfo } = request;
  const start = Number(scheduleInfo?.startDateTime ?? 0);
  const purpose = typeOf(requestType) === 'remove' ? 'removal' : 'access';
  return standingOf(status, purpose, start > date + soonMs);
}

/** Letter case differs between endpoints. Source: docs/design/azure.md#pim-requests. */
function typeOf(requestType: string): SeenRequest['type'] {
  if (/^(?:AdminRemove|SelfDeactivate)$/iu.test(requestType)) return 'remove';
  return /^(?:AdminAssign|SelfActivate)$/iu.test(requestType) ? 'assign' : 'update';
}

function endIn({ scheduleInfo }: RoleAssignmentScheduleRequest): number | null {
  const { startDateTime, expiration } = scheduleInfo ?? {};
  const start = timeIn(startDateTime);
  const length = durationMs(expiration?.duration ?? '');
  return timeIn(expiration?.endDateTime) ?? (start === null || length === null ? null : start + length);
}

/** `null` for an invalid time. */
export function timeIn(value: unknown): number | null {
  return value instanceof Date && !Number.isNaN(Number(value)) ? Number(value) : null;
}

export function scheduleSeen(
  { startDateTime, endDateTime, roleAssignmentScheduleRequestId: request }: RoleAssignmentSchedule,
  isFollowed: boolean,
): SeenSchedule {
  return {
    start: Number(startDateTime ?? 0),
    end: endDateTime instanceof Date ? Number(endDateTime) : null,
    request: (request ?? '') === '' ? null : lastSegment(request ?? ''),
    isFollowed,
  };
}

const dayMs = 86_400_000;
const unitsMs = [365 * dayMs, 30 * dayMs, 7 * dayMs, dayMs, 3_600_000, 60_000, 1_000] as const;
const form =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/u;

/**
 * Milliseconds of an ISO 8601 duration in policies and requests, `null` for any other text. A year is 365 days
 * and a month 30 (not known for sure).
 */
export function durationMs(text: string): number | null {
  const parts = form.exec(text)?.slice(1);
  if (parts === undefined) return null;
  return unitsMs.reduce((sum, unit, index) => sum + unit * Number(parts[index] ?? 0), 0);
}
