import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import { azureByIds, azureByNames, azureStep, inAzure, onCallBlobReader, tokenRequests } from './azure-support.ts';
import { minted } from './exchanges.ts';
import { calls, errors } from './support.ts';

const minute = 60_000;
const entra = { service: 'entra' } as const;
const exchange = { service: 'entra', operation: 'token' } as const;
const write = { service: 'arm', operation: 'roleAssignments.put' } as const;

const expired: Effect = {
  kind: 'error',
  status: 401,
  code: 'AADSTS700024',
  message: 'Client assertion is not within its valid time range.',
};

/** ID tokens that were presented, in order. */
const presented = (result: StepResult): readonly (string | undefined)[] =>
  tokenRequests(result).map(({ idToken }) => idToken?.id);
const scopesOf = (result: StepResult): readonly unknown[] =>
  tokenRequests(result).map(({ body }) => String((body as { readonly scope?: unknown }).scope).split(' ')[0]);

describe('the ID token', () => {
  it('serves Resource Manager and Graph, with one request for it and one exchange for each of them', () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, azureByNames);
      expect(result.exitCode).toBe(0);
      expect(minted(result)).toHaveLength(1);
      expect(scopesOf(result).toSorted()).toEqual(
        ['https://management.rehearsal.test/.default', `${world.azure.graph}/.default`].toSorted(),
      );
      expect(new Set(presented(result))).toEqual(new Set([minted(result)[0]?.idToken?.id]));
    }));

  it('is not requested again for many requests, and neither are access tokens', () =>
    inAzure({}, async (world) => {
      world.script.fault({ service: 'arm', operation: 'roleAssignments.list', times: 5 }, { kind: 'throttle' });
      const result = await azureStep(world, azureByIds);
      expect(result.exitCode).toBe(0);
      expect(minted(result)).toHaveLength(1);
      expect(tokenRequests(result)).toHaveLength(1);
    }));

  it('is a new one where Graph is first requested after the first has expired', () =>
    inAzure({}, async (world) => {
      // Six minutes of throttling, then the refusals at whose second the directory is asked.
      world.script.fault({ ...write, times: 6 }, { kind: 'throttle', retryAfterSeconds: 60 });
      for (const nth of [7, 8])
        world.script.fault({ ...write, nth }, { kind: 'error', status: 400, code: 'PrincipalNotFound' });
      const result = await azureStep(world, { ...azureByIds, timeout: '30m' });
      expect(result.exitCode).toBe(0);
      expect(result.requests.filter(({ service }) => service === 'graph')).not.toEqual([]);
      expect(minted(result)).toHaveLength(2);
      expect(presented(result)).toEqual(minted(result).map(({ idToken }) => idToken?.id));
      expect(tokenRequests(result).map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
    }));

  it('that Entra reports as expired is replaced by a new one, once', () =>
    inAzure({}, async (world) => {
      world.script.fault(exchange, expired);
      const result = await azureStep(world, azureByIds);
      expect(result.exitCode).toBe(0);
      expect(minted(result)).toHaveLength(2);
      expect(presented(result)).toEqual(minted(result).map(({ idToken }) => idToken?.id));
      expect(result.log).toMatch(/AADSTS700024.*new ID token/u);
    }));

  it('that Entra always reports as expired ends the step after the second', () =>
    inAzure({}, async (world) => {
      world.script.fault({ ...exchange, times: 99 }, expired);
      const result = await azureStep(world, azureByIds);
      expect(result.exitCode).toBe(1);
      expect(minted(result)).toHaveLength(2);
      expect(tokenRequests(result)).toHaveLength(2);
      expect(result.annotations).toHaveLength(1);
      expect(errors(result)).toMatch(/AADSTS700024: Client assertion is not within its valid time range/u);
      expect(errors(result)).toMatch(/What to do: .*(?:clock|azure-client-id)/su);
      expect(result.virtualMs).toBeLessThanOrEqual(5_000);
    }));
});

describe('the access token', () => {
  it('is renewed before it ends, with a new ID token, during a long wait', () =>
    inAzure({}, async (world) => {
      world.script.fault({ ...write, times: 65 }, { kind: 'throttle', retryAfterSeconds: 60 });
      const result = await azureStep(world, { ...azureByIds, timeout: '2h' });
      expect(result.exitCode).toBe(0);
      expect(result.virtualMs).toBeGreaterThan(60 * minute);
      expect(tokenRequests(result)).toHaveLength(2);
      const [first, again] = tokenRequests(result);
      expect((again?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(60 * minute);
      expect(presented(result)).toEqual(minted(result).map(({ idToken }) => idToken?.id));
      expect(result.requests.filter(({ status }) => status === 401)).toEqual([]);
      expect(world.azure.estate.has(onCallBlobReader)).toBe(true);
    }));

  it('that cannot be renewed leaves the known results: FAILED, since no change was accepted', () =>
    inAzure({}, async (world) => {
      world.script.fault({ ...write, times: 99 }, { kind: 'throttle', retryAfterSeconds: 60 });
      const refused: Effect = { kind: 'error', status: 400, code: 'AADSTS700016', message: 'Application is gone.' };
      world.script.fault({ ...exchange, nth: 2, times: 99 }, refused);
      const result = await azureStep(world, { ...azureByIds, timeout: '2h' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toContain('AADSTS700016: Application is gone.');
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    }));
});

describe('an Entra with faults', () => {
  const busy: Effect = { kind: 'http', status: 503, body: '<html>busy</html>', contentType: 'text/html' };
  const passing: readonly (readonly [string, Effect])[] = [
    ['throttling', { kind: 'throttle' }],
    ['throttling with Retry-After', { kind: 'throttle', retryAfterSeconds: 7 }],
    ['HTTP 500', { kind: 'error', status: 500, code: 'AADSTS90033', message: 'A transient error has occurred.' }],
    ['an HTML page of HTTP 503', busy],
    ['an answer that is no JSON', { kind: 'http', status: 200, body: '<html>hello</html>' }],
    ['no answer', { kind: 'hang' }],
    ['a reset connection', { kind: 'reset' }],
    ['a lost answer', { kind: 'lost' }],
  ];
  it.each(passing)('with %s is requested again: at discovery, at the exchange, and at both', (_, effect) =>
    inAzure({}, async (world) => {
      world.script.fault({ service: 'entra', operation: 'discovery' }, effect);
      world.script.fault(exchange, effect);
      const result = await azureStep(world, azureByIds);
      expect(result.exitCode).toBe(0);
      expect(calls(result)).toMatchObject({ discovery: 3, 'roleAssignments.put': 1 });
      expect(tokenRequests(result)).toHaveLength(2);
      // What Entra refuses by a code of its own is shown another ID token.
      expect(minted(result)).toHaveLength(effect.kind === 'error' ? 3 : 1);
      if (effect.kind === 'throttle' && effect.retryAfterSeconds !== undefined)
        expect(result.virtualMs).toBeGreaterThanOrEqual(14_000);
    }),
  );

  const lasting: readonly (readonly [string, Effect, RegExp])[] = [
    ['throttling', { kind: 'throttle' }, /AADSTS90055.*too many requests/su],
    ['HTTP 503', busy, /HTTP 503/u],
    ['an answer that is no JSON', { kind: 'http', status: 200, body: '<html>hello</html>' }, /JSON/u],
    ['no answer', { kind: 'hang' }, /no answer within [\d.]+ s/u],
    ['a reset connection', { kind: 'reset' }, /ECONNRESET|socket hang up/u],
  ];
  it.each(lasting)('with %s forever ends the step red, nothing changed, with a hint', (_, effect, words) =>
    inAzure({}, async (world) => {
      world.script.fault({ ...entra, times: 999 }, effect);
      const result = await azureStep(world, azureByIds);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(words);
      expect(errors(result)).toMatch(/What to do: /u);
      expect(errors(result)).not.toMatch(/undefined|bug in/u);
      expect(result.virtualMs).toBeLessThan(130_000);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(result.requests.filter(({ service }) => service === 'arm').map(({ operation }) => operation)).toEqual([
        'metadata',
      ]);
    }),
  );

  const odd: readonly (readonly [string, unknown])[] = [
    ['of Resource Manager', { error: { code: 'NotFound', message: 'The resource could not be found.' } }],
    ['of numbers', { error: 5, error_description: 7, error_codes: 9, trace_id: {} }],
    ['of nothing', { error: null, error_description: null, error_codes: [null], trace_id: null }],
    ['of a list', []],
    ['of null', null],
  ];
  it.each(odd)("with responses in another form than Entra's is not a bug of this action: %s", (_, body) =>
    inAzure({}, async (world) => {
      for (const operation of ['discovery', 'token']) {
        const answer: Effect = {
          kind: 'http',
          status: 404,
          body: JSON.stringify(body),
          contentType: 'application/json',
        };
        world.script.fault({ ...entra, operation, times: 1 }, answer);
        const result = await azureStep(world, azureByIds);
        expect(result.exitCode).toBe(1);
        expect(errors(result)).not.toMatch(/bug in|internal error|undefined|\[object|null/u);
        expect(errors(result)).toMatch(/404|NotFound/u);
        expect(errors(result)).toMatch(/What to do: /u);
      }
    }),
  );

  it('that cannot be reached is reported as a fault of the network', () =>
    inAzure({}, async (world) => {
      const env = { AZURE_AUTHORITY_HOST: 'https://127.0.0.1:9' };
      const result = await azureStep(world, azureByIds, { env });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(/ECONNREFUSED/u);
      expect(errors(result)).toMatch(/What to do: .*(?:network|HTTPS_PROXY)/su);
      expect(errors(result)).toContain('https://127.0.0.1:9');
      expect(tokenRequests(result)).toEqual([]);
      expect(result.virtualMs).toBeLessThan(130_000);
    }));
});
