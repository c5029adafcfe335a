import type { AuthorizationManagementClient, RoleAssignment } from '@azure/arm-authorization';
import type { Budget } from '../access/clock.ts';
import { absent, type Change, type Observation, type Operation } from '../access/cloud.ts';
import { asNotSent, CloudError } from '../access/errors.ts';
import type { Assignment } from '../access/grant.ts';
import type { Log } from '../access/log.ts';
import { seconds } from '../access/words.ts';
import { notAsDocumented } from './answer.ts';
import type { ArmOptions } from './arm.ts';
import type { AssignmentProperties } from './declaration.ts';
import { assignmentName } from './names.ts';
import { isWhole, openAssignmentLists, type Listed } from './assignment-lists.ts';
import { homeTenants } from './home-tenant.ts';
import { bodyFor, compare } from './properties.ts';
import { isSameGuid, lastSegment } from './patterns.ts';
import { idAt, isAbove, isSameScope, scopePath } from './scopes.ts';
import type { AzureSession } from './session.ts';

const actions = {
  write: 'Microsoft.Authorization/roleAssignments/write',
  delete: 'Microsoft.Authorization/roleAssignments/delete',
} as const;

/** Role assignments, and what was last seen of each grant's surroundings. */
export interface RoleAssignments {
  read(grants: readonly Assignment[], budget: Budget): Promise<readonly Observation[]>;
  /** Exactly one PUT: creates, or updates under the name that the grant was seen with. */
  put(change: Change & { readonly grant: Assignment }, budget: Budget): Promise<Operation>;
  /** Exactly one DELETE of the assignment that was seen, at the very scope. */
  remove(change: Change & { readonly grant: Assignment }, budget: Budget): Promise<Operation>;
  /** Scopes above, where the principal has the same role, as the last reads showed them. */
  inherited(grant: Assignment): readonly string[];
}

export function openRoleAssignments(session: AzureSession): RoleAssignments {
  const { properties } = session.settings;
  const homeTenant = homeTenants(session);
  const lists = openAssignmentLists(session, homeTenant);
  // What the last read of a grant showed: a PUT replaces all properties, so what was not asked for is sent along.
  const known = new Map<string, { readonly own: RoleAssignment | null; readonly above: readonly string[] }>();

  const observe = (grant: Assignment, { all, same }: Listed): Observation => {
    const own = same.find(({ scope }) => isSameScope(scope ?? '', grant.target.id)) ?? null;
    const above = same.flatMap(({ scope = '' }) => (isAbove(scope, grant.target.id) ? [scope] : []));
    known.set(keyOf(grant), { own, above });
    if (own !== null) return compare(own, properties);
    const { name } = properties;
    const taken = name === null ? undefined : all.find((it) => isSameGuid(it.name, name));
    return taken === undefined ? absent : nameIsTaken(taken);
  };

  return {
    async read(grants, budget) {
      const listed = await lists(grants, budget);
      return grants.map((grant) => observe(grant, listed.get(grant) ?? nothing));
    },
    async put({ grant, seen, ...change }, budget) {
      const name = seen?.assignmentId == null ? nameFor(grant, properties) : lastSegment(seen.assignmentId);
      const own = known.get(keyOf(grant))?.own ?? null;
      const before = own?.name !== undefined && isSameGuid(own.name, name) ? own : null;
      const body = bodyFor(grant, properties, before);
      const answer = await answerOf(session, actions.write, grant.target.id, budget, (client, options) =>
        client.roleAssignments.create(scopePath(grant.target.id), name, body, options),
      ).catch(adding(name, grant));
      if (change.kind === 'create') warnOfReplaced(answer.body, session.tools.log);
      const assignmentId = answer.body.id ?? idAt(grant.target.id, 'roleAssignments', name);
      return done({ grant, seen, ...change }, actions.write, answer.requestId, assignmentId);
    },
    async remove({ grant, seen, ...change }, budget) {
      const assignmentId = seen?.assignmentId ?? idAt(grant.target.id, 'roleAssignments', nameFor(grant, properties));
      // Without it nothing was sent: that is certain.
      const tenantId = await homeTenant(grant, budget).catch(asNotSent);
      const answer = await answerOf(session, actions.delete, grant.target.id, budget, (client, options) =>
        client.roleAssignments.delete(scopePath(grant.target.id), lastSegment(assignmentId), {
          ...options,
          ...tenantId,
        }),
      );
      if (answer.status === 204) throw wasNotThere(answer.requestId);
      return done({ grant, seen, ...change }, actions.delete, answer.requestId, assignmentId);
    },
    inherited(grant) {
      // What this run was to remove above, and has seen gone since, does not count any more.
      const isGone = (scope: string): boolean =>
        known.get(keyOf({ ...grant, target: { id: scope, name: null } }))?.own === null;
      return (known.get(keyOf(grant))?.above ?? []).filter((scope) => !isGone(scope));
    },
  };
}

function keyOf({ principal, role, target }: Assignment): string {
  return [target.id, principal.id, lastSegment(role.id)].join(' ').toLowerCase();
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

interface Answer<T> {
  readonly body: T;
  readonly status: number;
  readonly requestId: string;
}

async function answerOf<T extends Partial<RoleAssignment>>(
  session: AzureSession,
  action: string,
  scope: string,
  budget: Budget,
  send: (
    client: AuthorizationManagementClient,
    options: ArmOptions & { readonly onResponse: OnResponse },
  ) => Promise<T>,
): Promise<Answer<T>> {
  return session.once(action, scope, budget, async (client, options) => {
    let status = 0;
    let requestId: string | undefined;
    const body = await send(client, {
      ...options,
      onResponse: (raw) => {
        status = raw.status;
        requestId = raw.headers.get('x-ms-request-id');
      },
    });
    if (status !== 204 && !isWhole(body)) throw notAsDocumented(status, requestId ?? null);
    return { body, status, requestId: requestId ?? '' };
  });
}

type OnResponse = (raw: {
  readonly status: number;
  readonly headers: { get(name: string): string | undefined };
}) => void;

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

/** What stands in no message of Azure's: the name that is taken, the type that was not sent. */
function adding(name: string, { principal }: Assignment): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CloudError)) throw error;
    const { code, kind, hint } = error.failure;
    const taken = code === 'RoleAssignmentUpdateNotPermitted' ? `The name ${name} is taken.` : null;
    const untyped =
      kind === 'denied' && principal.type === null
        ? 'The principal went without its type, which a condition on types does not let pass: give it (user:, group:, service-principal:).'
        : null;
    const words = [taken, hint, untyped].filter((it) => it !== null).join(' ');
    throw new CloudError({ ...error.failure, hint: words }, { cause: error });
  };
}

/** Nothing to remove is said by another success status. Source: azure-rbac §2.1. */
function wasNotThere(requestId: string): CloudError {
  return new CloudError({
    kind: 'not-found',
    operation: actions.delete,
    code: 'HTTP 204',
    message: 'there was nothing to remove',
    requestId,
    retryAfterMs: null,
    hint: 'Azure says that nothing is there, and its list still shows it: run the step again in some minutes.',
  });
}
