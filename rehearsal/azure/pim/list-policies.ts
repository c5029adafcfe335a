import { isGuid } from '../../guid.ts';
import type { Call, Handler } from '../arm/call.ts';
import { paged } from '../arm/pages.ts';
import { ArmRefusal } from '../arm/refusal.ts';
import { parameter } from '../arm/routes.ts';
import { authorizationId, definitionId, type Scope } from '../arm/scopes.ts';
import { digest } from '../../order.ts';
import type { RoleDefinition } from '../estate.ts';
import { admitToPim, OPERATIONS, plainly } from './authorize.ts';
import { expandedScope } from './expanded.ts';
import { effectiveRules } from './policy-wire.ts';

/** The settings of the roles at a scope, of one role where a filter says which (docs/design/azure.md#pim-policies). */
export const listPolicies: Handler = (given) => {
  const call = plainly(given);
  const scope = admitToPim(call, OPERATIONS.readPolicies, 'roleManagementPolicyAssignments');
  const wanted = roleOf(parameter(call.route.query, '$filter'));
  const rows = call.cloud.estate.roleDefinitions.filter(({ id }) => wanted === undefined || id === wanted);
  return paged(
    call,
    rows,
    ({ id }) => id,
    (role) => wire(call, scope, role),
  );
};

/** Other filters are not taken here (not known for sure). */
function roleOf(text: string | undefined): string | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const written = /^\s*roleDefinitionId\s+eq\s+'([^']*)'\s*$/i.exec(text)?.[1];
  const guid = written?.split('/').at(-1)?.toLowerCase();
  if (guid === undefined || !isGuid(guid))
    throw new ArmRefusal(400, 'UnsupportedQuery', `The filter '${text}' is not supported.`);
  return guid;
}

/** [spec] GetRoleManagementPolicyAssignmentByName. */
function wire({ cloud }: Call, scope: Scope, role: RoleDefinition): Readonly<Record<string, unknown>> {
  const { estate, pim } = cloud;
  const policy = guidOf(scope, role);
  const name = `${policy}_${role.id}`;
  const policyId = authorizationId(scope.id, 'roleManagementPolicies', policy);
  const roleDefinitionId = definitionId(scope.id, role.id);
  return {
    properties: {
      scope: scope.id,
      roleDefinitionId,
      policyId,
      effectiveRules: effectiveRules(pim.policies.of(scope.id, role.id), estate),
      policyAssignmentProperties: {
        scope: expandedScope(estate, scope.id),
        roleDefinition: { id: roleDefinitionId, displayName: role.name, type: role.type },
        policy: { id: policyId, lastModifiedBy: { displayName: 'Admin' }, lastModifiedDateTime: null },
      },
    },
    name,
    id: authorizationId(scope.id, 'roleManagementPolicyAssignment', name),
    type: 'Microsoft.Authorization/RoleManagementPolicyAssignment',
  };
}

/** A policy's own ID: the same in each response. */
function guidOf(scope: Scope, { id }: RoleDefinition): string {
  const hex = digest(`${scope.id} ${id}`.toLowerCase()) + digest(id);
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}
