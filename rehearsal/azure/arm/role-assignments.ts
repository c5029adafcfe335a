import type { AzureEstate } from '../estate.ts';
import { assignmentWire } from './assignment-wire.ts';
import type { Assignment } from './assignment.ts';
import { admit, refuseLocked, refuseReadOnly } from './authorize.ts';
import { json, type Call, type Handler } from './call.ts';
import { refuseDenied } from './deny-assignments.ts';
import { assignmentFilter, type AssignmentFilter } from './filters.ts';
import { paged } from './pages.ts';
import { refusePlainChange } from '../pim/plain-changes.ts';
import { handsOutAccess } from './permissions.ts';
import { ArmRefusal } from './refusal.ts';
import { parameter } from './routes.ts';
import { authorizationId, type Scope } from './scopes.ts';

const READ = 'Microsoft.Authorization/roleAssignments/read';
const DELETE = 'Microsoft.Authorization/roleAssignments/delete';

const wire = ({ cloud }: Call, assignment: Assignment): unknown => {
  const author = cloud.arm.authorOf(assignment);
  return assignmentWire(assignment, { createdBy: author, updatedBy: author });
};

/** Lists at, above and below a scope (docs/design/azure.md#lists-and-filters). */
export const listAssignments: Handler = (call) => {
  const { route } = call;
  const scope = admit(call, READ, '/providers/Microsoft.Authorization');
  const filter = assignmentFilter(parameter(route.query, '$filter'));
  // [azure-powershell#20323]
  if (scope.kind === 'tenant' && filter.kind === 'none')
    throw new ArmRefusal(
      400,
      'UnsupportedQuery',
      "The role assignments query at '/' scope is not allowed without any filters.",
    );
  const rows = matching(call, scope, filter).filter((row) => reachable(call, row));
  return paged(
    call,
    rows,
    ({ name }) => name,
    (row) => wire(call, row),
  );
};

function matching(call: Call, scope: Scope, filter: AssignmentFilter): readonly Assignment[] {
  const { arm, estate } = call.cloud;
  const id = scope.id.toLowerCase();
  const line = arm.lineage(id);
  const atOrAbove = (row: Assignment): boolean => line.includes(row.scope.toLowerCase());
  const near = (row: Assignment): boolean => atOrAbove(row) || arm.lineage(row.scope).includes(id);
  switch (filter.kind) {
    case 'none':
      return arm.seen().filter(near);
    case 'atScope':
      return arm.seen({ scopes: line });
    case 'principal':
      return arm.seen({ principals: [filter.id] }).filter(near);
    case 'assignedTo':
      return arm.seen({ principals: withGroups(estate, filter.id) }).filter(filter.atScope ? atOrAbove : near);
  }
}

/** An object and the groups that it is in, by way of other groups too; not for groups themselves [docs:role-assignments-list-rest]. */
export function withGroups({ users, servicePrincipals, groups }: AzureEstate, id: string): ReadonlySet<string> {
  if (![...users, ...servicePrincipals].some((object) => object.id.toLowerCase() === id))
    throw new ArmRefusal(
      400,
      'UnsupportedQuery',
      `The filter 'assignedTo('${id}')' is not supported: the object is no user and no service principal.`,
    );
  const ids = new Set([id]);
  for (const member of ids)
    for (const group of groups)
      if (group.members?.some((one) => one.toLowerCase() === member) === true) ids.add(group.id.toLowerCase());
  return ids;
}

export const getAssignment: Handler = (call) => {
  const scope = admit(call, READ, `/providers/Microsoft.Authorization/roleAssignments/${call.route.name}`);
  const found = call.cloud.arm.seenByName(call.route.name);
  if (found !== undefined && standsAt(found, scope) && reachable(call, found)) return json(200, wire(call, found));
  throw new ArmRefusal(404, 'RoleAssignmentNotFound', `The role assignment '${call.route.name}' is not found.`);
};

/** 200 with the removed assignment, 204 without one (docs/design/azure.md#role-assignments). */
export const deleteAssignment: Handler = (call) => {
  const { arm } = call.cloud;
  const { name } = call.route;
  const below = `/providers/Microsoft.Authorization/roleAssignments/${name}`;
  const named = arm.byName(name);
  const scope = admit(call, DELETE, below, (at) =>
    // Where nothing is there, a condition on the resource finds nothing to hold of (not known for sure).
    named !== undefined && standsAt(named, at) ? { source: 'Resource', ...subject(named) } : undefined,
  );
  refuseDenied(call, scope, DELETE);
  refuseReadOnly(scope);
  refuseLocked(call, scope, 'delete', authorizationId(scope.id, 'roleAssignments', name));
  if (named === undefined || !standsAt(named, scope) || !reachable(call, named))
    return { status: 204, headers: {}, body: '' };
  refusePlainChange(call, 'delete', named);
  refuseLastAdministrator(call, named, scope);
  arm.drop(named);
  return json(200, wire(call, named));
};

function subject({
  roleDefinitionId,
  principalId,
  principalType,
}: Assignment): Pick<Assignment, 'roleDefinitionId' | 'principalId' | 'principalType'> {
  return { roleDefinitionId, principalId, principalType };
}

function standsAt(assignment: Assignment, scope: Scope): boolean {
  return assignment.scope.toLowerCase() === scope.id.toLowerCase();
}

/**
 * An assignment to another tenant's identity is visible only to a caller that names the tenant
 * (docs/design/azure.md#delegated-identities).
 */
function reachable({ cloud, route }: Call, assignment: Assignment): boolean {
  if (assignment.delegatedManagedIdentityResourceId === null) return true;
  return parameter(route.query, 'tenantId')?.toLowerCase() === cloud.estate.tenant.id.toLowerCase();
}

/** Text of [docs:troubleshooting]; status and code are unverified. */
function refuseLastAdministrator({ cloud }: Call, assignment: Assignment, scope: Scope): void {
  if (cloud.options.keepLastAdministrator !== true || scope.kind !== 'subscription') return;
  const administers = (one: Assignment): boolean =>
    standsAt(one, scope) && handsOutAccess(cloud.arm.definition(one.roleDefinitionId)?.permissions ?? []);
  if (administers(assignment) && cloud.arm.assignments().filter(administers).length === 1)
    throw new ArmRefusal(412, 'LastRbacAdminAssignment', 'Cannot delete the last RBAC admin assignment');
}
