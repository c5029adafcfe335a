import { describe, expect, test } from '@jest/globals';

import { InputFaults, type Fault } from '../../src/access/errors.ts';
import { commonInputs } from '../../src/access/inputs.ts';
import { readInputs, type Inputs } from '../../src/action/inputs/inputs.ts';
import { azureDeclaration } from '../../src/azure/declaration.ts';
import type { AzureSettings } from '../../src/azure/settings.ts';
import { eventOf } from '../action/github/event-of.ts';

const client = '0a1b2c3d-1111-4222-8333-444455556666';
const tenant = '72f988bf-1111-4222-8333-444455556666';
/** A step with the least inputs: the runner fills in the defaults. */
const good: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries({ ...commonInputs, ...azureDeclaration.inputs }).map(([name, { fallback }]) => [
      name,
      fallback.startsWith('${{') ? '' : fallback,
    ]),
  ),
  cloud: 'azure',
  principal: 'group:Payments On-Call',
  target: '/providers/Microsoft.Marketplace',
  role: 'Reader',
};
const federated = { 'azure-client-id': client, 'azure-tenant-id': tenant };

interface Around {
  readonly variables?: Readonly<Record<string, string>>;
  readonly tokenFault?: Fault;
}

function read(
  inputs: Readonly<Record<string, string>>,
  { variables = {}, tokenFault }: Around = {},
): Inputs<AzureSettings> {
  const set = Object.entries({ ...good, ...inputs }).filter(([, value]) => value !== '');
  const given = [
    ...set.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const),
    ...Object.entries(variables),
  ];
  const surroundings = { variables: new Map(given), file: () => null, homeFolder: '/home/me', runName: '42-7-1' };
  return readInputs(
    { azure: azureDeclaration },
    { surroundings, event: eventOf('push'), tokenFault: tokenFault ?? null },
  );
}

function faultsOf(inputs: Readonly<Record<string, string>>, around: Around = {}): readonly string[] {
  try {
    read(inputs, around);
    return [];
  } catch (error) {
    if (error instanceof InputFaults) return error.faults.map(({ input }) => input).toSorted();
    throw error;
  }
}

describe('signing in', () => {
  test('without a client ID the session of the job is used, and no ID token is needed', () => {
    const { settings, audience } = read({});
    expect([settings.signIn, audience]).toEqual([{ kind: 'ambient', tenantId: null }, null]);
    expect(read({ 'azure-tenant-id': tenant }).settings.signIn).toEqual({ kind: 'ambient', tenantId: tenant });
  });

  test.each([
    ['AzureCloud', 'api://AzureADTokenExchange'],
    ['AzureUSGovernment', 'api://AzureADTokenExchangeUSGov'],
    ['AzureChinaCloud', 'api://AzureADTokenExchangeChina'],
    ['https://management.usgovcloudapi.net/', 'api://AzureADTokenExchangeUSGov'],
    ['https://127.0.0.1:8443', 'api://AzureADTokenExchange'],
  ])('in %s the audience is %s', (environment, audience) => {
    const read1 = read({ ...federated, 'azure-environment': environment });
    expect(read1.audience).toBe(audience);
    expect(read1.settings.signIn).toEqual({ kind: 'federated', clientId: client, tenantId: tenant, audience });
  });

  test('a custom environment has no default audience, and does not accept a well-known one', () => {
    const custom = { ...federated, 'azure-environment': 'https://arm.example' };
    expect(faultsOf(custom)).toEqual(['azure-audience']);
    for (const end of ['', 'USGov', 'China', 'USNat', 'USSec'])
      expect(faultsOf({ ...custom, 'azure-audience': `api://AzureADTokenExchange${end}` })).toEqual(['azure-audience']);
    expect(read({ ...custom, 'azure-audience': 'api://mine' }).audience).toBe('api://mine');
  });

  test('a missing token permission is reported together with other faults, where one is needed', () => {
    const tokenFault = { input: 'permissions', problem: 'give no token', example: 'id-token: write' };
    expect(faultsOf({ ...federated, 'azure-tenant-id': '' }, { tokenFault })).toEqual([
      'azure-tenant-id',
      'permissions',
    ]);
    expect(faultsOf({}, { tokenFault })).toEqual([]);
  });

  test('bad shapes are faults, all at once', () => {
    const bad = {
      'azure-client-id': 'x',
      'azure-tenant-id': 'y',
      'azure-subscription-id': 'z',
      'azure-environment': 'w',
      'azure-audience': 'a b',
      'assignment-name': 'v',
    };
    expect(faultsOf(bad)).toEqual(Object.keys(bad).toSorted());
  });
});

describe('the properties of a role assignment', () => {
  test('are null without an input', () => {
    expect(read({}).settings.properties).toEqual({
      name: null,
      condition: null,
      description: null,
      delegatedManagedIdentityResourceId: null,
    });
  });

  test('a condition can have many lines, and has the one version that exists', () => {
    const condition = '(\n  (!(ActionMatches{x}))\n)';
    expect(read({ condition, 'condition-version': '2.0' }).settings.properties.condition).toBe(condition);
    expect(faultsOf({ condition, 'condition-version': '1.0' })).toEqual(['condition-version']);
    expect(faultsOf({ 'condition-version': '2.0' })).toEqual(['condition-version']);
  });

  test.each(['principal', 'target', 'role'])(
    'an assignment has one name, which is not valid with several lines of %s',
    (input) => {
      const name = { 'assignment-name': client };
      const [one, two] = {
        principal: ['user:a', 'user:b'],
        target: ['/providers/Microsoft.Capacity', `/subscriptions/${tenant}`],
        role: ['A', 'B'],
      }[input] ?? ['', ''];
      expect(faultsOf({ ...name, [input]: `${one}\n${two}` })).toEqual(['assignment-name']);
      expect(faultsOf({ ...name, [input]: `${one}\n${one}` })).toEqual([]);
      expect(faultsOf({ [input]: `${one}\n${two}` })).toEqual([]);
    },
  );

  test('a resource group needs its subscription', () => {
    expect(faultsOf({ target: 'resource-group:x' })).toEqual(['azure-subscription-id']);
    expect(faultsOf({ target: '/providers/Microsoft.Capacity\n!resource-group:x' })).toEqual(['azure-subscription-id']);
    expect(faultsOf({ target: 'resource-group:x', 'azure-subscription-id': tenant })).toEqual([]);
  });
});

test('a lease can be made, and leases are looked for in a place', () => {
  expect(faultsOf({ lifetime: '2h' })).toEqual([]);
  expect(faultsOf({ lifetime: 'permanent' })).toEqual([]);
  for (const operation of ['list', 'sweep']) {
    expect(faultsOf({ principal: '', target: '', role: '', operation })).toEqual(['target']);
    expect(faultsOf({ principal: '', target: '', role: '', operation, 'azure-subscription-id': tenant })).toEqual([]);
  }
});

describe('the authority of the environment', () => {
  const authority = (url: string, inputs = {}): Inputs<AzureSettings> =>
    read(inputs, { variables: { AZURE_AUTHORITY_HOST: url } });

  test('is reported where it is a different one', () => {
    const { settings, endpoints } = authority('https://127.0.0.1:8443/');
    expect(settings.authority).toBe('https://127.0.0.1:8443');
    expect(endpoints).toEqual([{ source: 'AZURE_AUTHORITY_HOST', url: 'https://127.0.0.1:8443/' }]);
    expect(authority('https://login.example', { 'allowed-endpoints': 'login.example' }).settings.authority).toBe(
      'https://login.example',
    );
  });

  test.each(['https://login.microsoftonline.com', 'https://LOGIN.microsoftonline.com/'])(
    'is not reported as %s',
    (url) => {
      expect(authority(url)).toMatchObject({ endpoints: [], settings: { authority: null } });
    },
  );

  test.each([
    ['AZURE_AUTHORITY_HOST', 'https://login.evil.example', 'allowed-endpoints'],
    ['azure_authority_host', 'https://login.evil.example', 'allowed-endpoints'],
    ['AZURE_AUTHORITY_HOST', 'http://127.0.0.1', 'AZURE_AUTHORITY_HOST'],
    ['AZURE_AUTHORITY_HOST', 'login', 'AZURE_AUTHORITY_HOST'],
    ['AZURE_REGIONAL_AUTHORITY_NAME', 'westeurope', 'AZURE_REGIONAL_AUTHORITY_NAME'],
    ['MSAL_FORCE_REGION', 'westeurope', 'MSAL_FORCE_REGION'],
  ])('%s = %s is a fault', (name, value, input) => {
    expect(faultsOf({}, { variables: { [name]: value } })).toEqual([input]);
  });
});
