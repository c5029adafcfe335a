import type { Failure } from '#access/errors';
import type { HintRule } from '#access/hints';

/** The parts of an answer that choose its hint; `operation` is such as `Microsoft.Authorization/roleAssignments/write`. */
export type Answer = Pick<Failure, 'kind' | 'operation' | 'code' | 'message'>;

export type Rule = HintRule<Answer>;

/** A lock protects its scope from this step too: only its owners lift it. */
export const whoseLock =
  'Ask the owners of the lock: they can lift it while the step runs again, and then set it again. The identity of this job needs no permission for locks.';

function code(name: string, hint: string | ((answer: Answer) => string)): Rule {
  return {
    applies: (answer) => answer.code === name,
    hint: (answer) => (typeof hint === 'string' ? hint : hint(answer)),
  };
}

/** Other causes of a denial. */
const orElse =
  'A new role assignment can take up to ten minutes to work. Azure gives the same answer for a scope that does not exist, so check target too.';

/** The permissions in Microsoft Graph that names of principals require. */
export const directoryPermissions =
  'User.ReadBasic.All for users, GroupMember.Read.All for groups, Application.Read.All for applications (docs/permissions.md, "Directory permissions").';

/** The consequence of a refused removal. */
function stillThere(operation: string): string {
  return operation.endsWith('/delete') ? 'The access is still there. ' : '';
}

/** Hints on refused requests, the most specific rule first. Source: docs/design/azure.md#error-codes. */
export const rules: readonly Rule[] = [
  code(
    'PrincipalNotFound',
    'The directory has no object with this ID, or the object was created a moment ago. Check azure-tenant-id, and that the ID is the object ID of the user, group or service principal. The client ID of an application and the object ID of its registration are other IDs (app:<client ID> finds the right one). For a new principal, give its type (service-principal: or user:) and set a longer timeout.',
  ),
  code(
    'LinkedAuthorizationFailed',
    'Check delegated-managed-identity-resource-id. The permission is missing in the directory of this identity, or Azure does not know of it yet.',
  ),
  {
    // Source: Azure/azure-cli#5340, almenscorner/intunecd-monitor#24 (PrincipalTypeNotSupported).
    applies: ({ code: it, message }) =>
      it === 'PrincipalTypeNotSupported' || (it === 'UnmatchedPrincipalType' && /type '?Application'?/iu.test(message)),
    hint: () =>
      'This is the object ID of the registration of an application, but roles are granted to its service principal, which has another ID. Use app:<client ID>, which finds the service principal, or service-principal:<object ID> (in the portal, under Enterprise applications).',
  },
  code(
    'UnmatchedPrincipalType',
    'The message names the type that Azure has for this object ID. If that is the principal that you mean, give that type, as the prefix of the line or as principal-type.',
  ),
  code('DenyAssignmentAuthorizationFailed', ({ message, operation }) => {
    return `${stillThere(operation)}${denyAssignment(message)} refuses this request. It overrides every role, including Owner, so no role or permission for this identity helps. Choose another target, or ask the owners of the service that manages this scope (a managed application, a deployment stack, Databricks or AKS) to make the change.`;
  }),
  code(
    'RoleAssignmentUpdateNotPermitted',
    'Another role assignment has this name. It has another scope, principal or role, or belongs to an identity that was deleted and created again. Set another assignment-name, or delete the old role assignment if its identity is deleted.',
  ),
  code('RoleAssignmentExists', ({ message }) => {
    const id = existingName(message);
    return `Another caller has made the same grant under another name${id === null ? '' : ` (${id})`}, and reads do not show it yet. Run the step again in a minute.`;
  }),
  code(
    'RoleDefinitionDoesNotExist',
    'Check role: Azure has no such role at this scope. A custom role needs this scope, or one above it, in its assignableScopes. A new one can take some minutes to work.',
  ),
  code(
    'RoleAssignmentScopeNotAssignableToRoleDefinition',
    'The custom role cannot be assigned at this scope. It needs this scope, or one above it, in its assignableScopes. A new or changed role can take some minutes to work.',
  ),
  code(
    'RoleAssignmentLimitExceeded',
    'The limit is reached and cannot be raised: 4,000 role assignments in a subscription, 500 at a management group. Remove the role assignments of deleted identities, and grant to groups instead of single users.',
  ),
  code('ScopeLocked', ({ operation }) =>
    operation.endsWith('/delete')
      ? `The access is still there. A lock at this scope or above it blocks the removal. ${whoseLock}`
      : `A read-only lock at this scope or above it blocks the grant. ${whoseLock}`,
  ),
  {
    applies: ({ message }) => /last RBAC admin/iu.test(message),
    hint: () =>
      'Azure keeps the last identity that administers access to the subscription. Ask the people who are responsible for the subscription to appoint another administrator first: a person, not the identity of this job.',
  },
  code(
    'ReadOnlyDisabledSubscription',
    ({ operation }) =>
      `${stillThere(operation)}The subscription is disabled, and so it is read-only. Ask its owners whether to enable it again.`,
  ),
  {
    applies: ({ code: it }) => /^(?:SubscriptionNotFound|InvalidSubscriptionId|MissingSubscription)$/u.test(it),
    hint: () =>
      'Check target, azure-subscription-id, azure-tenant-id and azure-environment. The directory of the sign-in has no such subscription or, outside of subscriptions, no such scope.',
  },
  {
    applies: ({ code: it }) => /^(?:ResourceGroupNotFound|ResourceNotFound|ParentResourceNotFound)$/u.test(it),
    hint: () => 'Check target and azure-subscription-id: this scope does not exist.',
  },
  {
    applies: ({ kind, message }) => kind === 'invalid' && /condition/iu.test(message),
    hint: () =>
      'Azure rejected the condition. Check its syntax, that the role has the actions that it names, and that this role supports conditions. The log shows the condition as it was sent.',
  },
  code(
    'InvalidAuthenticationTokenTenant',
    'The target belongs to another directory than the sign-in, and the message names both. Correct target, or set azure-tenant-id to the directory of the target and azure-client-id to an application that is trusted there.',
  ),
  {
    applies: ({ code: it }) =>
      /^(?:InvalidAuthenticationToken|InvalidAuthenticationInfo|ExpiredAuthenticationToken|AuthenticationFailed|AuthenticationExpired)/u.test(
        it,
      ),
    hint: () =>
      'Azure rejected the sign-in. Check azure-environment and azure-tenant-id. If the job uses azure/login, check that it ran in this job less than an hour ago.',
  },
  {
    applies: ({ operation }) => operation.endsWith('/metadata/endpoints'),
    hint: () =>
      'Check azure-environment, which must be the address of an Azure Resource Manager, and the network from the runner to it (HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS).',
  },
  {
    applies: ({ kind, operation }) =>
      operation.endsWith('/oauth2/v2.0/token') && !['throttled', 'unreachable', 'unavailable'].includes(kind),
    hint: () =>
      'Microsoft Entra gave no token. Check azure-client-id, azure-tenant-id and azure-environment, and the network from the runner to Entra.',
  },
  {
    applies: ({ code: it }) => it === 'RequestDisallowedByPolicy',
    hint: ({ operation }) =>
      `${stillThere(operation)}A policy of the organization (Azure Policy) denies this request, and no role helps. The message names the policy assignment. Ask its owners whether this job is meant to do this.`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation.startsWith('Microsoft Graph'),
    hint: () =>
      `The identity is not allowed to read the directory. Use IDs with their type (user:<object ID>, group:<object ID>, service-principal:<object ID>), which need no directory permission. For names, grant the identity the one permission that the type requires: ${directoryPermissions}`,
  },
  {
    applies: ({ kind, message }) => kind === 'denied' && /ABAC condition that is not fulfilled/iu.test(message),
    hint: ({ operation }) =>
      `${stillThere(operation)}The identity has the permission, but the condition on its own role refuses this role or principal. Choose another role, principal or target, or ask the people who set the condition whether this job is meant to make this grant. Do not add a role without that condition: it could hand out any role.`,
  },
  {
    // A code that no reference has does not prove that a permission is missing.
    applies: ({ kind, code: it, operation }) =>
      kind === 'denied' &&
      !/^(?:AuthorizationFailed$|HTTP )/u.test(it) &&
      /\/roleAssignments\/(?:write|delete)$/u.test(operation),
    hint: ({ operation }) =>
      `${stillThere(operation)}The message names what refuses this request. Ask the owners of the scope whether this job is meant to do this. A role helps only if the message names a missing permission (docs/permissions.md).`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && /roleAssignments\/(?:write|delete)$/u.test(operation),
    hint: ({ operation }) =>
      `Check role, principal and target: the condition on the role of this identity limits what this job can grant. If you mean exactly this grant, the identity needs ${operation} at this scope, by a role whose condition allows this role and principal and no others (docs/permissions.md). ${orElse}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation.endsWith('/managementGroups/descendants/read'),
    hint: ({ operation }) =>
      `Only Azure knows what is below a management group. Exclude or allow subscriptions and what is in them by their scopes, or give the identity ${operation} there (the role Management Group Reader has it). ${orElse}`,
  },
  {
    applies: ({ kind }) => kind === 'denied',
    hint: ({ operation }) => `The identity needs ${operation} at this scope (docs/permissions.md). ${orElse}`,
  },
  {
    applies: ({ kind }) => kind === 'throttled',
    hint: () =>
      'Run less at once (a `concurrency:` group helps), or set a longer timeout. Azure throttles each identity in each subscription.',
  },
  {
    applies: ({ kind }) => kind === 'unreachable',
    hint: () =>
      'Check azure-environment, and the network from the runner to the endpoint (HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS).',
  },
  {
    applies: ({ code: it }) => /^(?:HTTP [23]|ForeignHost)/u.test(it),
    hint: () =>
      'The response came from something between the runner and Azure. Check HTTPS_PROXY, NO_PROXY and azure-environment.',
  },
];

/** The deny assignment that the refusal names. Source: docs/design/azure.md#deny-assignments. */
function denyAssignment(message: string): string {
  const found = /deny assignment with name '(?<name>[^']*)' and Id '(?<id>[^']*)' at scope '(?<scope>[^']*)'/iu.exec(
    message,
  )?.groups;
  if (found === undefined) return 'A deny assignment';
  return `The deny assignment "${found['name'] ?? ''}" (${found['id'] ?? ''}) at ${found['scope'] ?? ''}`;
}

/**
 * The id in the text of a 409, which newer texts have as 32 digits without hyphens. Source:
 * docs/design/azure.md#creating-and-updating.
 */
export function existingName(message: string): string | null {
  const hyphenated = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/iu.exec(message)?.[0];
  if (hyphenated !== undefined) return hyphenated;
  const bare = /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/iu.exec(message)?.[0];
  return bare?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5') ?? null;
}
