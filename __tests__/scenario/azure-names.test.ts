import { describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { WorldOptions } from '../../rehearsal/world.ts';
import {
  azureByIds,
  azureByNames,
  azureIds,
  azureStep,
  inAzure,
  requestsTo,
  scopes,
  warnings,
  granted,
} from './azure-support.ts';
import { errors } from './support.ts';

const user = (last: string): string => `05e00000-0000-4000-8000-00000000000${last}`;
const group = (last: string): string => `96000000-0000-4000-8000-00000000000${last}`;
const servicePrincipal = (last: string): string => `5e000000-0000-4000-8000-00000000000${last}`;
const nobody = 'ffffffff-0000-4000-8000-000000000001';

function graphRequests({ requests }: StepResult): StepResult['requests'] {
  return requests.filter(({ service }) => service === 'graph');
}

/** An ambiguous or unknown value ends red, before any change, with the values to choose from. */
async function refused(
  inputs: Step['inputs'],
  words: readonly (string | RegExp)[],
  options: WorldOptions = {},
): Promise<void> {
  await inAzure(options, async (world) => {
    const before = world.azure.estate.assignments();
    const result = await azureStep(world, { ...azureByIds, ...inputs });
    expect(result.exitCode).toBe(1);
    expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
    for (const word of [...words, 'What to do: ']) {
      const matcher: unknown = typeof word === 'string' ? expect.stringContaining(word) : expect.stringMatching(word);
      expect(errors(result)).toEqual(matcher);
    }
    expect(errors(result)).not.toMatch(/undefined|bug in/u);
    expect(requestsTo(result, 'roleAssignments.put', 'roleAssignments.delete')).toEqual([]);
    expect(world.azure.estate.assignments()).toEqual(before);
  });
}

describe('IDs with their type', () => {
  it.each([
    `user:${azureIds.alice}`,
    `group:${azureIds.onCall}`,
    `service-principal:${azureIds.deploy}`,
    `foreign-group:${azureIds.foreignGroup}`,
    `device:${azureIds.device}`,
  ])('are used as they are, without a request to Graph: %s (P8)', (principal) =>
    inAzure({ azure: { graphPermissions: 'none' } }, async (world) => {
      for (const operation of ['assign', 'revoke']) {
        const result = await azureStep(world, { ...azureByIds, principal, operation });
        expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
        expect(graphRequests(result)).toEqual([]);
        expect(warnings(result)).toBe('');
      }
    }),
  );

  it('by principal-type too', () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, { ...azureByIds, principal: azureIds.alice, 'principal-type': 'User' });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', 'principal-type': 'User' });
      expect(graphRequests(result)).toEqual([]);
    }));
});

describe('a principal', () => {
  it.each([
    ['a user by principal name', 'user:alice@example.com', 'User', user('1')],
    ['a user by principal name in another letter case', 'user:Alice@Example.com', 'User', user('1')],
    ['a guest by principal name', 'user:carol_partner.com#EXT#@contoso.onmicrosoft.com', 'User', user('3')],
    ['a guest by mail address', 'user:carol@partner.com', 'User', user('3')],
    ['a user by mail address only', 'user:dora.first@example.com', 'User', user('6')],
    ['a user whose name begins with a dollar', 'user:$ops@example.com', 'User', user('8')],
    ['a user with a quote', "user:pat.o'neil@example.com", 'User', user('9')],
    ['a group', 'group:Payments On-Call', 'Group', azureIds.onCall],
    [
      'a group with characters that mean something to filters and URLs',
      "group:Ops' & Co + (EU)/West",
      'Group',
      group('4'),
    ],
    ['a service principal by name', 'service-principal:deploy-payments', 'ServicePrincipal', azureIds.deploy],
    ['a managed identity by name', 'service-principal:mi-payments', 'ServicePrincipal', servicePrincipal('2')],
    ['a service principal by client id', `app:${azureIds.deployClientId}`, 'ServicePrincipal', azureIds.deploy],
    [
      'a managed identity by client id',
      'app:a9900000-0000-4000-8000-000000000002',
      'ServicePrincipal',
      servicePrincipal('2'),
    ],
  ])('is found: %s', async (_, principal, type, principalId) => {
    const result = await granted({ principal }, { principalId });
    expect(result.outputs).toMatchObject({ 'principal-id': principalId, 'principal-type': type });
    expect(result.log).toContain(`(${principalId})`);
  });

  it.each([
    ['a user', azureIds.alice, 'User'],
    ['a group', azureIds.onCall, 'Group'],
    ['a service principal', azureIds.deploy, 'ServicePrincipal'],
    ['a foreign group', azureIds.foreignGroup, 'ForeignGroup'],
    ['a device', azureIds.device, 'Device'],
  ])('by its ID without a type gets its type from getByIds: %s', async (_, principal, type) => {
    const result = await granted({ principal }, { principalId: principal });
    expect(result.outputs).toMatchObject({ 'principal-id': principal, 'principal-type': type });
    const asked = ['getByIds', ...(type === 'Group' ? ['checkMemberGroups'] : [])];
    expect(graphRequests(result).map(({ operation }) => operation)).toEqual(asked);
    const [sent] = requestsTo(result, 'roleAssignments.put');
    expect(sent?.body).toHaveProperty('properties.principalType', type);
  });

  it('with a hostile display name is harmless in log, annotations and summary', async () => {
    const result = await granted({ principal: group('5'), lifetime: 'permanent' }, { principalId: group('5') });
    expect(result.summary).not.toMatch(/<b>|\| <|^::/mu);
    expect(result.log).not.toMatch(/^::set-output/mu);
    expect(result.annotations).toEqual([]);
    expect(result.outputs['status']).toBe('SUCCEEDED');
  });

  it.each([
    ['a mail address that two users share', 'user:shared@example.com', [user('4'), user('5')]],
    ['a principal name that is another’s mail address', 'user:dora@example.com', [user('6'), user('7')]],
    ['a group’s name that two have', 'group:Twin Group', [group('2'), group('3')]],
    [
      'an application’s name that two have',
      'service-principal:twin-app',
      [servicePrincipal('3'), servicePrincipal('4')],
    ],
  ])('that can be two is refused with both ids: %s (P8)', (_, principal, ids) =>
    refused({ principal }, [...ids, principal.replace(/^[a-z-]+:/u, '')]),
  );

  it.each([
    'user:nobody@example.com',
    'group:No Such Group',
    'service-principal:no-such-app',
    'user:alice',
    'group:Payments',
  ])('that does not exist is refused, and a similar name is never used: %s (P8)', (principal) =>
    refused({ principal }, [`"${principal.replace(/^[a-z-]+:/u, '')}"`, 'object ID']),
  );

  it('with an unknown ID is refused before any PUT, with the remedy for a new one', () =>
    refused({ principal: nobody }, [nobody, /type/u]));

  it.each([
    ['client id, bare', azureIds.deployClientId],
    ['client id, as service-principal:', `service-principal:${azureIds.deployClientId}`],
    ['object id of the registration, bare', azureIds.deployApplication],
    ['object id of the registration, as service-principal:', `service-principal:${azureIds.deployApplication}`],
    ['object id of the registration, as app:', `app:${azureIds.deployApplication}`],
    ['object id of the service principal, as app:', `app:${azureIds.deploy}`],
  ])('with a mixed-up ID is refused with its real kind and the value to use: %s (P8)', (_, principal) =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, { ...azureByIds, principal });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toMatch(
        /(?:client ID of the application|registration of the application) "deploy-payments"|object ID of a ServicePrincipal|object ID of its service principal/u,
      );
      expect(errors(result)).toContain(azureIds.deploy);
      expect(result.virtualMs).toBeLessThan(5_000);
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    }),
  );

  it("with a mixed-up ID and a type, where Graph is not readable, ends with Azure's words and the mix-up as a possible cause", () =>
    inAzure({ azure: { graphPermissions: 'none' } }, async (world) => {
      const principal = `service-principal:${azureIds.deployClientId}`;
      const result = await azureStep(world, { ...azureByIds, principal, timeout: '30s' });
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toContain('PrincipalNotFound: ');
      expect(errors(result)).toMatch(/What to do: .*client ID/su);
    }));

  it('that has only a registration is refused, since it can have no access', () =>
    refused({ principal: '0b1ec700-0000-4000-8000-000000000006' }, ['not-installed', 'no service principal']));

  it('with an application without a service principal here is refused with the way to make one', () =>
    refused({ principal: 'app:a9900000-0000-4000-8000-000000000006' }, ['az ad sp create']));
});

describe('Graph', () => {
  const denied: WorldOptions = { azure: { graphPermissions: 'none' } };
  const limited: WorldOptions = { azure: { graphPermissions: 'limited' } };
  const without: WorldOptions = { azure: { withoutGraph: true } };

  it.each([
    azureByNames.principal,
    'user:alice@example.com',
    'service-principal:deploy-payments',
    `app:${azureIds.deployClientId}`,
  ])('without access lets a name fail with its words and the remedy: %s (P8)', async (principal) => {
    const words = ['Authorization_RequestDenied: Insufficient privileges to complete the operation.', '<object ID>'];
    await refused({ principal }, [...words, /request ID [0-9a-f-]{36}/u], denied);
    await refused({ principal }, words, limited);
  });

  it('without access allows an ID without a type, with a warning', async () => {
    const result = await granted({ principal: azureIds.onCall }, {}, denied);
    expect(result.outputs['principal-type']).toBe('Group');
    expect(warnings(result)).toContain('Authorization_RequestDenied: Insufficient privileges');
    expect(warnings(result)).toContain('group:');
    const [sent] = requestsTo(result, 'roleAssignments.put');
    expect(sent?.body).not.toHaveProperty('properties.principalType');
  });

  it('with access to type and ID only is enough for an ID without a type', async () => {
    const result = await granted({ principal: azureIds.onCall }, {}, limited);
    expect(warnings(result)).toBe('');
    const [sent] = requestsTo(result, 'roleAssignments.put');
    expect(sent?.body).toHaveProperty('properties.principalType', 'Group');
  });

  it('that an environment does not have lets a name fail at once, and IDs still work', async () => {
    await refused({ principal: azureByNames.principal }, ['no Microsoft Graph', 'group:<object ID>'], without);
    const bare = await granted({ principal: azureIds.onCall }, {}, without);
    expect(warnings(bare)).toContain('no Microsoft Graph');
    const typed = await granted({}, {}, without);
    expect(warnings(typed)).toBe('');
  });

  it.each([
    ['throttled with Retry-After', { kind: 'throttle', retryAfterSeconds: 4 }],
    ['throttled without', { kind: 'throttle' }],
    ['down for a moment', { kind: 'error', status: 503, code: 'serviceNotAvailable', message: 'later' }],
    ['cut off', { kind: 'reset' }],
  ] as const)('is requested again when %s', (_, effect) =>
    inAzure({}, async (world) => {
      world.script.fault({ service: 'graph', times: 2 }, effect);
      const result = await azureStep(world, azureByNames);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(graphRequests(result).filter(({ operation }) => operation === 'groups.list')).toHaveLength(3);
      if ('retryAfterSeconds' in effect) expect(result.virtualMs).toBeGreaterThanOrEqual(8_000);
    }),
  );
});

describe('a full scope and IDs only', () => {
  it("need only the requests to ARM for the grant and for the role's permissions", () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, azureByIds);
      const asked = result.requests.filter(({ service }) => service === 'arm').map(({ operation }) => operation);
      const needed = ['metadata', 'roleDefinitions.get', 'roleAssignments.list', 'roleAssignments.put'];
      expect(asked.filter((operation) => !needed.includes(operation))).toEqual([]);
      expect(result.outputs['target-id']).toBe(scopes.resourceGroup);
    }));
});
