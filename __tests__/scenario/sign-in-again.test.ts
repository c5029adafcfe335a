import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect, RequestMatch } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import { byLeaseId, inAzureLeases, isGranted, leasedOnAzure, postOnAzure, takeOnAzure } from './azure-lease-support.ts';
import { inPim, leasedByPim, leasedSchedule, postByPim, takeByPim } from './azure-pim-support.ts';
import { azureByIds, azureIds, azureStep, scopes, tokenRequests } from './azure-support.ts';
import { exchanges, expectFreshTokens, minted, sts, stsError } from './exchanges.ts';
import {
  endJob,
  inLeases,
  isThere,
  job,
  leased,
  minute,
  post,
  revoking,
  sweeping,
  take,
  told,
  unrecorded,
} from './lease-support.ts';
import { byIds, errors, ids, step } from './support.ts';

const second = 1_000;
const verificationKey = stsError(
  'InvalidIdentityToken',
  "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
);
const notAuthorized = stsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
const html: Effect = { kind: 'http', status: 200, body: '<html>hello</html>', contentType: 'text/html' };
const oidc: RequestMatch = { service: 'oidc' };
const exchange: RequestMatch = { service: 'entra', operation: 'token' };

/** A refusal of Entra's in its own form; its number can be in the list only. */
function entra(number: number, message: string, isNamed = true): Effect {
  const body = { error: 'invalid_request', error_description: isNamed ? `AADSTS${number}: ${message}` : message };
  return {
    kind: 'http',
    status: 400,
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify({ ...body, error_codes: [number] }),
  };
}

const subject = 'repo:octo-org/infra:environment:production-access';
const warnings = (result: StepResult): string => told(result, 'warning').join('\n');

/** Temporary refusals of a sign-in: the service, its response, and the number of times. */
type Passing = readonly [name: string, match: RequestMatch, effect: Effect, times: number];

const onAws: readonly Passing[] = [
  ['a key that could not be retrieved, three times', sts, verificationKey, 3],
  ['a key that could not be retrieved, six times', sts, verificationKey, 6],
  ['AccessDenied', sts, notAuthorized, 6],
  ['a token that is called expired', sts, stsError('ExpiredTokenException', 'Token expired'), 6],
  ['IDPCommunicationError in another spelling', sts, stsError('IdpCommunicationErrorException', 'no'), 6],
  ['a provider that is not there', sts, stsError('InvalidIdentityToken', 'No OpenIDConnect provider found'), 6],
  ['a Region that is disabled', sts, stsError('RegionDisabledException', 'STS is not activated', 403), 6],
  ['a page of HTML', sts, html, 6],
  ['HTTP 404', sts, { kind: 'http', status: 404, body: 'not here' }, 6],
  ['a reset connection', sts, { kind: 'reset' }, 6],
  ['a GitHub that refuses ID tokens', oidc, { kind: 'http', status: 403, body: 'no' }, 6],
  ['a GitHub that gives no ID token', oidc, { kind: 'http', status: 200, body: '{}' }, 12],
];

const onAzure: readonly Passing[] = [
  ...[90061, 50166, 501661, 500031, 900612, 90033, 90024].map((number): Passing => [
    `AADSTS${number}`,
    exchange,
    entra(number, 'Request to External OIDC endpoint failed.'),
    4,
  ]),
  ...[700211, 700213, 70021, 7002381, 700016, 90002].map((number): Passing => [
    `AADSTS${number}`,
    exchange,
    entra(number, 'No.'),
    6,
  ]),
  ['a page of HTML', exchange, html, 6],
  ['HTTP 404', exchange, { kind: 'http', status: 404, body: 'not here' }, 6],
  ['a redirect', exchange, { kind: 'redirect', location: 'https://login.example.com/' }, 6],
  ['a reset connection', exchange, { kind: 'reset' }, 6],
  ['a discovery that is refused', { service: 'entra', operation: 'discovery' }, entra(90002, 'No.'), 6],
  ['a GitHub that refuses ID tokens', oidc, { kind: 'http', status: 403, body: 'no' }, 6],
];

describe('a post step that is refused its sign-in (P13)', () => {
  it.each(onAws)('continues on AWS, and ends the access: %s', (_, match, effect, times) =>
    inLeases({}, async (world) => {
      for (const inputs of [leased, unrecorded]) {
        const main = await take(world, { ...inputs, lifetime: '30d' });
        world.script.fault({ ...match, times }, effect);
        const result = await post(world, main, { inputs });
        expect([result.exitCode, errors(result), isThere(world)]).toEqual([0, '', false]);
        expect(new Set(exchanges(result).map(({ idToken }) => idToken?.id)).size).toBe(exchanges(result).length);
        expect(told(result, 'warning')).toHaveLength(1);
        expect(warnings(result)).toContain('This step tries to sign in again for up to');
      }
    }),
  );

  it.each([leased, unrecorded])('ends all three grants of its step', (inputs) =>
    inLeases({}, async (world) => {
      const target = [ids.prod, ids.staging, ids.dataLake];
      const main = await take(world, { ...inputs, target: target.join('\n'), lifetime: '30d' });
      world.script.fault({ ...sts, times: 6 }, verificationKey);
      const result = await post(world, main, { inputs });
      expect([result.exitCode, errors(result)]).toEqual([0, '']);
      expectFreshTokens(result, 7);
      const left = world.aws.estate.effectiveChanges().filter(({ kind }) => kind === 'delete');
      expect(left).toHaveLength(3);
    }),
  );

  it.each(onAzure)('continues on Azure, and ends the access: %s', (_, match, effect, times) =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, lifetime: '30d' });
      world.script.fault({ ...match, times }, effect);
      const result = await postOnAzure(world, main);
      expect([result.exitCode, errors(result), isGranted(world)]).toEqual([0, '', false]);
      expect(told(result, 'warning')).toHaveLength(1);
      if (match !== exchange) return;
      expect(tokenRequests(result).length).toBe(times + 1);
      expect(new Set(tokenRequests(result).map(({ idToken }) => idToken?.id)).size).toBe(times + 1);
    }),
  );

  it('continues where access is leased through Privileged Identity Management', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, leasedByPim);
      await world.advance(6 * minute);
      world.script.fault({ ...exchange, times: 4 }, entra(700213, 'No.'));
      const result = await postByPim(world, main);
      expect([result.exitCode, errors(result), leasedSchedule(world)]).toEqual([0, '', undefined]);
    }));

  it('logs the first refusal within 5 s, whole, and each further try in a line', () =>
    inLeases({}, async (world) => {
      const main = await take(world, leased);
      world.script.fault({ ...sts, times: 4 }, notAuthorized);
      const result = await post(world, main);
      const [first] = exchanges(result);
      expect(warnings(result)).toContain(
        'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity (request ID',
      );
      expect(warnings(result)).toContain(first?.requestId ?? 'no request id');
      expect(result.log).toMatch(new RegExp(`^\\s+sub: ${subject}`, 'mu'));
      expect(result.log).toMatch(/^\s+aud: sts\.amazonaws\.com/mu);
      expect(result.log.match(/Trying to sign in again in /gu)).toHaveLength(3);
      expect(result.log.match(/^\s+sub: /gmu)).toHaveLength(1);
      expect(result.log).not.toMatch(/eyJ[\w-]{8,}/u);
    }));

  it('signs in at its last moment, and still ends the access', () =>
    inLeases({}, async (world) => {
      const main = await take(world, { ...leased, lifetime: '30d' });
      const works = world.now() + 190 * second;
      world.script.weather(({ service }) => (service === 'sts' && world.now() < works ? notAuthorized : undefined));
      const result = await post(world, main);
      expect([result.exitCode, errors(result), isThere(world)]).toEqual([0, '', false]);
      expect(result.virtualMs).toBeLessThan(240 * second);
    }));
});

const often = /Signing in failed in all \d+ attempts within 3 min 2\d s\. The last answer: /u;

describe('a post step that is refused its sign-in for all of its time', () => {
  it('of a lease that EventBridge Scheduler ends warns, with the time (P13)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, leased);
      world.script.fault({ ...sts, times: 999 }, notAuthorized);
      const result = await post(world, main);
      expect([result.exitCode, isThere(world)]).toEqual([0, true]);
      expect(warnings(result)).toMatch(often);
      expect(warnings(result)).toContain('AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity');
      expect(warnings(result)).toContain('EventBridge Scheduler ends the access at 2026-11-21 22:');
      expect(result.virtualMs).toBeGreaterThan(190 * second);
      expect(result.virtualMs).toBeLessThan(240 * second);
    }));

  const cancelled = { signals: [{ afterMs: 20 * second, signal: 'SIGINT' }] } as const;

  it.each([
    [leased, /might still exist: EventBridge Scheduler ends it soon after 2026-\S+ \d\d:\d\d.*operation: revoke/su],
    [unrecorded, /might still exist, and nothing else ends it\. End it with `operation: revoke`/u],
  ])('and that is canceled meanwhile names what ends the access, and a way to end it now', (inputs, said) =>
    inLeases({}, async (world) => {
      const main = await take(world, inputs);
      world.script.fault({ ...sts, times: 999 }, notAuthorized);
      const result = await post(world, main, { inputs, ...cancelled });
      expect([result.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(result)).toMatch(said);
    }),
  );

  it('and that is canceled meanwhile on Azure reports that a sweep ends the access', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure);
      world.script.fault({ ...exchange, times: 999 }, entra(700213, 'No.'));
      const result = await postOnAzure(world, main, cancelled);
      expect([result.exitCode, isGranted(world)]).toEqual([1, true]);
      expect(errors(result)).toMatch(/might still exist: the first sweep after 2026-\S+ .*operation: revoke/su);
    }));

  it('of one that nothing else ends is red (P13)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, unrecorded);
      world.script.fault({ ...sts, times: 999 }, verificationKey);
      const result = await post(world, main, { inputs: unrecorded });
      expect([result.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(result)).toMatch(often);
      expect(errors(result)).toContain("Couldn't retrieve verification key");
      expect(result.virtualMs).toBeLessThan(240 * second);
    }));

  it('on Azure is red', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure);
      world.script.fault({ ...exchange, times: 999 }, entra(700213, 'No matching federated identity record.'));
      const result = await postOnAzure(world, main);
      expect([result.exitCode, isGranted(world)]).toEqual([1, true]);
      expect(errors(result)).toMatch(often);
      expect(errors(result)).toContain('AADSTS700213: No matching federated identity record.');
      expect(result.virtualMs).toBeLessThan(240 * second);
    }));

  it('through Privileged Identity Management leaves it to Azure, with a warning', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, leasedByPim);
      world.script.fault({ ...exchange, times: 999 }, entra(700213, 'No.'));
      const result = await postByPim(world, main);
      expect(result.exitCode).toBe(0);
      expect(warnings(result)).toMatch(often);
      expect(leasedSchedule(world)).toBeDefined();
    }));
});

interface Ending {
  readonly name: string;
  readonly inputs: (main: StepResult) => Readonly<Record<string, string>>;
}

const endings: readonly Ending[] = [
  {
    name: 'release',
    inputs: ({ outputs }) => ({
      cloud: 'aws',
      operation: 'release',
      'lease-id': outputs['lease-id'] ?? '',
      'aws-role-to-assume': ids.broker,
    }),
  },
  { name: 'sweep', inputs: () => sweeping },
  { name: 'revoke', inputs: () => revoking },
];

async function ended(world: World): Promise<StepResult> {
  const main = await take(world, leased, job(1));
  endJob(world, 1);
  await world.advance(20 * minute);
  return main;
}

describe.each(endings)('a $name that is refused its sign-in (P13)', ({ inputs }) => {
  it.each(onAws)('continues, and ends the access: %s', (_, match, effect, times) =>
    inLeases({}, async (world) => {
      const main = await ended(world);
      world.script.fault({ ...match, times }, effect);
      const result = await step(world, inputs(main), job(2));
      expect([result.exitCode, errors(result), isThere(world)]).toEqual([0, '', false]);
      expect(warnings(result)).toContain('This step tries to sign in again for up to');
    }),
  );

  it('for two minutes is red, with the number of tries and the last response', () =>
    inLeases({}, async (world) => {
      const main = await ended(world);
      world.script.fault({ ...sts, times: 999 }, notAuthorized);
      const result = await step(world, inputs(main), job(2));
      expect([result.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(result)).toMatch(/Signing in failed in all \d+ attempts within 2 min\. The last answer: /u);
      expect(errors(result)).toContain('AccessDenied: Not authorized');
      expect(result.virtualMs).toBeGreaterThan(118 * second);
      expect(result.virtualMs).toBeLessThan(135 * second);
    }));
});

describe('on Azure (P13)', () => {
  it('a release and a sweep continue after any response of Entra', () =>
    inAzureLeases({}, async (world) => {
      for (const operation of ['release', 'sweep'] as const) {
        const main = await takeOnAzure(world, { ...leasedOnAzure, 'keep-after-job': 'true' });
        if (operation === 'sweep') await world.advance(125 * minute);
        world.script.fault({ ...exchange, times: 6 }, entra(7002381, 'The enterprise claim is missing.'));
        const inputs = operation === 'sweep' ? { operation } : byLeaseId('release', main);
        const result = await azureStep(world, inputs, job(2));
        expect([result.exitCode, errors(result), isGranted(world)]).toEqual([0, '', false]);
        expect(warnings(result)).toContain('AADSTS7002381');
        expect(warnings(result)).toContain(subject);
      }
    }));
});

describe('a step that ends nothing', () => {
  it.each([
    ['assign', byIds],
    ['a sweep that is a dry run', { ...sweeping, 'dry-run': 'true' }],
    ['a revoke that is a dry run', { ...revoking, 'dry-run': 'true' }],
    ['list', { ...sweeping, operation: 'list', 'aws-scheduler-role-arn': '' }],
  ])('reports a refusal of trust within 5 s: %s', (_, inputs) =>
    inLeases({}, async (world) => {
      world.script.fault({ ...sts, times: 999 }, notAuthorized);
      const result = await step(world, inputs);
      expect(result.exitCode).toBe(1);
      expect(result.virtualMs).toBeLessThanOrEqual(5 * second);
    }),
  );

  it('reports that refusal, whole, where GitHub issues no further token', () =>
    inLeases({}, async (world) => {
      world.script.fault({ ...sts, times: 999 }, notAuthorized);
      world.script.fault({ ...oidc, nth: 2, times: 99 }, { kind: 'http', status: 500, body: '' });
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('AccessDenied: Not authorized');
      expect(result.log).toMatch(new RegExp(`^\\s+sub: ${subject}`, 'mu'));
      expect(result.log).toContain('GitHub gave no ID token');
      expect(result.virtualMs).toBeLessThanOrEqual(5 * second);
    }));

  it.each([
    ['Couldn’t retrieve verification key', verificationKey],
    ['the same with another name', stsError('InvalidIdentityTokenException', "Couldn't retrieve verification key")],
    ['IDPCommunicationError', stsError('IDPCommunicationError', 'it does not answer')],
    ['IDPCommunicationErrorException', stsError('IDPCommunicationErrorException', 'it does not answer')],
    ['its name in the words of another', stsError('InvalidIdentityToken', 'An error occurred (IDPCommunicationError)')],
    ['IdpCommunicationError', stsError('IdpCommunicationError', 'it does not answer')],
    ['Could not', stsError('InvalidIdentityToken', 'The request failed: Could not retrieve verification key from it')],
  ])('waits for an issuer that STS could not read, with a new token each time: %s (P13)', (_, effect) =>
    inLeases({}, async (world) => {
      world.script.fault({ ...sts, times: 6 }, effect);
      const result = await step(world, byIds);
      expect([result.exitCode, errors(result)]).toEqual([0, '']);
      expectFreshTokens(result, 7);
      expect(result.log.match(/Trying again with a new ID token in /gu)).toHaveLength(6);
    }),
  );

  it('gives up on such an issuer after two minutes, with the claims of the token', () =>
    inLeases({}, async (world) => {
      world.script.fault({ ...sts, times: 999 }, verificationKey);
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain("Couldn't retrieve verification key");
      expect(errors(result)).not.toMatch(/trust policy/u);
      expect(result.virtualMs).toBeGreaterThan(90 * second);
      expect(result.virtualMs).toBeLessThan(130 * second);
    }));

  it.each(
    [90061, 50166, 501661, 500031, 90033, 90024, 900612, 50000, 90006, 90012, 90090, 90091].flatMap((it) => [
      [it, true] as const,
      [it, false] as const,
    ]),
  )('waits after a failed read by Entra: AADSTS%i, named in the text: %s (P13)', (number, isNamed) =>
    inAzureLeases({}, async (world) => {
      world.script.fault({ ...exchange, times: 5 }, entra(number, 'It failed.', isNamed));
      const result = await azureStep(world, azureByIds);
      expect([result.exitCode, errors(result)]).toEqual([0, '']);
      expect(minted(result)).toHaveLength(6);
      expect(result.log).toContain(`AADSTS${number}: It failed.`);
    }),
  );

  it.each([
    ['temporarily_unavailable', { error: 'temporarily_unavailable', error_description: 'Later.', error_codes: [] }],
    ['temporarily_unavailable', { error: 'temporarily_unavailable', error_description: 'AADSTS1: Later.' }],
    ['server_error', { error: 'server_error', error_description: 'It failed.' }],
    [
      'AADSTS500031',
      { error: 'invalid_client', error_description: 'AADSTS700027: No key.', error_codes: [700027, 500031] },
    ],
    [
      'AADSTS90061',
      { error: 'invalid_request', error_description: 'AADSTS70021: No. AADSTS90061: It failed.', error_codes: [70021] },
    ],
  ])('waits for temporary refusals in other words, or by the second of two numbers: %s', (code, body) =>
    inAzureLeases({}, async (world) => {
      const effect = {
        kind: 'http',
        status: 400,
        contentType: 'application/json',
        body: JSON.stringify(body),
      } as const;
      world.script.fault({ ...exchange, times: 5 }, effect);
      const result = await azureStep(world, azureByIds);
      expect([result.exitCode, errors(result)]).toEqual([0, '']);
      expect(result.log).toContain(`answered ${code}: ${body.error_description}`);
    }),
  );

  it.each([700211, 700213, 70021, 7002381, 700016, 90002])(
    'reports a refusal of trust by Entra within 5 s: AADSTS%i',
    (number) =>
      inAzureLeases({}, async (world) => {
        world.script.fault({ ...exchange, times: 99 }, entra(number, 'No.'));
        const result = await azureStep(world, {
          ...azureByIds,
          target: scopes.resourceGroup,
          role: azureIds.blobReader,
        });
        expect(result.exitCode).toBe(1);
        expect(errors(result)).toContain(`AADSTS${number}`);
        expect(result.virtualMs).toBeLessThanOrEqual(5 * second);
      }),
  );
});

describe('a poll of a creation that is denied', () => {
  it('is reported with the missing right of the role, and no longer timeout is suggested', () =>
    inLeases({}, async (world) => {
      world.script.fault(
        { operation: 'DescribeAccountAssignmentCreationStatus', times: 99 },
        stsError(
          'AccessDeniedException',
          'User is not authorized to perform: sso:DescribeAccountAssignmentCreationStatus',
        ),
      );
      const result = await step(world, byIds);
      expect([result.exitCode, result.outputs['status']]).toEqual([1, 'IN_PROGRESS']);
      expect(errors(result)).toContain('Allow the role sso:DescribeAccountAssignmentCreationStatus');
      expect(errors(result)).not.toContain('longer `timeout`');
    }));
});

describe('a change that ends access and is denied for a moment', () => {
  const awsDenies: Effect = { kind: 'error', status: 400, code: 'AccessDeniedException', message: 'not authorized' };
  const azureDenies: Effect = { kind: 'error', status: 403, code: 'AuthorizationFailed', message: 'not authorized' };

  it.each([leased, unrecorded])('is made again on AWS, in the post step (P13)', (inputs) =>
    inLeases({}, async (world) => {
      const main = await take(world, { ...inputs, lifetime: '30d' });
      world.script.fault({ operation: 'DeleteAccountAssignment', times: 3 }, awsDenies);
      const result = await post(world, main, { inputs });
      expect([result.exitCode, errors(result), isThere(world)]).toEqual([0, '', false]);
    }),
  );

  it('is made again on Azure, in the post step and in a release (P13)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, lifetime: '30d' });
      world.script.fault({ operation: 'roleAssignments.delete', times: 3 }, azureDenies);
      expect([(await postOnAzure(world, main)).exitCode, isGranted(world)]).toEqual([0, false]);
      const kept = await takeOnAzure(world, { ...leasedOnAzure, 'keep-after-job': 'true' });
      world.script.fault({ operation: 'roleAssignments.delete', times: 3 }, azureDenies);
      expect([(await azureStep(world, byLeaseId('release', kept))).exitCode, isGranted(world)]).toEqual([0, false]);
    }));

  it("is red where it is denied for all of post's time, with the cloud's own words (P13)", () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, lifetime: '30d' });
      world.script.fault({ operation: 'roleAssignments.delete', times: Infinity }, azureDenies);
      const result = await postOnAzure(world, main);
      expect([result.exitCode, isGranted(world)]).toEqual([1, true]);
      expect(errors(result)).toContain('AuthorizationFailed: not authorized');
      expect(result.virtualMs).toBeGreaterThan(3 * minute);
      expect(result.virtualMs).toBeLessThan(4 * minute);
    }));

  it('is final at once where the step grants', () =>
    inAzureLeases({}, async (world) => {
      world.script.fault({ operation: 'roleAssignments.put', times: 1 }, azureDenies);
      expect((await azureStep(world, azureByIds)).exitCode).toBe(1);
    }));
});
