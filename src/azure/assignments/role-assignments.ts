import type { RoleAssignment } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import { absent, type Change, type Observation, type Operation, type Seen } from '#access/cloud';
import { CloudError } from '#access/errors';
import type { Assignment } from '#access/grant';
import type { Log } from '#access/tools';
import { seconds } from '#access/words';
import type { AssignmentProperties } from '../settings.ts';
import { leasedMeanwhile, nameIsTaken, replaced } from '../messages/assignments.ts';
import { noSuchAssignment, stillListed } from '../messages/responses.ts';
import { assignmentActions, openAssignmentWrites } from './assignment-writes.ts';
import { differsInCondition } from '../messages/leases.ts';
import { assignmentName } from './names.ts';
import { keyOfGrant, openAssignmentLists, type Listed } from './assignment-lists.ts';
import { homeTenants } from './home-tenant.ts';
import { recordIn, type Described } from '../leases/records/record-text.ts';
import { askedOf, bodyFor, compare, newDescription } from './properties.ts';
import { isSameGuid, lastSegment, idAt, isAbove, isSameScope } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';

/** Role assignments, and the last reading of each grant and of the scopes around it. */
export interface RoleAssignments {
  read(grants: readonly Assignment[], budget: Budget): Promise<readonly Observation[]>;
  /** Exactly one PUT: creates, or updates under the name that the grant was seen with. */
  put(change: Change & { readonly grant: Assignment }, budget: Budget): Promise<Operation>;
  /** Sets the reason of the step, for descriptions. */
  explain(reason: string | null): void;
  /** Exactly one DELETE of the assignment that was seen, at exactly its scope. */
  remove(change: Change & { readonly grant: Assignment }, budget: Budget): Promise<Operation>;
  /** The lease record in a grant's description, from the last read; `null` where the assignment does not exist. */
  recordOf(grant: Assignment): Described | null;
  /** The last read of a grant, and its start. */
  lastRead(grant: Assignment): LastRead | null;
  /** From now on, a lease of this grant is a conflict: the step makes permanent access, or must not end a lease. */
  withoutLeases(grant: Assignment): void;
  /** Scopes above where the principal has the same role, from the last reads. */
  inherited(grant: Assignment): readonly string[];
}

/** One principal's assignments of one role, at, above and below a scope. */
export interface LastRead {
  readonly rows: readonly RoleAssignment[];
  /** Milliseconds on the monotonic clock. */
  readonly at: number;
}

export function openRoleAssignments(session: AzureSession): RoleAssignments {
  const { properties, leasing } = session.settings;
  const wanted = (grant: Assignment): AssignmentProperties => askedOf(properties, grant);
  // A lease changes only its own record in an existing assignment.
  const compared = (grant: Assignment): AssignmentProperties =>
    leasing ? { ...wanted(grant), description: null } : wanted(grant);
  const homeTenant = homeTenants(session);
  const lists = openAssignmentLists(session, homeTenant);
  const writes = openAssignmentWrites(session, homeTenant);
  // A PUT replaces all properties, so properties that were not asked for are sent as they were last read.
  const known = new Map<string, Known>();

  const unleased = new Set<string>();
  let reason: string | null = null;
  const textFor = (grant: Assignment): string => newDescription(properties, grant, reason);
  /** An assignment of a step with this description and this reason counts as one with the requested description. */
  const asMade = (own: RoleAssignment, grant: Assignment): RoleAssignment => {
    const { description } = wanted(grant);
    return description !== null && own.description === textFor(grant) ? { ...own, description } : own;
  };
  const describe = (own: RoleAssignment): Described => recordIn(own, session.serverTime(session.tools.clock.now()));

  const observe = (grant: Assignment, { all, same }: Listed, at: number): Observation => {
    const own = same.find(({ scope }) => isSameScope(scope ?? '', grant.target.id)) ?? null;
    const above = same.flatMap(({ scope = '' }) => (isAbove(scope, grant.target.id) ? [scope] : []));
    known.set(keyOfGrant(grant), { own, above, rows: same, at });
    if (own !== null) {
      const described = describe(own);
      if (described.is === 'record' && unleased.has(keyOfGrant(grant))) return leased(own);
      const found = compare(
        described.is === 'record' ? { ...own, description: described.text } : asMade(own, grant),
        compared(grant),
      );
      // A lease cannot change an existing assignment, so it cannot give the requested properties.
      return leasing && found.standing === 'outdated'
        ? otherCondition(own, described.is === 'record', found.seen)
        : found;
    }
    const { name } = properties;
    const taken = name === null ? undefined : all.find((it) => isSameGuid(it.name, name));
    return taken === undefined ? absent : nameConflict(taken);
  };

  return {
    explain(given) {
      reason = given;
    },
    async read(grants, budget) {
      const at = session.tools.clock.mono();
      const listed = await lists(grants, budget);
      return grants.map((grant) => observe(grant, listed.get(grant) ?? nothing, at));
    },
    async put({ grant, seen, ...change }, budget) {
      const name = seen?.assignmentId == null ? nameFor(grant, properties) : lastSegment(seen.assignmentId);
      const own = known.get(keyOfGrant(grant))?.own ?? null;
      const before = own?.name !== undefined && isSameGuid(own.name, name) ? own : null;
      const asked = wanted(grant);
      const body = bodyFor(grant, before === null ? { ...asked, description: textFor(grant) } : asked, before);
      const answer = await writes.put(grant, name, body, budget);
      if (change.kind === 'create') warnOfReplaced(answer.body, session.tools.log);
      const assignmentId = answer.body.id ?? idAt(grant.target.id, 'roleAssignments', name);
      return done({ grant, seen, ...change }, assignmentActions.write, answer.requestId, assignmentId);
    },
    async remove({ grant, seen, ...change }, budget) {
      const assignmentId = seen?.assignmentId ?? idAt(grant.target.id, 'roleAssignments', nameFor(grant, properties));
      const answer = await writes.remove(grant, lastSegment(assignmentId), budget);
      if (answer.body === null) throw wasNotThere(answer.requestId);
      return done({ grant, seen, ...change }, assignmentActions.delete, answer.requestId, assignmentId);
    },
    recordOf(grant) {
      const own = known.get(keyOfGrant(grant))?.own ?? null;
      return own === null ? null : describe(own);
    },
    lastRead: (grant) => known.get(keyOfGrant(grant)) ?? null,
    withoutLeases(grant) {
      unleased.add(keyOfGrant(grant));
    },
    inherited(grant) {
      // A grant above that this run has removed does not count.
      const isGone = (scope: string): boolean =>
        known.get(keyOfGrant({ ...grant, target: { id: scope, name: null } }))?.own === null;
      return (known.get(keyOfGrant(grant))?.above ?? []).filter((scope) => !isGone(scope));
    },
  };
}

/** Last read of a grant. */
interface Known extends LastRead {
  readonly own: RoleAssignment | null;
  readonly above: readonly string[];
}

const nothing: Listed = { all: [], same: [] };

/** The requested or the deterministic name, so that a PUT whose answer was lost is repeated and not doubled. */
function nameFor({ target, principal, role }: Assignment, { name }: AssignmentProperties): string {
  return name ?? assignmentName(target.id, principal.id, lastSegment(role.id));
}

/** The requested name belongs to another grant of this principal, which a PUT could replace. */
function nameConflict({ id = '', roleDefinitionId = '', scope = '' }: RoleAssignment): Observation {
  const seen: Seen = { assignmentId: null, principalType: null };
  return { standing: 'conflicting', seen, ...nameIsTaken(id, roleDefinitionId, scope) };
}

function otherCondition({ condition }: RoleAssignment, isLeased: boolean, seen: Seen): Observation {
  return { standing: 'conflicting', seen, ...differsInCondition(condition ?? null, isLeased) };
}

/** Another step has taken a lease since the first read: permanent access and the lease must not be confused. */
function leased({ id, principalType }: RoleAssignment): Observation {
  const seen: Seen = { assignmentId: id ?? null, principalType: principalType ?? null };
  return { standing: 'conflicting', seen, ...leasedMeanwhile };
}

function done(change: Change, call: string, requestId: string, assignmentId: string): Operation {
  return { state: 'SUCCEEDED', change, requestId, call, assignmentId };
}

/**
 * Azure updates an assignment that has the name already: then one existed that no read had shown, and now has the requested
 * properties. Recordings show equal times in a new one; no document says so.
 */
function warnOfReplaced({ id, createdOn, updatedOn }: Partial<RoleAssignment>, log: Log): void {
  const age = Number(updatedOn) - Number(createdOn);
  if (!(age >= 1_000)) return;
  log.warning(replaced(id ?? '', seconds(age)));
}

/** Azure reports a missing assignment by another success status. Source: docs/design/azure.md#role-assignments. */
function wasNotThere(requestId: string): CloudError {
  return new CloudError({
    kind: 'not-found',
    operation: assignmentActions.delete,
    code: 'HTTP 204',
    message: noSuchAssignment,
    requestId,
    retryAfterMs: null,
    hint: stillListed,
  });
}
