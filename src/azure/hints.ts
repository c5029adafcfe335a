import type { Failure } from '#access/errors';
import type { HintRule } from '#access/hints';

/** What a hint goes by; `operation` is such as `Microsoft.Authorization/roleAssignments/write`. */
export type Answer = Pick<Failure, 'kind' | 'operation' | 'code' | 'message'>;

export type Rule = HintRule<Answer>;

/** A lock guards what is below it, from this step too. */
export const whoseLock =
  'The owners of the lock decide: they lift it while the step runs again, and then set it again. The identity of this job needs no right to locks.';

function code(name: string, hint: string | ((answer: Answer) => string)): Rule {
  return {
    applies: (answer) => answer.code === name,
    hint: (answer) => (typeof hint === 'string' ? hint : hint(answer)),
  };
}

/** Other causes of the same answer. */
const orElse =
  'A right that was granted a moment ago takes up to ten minutes. Azure answers the same for a scope that does not exist: check target.';

/** What a refused removal leaves. */
function stillThere(operation: string): string {
  return operation.endsWith('/delete') ? 'The access is still there. ' : '';
}

/** What to do about a refused request, the most specific rule first. Source: docs/design/azure.md#error-codes. */
export const rules: readonly Rule[] = [
  code(
    'PrincipalNotFound',
    'Nothing in the directory has this object id, or it was made a moment ago. Check that it is the object id of the user, group or service principal: the client id of an application, or the object id of its registration, is another one (app:<client id> finds the right one). Check azure-tenant-id too. For a new principal give its type (service-principal:, user:) and a longer timeout.',
  ),
  code(
    'LinkedAuthorizationFailed',
    'Azure does not see the rights of the delegated identity’s own directory yet, or it has none: check delegated-managed-identity-resource-id.',
  ),
  {
    // Source: Azure/azure-cli#5340, almenscorner/intunecd-monitor#24 (PrincipalTypeNotSupported).
    applies: ({ code: it, message }) =>
      it === 'PrincipalTypeNotSupported' || (it === 'UnmatchedPrincipalType' && /type '?Application'?/iu.test(message)),
    hint: () =>
      'This is the object id of an application’s registration, and roles are granted to its service principal, which has another one. Give app:<client id>, which finds it, or service-principal:<its object id> (in the portal: Enterprise applications).',
  },
  code(
    'UnmatchedPrincipalType',
    'The message names the type that Azure has for this object id. If that is whom you mean, give that type, as the prefix of the line or as principal-type.',
  ),
  code('DenyAssignmentAuthorizationFailed', ({ message, operation }) => {
    return `${stillThere(operation)}${denyAssignment(message)} refuses it, and a deny assignment wins over every role, Owner too: no role and no other right of this identity helps. Choose another target, or ask those who manage what is there (a managed application, a deployment stack, Databricks, AKS) to make the change.`;
  }),
  code(
    'RoleAssignmentUpdateNotPermitted',
    'The name of the role assignment is taken by another one: of another scope, principal or role, or of an identity that was deleted and made again. Give another assignment-name, or delete the old one if it is dead.',
  ),
  code('RoleAssignmentExists', ({ message }) => {
    const id = existingName(message);
    return `Somebody has made the same grant under another name${id === null ? '' : ` (${id})`}, and reads do not show it yet: run the step again in a minute.`;
  }),
  code(
    'RoleDefinitionDoesNotExist',
    'Azure knows no such role there: check role, and that a custom role may be assigned at this scope (its assignableScopes). One that was made a moment ago takes some minutes.',
  ),
  code(
    'RoleAssignmentScopeNotAssignableToRoleDefinition',
    'The custom role may not be assigned at this scope: its assignableScopes have to name the scope, or one above it. A role that was made or changed a moment ago takes some minutes.',
  ),
  code(
    'RoleAssignmentLimitExceeded',
    'A limit that cannot be raised is reached: 4,000 role assignments in a subscription, 500 at a management group. Remove what is left over of deleted identities, and grant to groups in place of single users.',
  ),
  code('ScopeLocked', ({ operation }) =>
    operation.endsWith('/delete')
      ? `The access is still there: a lock at this scope or above it blocks the removal. ${whoseLock}`
      : `A read-only lock at this scope or above it blocks the grant. ${whoseLock}`,
  ),
  {
    applies: ({ message }) => /last RBAC admin/iu.test(message),
    hint: () =>
      'Azure keeps the last identity that administers access to the subscription: those who are responsible for it appoint another administrator first, who is a person and not the identity of this job.',
  },
  code(
    'ReadOnlyDisabledSubscription',
    ({ operation }) =>
      `${stillThere(operation)}The subscription is disabled, and so read-only: its owners decide whether to enable it again.`,
  ),
  {
    applies: ({ code: it }) => /^(?:SubscriptionNotFound|InvalidSubscriptionId|MissingSubscription)$/u.test(it),
    hint: () =>
      'There is no such subscription in the directory that we signed in to, or, outside of subscriptions, no such scope: check target, azure-subscription-id, azure-tenant-id and azure-environment.',
  },
  {
    applies: ({ code: it }) => /^(?:ResourceGroupNotFound|ResourceNotFound|ParentResourceNotFound)$/u.test(it),
    hint: () => 'That scope does not exist: check target and azure-subscription-id.',
  },
  {
    applies: ({ kind, message }) => kind === 'invalid' && /condition/iu.test(message),
    hint: () =>
      'Azure does not take the condition: check its syntax, that the role has the actions it names, and that this kind of role takes conditions. The log shows it as it was sent.',
  },
  code(
    'InvalidAuthenticationTokenTenant',
    'The target belongs to another directory than the one that the action signed in to, and the message names both. Correct target, or set azure-tenant-id and azure-client-id to the directory of the target and an application that is trusted there.',
  ),
  {
    applies: ({ code: it }) =>
      /^(?:InvalidAuthenticationToken|InvalidAuthenticationInfo|ExpiredAuthenticationToken|AuthenticationFailed|AuthenticationExpired)/u.test(
        it,
      ),
    hint: () =>
      'Azure does not take the sign-in: check azure-environment and azure-tenant-id, and with azure/login that it ran in this job less than an hour ago.',
  },
  {
    applies: ({ operation }) => operation.endsWith('/metadata/endpoints'),
    hint: () =>
      'Check azure-environment (it has to be the address of an Azure Resource Manager) and the network from the runner to it: HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS.',
  },
  {
    applies: ({ kind, operation }) =>
      operation.endsWith('/oauth2/v2.0/token') && !['throttled', 'unreachable', 'unavailable'].includes(kind),
    hint: () =>
      'Microsoft Entra gave no token: check azure-client-id, azure-tenant-id, azure-environment and the network from the runner to it.',
  },
  {
    applies: ({ code: it }) => it === 'RequestDisallowedByPolicy',
    hint: ({ operation }) =>
      `${stillThere(operation)}A policy of the organization (Azure Policy) denies it, and no role helps: the message names the policy assignment, and its owners decide whether this job is meant to do this.`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation.startsWith('Microsoft Graph'),
    hint: () =>
      'The identity is not allowed to ask the directory. Give ids with their type (user:<object id>, group:<object id>, service-principal:<object id>), which needs no directory permission. For names grant it the one permission that such a line requires: User.ReadBasic.All for users, GroupMember.Read.All for groups, Application.Read.All for applications (docs/permissions.md “Directory permissions”).',
  },
  {
    applies: ({ kind, message }) => kind === 'denied' && /ABAC condition that is not fulfilled/iu.test(message),
    hint: ({ operation }) =>
      `${stillThere(operation)}The identity has the right, and the condition of its own role refuses this role or principal: the people who set the condition decide what this job may grant. Ask them, or choose another role, principal or target; a further role without that condition would hand out any role.`,
  },
  {
    // Of a code that no reference has it is not known that a right is missing.
    applies: ({ kind, code: it, operation }) =>
      kind === 'denied' &&
      !/^(?:AuthorizationFailed$|HTTP )/u.test(it) &&
      /\/roleAssignments\/(?:write|delete)$/u.test(operation),
    hint: ({ operation }) =>
      `${stillThere(operation)}The message says what refuses it: ask the owners of the scope whether this job is meant to do this. Only if a missing right is named does a role help (docs/permissions.md).`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && /roleAssignments\/(?:write|delete)$/u.test(operation),
    hint: ({ operation }) =>
      `Check role, principal and target: the condition of the identity’s own role bounds what this job may grant. If this very grant is meant, the identity needs ${operation} at this scope, by a role whose condition allows this role and principal and no others (docs/permissions.md). ${orElse}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation.endsWith('/managementGroups/descendants/read'),
    hint: ({ operation }) =>
      `What lies below a management group only Azure can tell. Exclude or allow subscriptions and what is in them by their scopes, or give the identity ${operation} there (the role Management Group Reader has it). ${orElse}`,
  },
  {
    applies: ({ kind }) => kind === 'denied',
    hint: ({ operation }) => `The identity needs ${operation} at this scope (docs/permissions.md). ${orElse}`,
  },
  {
    applies: ({ kind }) => kind === 'throttled',
    hint: () =>
      'Azure throttles each identity and subscription: run less at once (a `concurrency:` group helps), or give it a longer timeout.',
  },
  {
    applies: ({ kind }) => kind === 'unreachable',
    hint: () =>
      'Check the network from the runner to the endpoint: HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS and azure-environment.',
  },
  {
    applies: ({ code: it }) => /^(?:HTTP [23]|ForeignHost)/u.test(it),
    hint: () => 'Something between the runner and Azure answered: check HTTPS_PROXY, NO_PROXY and azure-environment.',
  },
];

/** Which one it is, in the words of the refusal. Source: docs/design/azure.md#deny-assignments. */
function denyAssignment(message: string): string {
  const found = /deny assignment with name '(?<name>[^']*)' and Id '(?<id>[^']*)' at scope '(?<scope>[^']*)'/iu.exec(
    message,
  )?.groups;
  if (found === undefined) return 'A deny assignment';
  return `The deny assignment “${found['name'] ?? ''}” (${found['id'] ?? ''}) at ${found['scope'] ?? ''}`;
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
