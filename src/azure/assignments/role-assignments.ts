import type { RoleAssignment } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import { absent, type Change, type Observation, type Operation, type Seen } from '#access/cloud';
import { CloudError } from '#access/errors';
import type { Assignment } from '#access/grant';
import type { Log } from '#access/tools';
import { seconds } from '#access/words';
import type { AssignmentProperties } from '../settings.ts';
import { assignmentActions, openAssignmentWrites } from './assignment-writes.ts';
import { differsInCondition } from '../messages/leases.ts';
import { assignmentName } from './names.ts';
import { keyOfGrant, openAssignmentLists, type Listed } from './assignment-lists.ts';
import { homeTenants } from './home-tenant.ts';
import { textOf, recordIn, type Described } from '../leases/records/record-text.ts';
import { bodyFor, compare } from './properties.ts';
import { isSameGuid, lastSegment, idAt, isAbove, isSameScope } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';

/** Role assignments, and what was last seen of each grant's surroundings. */
export interface RoleAssignments {
  read(grants: readonly Assignment[], budget: Budget): Promise<readonly Observation[]>;
  /** Exactly one PUT: creates, or updates under the name that the grant was seen with. */
  put(change: Change & { readonly grant: Assignment }, budget: Budget): Promise<Operation>;
  /** Why this step makes what it makes, in words. */
  explain(reason: string | null): void;
  /** Exactly one DELETE of the assignment that was seen, at the very scope. */
  remove(change: Change & { readonly grant: Assignment }, budget: Budget): Promise<Operation>;
  /** What a grant's description says of leases, as the last read showed it; `null` where it is not there. */
  recordOf(grant: Assignment): Described | null;
  /** What the last read of a grant showed, and when that began. */
  lastRead(grant: Assignment): LastRead | null;
  /** From now on a lease of this grant is in the way: what is asked for has no end, or ends no lease. */
  withoutLeases(grant: Assignment): void;
  /** Scopes above, where the principal has the same role, as the last reads showed them. */
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
  // A lease changes nothing of what is there but its own record.
  const asked = leasing ? { ...properties, description: null } : properties;
  const homeTenant = homeTenants(session);
  const lists = openAssignmentLists(session, homeTenant);
  const writes = openAssignmentWrites(session, homeTenant);
  // What the last read of a grant showed: a PUT replaces all properties, so what was not asked for is sent along.
  const known = new Map<string, Known>();

  const unleased = new Set<string>();
  let text = textOf(properties.description, null);
  /** What a step with this description and this reason has made has the description that was asked for. */
  const asMade = (own: RoleAssignment): RoleAssignment =>
    properties.description !== null && own.description === text ? { ...own, description: properties.description } : own;
  const describe = (own: RoleAssignment): Described => recordIn(own, session.serverTime(session.tools.clock.now()));

  const observe = (grant: Assignment, { all, same }: Listed, at: number): Observation => {
    const own = same.find(({ scope }) => isSameScope(scope ?? '', grant.target.id)) ?? null;
    const above = same.flatMap(({ scope = '' }) => (isAbove(scope, grant.target.id) ? [scope] : []));
    known.set(keyOfGrant(grant), { own, above, rows: same, at });
    if (own !== null) {
      const described = describe(own);
      if (described.is === 'record' && unleased.has(keyOfGrant(grant))) return leasedMeanwhile(own);
      const compared = compare(
        described.is === 'record' ? { ...own, description: described.text } : asMade(own),
        asked,
      );
      // A lease changes nothing of what is there, so that it cannot give what was asked for.
      return leasing && compared.standing === 'outdated'
        ? otherCondition(own, described.is === 'record', compared.seen)
        : compared;
    }
    const { name } = properties;
    const taken = name === null ? undefined : all.find((it) => isSameGuid(it.name, name));
    return taken === undefined ? absent : nameIsTaken(taken);
  };

  return {
    explain(reason) {
      text = textOf(properties.description, reason);
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
      const body = bodyFor(grant, before === null ? { ...properties, description: text } : properties, before);
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
      // What this run was to remove above, and has seen gone since, does not count any more.
      const isGone = (scope: string): boolean =>
        known.get(keyOfGrant({ ...grant, target: { id: scope, name: null } }))?.own === null;
      return (known.get(keyOfGrant(grant))?.above ?? []).filter((scope) => !isGone(scope));
    },
  };
}

/** What the last read of a grant showed. */
interface Known extends LastRead {
  readonly own: RoleAssignment | null;
  readonly above: readonly string[];
}

const nothing: Listed = { all: [], same: [] };

/** The deterministic name, so that a PUT whose answer was lost is repeated and not doubled. */
function nameFor({ target, principal, role }: Assignment, { name }: AssignmentProperties): string {
  return name ?? assignmentName(target.id, principal.id, lastSegment(role.id));
}

/** The name that was asked for belongs to another grant of this principal: a PUT could replace that one. */
function nameIsTaken({ id, scope, roleDefinitionId }: RoleAssignment): Observation {
  return {
    standing: 'conflicting',
    seen: { assignmentId: null, principalType: null },
    reason: `The assignment-name is taken by another grant of this principal: ${id ?? ''} (role ${roleDefinitionId ?? ''} on ${scope ?? ''}).`,
    hint: 'Give another assignment-name, or leave it out.',
  };
}

function otherCondition({ condition }: RoleAssignment, isLeased: boolean, seen: Seen): Observation {
  return { standing: 'conflicting', seen, ...differsInCondition(condition ?? null, isLeased) };
}

/** Somebody has taken a lease of it since it was read: neither may be taken for the other. */
function leasedMeanwhile({ id, principalType }: RoleAssignment): Observation {
  return {
    standing: 'conflicting',
    seen: { assignmentId: id ?? null, principalType: principalType ?? null },
    reason: 'A lease of this very grant was taken meanwhile.',
    hint: 'Run the step again: then it heeds the lease.',
  };
}

function done(change: Change, call: string, requestId: string, assignmentId: string): Operation {
  return { state: 'SUCCEEDED', change, requestId, call, assignmentId };
}

/**
 * Azure updates what has the name already: then something was there that no read had shown, and it is as asked now.
 * That a new one is told by equal times is what recordings show; no document says so.
 */
function warnOfReplaced({ id, createdOn, updatedOn }: Partial<RoleAssignment>, log: Log): void {
  const age = Number(updatedOn) - Number(createdOn);
  if (!(age >= 1_000)) return;
  log.warning(
    `A role assignment of this name had been made ${seconds(age)} before, by an earlier try or by somebody else, and reads did not show it yet: its condition and description are now as asked here (${id ?? ''}).`,
  );
}

/** Nothing to remove is said by another success status. Source: docs/design/azure.md#role-assignments. */
function wasNotThere(requestId: string): CloudError {
  return new CloudError({
    kind: 'not-found',
    operation: assignmentActions.delete,
    code: 'HTTP 204',
    message: 'there was nothing to remove',
    requestId,
    retryAfterMs: null,
    hint: 'Azure says that nothing is there, and its list still shows it: run the step again in some minutes.',
  });
}
