import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import {
  changesIn,
  holdersIn,
  inAzureLeases,
  isGranted,
  leasedAssignment,
  leasedOnAzure,
  onlyContainer,
  postOnAzure,
  sweepingAzure,
  takeOnAzure,
} from './azure-lease-support.ts';
import { azureIds, azureStep, scopes, tokenRequests } from './azure-support.ts';
import { withGrants } from './lease-notes.ts';
import { endJob, hour, job, minute, summaryText, told } from './lease-support.ts';
import { errors } from './support.ts';

const [one, two, three] = [job(1), job(2), job(3)];
const denied: Effect = {
  kind: 'error',
  status: 403,
  code: 'AuthorizationFailed',
  message: "The client does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/delete'.",
};
const down: Effect = { kind: 'error', status: 500, code: '500', message: 'down' };
/** The report on access that stays after the end of its job. */
const staysUntilSwept =
  /could not be ended now: .*[.)] Only the next holder or a sweep ends what is left, once its job is known to have ended, or after 2026-11-21 22:00 UTC\..*`operation: sweep` or `operation: revoke`/su;

describe("post on Azure trusts only main's state", () => {
  it('with any later inputs (P4)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      const inputs = {
        cloud: 'aws',
        operation: 'revoke',
        principal: `user:${azureIds.alice}`,
        target: scopes.subscription,
        role: azureIds.reader,
        condition: onlyContainer('logs'),
        'azure-client-id': azureIds.deployClientId,
        'azure-tenant-id': azureIds.reader,
        'azure-subscription-id': azureIds.reader,
        'azure-environment': 'AzureChinaCloud',
      };
      const ended = await postOnAzure(world, main, { ...one, inputs });
      expect([errors(ended), isGranted(world), told(ended, 'warning')]).toEqual(['', false, []]);
    }));

  it('with any exports of later steps (P7)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      const env = {
        AZURE_AUTHORITY_HOST: 'https://login.evil.example',
        AZURE_CLIENT_ID: azureIds.deployClientId,
        AZURE_TENANT_ID: azureIds.reader,
        AZURE_SUBSCRIPTION_ID: azureIds.reader,
        AZURE_CLIENT_SECRET: 'a-foreign-secret-0123456789',
        GITHUB_EVENT_NAME: 'issue_comment',
      };
      const ended = await postOnAzure(world, main, { ...one, env });
      expect([errors(ended), isGranted(world)]).toEqual(['', false]);
      expect(ended.requests.every(({ host }) => !host.includes('evil'))).toBe(true);
    }));

  it.each(['AZURE_REGIONAL_AUTHORITY_NAME', 'MSAL_FORCE_REGION'])(
    'signs in as main did though a later step has set %s, and warns of it (P7)',
    (name) =>
      inAzureLeases({}, async (world) => {
        const main = await takeOnAzure(world, leasedOnAzure, one);
        const env = { [name]: 'westeurope', REGION_NAME: 'westeurope', IDENTITY_ENDPOINT: 'http://192.0.2.1' };
        const ended = await postOnAzure(world, main, { ...one, env });
        expect([errors(ended), isGranted(world)]).toEqual(['', false]);
        expect(told(ended, 'warning')).toEqual([
          `${name} was set after the main step and is ignored. This step signs in where the main step did.`,
        ]);
      }),
  );

  it('trusts no certificate of an unknown authority, though a later step has disabled the checks (P7)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_EXTRA_CA_CERTS: undefined };
      const ended = await postOnAzure(world, main, { ...one, env });
      expect([ended.exitCode, isGranted(world)]).toEqual([1, true]);
      expect(ended.requests.filter(({ service }) => service !== 'oidc')).toEqual([]);
      expect(told(ended, 'warning')[0]).toContain('NODE_TLS_REJECT_UNAUTHORIZED is 0');
    }));

  it("long after main's token has expired: it signs in again", () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, lifetime: '12h' }, one);
      await world.advance(6 * hour);
      const ended = await postOnAzure(world, main, one);
      expect([errors(ended), isGranted(world), tokenRequests(ended).length]).toEqual(['', false, 1]);
    }));

  it('after its own end too: it ends a lease that no sweep has ended', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, lifetime: '5m' }, one);
      await world.advance(hour);
      const ended = await postOnAzure(world, main, one);
      expect([errors(ended), told(ended, 'warning'), isGranted(world)]).toEqual(['', [], false]);
    }));

  it('and has no secret in it (P7)', () =>
    inAzureLeases({}, async (world) => {
      const { state } = await takeOnAzure(world, leasedOnAzure, one);
      const text = JSON.stringify(state);
      expect(world.secrets().filter((secret) => text.includes(secret))).toEqual([]);
      expect(JSON.parse(state['cloud-access'] ?? '')).toMatchObject({ leases: { cloud: 'azure', reason: 'INC-1' } });
    }));

  it('and reads nothing where no lease was taken', () =>
    inAzureLeases({}, async (world) => {
      const refused = await azureStep(world, { ...leasedOnAzure, 'max-lifetime': '1h' });
      const dry = await azureStep(world, { ...leasedOnAzure, 'dry-run': 'true' });
      expect([refused.exitCode, dry.exitCode]).toEqual([1, 0]);
      for (const { state } of [refused, dry]) {
        const ended = await postOnAzure(world, { state }, { idToken: false });
        expect([ended.exitCode, ended.requests, ended.summary]).toEqual([0, [], '']);
      }
    }));

  it('of a state with altered grants ends nothing, and is red (P10)', () =>
    inAzureLeases({}, async (world) => {
      const { state } = await takeOnAzure(world, leasedOnAzure, one);
      const altered = withGrants(state, (json) => json.replaceAll(azureIds.onCall, azureIds.alice));
      const ended = await postOnAzure(world, { state: altered }, one);
      expect([ended.exitCode, ended.requests, isGranted(world)]).toEqual([1, [], true]);
      expect(errors(ended)).toContain('the list of its grants was altered or cut');
      expect(errors(ended)).toContain('`operation: sweep` ends the leases');
    }));

  it('run twice releases once', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      await postOnAzure(world, main, one);
      const again = await postOnAzure(world, main, one);
      expect([again.exitCode, changesIn(again), isGranted(world)]).toEqual([0, [], false]);
    }));
});

/** The double of the Azure CLI is a shell script. */
const describeCli = process.platform === 'win32' ? describe.skip : describe;

describeCli('post on Azure with the session of the job', () => {
  const ambient = { ...leasedOnAzure, 'azure-client-id': 'none', 'azure-audience': '' } as const;

  it('ends the lease while that session is the same, and is red without a session', () =>
    inAzureLeases({}, async (world) => {
      const more = { ...one, env: world.azure.cli, idToken: false } as const;
      const main = await takeOnAzure(world, ambient, more);
      const ended = await postOnAzure(world, main, more);
      expect([errors(ended), isGranted(world)]).toEqual(['', false]);
      const again = await takeOnAzure(world, ambient, more);
      world.azure.logoutCli();
      const lost = await postOnAzure(world, again, more);
      expect([lost.exitCode, isGranted(world)]).toEqual([1, true]);
    }));

  it('that now belongs to another identity is red, and sends no request: that identity took no lease (P10)', () =>
    inAzureLeases({}, async (world) => {
      const more = { ...one, env: world.azure.cli, idToken: false } as const;
      const { state } = await takeOnAzure(world, ambient, more);
      const saved = (state['cloud-access'] ?? '').replaceAll(azureIds.broker, azureIds.deploy);
      const ended = await postOnAzure(world, { state: { ...state, 'cloud-access': saved } }, more);
      expect([ended.exitCode, changesIn(ended), isGranted(world)]).toEqual([1, [], true]);
      expect(errors(ended)).toContain(`now signed in to Azure as object ${azureIds.broker}`);
      expect(errors(ended)).toContain(`the leases were taken as object ${azureIds.deploy}`);
    }));
});

describe('access on Azure that post cannot end', () => {
  it('since a right is missing: red, with the right, and the end of the access (P9)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      world.script.fault({ operation: 'roleAssignments.delete', times: Infinity }, denied);
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, isGranted(world), holdersIn(world)]).toEqual([1, true, [1]]);
      expect(errors(ended)).toMatch(staysUntilSwept);
      expect(errors(ended)).toContain('Microsoft.Authorization/roleAssignments/delete');
      expect(summaryText(ended)).toContain('could not be ended now');
    }));

  it('because of a lock: red, with the lock, and a hint (P1)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      world.azure.estate.lock(scopes.resourceGroup, 'CanNotDelete');
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, changesIn(ended), isGranted(world)]).toEqual([1, ['delete 409'], true]);
      expect(errors(ended)).toMatch(staysUntilSwept);
      expect(errors(ended)).toMatch(/ScopeLocked.*owners of the lock/su);
      world.azure.estate.unlock(scopes.resourceGroup);
      endJob(world, 1);
      const swept = await azureStep(world, sweepingAzure, three);
      expect([errors(swept), isGranted(world)]).toEqual(['', false]);
    }));

  it.each<[string, 'entra' | 'oidc']>([
    ['the token endpoint is gone', 'entra'],
    ['GitHub gives no token', 'oidc'],
  ])("since %s: red within post's time, with the remaining access (P9)", (_, service) =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      world.script.fault({ service, times: 1_000 }, down);
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, isGranted(world)]).toEqual([1, true]);
      expect(errors(ended)).toMatch(staysUntilSwept);
      expect(ended.virtualMs).toBeLessThan(4 * minute);
    }),
  );

  it('since the job has no right to a token any longer: red, with that right', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      const ended = await postOnAzure(world, main, { ...one, idToken: false });
      expect([ended.exitCode, isGranted(world)]).toEqual([1, true]);
      expect(errors(ended)).toMatch(staysUntilSwept);
      expect(errors(ended)).toContain('id-token: write');
    }));

  it.each<[string, Effect]>([
    ['is throttled', { kind: 'throttle' }],
    ['gets no answer', { kind: 'hang' }],
    ['gets no response, and is carried out', { kind: 'hang', processed: true }],
    ['is broken off', { kind: 'reset' }],
    ['meets 503', { kind: 'http', status: 503, body: 'busy' }],
  ])('once, since it %s, still ends (P2)', (_, effect) =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      world.script.fault({ operation: 'roleAssignments.delete', times: 1 }, effect);
      const ended = await postOnAzure(world, main, one);
      expect([errors(ended), isGranted(world)]).toEqual(['', false]);
      expect(ended.virtualMs).toBeLessThan(4 * minute);
    }),
  );

  it('forever, since it is throttled, makes post red before its time is over (P1)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      world.script.fault({ operation: 'roleAssignments.delete', times: 10_000 }, { kind: 'throttle' });
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, isGranted(world)]).toEqual([1, true]);
      expect(errors(ended)).toMatch(staysUntilSwept);
      expect(ended.virtualMs).toBeLessThan(4 * minute);
    }));

  it('has other holders: a missing right to delete does not matter', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      await takeOnAzure(world, leasedOnAzure, two);
      world.script.fault({ operation: 'roleAssignments.delete', times: Infinity }, denied);
      const ended = await postOnAzure(world, main, one);
      expect([errors(ended), holdersIn(world)]).toEqual(['', [2]]);
    }));
});

describe('a lease on Azure that is taken despite faults', () => {
  const lost: readonly (readonly [string, Effect])[] = [
    ['that is lost after it was carried out', { kind: 'lost' }],
    ['that never comes, and it is carried out', { kind: 'hang', processed: true }],
    ['that fails', { kind: 'reset' }],
    ['that breaks off', { kind: 'broken' }],
    ['of 500', { kind: 'http', status: 500, body: 'oops' }],
    ['of one too many', { kind: 'throttle' }],
  ];
  it.each(lost)('with a response to its PUT %s exists in the end, once (P2)', (_, effect) =>
    inAzureLeases({}, async (world) => {
      world.script.fault({ operation: 'roleAssignments.put', times: 1 }, effect);
      const main = await takeOnAzure(world, leasedOnAzure, one);
      expect([errors(main), holdersIn(world), main.outputs['lease-state']]).toEqual(['', [1], 'leased']);
      const ended = await postOnAzure(world, main, one);
      expect([errors(ended), isGranted(world)]).toEqual(['', false]);
    }),
  );

  it.each(lost)(
    'with other holders and a response to its PUT %s exists in the end, and they keep theirs',
    (_, effect) =>
      inAzureLeases({}, async (world) => {
        await takeOnAzure(world, leasedOnAzure, one);
        world.script.fault({ operation: 'roleAssignments.put', times: 1 }, effect);
        const main = await takeOnAzure(world, leasedOnAzure, two);
        expect([errors(main), holdersIn(world)]).toEqual(['', [1, 2]]);
      }),
  );

  it('while reads lag behind is green only when a read shows it, and so is its end (P1)', () =>
    inAzureLeases({ azure: { lag: { readMs: 9_000, deleteMs: 9_000 } } }, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      expect(main.virtualMs).toBeGreaterThanOrEqual(9_000);
      const second = await takeOnAzure(world, leasedOnAzure, two);
      expect(holdersIn(world)).toEqual([1, 2]);
      const left = await postOnAzure(world, main, one);
      expect([errors(left), holdersIn(world)]).toEqual(['', [2]]);
      const ended = await postOnAzure(world, second, two);
      expect([errors(ended), isGranted(world)]).toEqual(['', false]);
      expect(ended.virtualMs).toBeGreaterThanOrEqual(9_000);
    }));

  it('while reads lag, of recently released access, never loses it because of an outdated read (P5)', () =>
    inAzureLeases({ azure: { lag: { readMs: 9_000, deleteMs: 9_000 } } }, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      const [left, second] = await Promise.all([
        postOnAzure(world, main, one),
        takeOnAzure(world, { ...leasedOnAzure, lifetime: '3h' }, two),
      ]);
      expect([errors(left), holdersIn(world).includes(2), isGranted(world)]).toEqual(['', true, true]);
      await world.advance(minute);
      expect(holdersIn(world)).toContain(2);
      expect(second.outputs['status']).toBe('SUCCEEDED');
    }));

  it('that no read ever shows is red, reports that, and leaves nothing', () =>
    inAzureLeases({}, async (world) => {
      world.script.fault({ operation: 'roleAssignments.put', times: 1_000 }, { kind: 'throttle' });
      const main = await azureStep(world, { ...leasedOnAzure, timeout: '1m' }, one);
      expect([main.exitCode, main.outputs['status'], main.outputs['changed'], isGranted(world)]).toEqual([
        1,
        'FAILED',
        'false',
        false,
      ]);
      expect(errors(main)).toMatch(/The time limit passed before the lease was taken\..*Throttled.*longer `timeout`/su);
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, changesIn(ended)]).toEqual([0, []]);
    }));

  it('that is abandoned, and cannot be released since deletions are throttled forever, ends in reasonable time (P4)', () =>
    inAzureLeases({}, async (world) => {
      world.script.fault({ operation: 'roleAssignments.put', times: 1 }, { kind: 'lost' });
      world.script.fault({ operation: 'roleAssignments.delete', times: 10_000 }, { kind: 'throttle' });
      const main = await azureStep(world, { ...leasedOnAzure, timeout: '10s' }, one);
      expect([main.exitCode, main.outputs['changed'], isGranted(world)]).toEqual([1, 'true', true]);
      expect(main.virtualMs).toBeLessThan(5 * minute);
      expect(errors(main)).toContain('Its record stays, and the post step, a sweep or the next holder ends it');
      expect((await postOnAzure(world, main, one)).exitCode).toBe(1);
    }));

  it('with an end before it is established is red, and released', () =>
    inAzureLeases({}, async (world) => {
      world.script.fault({ operation: 'roleAssignments.put', times: 60 }, { kind: 'throttle', retryAfterSeconds: 20 });
      const main = await azureStep(world, { ...leasedOnAzure, lifetime: '5m', timeout: '20m' }, one);
      expect([main.exitCode, isGranted(world)]).toEqual([1, false]);
      expect(errors(main)).toMatch(
        /could not be taken before its own end at 2026-11-21 20:05 UTC.*longer `lifetime`/su,
      );
    }));

  it('without the right to write is red, with the missing right (P9)', () =>
    inAzureLeases({ azure: { callerRole: { permissions: [{ actions: ['*/read'] }] } } }, async (world) => {
      const main: StepResult = await azureStep(world, leasedOnAzure, one);
      expect([main.exitCode, main.outputs['changed']]).toEqual([1, 'false']);
      expect(errors(main)).toContain('Microsoft.Authorization/roleAssignments/write');
    }));

  it("by a restricted broker sends the principal's type in each write", () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      const main = await takeOnAzure(world, leasedOnAzure, two);
      const left = await postOnAzure(world, main, two);
      const bodies = [...main.requests, ...left.requests]
        .filter(({ operation }) => operation === 'roleAssignments.put')
        .map(({ body }) => (body as { properties: { principalType?: string } }).properties.principalType);
      expect([bodies, leasedAssignment(world)?.principalType]).toEqual([['Group', 'Group'], 'Group']);
    }));
});
