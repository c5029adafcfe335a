import type { Subject } from '../arm/assignment.ts';
import type { AzureEstate } from '../estate.ts';
import { principalOf } from '../principals.ts';
import { definitionId } from '../arm/scopes.ts';

/** The names behind the IDs of a request or schedule [spec ExpandedProperties]; IDs are not prefixed here. */
export function expandedProperties(estate: AzureEstate, subject: Subject): Readonly<Record<string, unknown>> {
  const { scope, roleDefinitionId, principalId } = subject;
  const role = estate.roleDefinitions.find(({ id }) => id === roleDefinitionId);
  const principal = principalOf(estate, principalId);
  const email = estate.users.find(({ id }) => id === principal?.id)?.userPrincipalName ?? null;
  return {
    scope: expandedScope(estate, scope),
    roleDefinition: {
      id: definitionId(scope, roleDefinitionId),
      displayName: role?.name ?? null,
      type: role?.type ?? null,
    },
    principal: {
      id: principalId,
      displayName: principal?.displayName ?? null,
      email,
      type: principal?.type ?? null,
    },
  };
}

export function expandedScope(estate: AzureEstate, scope: string): Readonly<Record<string, string>> {
  const [last = ''] = scope.split('/').slice(-1);
  const named = (type: string, displayName: string): Readonly<Record<string, string>> => ({
    id: scope,
    displayName,
    type,
  });
  if (/^\/subscriptions\/[^/]+$/i.test(scope))
    return named('subscription', estate.subscriptions.find(({ id }) => id === last)?.name ?? last);
  if (/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i.test(scope)) return named('resourcegroup', last);
  if (/\/managementGroups\/[^/]+$/i.test(scope))
    return named('managementgroup', estate.managementGroups.find(({ id }) => id === last)?.displayName ?? last);
  return named('resource', last);
}
