import { describe, expect, test } from '@jest/globals';

import type { Part } from '../../../src/access/request.ts';
import { isById, parseAllowed } from '../../../src/azure/guards/allowed-lines.ts';
import { azureDeclaration } from '../../../src/azure/declaration.ts';
import { right } from '../in-process.ts';

const id = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
const scope = `/subscriptions/${id}/resourceGroups/app`;

describe('parseAllowed', () => {
  test.each<[Part, string, string, string]>([
    ['principal', 'group:Payments*', 'Group-name', 'Payments*'],
    ['principal', 'user:*@example.com', 'User-name', '*@example.com'],
    ['principal', 'service-principal:deploy-*', 'ServicePrincipal-name', 'deploy-*'],
    ['principal', `app:${id}`, 'client-id', id],
    ['principal', id, 'object-id', id],
    ['target', 'subscription:Payments *', 'subscription-name', 'Payments *'],
    ['target', `subscription:${id}`, 'scope', `/subscriptions/${id}`],
    ['target', 'resource-group:app-*', 'resource-group', 'app-*'],
    ['target', 'resource-group: *', 'resource-group', '*'],
    ['target', 'resource-group:app', 'resource-group', 'app'],
    ['target', 'management-group:mg-*', 'management-group', 'mg-*'],
    ['target', scope, 'scope', scope],
    ['target', '/', 'scope', '/'],
    ['role', '*Reader', 'role-name', '*Reader'],
    ['role', id, 'role-guid', id],
  ])('of %s reads %j', (part, text, kind, value) => {
    expect(parseAllowed(part, text)).toEqual({ ok: true, value: { text, kind, value } });
  });

  test.each<[Part, string]>([
    ['principal', 'Payments*'],
    ['principal', '*'],
    ['principal', 'app:*'],
    ['principal', 'device:build-*'],
    ['principal', 'group:'],
    ['principal', '!group:x'],
    ['target', `/subscriptions/*`],
    ['target', `${scope}*`],
    ['target', `${scope}/providers/Microsoft.Storage/storageAccounts/*`],
    ['target', '/providers/Microsoft.Management/managementGroups/*'],
    ['target', 'resource-group:a*/b'],
    ['target', 'resource-group:a*.'],
    ['target', 'app-*'],
    ['target', '!/'],
    ['role', '!Owner'],
    ['role', `/providers/Microsoft.Authorization/roleDefinitions/*`],
  ])('of %s does not accept %j', (part, text) => {
    expect(parseAllowed(part, text)).toMatchObject({ ok: false, problem: expect.stringContaining(`"${text}"`) });
  });
});

describe('isById', () => {
  test.each<[Part, string, boolean]>([
    ['principal', `user:${id}`, true],
    ['principal', `app:${id}`, true],
    ['principal', id, true],
    ['principal', 'group:Payments', false],
    ['principal', 'user:alice@example.com', false],
    ['principal', 'service-principal:*', false],
    ['target', scope, true],
    ['target', '/', true],
    ['target', `subscription:${id}`, true],
    ['target', 'resource-group:app', true],
    ['target', 'resource-group:app-*', false],
    ['target', 'subscription:Payments', false],
    ['target', 'management-group:mg-payments', false],
    ['role', id, true],
    ['role', `/providers/Microsoft.Authorization/roleDefinitions/${id}`, true],
    ['role', 'Reader', false],
  ])('of %s %j is %p', (part, text, expected) => {
    expect(isById(right(parseAllowed(part, text)))).toBe(expected);
  });
});

test('exclusions have the grammar of targets, without wildcards', () => {
  const { parseExclusion } = azureDeclaration;
  expect(parseExclusion('subscription:Payments')).toMatchObject({
    ok: true,
    value: { kind: 'subscription-name' },
  });
  expect(parseExclusion('resource-group:app-*')).toMatchObject({ ok: false });
});
