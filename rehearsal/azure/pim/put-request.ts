import { isGuid } from '../../guid.ts';
import { noteFurtherCheck } from '../../journal.ts';
import { refuseReadOnly } from '../arm/authorize.ts';
import { json, type Call, type Handler } from '../arm/call.ts';
import { checkCondition } from '../arm/check-condition.ts';
import { ArmRefusal } from '../arm/refusal.ts';
import { definitionId, liesIn, type Scope } from '../arm/scopes.ts';
import { principalOf, type PrincipalType } from '../principals.ts';
import { admitToPim, insufficientPermissions, OPERATIONS, plainly } from './authorize.ts';
import { requestBody, type RequestBody } from './body.ts';
import type { AdminType, Wanted } from './model.ts';
import { pimRefusal, rulesFailed } from './refusals.ts';
import { refuseBrokenRules, refuseLocks, refuseByState } from './refuse.ts';
import { requestWire } from './wire.ts';

const KIND = 'roleAssignmentScheduleRequests';

/** 201 when it is accepted, with any result (docs/design/azure.md#pim-statuses). */
export const putRequest: Handler = (given) => {
  const call = plainly(given);
  const { cloud, route, caller } = call;
  const wanted = acceptable(call);
  const { requests } = cloud.pim;
  // A second PUT under a name is no repetition of the first (not known for sure).
  if (requests.byName(route.name) !== undefined) throw pimRefusal('RoleAssignmentExists');
  const { takesMs } = requests.submit(route.name, wanted, caller.objectId);
  const written = (): string => {
    const made = requests.byName(route.name);
    return JSON.stringify(made === undefined ? {} : requestWire(cloud.estate, made));
  };
  return { ...json(201, {}), body: written, takesMs };
};

/** The same checks, and nothing is made: 200, or the same refusal (docs/design/azure.md#pim-requests). */
export const validateRequest: Handler = (given) => {
  const call = plainly(given);
  const { cloud, route, caller } = call;
  const wanted = acceptable(call);
  const now = cloud.agenda.time();
  return json(
    200,
    requestWire(cloud.estate, {
      ...wanted,
      name: route.name.toLowerCase(),
      status: 'Accepted',
      statuses: [],
      createdOn: now,
      requestorId: caller.objectId,
      startsAt: Math.max(wanted.startAt ?? now, now),
      schedule: cloud.pim.schedules.find(wanted)?.name ?? '',
    }),
  );
};

/** The request with all checks behind it. */
function acceptable(call: Call): Wanted {
  const { cloud, request, route } = call;
  const scope = admitToPim(call, OPERATIONS.writeRequests, KIND);
  refuseReadOnly(scope);
  if (!isGuid(route.name))
    throw new ArmRefusal(400, 'InvalidRoleAssignmentScheduleRequestId', `The request ID '${route.name}' is no GUID.`);
  const body = requestBody(request);
  refuseWithoutAssignmentRights(call, body, scope);
  refuseRole(call, body, scope);
  const principalType = principalTypeOf(call, body.principalId);
  const requestType = adminType(body.requestType);
  const wanted: Wanted = { ...body, requestType, scope: scope.id, principalType };
  checkCondition(cloud.arm, { ...wanted, description: null, delegatedManagedIdentityResourceId: null }, undefined);
  refuseLocks(call, wanted);
  refuseByState(call, wanted);
  refuseBrokenRules(call, wanted);
  return wanted;
}

/**
 * It needs write or delete on role assignments at the scope (docs/design/azure.md#permissions); checked without the
 * attributes of conditions, so that none of them holds [terraform-provider-azurerm#28067].
 */
function refuseWithoutAssignmentRights({ rights, ...call }: Call, { requestType }: RequestBody, scope: Scope): void {
  const action = `Microsoft.Authorization/roleAssignments/${requestType === 'AdminRemove' ? 'delete' : 'write'}`;
  noteFurtherCheck(call.entry, action, [scope.id]);
  if (rights.verdict(action, scope.id, new Map()) !== 'allowed') throw insufficientPermissions(call);
}

/**
 * The ID of a role must be its ID at the scope [terraform-provider-azurerm#31053; code: terraform-provider-azapi#692].
 */
function refuseRole({ cloud }: Call, { roleDefinitionId, writtenRole }: RequestBody, scope: Scope): void {
  const definition = cloud.arm.definition(roleDefinitionId);
  const known =
    definition?.type === 'BuiltInRole' ||
    (definition?.assignableScopes ?? []).some((above) => liesIn(cloud.estate, scope.id, above));
  if (!known) throw pimRefusal('RoleNotFound');
  if (writtenRole.toLowerCase() !== definitionId(scope.id, roleDefinitionId).toLowerCase())
    throw pimRefusal('ScopeDoesNotMatchRoleDefinition');
}

/**
 * A principal is taken once the directory has it; no declared type helps, as with role assignments
 * (docs/design/azure.md#pim-error-codes).
 */
function principalTypeOf({ cloud }: Call, principalId: string): PrincipalType {
  const principal = principalOf(cloud.estate, principalId);
  const replicated = cloud.agenda.time() - cloud.arm.startedAt >= (cloud.options.lag?.replicationMs ?? 0);
  // It is unknown whether devices and other tenants' groups are possible.
  if (principal === undefined || !TYPES.includes(principal.type) || (principal.fresh === true && !replicated))
    throw pimRefusal('SubjectNotFound');
  return principal.type;
}

const TYPES: readonly PrincipalType[] = ['User', 'Group', 'ServicePrincipal'];

/**
 * A workload identity has no eligibility to activate, and no ended access is kept to be renewed
 * (docs/design/azure.md#pim-principals; not known for sure).
 */
function adminType(requestType: RequestBody['requestType']): AdminType {
  switch (requestType) {
    case 'SelfActivate':
      throw rulesFailed(['EligibilityRule']);
    case 'SelfDeactivate':
    case 'SelfExtend':
    case 'SelfRenew':
    case 'AdminRenew':
      throw pimRefusal('RoleAssignmentDoesNotExist');
    case 'AdminAssign':
    case 'AdminRemove':
    case 'AdminUpdate':
    case 'AdminExtend':
      return requestType;
  }
}
