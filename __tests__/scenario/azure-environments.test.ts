import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import {
  azureByIds,
  azureByNames,
  azureIds,
  azureStep,
  inAzure,
  onCallBlobReader,
  tokenRequests,
} from './azure-support.ts';
import { minted } from './exchanges.ts';
import { calls, errors } from './support.ts';

const metadata = { service: 'arm', operation: 'metadata' } as const;

/** Refused after a request for the metadata only: no token left the runner. */
function expectNoToken(world: World, result: StepResult): void {
  expect(result.exitCode).toBe(1);
  expect(result.outputs['status']).toBe('FAILED');
  expect(result.requests.filter(({ operation, service }) => operation !== 'metadata' && service !== 'oidc')).toEqual(
    [],
  );
  expect(tokenRequests(result)).toEqual([]);
  expect(world.azure.estate.effectiveChanges()).toEqual([]);
}

/** A cloud's metadata, as this test sets them. */
const described = (world: World, says: Readonly<Record<string, unknown>>): Effect => ({
  kind: 'answer',
  body: {
    name: 'Strange',
    authentication: { loginEndpoint: `${world.azure.login}/`, audiences: ['https://management.rehearsal.test/'] },
    resourceManager: `${world.azure.environment}/`,
    microsoftGraphResourceId: `${world.azure.graph}/`,
    ...says,
  },
});

describe('an environment by its address', () => {
  it('names its login, its audience and its Graph; its metadata are requested once and without a token', () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, azureByNames);
      expect(result.exitCode).toBe(0);
      expect(calls(result)['metadata']).toBe(1);
      const [asked] = result.requests.filter(({ operation }) => operation === 'metadata');
      expect(asked).toMatchObject({ authorized: false, url: '/metadata/endpoints?api-version=2022-09-01' });
      expect(result.requests.filter(({ operation }) => operation === 'instance-discovery')).toEqual([]);
      expect(result.log).toMatch(/Signed in to Rehearsal as/u);
      expect(world.azure.estate.has(onCallBlobReader)).toBe(true);
    }));

  it.each(['', '/', '///'])('can end with "%s", which has no effect', (end) =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, { ...azureByIds, 'azure-environment': `${world.azure.environment}${end}` });
      expect(errors(result)).toBe('');
      expect(result.exitCode).toBe(0);
    }),
  );

  it('with an audience without a slash, or the first of several, gets tokens for that one', () =>
    inAzure(
      { azure: { armAudiences: ['https://first.rehearsal.test', 'https://second.rehearsal.test/'] } },
      async (world) => {
        const result = await azureStep(world, azureByIds);
        expect(result.exitCode).toBe(0);
        const [{ body } = { body: null }] = tokenRequests(result);
        expect(body).toMatchObject({
          scope: expect.stringMatching(/^https:\/\/first\.rehearsal\.test\/\.default(?: |$)/u),
        });
      },
    ));

  it('with a failure of its metadata is requested again', () =>
    inAzure({}, async (world) => {
      world.script.fault(metadata, { kind: 'http', status: 503, body: 'busy' });
      world.script.fault({ ...metadata, nth: 2 }, { kind: 'reset' });
      expect(await azureStep(world, azureByIds)).toMatchObject({ exitCode: 0 });
    }));

  it('on this machine can have the audiences of a real cloud: that is a rehearsal', () =>
    inAzure({ azure: { armAudiences: ['https://management.core.windows.net/'] } }, async (world) => {
      expect(await azureStep(world, { ...azureByIds, 'azure-audience': '' })).toMatchObject({ exitCode: 0 });
    }));
});

describe('an environment without Microsoft Graph', () => {
  it('accepts IDs with and without a type, one without with a warning about the reason', () =>
    inAzure({ azure: { withoutGraph: true } }, async (world) => {
      const meant = { ...azureByIds, lifetime: 'permanent' };
      expect(await azureStep(world, meant)).toMatchObject({ exitCode: 0, annotations: [] });
      const bare = await azureStep(world, { ...meant, principal: azureIds.alice });
      expect(bare.exitCode).toBe(0);
      expect(bare.annotations).toEqual([
        expect.objectContaining({
          level: 'warning',
          message: expect.stringMatching(/Rehearsal has no Microsoft Graph that this action can ask/u),
        }),
      ]);
    }));

  it.each(['group:Payments On-Call', 'user:alice@example.com', 'app:a9900000-0000-4000-8000-000000000001'])(
    'reports that names cannot be looked up there, and the value to use: %s',
    (principal) =>
      inAzure({ azure: { withoutGraph: true } }, async (world) => {
        const result = await azureStep(world, { ...azureByIds, principal });
        expect(result.exitCode).toBe(1);
        expect(errors(result)).toMatch(/has no Microsoft Graph that this action can ask/u);
        expect(errors(result)).toMatch(/What to do: .*group:<object ID>/su);
        expect(world.azure.estate.effectiveChanges()).toEqual([]);
      }),
  );
});

describe('an address that is not a Resource Manager', () => {
  const answers: readonly (readonly [string, Effect])[] = [
    ['a web page', { kind: 'http', status: 200, body: '<html>Welcome</html>' }],
    ['HTTP 404', { kind: 'http', status: 404, body: 'Not Found' }],
    ['an empty object', { kind: 'answer', body: {} }],
    ['a list, as older versions have it', { kind: 'answer', body: [{ name: 'AzureCloud' }] }],
    ['null', { kind: 'answer', body: null }],
    [
      'a login endpoint that is a number',
      { kind: 'answer', body: { authentication: { loginEndpoint: 1, audiences: ['x'] } } },
    ],
    [
      'audiences that are none',
      { kind: 'answer', body: { authentication: { loginEndpoint: 'https://x.test', audiences: [] } } },
    ],
    ['a redirect', { kind: 'redirect', location: 'https://127.0.0.1:9/metadata/endpoints' }],
  ];
  it.each(answers)('is reported as that, and gets no token: %s', (_, effect) =>
    inAzure({}, async (world) => {
      world.script.fault({ ...metadata, times: 999 }, effect);
      const result = await azureStep(world, azureByIds);
      expectNoToken(world, result);
      expect(errors(result)).toContain(`${world.azure.environment}/metadata/endpoints`);
      expect(errors(result)).toMatch(/What to do: .*azure-environment/su);
      expect(errors(result)).not.toMatch(/undefined|bug in|internal error/u);
      expect(result.virtualMs).toBeLessThan(130_000);
    }),
  );

  it.each([
    '',
    'http',
    'http://127.0.0.1:9',
    'https://127.0.0.1:9/path',
    'https://127.0.0.1:9?x=1',
    'https://me@127.0.0.1:9',
    'azurecloud',
    'AzureGermanCloud',
    'management.azure.com',
    'https://',
  ])('is a fault of the input before any request: "%s"', (environment) =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, { ...azureByIds, 'azure-environment': environment });
      expectNoToken(world, result);
      expect(result.requests).toEqual([]);
      expect(errors(result)).toMatch(
        environment === ''
          ? /^azure-environment: This input is empty: the expression returned nothing\..*Example: azure-environment: AzureCloud$/mu
          : /^azure-environment: ".+" is not one of AzureCloud, .*Example: azure-environment: AzureCloud$/mu,
      );
    }),
  );

  it('is a fault together with the others', () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, {
        ...azureByIds,
        'azure-environment': 'Azure',
        target: 'x',
        'azure-tenant-id': '',
      });
      expect(errors(result)).toContain('3 inputs are wrong');
    }));
});

describe('the metadata of an environment', () => {
  const strange: readonly (readonly [string, (world: World) => Readonly<Record<string, unknown>>])[] = [
    [
      'a login endpoint without TLS',
      () => ({ authentication: { loginEndpoint: 'http://127.0.0.1:9', audiences: ['https://a.test'] } }),
    ],
    ['a Resource Manager without TLS', () => ({ resourceManager: 'http://127.0.0.1:9' })],
    ['a Graph without TLS', () => ({ microsoftGraphResourceId: 'http://127.0.0.1:9' })],
    [
      'a login endpoint that is no address',
      () => ({ authentication: { loginEndpoint: 'login', audiences: ['https://a.test'] } }),
    ],
    ['a Resource Manager that is a number', () => ({ resourceManager: 5 })],
    ['a Graph that is an object', () => ({ microsoftGraphResourceId: {} })],
  ];
  it.each(strange)('are not followed where tokens would go astray: %s', (_, says) =>
    inAzure({}, async (world) => {
      world.script.fault({ ...metadata, times: 99 }, described(world, says(world)));
      const result = await azureStep(world, azureByNames);
      expectNoToken(world, result);
      expect(errors(result)).toMatch(/What to do: .*azure-environment/su);
      expect(errors(result)).not.toMatch(/undefined|bug in|internal error/u);
    }),
  );

  it('can name hosts with or without a slash at the end', () =>
    inAzure({}, async (world) => {
      const audience = { loginEndpoint: world.azure.login, audiences: ['https://management.rehearsal.test'] };
      world.script.fault(
        metadata,
        described(world, { authentication: audience, resourceManager: `${world.azure.environment}//` }),
      );
      expect(await azureStep(world, azureByNames)).toMatchObject({ exitCode: 0 });
    }));

  it("never lead to a token request before they were read: the ID token's audience is the given one", () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, azureByIds);
      expect(minted(result).map(({ idToken }) => idToken?.audience)).toEqual([world.azure.inputs['azure-audience']]);
    }));
});
