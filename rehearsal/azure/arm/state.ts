import { randomUUID } from 'node:crypto';

import type { Agenda } from '../../agenda.ts';
import { isGuid } from '../../guid.ts';
import { makeTimeline, type Timeline } from '../../timeline.ts';
import { principalOf } from '../principals.ts';
import type { AzureEstate, LockKind, RoleDefinition } from '../estate.ts';
import type { AzureOptions } from '../options.ts';
import { subjectKey, type Assignment, type Tuple } from './assignment.ts';
import type { AzureChange, LiveArm, NewAssignment } from './live.ts';
import { authorizationId, lineage, resolveScope } from './scopes.ts';

/** The changing part of ARM: role assignments with their visible states, and locks. */
export interface ArmState extends LiveArm {
  /** Beginning of the rehearsal: from then on new principals replicate. */
  readonly startedAt: number;
  /** The real state: names are unique in the tenant (docs/design/azure.md#creating-and-updating). */
  byName(name: string): Assignment | undefined;
  byTuple(scope: string, roleDefinitionId: string, principalId: string): Assignment | undefined;
  /**
   * Assignments that a reader sees by now; only of some principals, or only at some scopes, without a look at all the
   * others. IDs in small letters.
   */
  seen(of?: { readonly principals: Iterable<string> } | { readonly scopes: Iterable<string> }): readonly Assignment[];
  /** Number in a subscription (its scope), or at a management group. */
  count(scopeId: string): number;
  seenByName(name: string): Assignment | undefined;
  /** A change that a PUT or DELETE makes; readers see it after the lag. */
  put(assignment: Assignment, author: string): void;
  drop(assignment: Assignment): void;
  /**
   * Assignments that Privileged Identity Management makes and removes: visible after the same lags, and no change of a
   * PUT's or DELETE's.
   */
  grant(assignment: Assignment, author: string): void;
  withdraw(assignment: Assignment): void;
  /** The object ID of its maker. */
  authorOf(assignment: Assignment): string;
  /** The locks at a scope and above, nearest first. */
  locksOn(scopeId: string): readonly { readonly scope: string; readonly kind: LockKind }[];
  /** A scope and all above it, in small letters. */
  lineage(scopeId: string): readonly string[];
  definition(guid: string): RoleDefinition | undefined;
  /** Of a role's GUID or name. */
  guidOf(role: string): string;
}

export function makeArmState(estate: AzureEstate, agenda: Agenda, options: AzureOptions): ArmState {
  const rows = new Map<string, Timeline<Assignment | undefined>>();
  const tuples = new Map<string, string>();
  const locks = new Map<string, { scope: string; kind: LockKind }>();
  const changes: AzureChange[] = [];
  const authors = new Map<string, string>();
  const definitions = new Map(estate.roleDefinitions.map((definition) => [definition.id.toLowerCase(), definition]));
  const lines = new Map<string, readonly string[]>();
  // The names that a principal's and a scope's assignments have or once had, and how many there are by limits.
  const namesOf = new Map<string, Set<string>>();
  const counts = new Map<string, number>();

  const lineOf = (scopeId: string): readonly string[] => {
    const id = scopeId.toLowerCase();
    const line = lines.get(id) ?? lineage(estate, id);
    lines.set(id, line);
    return line;
  };
  const present = (assignment: Assignment | undefined): assignment is Assignment => assignment !== undefined;
  const set = (assignment: Assignment, value: Assignment | undefined, since: number): void => {
    const row = rows.get(assignment.name) ?? makeTimeline<Assignment | undefined>(undefined);
    rows.set(assignment.name, row);
    const limited = limitedBy(assignment.scope);
    counts.set(limited, (counts.get(limited) ?? 0) + Number(value !== undefined) - Number(row.now() !== undefined));
    row.set(value, since);
    for (const group of [assignment.principalId.toLowerCase(), assignment.scope.toLowerCase()])
      namesOf.set(group, (namesOf.get(group) ?? new Set()).add(assignment.name));
    if (value === undefined) tuples.delete(subjectKey(assignment));
    else tuples.set(subjectKey(assignment), assignment.name);
  };
  const byName = (name: string): Assignment | undefined => rows.get(name.toLowerCase())?.now();
  const grant = (assignment: Assignment, author: string): void => {
    if (byName(assignment.name) === undefined) authors.set(assignment.name, author);
    set(assignment, assignment, agenda.time() + (options.lag?.readMs ?? 0));
  };
  const withdraw = (assignment: Assignment): void => {
    set(assignment, undefined, agenda.time() + (options.lag?.deleteMs ?? 0));
  };
  const guidOf = (role: string): string => (isGuid(role) ? role.toLowerCase() : roleNamed(estate, role));
  const byTuple: ArmState['byTuple'] = (scope, roleDefinitionId, principalId) => {
    const name = tuples.get(subjectKey({ scope, roleDefinitionId, principalId }));
    return name === undefined ? undefined : byName(name);
  };
  const find = ({ scope, role, principalId }: Tuple): Assignment | undefined => {
    agenda.settle();
    return byTuple(scope, guidOf(role), principalId);
  };
  const add = (given: NewAssignment): Assignment => {
    agenda.settle();
    const assignment = complete(estate, guidOf(given.role), given, agenda.time());
    if (byName(assignment.name) !== undefined)
      throw new Error(`There is a role assignment ${assignment.name} already.`);
    if (find(given) !== undefined) throw new Error(`${subjectKey(assignment)} is assigned already.`);
    set(assignment, assignment, -Infinity);
    return assignment;
  };
  const lock = (scope: string, kind: LockKind): void => {
    agenda.settle();
    const id = storedScope(estate, scope);
    locks.set(id.toLowerCase(), { scope: id, kind });
  };

  for (const entry of estate.assignments ?? []) add(entry);
  for (const { scope, kind } of estate.locks ?? []) lock(scope, kind);

  return {
    startedAt: agenda.time(),
    byName,
    byTuple,
    seen: (of) => {
      const now = agenda.time();
      const current = (list: Iterable<string>): readonly Assignment[] =>
        [...list].map((name) => rows.get(name)?.at(now)).filter(present);
      if (of === undefined) return current(rows.keys());
      const [groups, has]: [Iterable<string>, (one: Assignment, group: string) => boolean] =
        'principals' in of
          ? [of.principals, (one, group) => one.principalId.toLowerCase() === group]
          : [of.scopes, (one, group) => one.scope.toLowerCase() === group];
      return [...groups].flatMap((group) => current(namesOf.get(group) ?? []).filter((one) => has(one, group)));
    },
    count: (scopeId) => counts.get(limitedBy(scopeId)) ?? 0,
    seenByName: (name) => rows.get(name.toLowerCase())?.at(agenda.time()),
    grant,
    withdraw,
    put: (assignment, author) => {
      const before = byName(assignment.name);
      grant(assignment, author);
      if (before === undefined || differs(before, assignment))
        changes.push({ kind: before === undefined ? 'create' : 'update', id: assignment.id, at: agenda.time() });
    },
    drop: (assignment) => {
      withdraw(assignment);
      changes.push({ kind: 'delete', id: assignment.id, at: agenda.time() });
    },
    authorOf: ({ name }) => authors.get(name) ?? anotherUser(estate),
    locksOn: (scopeId) => lineOf(scopeId).flatMap((id) => locks.get(id) ?? []),
    lineage: lineOf,
    definition: (guid) => definitions.get(guid.toLowerCase()),
    assignments: () => {
      agenda.settle();
      return [...rows.values()].map((row) => row.now()).filter(present);
    },
    add,
    remove: (what) => {
      agenda.settle();
      const found = typeof what === 'string' ? byId(byName, what) : find(what);
      if (found === undefined) throw new Error(`There is no role assignment ${JSON.stringify(what)} to remove.`);
      set(found, undefined, -Infinity);
    },
    has: (tuple) => find(tuple) !== undefined,
    find,
    lock,
    unlock: (scope) => {
      agenda.settle();
      if (!locks.delete(scope.toLowerCase())) throw new Error(`${scope} is not locked.`);
    },
    effectiveChanges: () => {
      agenda.settle();
      return [...changes];
    },
    role: (name) => roleNamed(estate, name),
    guidOf,
  };
}

/** The maker of earlier assignments. */
export function anotherUser({ users, tenant }: AzureEstate): string {
  return users[0]?.id ?? tenant.id;
}

/**
 * Scopes that a limit counts together: a whole subscription, or the management group alone
 * (docs/design/azure.md#limits-and-throttling).
 */
function limitedBy(scopeId: string): string {
  return (/^\/subscriptions\/[^/]+/i.exec(scopeId)?.[0] ?? scopeId).toLowerCase();
}

function differs(before: Assignment, after: Assignment): boolean {
  return (['description', 'condition', 'conditionVersion'] as const).some((field) => before[field] !== after[field]);
}

function byId(byName: (name: string) => Assignment | undefined, id: string): Assignment | undefined {
  const found = byName(id.split('/').at(-1) ?? '');
  return found?.id.toLowerCase() === id.toLowerCase() ? found : undefined;
}

function roleNamed(estate: AzureEstate, name: string): string {
  const [found, ...more] = estate.roleDefinitions.filter((definition) => definition.name === name);
  if (found === undefined) throw new Error(`The estate has no role definition named "${name}".`);
  if (more.length > 0) throw new Error(`The estate has several role definitions named "${name}": give the GUID.`);
  return found.id;
}

function storedScope(estate: AzureEstate, scope: string): string {
  const found = resolveScope(estate, scope);
  if (found === null) throw new Error(`The estate has no scope ${scope}.`);
  return found.id;
}

function complete(estate: AzureEstate, roleDefinitionId: string, given: NewAssignment, now: number): Assignment {
  const scope = storedScope(estate, given.scope);
  const name = (given.name ?? randomUUID()).toLowerCase();
  const { condition = null } = given;
  return {
    id: authorizationId(scope, 'roleAssignments', name),
    name,
    scope,
    roleDefinitionId,
    principalId: given.principalId.toLowerCase(),
    // A principal that has left the directory: assignments outlive their principal (docs/design/azure.md#deleting).
    principalType: given.principalType ?? principalOf(estate, given.principalId)?.type ?? 'User',
    description: given.description ?? null,
    condition,
    conditionVersion: condition === null ? null : '2.0',
    delegatedManagedIdentityResourceId: null,
    createdOn: now,
    updatedOn: now,
  };
}
