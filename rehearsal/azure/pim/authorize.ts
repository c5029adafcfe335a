import { noteCheck, noteFurtherCheck } from '../../journal.ts';
import { admit, refused } from '../arm/authorize.ts';
import type { Call } from '../arm/call.ts';
import { ArmRefusal } from '../arm/refusal.ts';
import { resolveScope, type Scope } from '../arm/scopes.ts';

/** The operations of Privileged Identity Management [docs:resource-provider-operations, Microsoft.Authorization]. */
export const OPERATIONS = {
  readRequests: 'Microsoft.Authorization/roleAssignmentScheduleRequests/read',
  writeRequests: 'Microsoft.Authorization/roleAssignmentScheduleRequests/write',
  cancelRequests: 'Microsoft.Authorization/roleAssignmentScheduleRequests/cancel/action',
  readSchedules: 'Microsoft.Authorization/roleAssignmentSchedules/read',
  readInstances: 'Microsoft.Authorization/roleAssignmentScheduleInstances/read',
  readEligible: 'Microsoft.Authorization/roleEligibilityScheduleInstances/read',
  readPolicies: 'Microsoft.Authorization/roleManagementPolicyAssignments/read',
} as const;

const READ_GROUP = 'Microsoft.Resources/subscriptions/resourceGroups/read';

/** A call with a scope that can have the prefix that responses have before a subscription [spec examples]. */
export function plainly(call: Call): Call {
  const scope = call.route.scope.replace(/^\/providers\/Microsoft\.Subscription(?=\/subscriptions\/)/i, '');
  return { ...call, route: { ...call.route, scope } };
}

/**
 * The scope of a call, found and allowed; at a resource group that must be readable itself
 * (docs/design/azure.md#permissions).
 */
export function admitToPim(call: Call, operation: string, kind: string): Scope {
  const { name } = call.route;
  const below = `/providers/Microsoft.Authorization${name === '' ? '' : `/${kind}/${name}`}`;
  const scope = admit(call, operation, below);
  if (scope.kind === 'resourceGroup') noteFurtherCheck(call.entry, READ_GROUP, [scope.id]);
  if (scope.kind === 'resourceGroup' && call.rights.verdict(READ_GROUP, scope.id, new Map()) !== 'allowed')
    throw refused(call, READ_GROUP, scope.id, false);
  return scope;
}

/**
 * A caller that lists its own access needs no rights for it with `asTarget()` (docs/design/azure.md#pim-error-codes).
 */
export function admitToList(call: Call, operation: string, own: boolean): Scope {
  if (call.cloud.options.pim?.unlicensed === true)
    throw new ArmRefusal(
      400,
      'AadPremiumLicenseRequired',
      'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.',
    );
  if (!own) return admitToPim(call, operation, '');
  const scope = resolveScope(call.cloud.estate, call.route.scope);
  noteCheck(call.entry, operation, [scope?.id ?? call.route.scope]);
  if (scope === null) throw refused(call, operation, call.route.scope, false);
  return scope;
}

/**
 * PIM's own check of the caller; text and code of [terraform-provider-azurerm#20731], 400 with a condition too
 * (#28067).
 */
export function insufficientPermissions({ caller }: Pick<Call, 'caller'>): ArmRefusal {
  return new ArmRefusal(
    400,
    'InsufficientPermissions',
    `The requestor ${caller.objectId} does not have permissions for this request.`,
  );
}
