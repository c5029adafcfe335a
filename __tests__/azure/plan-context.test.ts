import { describe, expect, test } from '@jest/globals';

import type { AzureSettings } from '../../src/azure/settings.ts';
import { parseEnvironment } from '../../src/azure/sign-in/environments.ts';
import { contextOf, parseCaller } from '../../src/azure/plan-context.ts';
import { callerOf, type Caller } from '../../src/azure/sign-in/access-token.ts';
import { inScene } from './in-process.ts';

const clientId = '0A1B2C3D-1111-4222-8333-444455556666';
const objectId = '5e000000-0000-4000-8000-0000000000b0';
const tenantId = '72F988BF-0000-4000-8000-000000000001';
const caller: Caller = { clientId, objectId, tenantId, delegated: false };
const none = { name: null, condition: null, description: null, delegatedManagedIdentityResourceId: null };

function settings(environment: string, properties: Partial<AzureSettings['properties']> = {}): AzureSettings {
  const choice = parseEnvironment(environment);
  if (choice === null) throw new Error(environment);
  return {
    environment: choice,
    authority: null,
    signIn: { kind: 'ambient', tenantId: null },
    subscriptionId: null,
    properties: { ...none, ...properties },
    leasing: false,
    pim: null,
    caller: null,
    lease: null,
  };
}

describe('contextOf', () => {
  test('has client and tenant in one spelling, and no missing values', () => {
    expect(contextOf(caller, settings('AzureCloud'))).toEqual({
      caller: clientId.toLowerCase(),
      directory: tenantId.toLowerCase(),
      settings: {},
    });
  });

  test.each<[string, Partial<Caller>]>([
    ['without a client id', { clientId: null }],
    ['of a person who uses the same application as others', { delegated: true }],
  ])('has the object ID %s', (_, over) => {
    expect(contextOf({ ...caller, ...over }, settings('AzureCloud')).caller).toBe(objectId);
  });

  test.each<Partial<Caller>>([
    { clientId: null, objectId: null },
    { delegated: true, objectId: null },
    { tenantId: null },
  ])('has no caller for a token without one: %j', (over) => {
    expect(() => contextOf({ ...caller, ...over }, settings('AzureCloud'))).toThrow(
      /does not name its identity or its directory/u,
    );
  });

  test('has the properties under the names of their inputs, and the environment where it is not the default', () => {
    const properties = { name: objectId, condition: 'c', description: 'd', delegatedManagedIdentityResourceId: '/x' };
    expect(contextOf(caller, settings('AzureChinaCloud', properties)).settings).toEqual({
      'azure-environment': 'AzureChinaCloud',
      condition: 'c',
      'condition-version': '2.0',
      description: 'd',
      'delegated-managed-identity-resource-id': '/x',
      'assignment-name': objectId,
    });
    expect(contextOf(caller, settings('https://arm.example//')).settings).toEqual({
      'azure-environment': 'https://arm.example',
    });
    expect(contextOf(caller, settings('https://management.azure.com')).settings).toEqual({});
  });

  test('reports that it uses Privileged Identity Management, where a person can have to approve', () => {
    const pim = { ticketNumber: 'CHG-4711', ticketSystem: null };
    expect(contextOf(caller, { ...settings('AzureCloud'), pim }).settings).toEqual({ 'azure-pim': 'true' });
  });
});

test('a token with scopes was issued to an application for a person', () => {
  const jwt = (claims: object): string => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
  expect(callerOf(jwt({ oid: 'o', appid: 'a', tid: 't', scp: 'user_impersonation' }))).toEqual({
    objectId: 'o',
    clientId: 'a',
    tenantId: 't',
    delegated: true,
  });
  expect(callerOf(jwt({ oid: 'o', azp: 'a' }))).toMatchObject({ clientId: 'a', delegated: false });
});

test('the context of a run comes from its token', () =>
  inScene({ properties: { description: 'x' } }, async ({ cloud, world, budget, during }) => {
    const { ids, environment } = world.azure;
    const { value, requests } = await during(() => cloud.planContext(budget));
    expect(value).toEqual({
      caller: ids.clientId,
      directory: ids.tenantId,
      settings: { 'azure-environment': environment, description: 'x' },
    });
    expect(requests).toEqual([]);
  }));

test('parseCaller reads a client ID, in one spelling', () => {
  expect(parseCaller(clientId)).toEqual({ ok: true, value: clientId.toLowerCase() });
  for (const text of ['', 'x', `${clientId}0`, 'arn:aws:iam::111122223333:role/x'])
    expect(parseCaller(text)).toEqual({ ok: false, problem: expect.stringContaining('client ID') });
});
