import { describe, expect, test } from '@jest/globals';

import { parsePrincipal, parseRole, parseTarget } from '../../../src/azure/resolve/lines.ts';

const id = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';

describe('parsePrincipal', () => {
  test.each([
    ['user:alice@example.com', 'User-name', 'alice@example.com'],
    ['user: $ops@example.com ', 'User-name', '$ops@example.com'],
    ['group:Payments On-Call', 'Group-name', 'Payments On-Call'],
    ['group:a:b', 'Group-name', 'a:b'],
    ['user:group:x', 'User-name', 'group:x'],
    ['service-principal:deploy', 'ServicePrincipal-name', 'deploy'],
    [`user:${id}`, 'User-id', id],
    [`group: ${id.toUpperCase()}`, 'Group-id', id.toUpperCase()],
    [`service-principal:${id}`, 'ServicePrincipal-id', id],
    [`app:${id}`, 'client-id', id],
    [`foreign-group:${id}`, 'ForeignGroup-id', id],
    [`device:${id}`, 'Device-id', id],
    [`user:${id}0`, 'User-name', `${id}0`],
  ])('%j, with any principal-type', (text, kind, value) => {
    for (const type of [null, 'User', 'Group', 'Device'])
      expect(parsePrincipal(text, type)).toEqual({ ok: true, value: { text, kind, value } });
  });

  test.each([
    [id, null, 'object-id'],
    [id, 'Group', 'Group-id'],
    [id, 'ForeignGroup', 'ForeignGroup-id'],
    ['Payments', 'Group', 'Group-name'],
    ['User:alice', 'User', 'User-name'],
    ['https://x', 'ServicePrincipal', 'ServicePrincipal-name'],
  ])('without a known prefix %j with principal-type %s is a %s', (text, type, kind) => {
    expect(parsePrincipal(text, type)).toEqual({ ok: true, value: { text, kind, value: text } });
  });

  test.each(['alice@example.com', 'User:x', 'role:x', 'constructor:x', '__proto__:x'])(
    '%j alone has no type',
    (text) => {
      expect(parsePrincipal(text, null)).toMatchObject({
        ok: false,
        problem: expect.stringContaining('principal-type'),
      });
    },
  );

  test.each(['user:', 'group: ', 'service-principal:', 'app:', 'device:\t'])('%j names no principal', (text) => {
    for (const type of [null, 'User'])
      expect(parsePrincipal(text, type)).toMatchObject({
        ok: false,
        problem: expect.stringContaining('names no principal'),
      });
  });

  test.each([
    ['app:deploy', null],
    ['device:laptop', null],
    ['foreign-group:Partner', null],
    ['laptop', 'Device'],
  ])('%j (%s) must be an ID', (text, type) => {
    expect(parsePrincipal(text, type)).toMatchObject({ ok: false, problem: expect.stringContaining('a GUID') });
  });
});

describe('parseTarget', () => {
  test.each([
    ['/', 'scope', '/'],
    [`/subscriptions/${id}`, 'scope', `/subscriptions/${id}`],
    [`subscription:${id}`, 'scope', `/subscriptions/${id}`],
    ['subscription: payments-prod ', 'subscription-name', 'payments-prod'],
    ['resource-group:Payments-Data', 'resource-group', 'Payments-Data'],
    ['management-group:mg:x', 'management-group', 'mg:x'],
    ['management-group:Tenant Root Group', 'management-group', 'Tenant Root Group'],
  ])('%j', (text, kind, value) => {
    expect(parseTarget(text)).toEqual({ ok: true, value: { text, kind, value } });
  });

  test.each([
    id,
    'payments-prod',
    'subscription:',
    'resource-group:a/b',
    'Subscription:x',
    'C:/Git/subscriptions/x',
    'all',
  ])('%j is not a target, and no scope is assumed', (text) => {
    expect(parseTarget(text).ok).toBe(false);
  });
});

describe('targets after an empty expression', () => {
  const subscription = `/subscriptions/${id}`;

  test.each([
    `${subscription}/`,
    `${subscription}/resourceGroups/rg/`,
    `${subscription}/resourceGroups/`,
    '/providers/Microsoft.Marketplace/',
    '/providers/Microsoft.Management/managementGroups/mg/',
    `/providers/Microsoft.Subscription${subscription}/`,
    'management-group:/',
    'subscription:/',
    'resource-group:/',
    `resource-group:${subscription}`,
    'subscription:/providers/Microsoft.Management/managementGroups/mg',
  ])('%j is a fault that asks about it, and suggests no wider scope', (text) => {
    const parsed = parseTarget(text);
    if (parsed.ok) throw new Error('It is no target.');
    expect(parsed.problem).toMatch(/An expression may be empty\.$/u);
    // A correct line, without the given value.
    expect([
      '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/payments-prod',
      'management-group:platform',
      'resource-group:payments-prod',
      'subscription:11111111-2222-4333-8444-555555555555',
    ]).toContain(parsed.example);
  });

  test.each([
    [`subscription:${subscription}`, subscription],
    [`resource-group:${subscription}/resourceGroups/rg`, `${subscription}/resourceGroups/rg`],
    [
      `management-group:/providers/Microsoft.Management/managementGroups/mg`,
      '/providers/Microsoft.Management/managementGroups/mg',
    ],
  ])('%j is a full scope after its prefix, and is suggested without it', (text, example) => {
    expect(parseTarget(text)).toMatchObject({ ok: false, example });
  });
});

describe('parseRole', () => {
  const definition = `/subscriptions/${id}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
  test.each([
    ['Reader', 'role-name'],
    ["Ops' Role", 'role-name'],
    ['x'.repeat(512), 'role-name'],
    [id, 'role-guid'],
    [id.toUpperCase(), 'role-guid'],
    [definition, 'role-id'],
    [definition.toLowerCase(), 'role-id'],
    [`/providers/Microsoft.Authorization/roleDefinitions/${id}`, 'role-id'],
  ])('%j is a %s', (text, kind) => {
    expect(parseRole(text)).toEqual({ ok: true, value: { text, kind, value: text } });
  });

  test.each([
    `${definition}/`,
    `${definition}?x`,
    definition.slice(1),
    '/Reader',
    'roleDefinitions/Reader',
    'x'.repeat(513),
  ])('%j is not a role', (text) => {
    expect(parseRole(text).ok).toBe(false);
  });
});
