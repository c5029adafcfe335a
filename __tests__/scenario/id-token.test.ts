import { describe, expect, it } from '@jest/globals';
import type { Effect } from '../../rehearsal/script.ts';
import { exchanges, expectFreshTokens, minted, sts, stsError } from './exchanges.ts';
import { byIds, errors, inWorld, step } from './support.ts';

describe('an exchange that STS refuses', () => {
  const passing: readonly (readonly [string, Effect, number])[] = [
    [
      'AccessDenied, a flake',
      stsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403),
      1,
    ],
    [
      'InvalidIdentityToken',
      stsError('InvalidIdentityToken', "Couldn't retrieve verification key from your identity provider"),
      1,
    ],
    [
      'ExpiredTokenException',
      stsError('ExpiredTokenException', 'Token expired: current date/time must be before the expiration date/time'),
      1,
    ],
    ['IDPCommunicationError', stsError('IDPCommunicationError', 'The identity provider could not be reached'), 2],
    ['an HTML page of HTTP 503', { kind: 'http', status: 503, body: '<html>busy</html>', contentType: 'text/html' }, 2],
    ['a reset connection', { kind: 'reset' }, 2],
    ['a lost answer', { kind: 'lost' }, 1],
    ['no answer at all', { kind: 'hang' }, 1],
    ['throttling', { kind: 'throttle' }, 1],
  ];
  it.each(passing)('once with %s is tried again with a new ID token', (_, effect, times) =>
    inWorld({}, async (world) => {
      world.script.fault({ ...sts, times }, effect);
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(0);
      expect(minted(result)).toHaveLength(times + 1);
      expectFreshTokens(result, times + 1);
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
    }),
  );

  it.each(['ValidationError', 'PackedPolicyTooLarge', 'RegionDisabledException', 'MalformedPolicyDocument'])(
    'with %s is final at once',
    (code) =>
      inWorld({}, async (world) => {
        world.script.fault({ ...sts, times: 9 }, stsError(code, `a ${code} of STS`));
        const result = await step(world, byIds);
        expect(result.exitCode).toBe(1);
        expectFreshTokens(result, 1);
        expect(errors(result)).toContain(`a ${code} of STS`);
        expect(errors(result)).toContain(exchanges(result)[0]?.requestId ?? 'no request id');
      }),
  );

  it('forever with InvalidIdentityToken or ExpiredTokenException ends red after three tries', () =>
    inWorld({}, async (world) => {
      for (const code of ['InvalidIdentityToken', 'ExpiredTokenException']) {
        world.script.fault({ ...sts, times: 3 }, stsError(code, `${code} it is`));
        const result = await step(world, byIds);
        expect(result.exitCode).toBe(1);
        expectFreshTokens(result, 3);
        expect(errors(result)).toContain(`${code} it is`);
        expect(errors(result)).not.toMatch(/eyJ/u);
      }
    }));
});

describe('a token endpoint', () => {
  const oidc = { service: 'oidc' } as const;
  const passing: readonly (readonly [string, Effect, number])[] = [
    ['HTTP 500', { kind: 'http', status: 500, body: 'oops' }, 4],
    ['HTTP 503', { kind: 'http', status: 503, body: 'oops' }, 1],
    ['a reset connection', { kind: 'reset' }, 2],
    ['no answer', { kind: 'hang' }, 1],
    ['an answer that is no JSON', { kind: 'http', status: 200, body: '<html>' }, 1],
    ['an answer without a token', { kind: 'http', status: 200, body: '{}' }, 1],
  ];
  it.each(passing)('that responds with %s is requested again', (_, effect, times) =>
    inWorld({}, async (world) => {
      world.script.fault({ ...oidc, times }, effect);
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(0);
      expect(minted(result)).toHaveLength(times + 1);
      expectFreshTokens(result, 1);
    }),
  );

  const lasting: readonly (readonly [string, Effect, RegExp, number])[] = [
    ['HTTP 500', { kind: 'http', status: 500, body: 'oops' }, /500.*githubstatus/su, 5],
    ['a reset connection', { kind: 'reset' }, /ECONNRESET|socket hang up/u, 5],
    ['HTTP 401', { kind: 'http', status: 401, body: 'no' }, /401.*id-token: write/su, 1],
    ['no answer', { kind: 'hang' }, /no answer within 10 s/u, 5],
  ];
  it.each(lasting)('that always responds with %s ends the step red, with a hint', (_, effect, words, tries) =>
    inWorld({}, async (world) => {
      world.script.fault({ ...oidc, times: 99 }, effect);
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(words);
      expect(result.requests).toHaveLength(tries);
      expect(result.virtualMs).toBeLessThan(120_000);
      expect(result.outputs['status']).toBe('FAILED');
    }),
  );
});

describe('without an ID token (P6)', () => {
  it('the missing permission is named before any request', () =>
    inWorld({}, async (world) => {
      const result = await step(world, byIds, { idToken: false });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('id-token: write');
      expect(errors(result)).not.toMatch(/fork/u);
      expect(result.requests).toEqual([]);
    }));

  it('the pull request of a fork is reported as an event that never gets one', () =>
    inWorld({}, async (world) => {
      const result = await step(world, byIds, {
        idToken: false,
        event: 'pull_request',
        payload: { pull_request: { head: { repo: { id: 2, fork: true } }, base: { repo: { id: 1, fork: false } } } },
      });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain(
        'A pull request from a fork started this workflow. GitHub gives it no ID token, even if its permissions ask for one.',
      );
      expect(errors(result)).toMatch(/push|workflow_dispatch|schedule/u);
      expect(errors(result)).not.toMatch(/Give the job|permissions:/u);
      expect(result.requests).toEqual([]);
    }));
});
