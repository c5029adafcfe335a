import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jobToken } from '../../rehearsal/runner/context.ts';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { Effect, RequestMatch } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import { azureByIds, azureByNames, azureStep, inAzure, onCallBlobReader } from './azure-support.ts';
import { errors } from './support.ts';
import { setTrap, type Trap } from './traps.ts';

let trap: Trap;
beforeAll(async () => {
  trap = await setTrap();
});
beforeEach(() => {
  (trap.requests as unknown[]).length = 0;
});
afterAll(async () => {
  await trap.close();
});

interface Scene {
  readonly title: string;
  readonly inputs?: Step['inputs'];
  readonly more?: Omit<Step, 'inputs'>;
  readonly before?: (world: World) => void;
}
const fault =
  (match: RequestMatch, effect: Effect) =>
  (world: World): void => {
    world.script.fault({ times: 99, ...match }, effect);
  };
const ambient = { 'azure-client-id': 'none', 'azure-audience': '' };
const exchange = { service: 'entra', operation: 'token' } as const;
const put = { operation: 'roleAssignments.put' } as const;

const scenes: readonly Scene[] = [
  { title: 'an assignment by names', inputs: azureByNames },
  {
    title: 'a revocation',
    inputs: { operation: 'revoke' },
    before: (world) => void world.azure.estate.add(onCallBlobReader),
  },
  { title: 'an unknown name', inputs: { principal: 'user:nobody@example.com' } },
  { title: 'an input fault', inputs: { target: '1' } },
  { title: 'a refused exchange', before: fault(exchange, { kind: 'error', status: 400, code: 'AADSTS70021' }) },
  { title: 'an exchange that ended', before: fault(exchange, { kind: 'error', status: 401, code: 'AADSTS700024' }) },
  { title: 'an exchange without an answer', before: fault({ ...exchange, times: 2 }, { kind: 'hang' }) },
  { title: 'an exchange whose answer is lost', before: fault({ ...exchange, times: 1 }, { kind: 'lost' }) },
  { title: 'an exchange that is answered with rubbish', before: fault(exchange, { kind: 'answer', body: '<html>' }) },
  { title: 'an exchange without a token', before: fault(exchange, { kind: 'answer', body: {} }) },
  {
    title: 'an exchange with a token that is none',
    before: fault(exchange, {
      kind: 'answer',
      body: { access_token: 'opaque-token-0123456789', expires_in: 3599, token_type: 'Bearer' },
    }),
  },
  {
    title: 'a token endpoint that refuses',
    before: fault({ service: 'oidc' }, { kind: 'http', status: 403, body: '{}' }),
  },
  { title: 'a denied request', before: fault(put, { kind: 'error', status: 403, code: 'AuthorizationFailed' }) },
  {
    title: 'a token that is refused',
    before: fault(
      { operation: 'roleAssignments.list' },
      { kind: 'error', status: 401, code: 'InvalidAuthenticationToken' },
    ),
  },
  {
    title: 'a refusal by Graph',
    inputs: azureByNames,
    before: fault({ service: 'graph' }, { kind: 'error', status: 403, code: 'Authorization_RequestDenied' }),
  },
  {
    title: 'HTML instead of JSON',
    before: fault({ operation: 'roleAssignments.list', times: 3 }, { kind: 'http', status: 500, body: '<h1>' }),
  },
  { title: 'a lost change', before: fault({ ...put, times: 1 }, { kind: 'lost' }) },
  { title: 'a cancelled step', more: { cancel: put } },
  { title: 'a time limit that passes', inputs: { timeout: '1s' }, before: fault(put, { kind: 'throttle' }) },
];

/** Last token of an issuer. */
function newest(world: World, issuer: string): string {
  const claims = (secret: string): string => Buffer.from(secret.split('.')[1] ?? '', 'base64url').toString();
  return world.secrets().findLast((secret) => claims(secret).includes(`"iss":"https://${issuer}`)) ?? 'none';
}

describe('no secret of Azure leaves (P7)', () => {
  // `azureStep` looks for every secret that was issued, in every form, in everything that left the process.
  it.each(scenes)('with debug logging on, in $title', ({ inputs, more, before }) =>
    inAzure({}, async (world) => {
      before?.(world);
      const env = { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' };
      const result = await azureStep(world, { ...azureByIds, ...inputs }, { ...more, env });
      expect(result.leaked([...world.secrets(), 'opaque-token-0123456789'])).toEqual([]);
      expect(result.log).not.toMatch(/eyJ[\w-]{8,}\.[\w-]{8,}|Bearer \S|client_assertion/u);
      expect(Object.keys(result.files).filter((name) => !/^temp\/cloud-access-[\w-]+\.json$/u.test(name))).toEqual([]);
    }),
  );

  it("nor one of the Azure CLI's session", () =>
    inAzure({}, async (world) => {
      const env = { ...world.azure.cli, RUNNER_DEBUG: '1' };
      for (const more of [azureByNames, { ...azureByNames, target: '1' }, { ...azureByNames, principal: 'group:x' }]) {
        const result = await azureStep(world, { ...more, ...ambient }, { env, idToken: false });
        expect(result.leaked(world.secrets())).toEqual([]);
      }
    }));

  it('and a canary would be visible; assertion, access tokens and request token are among the secrets, and masked', () =>
    inAzure({}, async (world) => {
      const known = world.secrets();
      const result = await azureStep(world, azureByNames);
      expect(result.leaked([onCallBlobReader.principalId]).length).toBeGreaterThan(3);
      const issued = world.secrets().filter((secret) => !known.includes(secret));
      // The request token of the step's job, its ID token, and an access token each for Resource Manager and Graph.
      expect(issued).toHaveLength(4);
      for (const secret of issued) expect(result.masks).toContain(secret);
      // And the job's own token, which the runner gives to every step.
      expect(new Set(result.masks)).toEqual(new Set([...issued, jobToken]));
    }));

  it.each<[string, RequestMatch, Step['inputs']]>([
    ['the assertion, in a refused exchange', exchange, azureByIds],
    ['the access token, in a refused list', { operation: 'roleAssignments.list' }, azureByIds],
    ['the access token, in a refused change', put, azureByIds],
    ['the access token, by Graph', { service: 'graph' }, azureByNames],
    [
      'the access token, in a refused look-up',
      { operation: 'subscriptions.list' },
      { ...azureByIds, target: 'subscription:sandbox' },
    ],
  ])('when the cloud repeats it in a message: %s', (_, match, inputs) =>
    inAzure({}, async (world) => {
      world.script.onRequest(match, () => {
        const secret = newest(world, match === exchange ? 'token.actions.githubusercontent.com' : 'sts.windows.net');
        const message = `The header was 'Authorization: Bearer ${secret}', its form ${encodeURIComponent(secret)}.`;
        world.script.fault(match, { kind: 'error', status: 403, code: 'Denied', message });
      });
      const result = await azureStep(world, inputs, { env: { RUNNER_DEBUG: '1' } });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain("The header was 'Authorization: Bearer ***'");
      expect(result.leaked(world.secrets())).toEqual([]);
    }),
  );

  it.each<[string, RequestMatch, string]>([
    ['the ID token before it is exchanged', exchange, 'token.actions.githubusercontent.com'],
    ['the access token before it opens anything', { operation: 'roleAssignments.list' }, 'sts.windows.net'],
  ])('is masked before its first use: %s', (_, when, issuer) =>
    inAzure({}, async (world) => {
      // Killed during the request: a value that is masked by then was masked before.
      const secrets: string[] = [];
      world.script.onRequest(when, () => void secrets.push(newest(world, issuer)));
      const result = await azureStep(world, azureByIds, { signals: [{ when, signal: 'SIGKILL' }] });
      expect(result.signal).toBe('SIGKILL');
      expect(secrets).toHaveLength(1);
      expect(result.masks).toEqual(expect.arrayContaining(secrets));
    }),
  );
});

describe('every request goes only to its intended host', () => {
  const everywhere: readonly (readonly [string, RequestMatch, Step['inputs']])[] = [
    ['the token endpoint', exchange, azureByIds],
    ['discovery', { service: 'entra', operation: 'discovery' }, azureByIds],
    ['the metadata', { operation: 'metadata' }, azureByIds],
    ['the ID token', { service: 'oidc' }, azureByIds],
    ['a list', { operation: 'roleAssignments.list' }, azureByIds],
    ['a change', put, azureByIds],
    ['Graph', { service: 'graph' }, azureByNames],
    [
      'a list of subscriptions',
      { operation: 'subscriptions.list' },
      { ...azureByIds, target: 'subscription:payments-prod' },
    ],
  ];
  it.each(everywhere)('by a redirect of %s', (_, match, inputs) =>
    inAzure({}, async (world) => {
      for (const status of [302, 307]) {
        world.script.fault(
          { ...match, times: 99 },
          { kind: 'redirect', location: `http://127.0.0.1:${trap.port}/x`, status },
        );
      }
      const result = await azureStep(world, { ...inputs, timeout: '20s' });
      expect(result.exitCode).toBe(1);
      expect(trap.requests).toEqual([]);
      expect(errors(result)).not.toMatch(/bug in|internal error|undefined/u);
    }),
  );

  it.each<[string, RequestMatch, Step['inputs']]>([
    ['of role assignments', { operation: 'roleAssignments.list' }, azureByIds],
    ['of role definitions', { operation: 'roleDefinitions.list' }, azureByNames],
    ['of subscriptions', { operation: 'subscriptions.list' }, { ...azureByIds, target: 'subscription:payments-prod' }],
    [
      'of management groups',
      { operation: 'managementGroups.list' },
      { ...azureByIds, target: 'management-group:mg-payments' },
    ],
  ])('by the next page of a list %s (P7)', (_, match, inputs) =>
    inAzure({}, async (world) => {
      for (const host of [`http://127.0.0.1:${trap.port}`, world.azure.graph, 'https://evil.example']) {
        world.script.fault(match, { kind: 'answer', body: { value: [], nextLink: `${host}/next` } });
        const result = await azureStep(world, inputs);
        expect(result.exitCode).toBe(1);
        expect(trap.requests).toEqual([]);
        expect(result.requests.filter(({ url }) => url === '/next')).toEqual([]);
        expect(errors(result)).toMatch(/Nothing was sent to the other host/u);
      }
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    }),
  );

  it("nor does the token endpoint of a discovery document get the assertion, where it is another host's (P7)", () =>
    inAzure({}, async (world) => {
      const strange = {
        token_endpoint: `${world.azure.graph}/steal`,
        issuer: `${world.azure.login}/${world.azure.ids.tenantId}/v2.0`,
        authorization_endpoint: `${world.azure.graph}/a`,
        jwks_uri: `${world.azure.graph}/k`,
      };
      world.script.fault({ service: 'entra', operation: 'discovery', times: 9 }, { kind: 'answer', body: strange });
      const result = await azureStep(world, azureByIds);
      expect(result.exitCode).toBe(1);
      expect(result.requests.map(({ operation }) => operation).toSorted()).toEqual(['discovery', 'metadata', 'token']);
      expect(result.requests.filter(({ service }) => service === 'graph')).toEqual([]);
      expect(errors(result)).toMatch(/What to do: /u);
    }));

  it("Graph gets Graph's token and Resource Manager its own (P7)", () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, azureByNames);
      expect(result.requests.filter(({ status }) => status === 401)).toEqual([]);
      for (const { service, operation, authorized } of result.requests)
        expect([operation, authorized]).toEqual([operation, service !== 'entra' && operation !== 'metadata']);
    }));
});
