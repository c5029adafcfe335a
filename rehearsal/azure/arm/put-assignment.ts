import { isGuid } from '../../guid.ts';
import { principalOf, type PrincipalType } from '../principals.ts';
import { assignmentRequest, rawFields, type AssignmentRequest } from './assignment-body.ts';
import { assignmentWire } from './assignment-wire.ts';
import type { Assignment } from './assignment.ts';
import { admit, refuseLocked, refuseReadOnly } from './authorize.ts';
import { json, type Call, type Handler } from './call.ts';
import { checkCondition } from './check-condition.ts';
import { refusePlainChange } from '../pim/plain-changes.ts';
import { ArmRefusal, bare } from './refusal.ts';
import { authorizationId, liesIn, type Scope } from './scopes.ts';

const WRITE = 'Microsoft.Authorization/roleAssignments/write';

/** PUT of a role assignment (docs/design/azure.md#creating-and-updating): 201 whether it creates or updates. */
export const putAssignment: Handler = (call) => {
  const { cloud, route, request } = call;
  const { roleDefinitionId, principalId, principalType } = rawFields(request);
  const scope = admit(call, WRITE, `/providers/Microsoft.Authorization/roleAssignments/${route.name}`, () => ({
    source: 'Request',
    roleDefinitionId: roleDefinitionId?.split('/').at(-1),
    principalId,
    principalType,
  }));
  const name = route.name.toLowerCase();
  const id = authorizationId(scope.id, 'roleAssignments', name);
  refuseReadOnly(scope);
  refuseLocked(call, scope, 'write', id);
  const wanted = wantedOf(call, scope);
  const existing = cloud.arm.byName(name);
  refuseOtherSubject(existing, wanted, scope);
  if (existing !== undefined) refusePlainChange(call, 'put', existing);
  const type = principalTypeOf(call, wanted);
  checkCondition(cloud.arm, wanted, existing);
  if (existing === undefined) {
    refuseDuplicate(call, wanted, scope);
    refuseOverLimit(call, scope);
  }
  const now = cloud.agenda.time();
  const { description, condition, conditionVersion, delegatedManagedIdentityResourceId } = wanted;
  const assignment: Assignment = {
    id,
    name,
    scope: scope.id,
    roleDefinitionId: wanted.roleDefinitionId,
    principalId: wanted.principalId,
    principalType: type,
    description,
    condition,
    conditionVersion,
    delegatedManagedIdentityResourceId,
    createdOn: existing?.createdOn ?? now,
    updatedOn: now,
  };
  cloud.arm.put(assignment, call.caller.objectId);
  return json(201, assignmentWire(assignment, { createdBy: null, updatedBy: call.caller.objectId }));
};

/** The request, its name and its role. */
function wantedOf(call: Call, scope: Scope): AssignmentRequest {
  const { cloud, route, request } = call;
  if (!isGuid(route.name))
    throw new ArmRefusal(
      400,
      'InvalidRoleAssignmentId',
      `The role assignment ID '${route.name}' is not valid. The role assignment ID must be a GUID.`,
    );
  const wanted = assignmentRequest(request);
  if (wanted.scope !== undefined && wanted.scope.toLowerCase() !== scope.id.toLowerCase())
    throw new ArmRefusal(
      400,
      'InvalidCreateRoleAssignmentRequest',
      `The request to create role assignment '${route.name}' is not valid. Role assignment scope '${wanted.scope}' must match the scope specified on the URI '${scope.id}'.`,
    );
  const definition = cloud.arm.definition(wanted.roleDefinitionId);
  const assignable =
    definition?.type === 'BuiltInRole' ||
    (definition?.assignableScopes ?? []).some((above) => liesIn(cloud.estate, scope.id, above));
  if (!assignable)
    throw new ArmRefusal(
      400,
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${bare(wanted.roleDefinitionId)}' does not exist.`,
    );
  return wanted;
}

/**
 * Names are unique in the tenant; in an existing one only description and condition change
 * (docs/design/azure.md#creating-and-updating).
 */
function refuseOtherSubject(existing: Assignment | undefined, wanted: AssignmentRequest, scope: Scope): void {
  if (existing === undefined) return;
  const same =
    existing.scope.toLowerCase() === scope.id.toLowerCase() &&
    existing.principalId === wanted.principalId &&
    existing.roleDefinitionId === wanted.roleDefinitionId &&
    existing.delegatedManagedIdentityResourceId === wanted.delegatedManagedIdentityResourceId;
  if (!same)
    throw new ArmRefusal(
      400,
      'RoleAssignmentUpdateNotPermitted',
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
    );
}

/**
 * The principal's type, which the service fills in (docs/design/azure.md#role-assignments), once the directory knows it
 * (docs/design/azure.md#new-principals).
 */
function principalTypeOf(call: Call, wanted: AssignmentRequest): PrincipalType {
  const { cloud } = call;
  const { principalId, principalType } = wanted;
  // The identity is another tenant's: nothing here to look it up in (docs/design/azure.md#delegated-identities).
  if (wanted.delegatedManagedIdentityResourceId !== null) return principalType ?? 'ServicePrincipal';
  const principal = principalOf(cloud.estate, principalId);
  if (principal === undefined) throw principalNotFound(call, principalId);
  const { type, fresh } = principal;
  const replicated = cloud.agenda.time() - cloud.arm.startedAt >= (cloud.options.lag?.replicationMs ?? 0);
  // A declared type helps users and service principals; for groups one has to wait [docs:troubleshooting].
  const vouchedFor = principalType === type && type !== 'Group';
  if (fresh === true && !replicated && !vouchedFor) throw principalNotFound(call, principalId);
  // A group of another tenant is not in this directory: it is taken on the request's word only.
  if (type === 'ForeignGroup' && principalType === undefined) throw principalNotFound(call, principalId);
  if (principalType !== undefined && principalType !== type)
    throw new ArmRefusal(
      400,
      'UnmatchedPrincipalType',
      `The PrincipalId '${bare(principalId)}' has type '${type}' , which is different from specified PrinciaplType '${principalType}'.`,
    );
  return type;
}

function principalNotFound({ cloud }: Call, principalId: string): ArmRefusal {
  return new ArmRefusal(
    400,
    'PrincipalNotFound',
    `Principal ${bare(principalId)} does not exist in the directory ${cloud.estate.tenant.id}. Check that you have the ` +
      'correct principal ID. If you are creating this principal and then immediately assigning a role, this error might ' +
      'be related to a replication delay. In this case, set the role assignment principalType property to a value, such ' +
      'as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype',
  );
}

/** One grant of a role to a principal at a scope, with any name (Azure/bicep#19936). */
function refuseDuplicate({ cloud }: Call, { roleDefinitionId, principalId }: AssignmentRequest, scope: Scope): void {
  const duplicate = cloud.arm.byTuple(scope.id, roleDefinitionId, principalId);
  if (duplicate === undefined) return;
  const which =
    cloud.options.olderConflictText === true
      ? ''
      : ` The ID of the existing role assignment is ${bare(duplicate.name)}.`;
  throw new ArmRefusal(409, 'RoleAssignmentExists', `The role assignment already exists.${which}`);
}

/** [docs:limits]; that the status is 400 is unverified. */
function refuseOverLimit({ cloud }: Call, scope: Scope): void {
  const { perSubscription = 4000, perManagementGroup = 500 } = cloud.options.limits ?? {};
  const limit =
    scope.subscription !== undefined
      ? perSubscription
      : scope.kind === 'managementGroup'
        ? perManagementGroup
        : Infinity;
  if (cloud.arm.count(scope.id) >= limit)
    throw new ArmRefusal(400, 'RoleAssignmentLimitExceeded', 'No more role assignments can be created.');
}
