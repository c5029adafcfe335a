import { describe, expect, test } from '@jest/globals';

import type { FailureKind } from '../../src/access/errors.ts';
import { hintFor } from '../../src/azure/failures.ts';
import { existingName } from '../../src/azure/hints.ts';

interface Given {
  readonly kind?: FailureKind;
  readonly operation?: string;
  readonly code?: string;
  readonly message?: string;
}
const write = 'Microsoft.Authorization/roleAssignments/write';
const remove = 'Microsoft.Authorization/roleAssignments/delete';
const hint = (given: Given): string | null =>
  hintFor({ kind: 'invalid', operation: write, code: 'Some', message: 'no', ...given });

describe('hintFor', () => {
  // Source: docs/design/azure.md#error-codes.
  test.each<[string, Given, RegExp]>([
    [
      'an ID that does not exist',
      { code: 'PrincipalNotFound', kind: 'replicating' },
      /azure-tenant-id.*object ID.*client ID/u,
    ],
    ['another type', { code: 'UnmatchedPrincipalType' }, /principal-type/u],
    [
      'the object id of a registration',
      { code: 'PrincipalTypeNotSupported', message: 'Principals of type Application cannot validly be used.' },
      /registration.*app:<client ID>/u,
    ],
    [
      'the object id of a registration, as a service principal’s',
      { code: 'UnmatchedPrincipalType', message: "has type 'Application' , which is different from" },
      /registration.*app:<client ID>/u,
    ],
    [
      'a deny assignment in the way of a grant',
      {
        kind: 'denied',
        code: 'DenyAssignmentAuthorizationFailed',
        message: "denied because of the deny assignment with name 'By Databricks' and Id 'abc' at scope '/x/y'.",
      },
      /^The deny assignment "By Databricks" \(abc\) at \/x\/y .*no role.*helps/u,
    ],
    [
      'a deny assignment in the way of a removal',
      { kind: 'denied', code: 'DenyAssignmentAuthorizationFailed', operation: remove },
      /^The access is still there\. A deny assignment refuses this request/u,
    ],
    ['a name that is taken', { code: 'RoleAssignmentUpdateNotPermitted' }, /assignment-name/u],
    ['a role that does not exist there', { code: 'RoleDefinitionDoesNotExist' }, /assignableScopes/u],
    ['a role that is not for there', { code: 'RoleAssignmentScopeNotAssignableToRoleDefinition' }, /assignableScopes/u],
    ['the limit', { code: 'RoleAssignmentLimitExceeded', kind: 'quota' }, /4,000.*500/u],
    ['a lock in the way of a removal', { code: 'ScopeLocked', operation: remove }, /access is still there.*lock/u],
    ['a lock in the way of a grant', { code: 'ScopeLocked' }, /read-only lock/u],
    [
      'no such subscription',
      { code: 'SubscriptionNotFound', kind: 'not-found' },
      /azure-subscription-id.*azure-tenant-id/u,
    ],
    ['no such group', { code: 'ResourceGroupNotFound', kind: 'not-found' }, /Check target/u],
    ['a condition', { message: "The condition 'x' is not valid" }, /rejected the condition\. Check its syntax/u],
    [
      'a right to write',
      { kind: 'denied', code: 'AuthorizationFailed' },
      /roleAssignments\/write.*condition.*ten minutes/u,
    ],
    [
      'a right to read',
      { kind: 'denied', operation: 'Microsoft.Resources/subscriptions/read' },
      /subscriptions\/read/u,
    ],
    [
      'resources below a management group',
      { kind: 'denied', operation: 'Microsoft.Management/managementGroups/descendants/read' },
      /managementGroups\/descendants\/read there.*Management Group Reader/u,
    ],
    [
      'the directory',
      { kind: 'denied', operation: 'Microsoft Graph GET /v1.0/groups' },
      /group:<object ID>.*the one permission/u,
    ],
    ['throttling', { kind: 'throttled', code: 'TooManyRequests' }, /longer timeout/u],
    ['the network', { kind: 'unreachable', code: 'ECONNREFUSED' }, /HTTPS_PROXY.*NODE_EXTRA_CA_CERTS/u],
    ['a policy', { kind: 'denied', code: 'RequestDisallowedByPolicy' }, /Azure Policy.*no role helps.*Ask its owners/u],
    ['a disabled subscription', { code: 'ReadOnlyDisabledSubscription' }, /Ask its owners whether to enable it/u],
    [
      'a removal in a disabled subscription',
      { code: 'ReadOnlyDisabledSubscription', operation: remove },
      /^The access is still there\./u,
    ],
    [
      'a condition that refuses',
      {
        kind: 'denied',
        code: 'AuthorizationFailed',
        message: 'x has an authorization with ABAC condition that is not fulfilled to perform action y.',
      },
      /^The identity has the permission, but the condition.*ask the people who set the condition/u,
    ],
    [
      'an unknown code',
      { kind: 'denied', code: 'Unheard' },
      /^The message names what refuses this request.*owners of the scope.*only if/u,
    ],
  ])('for %s', (_, given, words) => {
    expect(hint(given)).toMatch(words);
  });

  test('an Entra that throttles or cannot be reached has no hint about the client ID', () => {
    const operation = 'POST https://login.example/t/oauth2/v2.0/token';
    for (const kind of ['throttled', 'unreachable', 'unavailable'] as const)
      expect(hint({ kind, operation })).not.toMatch(/azure-client-id/u);
    expect(hint({ kind: 'invalid', operation })).toMatch(/azure-client-id/u);
  });

  test('exists for every error', () => {
    for (const kind of ['other', 'busy', 'unavailable', 'not-found'] as const)
      expect(hint({ kind })?.length).toBeGreaterThan(20);
  });
});

describe('existingName', () => {
  const name = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';

  test.each([
    [`The ID of the existing role assignment is ${name.replaceAll('-', '')}.`, name],
    [`The ID of the existing role assignment is ${name}.`, name],
    ['The role assignment already exists.', null],
    [`The hash is ${name.replaceAll('-', '')}00.`, null],
  ])('of %j is %s', (message, expected) => {
    expect(existingName(message)).toBe(expected);
  });
});
