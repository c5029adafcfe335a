import { describe, expect, it } from '@jest/globals';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import { byLeaseId, inAzureLeases, isGranted, leasedOnAzure, postOnAzure, takeOnAzure } from './azure-lease-support.ts';
import { inPim, leasedByPim, leasedSchedule, postByPim } from './azure-pim-support.ts';
import { azureByIds, azureByNames, azureStep, inAzure, onCallBlobReader, tokenRequests } from './azure-support.ts';
import { exchanges, expectFreshTokens, stsError } from './exchanges.ts';
import {
  endJob,
  inLeases,
  isThere,
  job,
  leased,
  listing,
  minute,
  post,
  sweeping,
  take,
  told,
  unrecorded,
} from './lease-support.ts';
import { byIds, byNames, calls, errors, ids, inWorld, step } from './support.ts';

const ended: Effect = stsError('ExpiredTokenException', 'The security token included in the request is expired');
const unknown: Effect = stsError(
  'UnrecognizedClientException',
  'The security token included in the request is invalid.',
);
const expired: Effect = {
  kind: 'error',
  status: 401,
  code: 'ExpiredAuthenticationToken',
  message: "The access token expiry UTC time is earlier than current UTC time '11/21/2026 8:00:31 PM'.",
};
const invalid: Effect = {
  kind: 'error',
  status: 401,
  code: 'InvalidAuthenticationToken',
  message: 'The access token is invalid.',
};

const signedFor = ({ service }: JournalEntry): boolean =>
  service !== 'sts' && service !== 'oidc' && service !== 'entra' && service !== 'github';

/** Operations that the steps of a scenario request with the credentials of their sign-in. */
function operationsIn(results: readonly StepResult[]): readonly string[] {
  const all = results.flatMap(({ requests }) => requests.filter(signedFor));
  return [...new Set(all.map(({ operation }) => operation))].filter((it) => it !== 'metadata');
}

interface Scene {
  readonly name: string;
  readonly in: (scene: (world: World) => Promise<void>) => Promise<void>;
  /** All steps, which must be green. */
  readonly play: (world: World) => Promise<readonly StepResult[]>;
  /** Effective changes, and the state of the access in the end. */
  readonly outcome: (world: World) => readonly [changes: number, there: boolean];
  readonly effect: Effect;
}

const awsOutcome = (world: World): readonly [number, boolean] => [
  world.aws.estate.effectiveChanges().length,
  isThere(world),
];
const azureOutcome = (world: World): readonly [number, boolean] => [
  world.azure.estate.effectiveChanges().length,
  world.azure.estate.has(onCallBlobReader),
];

const scenes: readonly Scene[] = [
  {
    name: 'a grant by names on AWS',
    in: (scene) => inWorld({}, scene),
    play: async (world) => [await step(world, byNames)],
    outcome: awsOutcome,
    effect: ended,
  },
  {
    name: 'a lease and its post step on AWS',
    in: (scene) => inLeases({}, scene),
    play: async (world) => {
      const main = await step(world, leased);
      return [main, await post(world, main)];
    },
    outcome: awsOutcome,
    effect: unknown,
  },
  {
    name: 'a lease and its post step without EventBridge Scheduler',
    in: (scene) => inLeases({}, scene),
    play: async (world) => {
      const main = await step(world, unrecorded);
      return [main, await post(world, main, { inputs: unrecorded })];
    },
    outcome: awsOutcome,
    effect: ended,
  },
  {
    name: 'a lease, a list, a release and a sweep on AWS',
    in: (scene) => inLeases({}, scene),
    play: async (world) => {
      const main = await step(world, { ...leased, 'keep-after-job': 'true' }, job(1));
      const shown = await step(world, listing, job(2));
      const release = {
        cloud: 'aws',
        operation: 'release',
        'lease-id': main.outputs['lease-id'] ?? '',
        'aws-role-to-assume': ids.broker,
      };
      const released = await step(world, release, job(3));
      const other = await step(world, leased, job(4));
      endJob(world, 4);
      await world.advance(20 * minute);
      return [main, shown, released, other, await step(world, sweeping, job(5))];
    },
    outcome: awsOutcome,
    effect: ended,
  },
  {
    name: 'a grant by names on Azure',
    in: (scene) => inAzure({}, scene),
    play: async (world) => [await azureStep(world, azureByNames)],
    outcome: azureOutcome,
    effect: invalid,
  },
  {
    name: 'a lease and its post step on Azure',
    in: (scene) => inAzureLeases({}, scene),
    play: async (world) => {
      const main = await azureStep(world, leasedOnAzure);
      return [main, await postOnAzure(world, main)];
    },
    outcome: azureOutcome,
    effect: expired,
  },
  {
    name: 'a lease, a list, a release and a sweep on Azure',
    in: (scene) => inAzureLeases({}, scene),
    play: async (world) => {
      const main = await azureStep(world, { ...leasedOnAzure, 'keep-after-job': 'true' }, job(1));
      const shown = await azureStep(world, { operation: 'list' }, job(2));
      const released = await azureStep(world, byLeaseId('release', main), job(3));
      const other = await azureStep(world, { ...leasedOnAzure, lifetime: '10m' }, job(4));
      await world.advance(20 * minute);
      return [main, shown, released, other, await azureStep(world, { operation: 'sweep' }, job(5))];
    },
    outcome: azureOutcome,
    effect: invalid,
  },
  {
    name: 'a lease and its post step through Privileged Identity Management',
    in: (scene) => inPim({}, scene),
    play: async (world) => {
      const main = await azureStep(world, leasedByPim);
      await world.advance(6 * minute);
      return [main, await postByPim(world, main)];
    },
    outcome: (world) => [world.azure.pim.requests().length, leasedSchedule(world) !== undefined],
    effect: expired,
  },
];

describe.each(scenes)('credentials that are reported as expired in the middle of $name (P13)', (scene) => {
  it('are renewed, once for each of its requests: everything is green, and done exactly once', async () => {
    let operations: readonly string[] = [];
    let expected: readonly [number, boolean] = [0, false];
    await scene.in(async (world) => {
      operations = operationsIn(await scene.play(world));
      expected = scene.outcome(world);
    });
    expect(operations.length).toBeGreaterThan(1);
    for (const operation of operations) {
      await scene.in(async (world) => {
        world.script.fault({ operation, where: signedFor }, scene.effect);
        const results = await scene.play(world);
        const red = results.filter(({ exitCode }) => exitCode !== 0);
        expect([operation, red.map(({ log }) => log)]).toEqual([operation, []]);
        expect([operation, ...scene.outcome(world)]).toEqual([operation, ...expected]);
        const met = results.flatMap(({ requests }) => requests.filter(({ scripted }) => scripted !== undefined));
        expect([operation, met.length]).toEqual([operation, 1]);
        expect(results.map(({ log }) => log).join('\n')).toContain('Signing in again.');
      });
    }
  }, 600_000);
});

describe('credentials that are reported as expired', () => {
  it('to a poll need one new ID token, one new sign-in and nothing else', () =>
    inWorld({}, async (world) => {
      world.script.fault({ operation: 'DescribeAccountAssignmentCreationStatus' }, ended);
      const result = await step(world, byIds);
      expect([result.exitCode, errors(result), result.outputs['status']]).toEqual([0, '', 'SUCCEEDED']);
      expectFreshTokens(result, 2);
      expect(calls(result)).toMatchObject({ CreateAccountAssignment: 1 });
    }));

  it('to a read on Azure need one new ID token, one exchange, and are not used again', () =>
    inAzure({}, async (world) => {
      world.script.fault({ operation: 'roleAssignments.put' }, expired);
      const result = await azureStep(world, azureByIds);
      expect([result.exitCode, errors(result)]).toEqual([0, '']);
      expect(new Set(tokenRequests(result).map(({ idToken }) => idToken?.id)).size).toBe(2);
      expect(tokenRequests(result)).toHaveLength(2);
    }));

  it('to many requests at once are renewed once for all (P13)', () =>
    inLeases({}, async (world) => {
      const target = [ids.prod, ids.staging, ids.dataLake].join('\n');
      const main = await take(world, { ...leased, target });
      world.script.fault({ operation: 'DeleteSchedule', times: 3 }, ended);
      const result = await post(world, main);
      expect([result.exitCode, errors(result)]).toEqual([0, '']);
      expectFreshTokens(result, 2);
    }));

  it('while STS refuses for a while are renewed after that: the post step ends the access (P13)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, leased);
      world.script.fault({ operation: 'DeleteAccountAssignment' }, ended);
      world.script.fault({ service: 'sts', nth: 2, times: 5 }, stsError('AccessDenied', 'Not authorized', 403));
      const result = await post(world, main);
      expect([result.exitCode, errors(result), isThere(world)]).toEqual([0, '', false]);
      expect(told(result, 'warning').join()).toContain('AccessDenied: Not authorized');
    }));

  it('while Entra refuses for a while, too', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure);
      world.script.fault({ operation: 'roleAssignments.delete' }, expired);
      const refused: Effect = { kind: 'error', status: 400, code: 'AADSTS700213', message: 'No.' };
      world.script.fault({ service: 'entra', operation: 'token', nth: 2, times: 5 }, refused);
      const result = await postOnAzure(world, main);
      expect([result.exitCode, errors(result), isGranted(world)]).toEqual([0, '', false]);
    }));

  it.each([
    ['AWS', ended, 'This action signed in again, and the cloud refused the new sign-in too'],
    ['AWS, as unknown ones', unknown, 'that the Region is enabled in the account of the role'],
  ])('forever are reported after four tries, with the tries: %s', (_, effect, said) =>
    inWorld({}, async (world) => {
      world.script.fault({ operation: 'CreateAccountAssignment', times: 99 }, effect);
      const result = await step(world, byIds);
      expect([result.exitCode, result.outputs['status']]).toEqual([1, 'FAILED']);
      expect(calls(result)['CreateAccountAssignment']).toBe(4);
      expect(errors(result)).toContain(said);
      expect(errors(result)).toMatch(/signed in again/u);
      expect(exchanges(result)).toHaveLength(4);
    }),
  );

  const wrongTenant: Effect = { kind: 'error', status: 401, code: 'InvalidAuthenticationTokenTenant', message: 'No.' };

  it.each([
    ['expired', expired, 'This action signed in again, and the cloud refused the new sign-in too'],
    ['invalid', invalid, 'Check azure-environment and azure-tenant-id'],
    ['of another directory', wrongTenant, 'The target belongs to another directory'],
  ])('forever by Azure are reported in the same way: %s', (_, effect, said) =>
    inAzure({}, async (world) => {
      world.script.fault({ operation: 'roleAssignments.put', times: 99 }, effect);
      const result = await azureStep(world, azureByIds);
      expect([result.exitCode, result.outputs['status']]).toEqual([1, 'FAILED']);
      expect(calls(result)['roleAssignments.put']).toBe(4);
      expect(errors(result)).toContain(said);
      expect(errors(result)).toMatch(/signed in again/u);
    }),
  );

  it('for a minute do not keep a post step from ending the access (P13)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, unrecorded);
      const works = world.now() + minute;
      world.script.weather(({ service }) => (service === 'sso' && world.now() < works ? ended : undefined));
      const result = await post(world, main, { inputs: unrecorded });
      expect([result.exitCode, errors(result), isThere(world)]).toEqual([0, '', false]);
    }));
});

describe('credentials of an earlier step that are reported as expired', () => {
  it('on AWS are red, with their owner and a hint', () =>
    inWorld({}, async (world) => {
      world.script.fault({ operation: 'CreateAccountAssignment', times: 99 }, ended);
      const env = world.aws.ambientCredentials();
      const result = await step(world, { ...byIds, 'aws-role-to-assume': 'none' }, { env, idToken: false });
      expect(result.exitCode).toBe(1);
      expect(calls(result)['CreateAccountAssignment']).toBe(1);
      expect(errors(result)).toContain('ExpiredTokenException');
      expect(errors(result)).toContain('the credentials that the job had before this step');
      expect(errors(result)).toMatch(/What to do: .*aws-role-to-assume.*id-token: write/su);
    }));

  const itCli = process.platform === 'win32' ? it.skip : it;
  itCli('on Azure are red, with their owner and a hint', () =>
    inAzure({}, async (world) => {
      world.script.fault({ operation: 'roleAssignments.put', times: 99 }, expired);
      const inputs = { ...azureByIds, 'azure-client-id': 'none', 'azure-audience': '' };
      const result = await azureStep(world, inputs, { env: world.azure.cli, idToken: false });
      expect(result.exitCode).toBe(1);
      expect(calls(result)['roleAssignments.put']).toBe(1);
      expect(errors(result)).toContain('ExpiredAuthenticationToken');
      expect(errors(result)).toContain('the session of the Azure CLI from before this step');
      expect(errors(result)).toMatch(/What to do: .*azure-client-id.*id-token: write/su);
    }),
  );
});
