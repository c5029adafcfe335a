import { describe, expect, it } from '@jest/globals';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { Effect } from '../../rehearsal/script.ts';
import {
  byLeaseId,
  changesIn,
  holdersIn,
  inAzureLeases,
  isGranted,
  leasedAssignment,
  leasedOnAzure,
  listingAzure,
  onlyContainer,
  postOnAzure,
  recordOf,
  sweepingAzure,
  takeOnAzure,
} from './azure-lease-support.ts';
import { azureByIds, azureIds, azureStep, onCallBlobReader, scopes } from './azure-support.ts';
import { endJob, hour, job, minute, summaryText, told } from './lease-support.ts';
import { resultsOf } from './reports.ts';
import { errors } from './support.ts';

const [one, two, three] = [job(1), job(2), job(3)];
const kept = { ...leasedOnAzure, 'keep-after-job': 'true' } as const;
const longer = { ...leasedOnAzure, lifetime: '3h', reason: 'deploy' } as const;

describe('keep-after-job on Azure (P5)', () => {
  it('outlives its job: post has no task, and reports nothing', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, kept, one);
      expect(summaryText(main)).toContain('first sweep after 2026-11-21 22:00 UTC');
      expect(summaryText(main)).not.toContain('with this job');
      expect(main.log).toContain(
        `To release this lease before its end, use \`operation: release\` with lease-id \`${main.outputs['lease-id'] ?? ''}\`.`,
      );
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, ended.requests, ended.summary, isGranted(world)]).toEqual([0, [], '', true]);
      expect(recordOf(world)?.entries.map(({ keep }) => keep)).toEqual([true]);
    }));
});

describe('release on Azure', () => {
  it('by another job, by the lease ID alone, ends the access of a keep-after-job lease (P5)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, kept, one);
      endJob(world, 1);
      const released = await azureStep(world, byLeaseId('release', main), two);
      expect(released.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect([released.exitCode, changesIn(released), isGranted(world)]).toEqual([0, ['delete 200'], false]);
      expect(released.log).toContain('Verified by reading back: the access is gone.');
      expect(released.log).toContain('but the access can last longer');
    }));

  it('releases all readable grants, and reports the problem of each other one', () =>
    inAzureLeases({}, async (world) => {
      const staging = '/subscriptions/11111111-2222-4333-8444-555555555502';
      const both = `${azureByIds.target}\n${staging}`;
      const main = await takeOnAzure(world, { ...kept, target: both }, one);
      endJob(world, 1);
      const gone: Effect = { kind: 'error', status: 404, code: 'SubscriptionNotFound', message: 'It was deleted.' };
      const isAtStaging = ({ operation, url }: JournalEntry): boolean =>
        operation === 'roleAssignments.list' && url?.includes(staging) === true;
      world.script.weather((entry) => (isAtStaging(entry) ? gone : undefined));
      const released = await azureStep(world, byLeaseId('release', main), two);
      expect(resultsOf(released).map((it) => [it['target-id'], it['status'], it['changed']])).toEqual([
        [scopes.resourceGroup, 'SUCCEEDED', true],
        [staging, 'FAILED', false],
      ]);
      expect([released.exitCode, errors(released)]).toEqual([1, expect.stringContaining('SubscriptionNotFound')]);
      // The end of the lease is in the data that are not readable; the current time is not a substitute.
      expect(errors(released)).toContain('after its end time, which could not be read.');
      expect(errors(released)).not.toMatch(/after 2026-/u);
    }));

  it('that is refused reports that nothing ends a lease that outlives its job before its end time (P1)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, kept, one);
      endJob(world, 1);
      const denied: Effect = { kind: 'error', status: 403, code: 'AuthorizationFailed', message: 'no' };
      world.script.weather(({ operation }) => (operation === 'roleAssignments.delete' ? denied : undefined));
      const released = await azureStep(world, byLeaseId('release', main), two);
      expect([released.exitCode, isGranted(world)]).toEqual([1, true]);
      expect(errors(released)).toContain('ends what is left, after 2026-11-21 22:00 UTC.');
      expect(errors(released)).not.toContain('its job is known to have ended');
    }));

  it('by the same job leaves its post step nothing to release, and post names what can have ended the lease', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      expect((await azureStep(world, byLeaseId('release', main), one)).exitCode).toBe(0);
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, changesIn(ended)]).toEqual([0, []]);
      expect(told(ended, 'warning')).toEqual([
        expect.stringMatching(
          /had ended before this step could release it: by a sweep, a `release`.*The access is gone\./su,
        ),
      ]);
    }));

  it('of a lease that is already gone is green, and changes nothing', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, kept, one);
      await azureStep(world, byLeaseId('release', main), two);
      const again = await azureStep(world, byLeaseId('release', main), two);
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      expect(summaryText(again)).toContain('The lease was already gone');
    }));

  it('ends only its own holder (P5)', () =>
    inAzureLeases({}, async (world) => {
      const first = await takeOnAzure(world, kept, one);
      await takeOnAzure(world, longer, two);
      const released = await azureStep(world, byLeaseId('release', first), three);
      expect([released.exitCode, holdersIn(world)]).toEqual([0, [2]]);
      expect(summaryText(released)).toContain('The access stays for octo-org/infra run 7002');
    }));

  it('of access that another caller has made again since changes nothing (P3)', () =>
    inAzureLeases({}, async (world) => {
      const first = await takeOnAzure(world, kept, one);
      await azureStep(world, byLeaseId('release', first), two);
      await takeOnAzure(world, longer, two);
      const again = await azureStep(world, byLeaseId('release', first), three);
      expect([again.exitCode, changesIn(again), holdersIn(world)]).toEqual([0, [], [2]]);
      world.azure.estate.remove(onCallBlobReader);
      world.azure.estate.add(onCallBlobReader);
      const third = await azureStep(world, byLeaseId('release', first), three);
      expect([third.exitCode, changesIn(third), isGranted(world)]).toEqual([0, [], true]);
    }));

  it('without a readable list is red: it is unknown whether the lease is gone (P1)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, kept, one);
      world.script.fault(
        { operation: 'roleAssignments.list', times: 100 },
        { kind: 'error', status: 403, code: 'AuthorizationFailed', message: 'no' },
      );
      const released = await azureStep(world, byLeaseId('release', main), two);
      expect([released.exitCode, isGranted(world)]).toEqual([1, true]);
      expect(errors(released)).toContain('roleAssignments/read');
    }));

  it.each(['cz1.e30', 'ca1.e30', 'cz2.eyJoIjoiMSJ9', 'nothing', 'cz1.'])(
    'refuses %s, which is not a lease-id (P6)',
    (text) =>
      inAzureLeases({}, async (world) => {
        const released = await azureStep(world, byLeaseId('release', { outputs: { 'lease-id': text } }));
        expect([released.exitCode, released.requests]).toEqual([1, []]);
        expect(errors(released)).toContain('lease-id');
      }),
  );
});

describe('extend on Azure', () => {
  it('joins again with the new time, and releases the old hold', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, kept, one);
      await world.advance(hour);
      const extended = await azureStep(world, { ...byLeaseId('extend', main), lifetime: '4h' }, two);
      expect(errors(extended)).toBe('');
      expect(extended.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'lease-state': 'leased',
        'expires-at': '2026-11-22T01:00:00Z',
        'expiry-guarantee': 'sweep',
      });
      expect(extended.outputs['lease-id']).not.toBe(main.outputs['lease-id']);
      expect([holdersIn(world), recordOf(world)?.entries[0]?.keep]).toEqual([[2], true]);
      // The hold that gives way is no other holder.
      expect(extended.log).not.toContain('has other holders');
      expect(summaryText(extended)).not.toContain('other holder');
      const released = await azureStep(world, byLeaseId('release', extended), three);
      expect([released.exitCode, isGranted(world)]).toEqual([0, false]);
    }));

  it('by the same job: the extended lease ends with the job', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      const extended = await azureStep(world, { ...byLeaseId('extend', main), lifetime: '4h' }, one);
      expect([extended.exitCode, extended.outputs['expires-at']]).toEqual([0, '2026-11-22T00:00:00Z']);
      // Post steps run in the reverse order.
      const last = await postOnAzure(world, extended, one);
      expect([last.exitCode, isGranted(world)]).toEqual([0, false]);
      const first = await postOnAzure(world, main, one);
      expect([first.exitCode, isGranted(world)]).toEqual([0, false]);
    }));

  it('of a lease that is gone, or over, is red, and grants nothing', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, kept, one);
      await world.advance(2 * hour);
      const over = await azureStep(world, { ...byLeaseId('extend', main), lifetime: '4h' }, two);
      await azureStep(world, byLeaseId('release', main), two);
      const gone = await azureStep(world, { ...byLeaseId('extend', main), lifetime: '4h' }, two);
      for (const extended of [over, gone]) {
        expect([extended.exitCode, changesIn(extended)]).toEqual([1, []]);
        expect(errors(extended)).toMatch(/The lease is gone.*What to do: Take a new one with `operation: assign`/su);
      }
    }));

  it('of a lease that vanishes meanwhile never makes access again without its condition (P10)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...kept, condition: onlyContainer('logs') }, one);
      world.script.onRequest({ operation: 'roleAssignments.list', nth: 2 }, () => {
        if (isGranted(world)) world.azure.estate.remove(onCallBlobReader);
      });
      const extended = await azureStep(world, { ...byLeaseId('extend', main), lifetime: '4h' }, two);
      expect([extended.exitCode, changesIn(extended), isGranted(world)]).toEqual([1, [], false]);
      expect(errors(extended)).toContain('The lease is gone');
    }));

  it('keeps the condition', () =>
    inAzureLeases({}, async (world) => {
      const condition = onlyContainer('logs');
      const main = await takeOnAzure(world, { ...kept, condition }, one);
      const extended = await azureStep(world, { ...byLeaseId('extend', main), lifetime: '4h' }, two);
      expect([errors(extended), leasedAssignment(world)?.condition, holdersIn(world)]).toEqual(['', condition, [2]]);
    }));

  it.each([hour, -hour])("and its end follow Azure's clock where the runner's is wrong by %i ms (P5)", (skewMs) =>
    inAzureLeases({}, async (world) => {
      const short = { ...kept, lifetime: '30m' };
      const main = await takeOnAzure(world, short, { ...one, skewMs });
      expect(main.outputs['expires-at']).toBe('2026-11-21T20:30:00Z');
      const extended = await azureStep(world, { ...byLeaseId('extend', main), lifetime: '1h' }, { ...two, skewMs });
      expect([errors(extended), extended.outputs['expires-at']]).toEqual(['', '2026-11-21T21:00:00Z']);
      await world.advance(40 * minute);
      const early = await azureStep(world, sweepingAzure, { ...three, skewMs });
      expect([early.exitCode, isGranted(world)]).toEqual([0, true]);
      await world.advance(25 * minute);
      const late = await azureStep(world, sweepingAzure, { ...three, skewMs });
      expect([late.exitCode, isGranted(world)]).toEqual([0, false]);
    }),
  );
});

describe('list on Azure', () => {
  it('shows holders, end times and their guarantee, and changes nothing', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      await takeOnAzure(world, longer, two);
      await takeOnAzure(world, { ...longer, target: scopes.subscription }, two);
      const shown = await azureStep(world, listingAzure, three);
      expect([shown.exitCode, shown.outputs['changed'], changesIn(shown)]).toEqual([0, 'false', []]);
      expect(
        resultsOf(shown)
          .map((it) => [it['target-id'], it['lease-state'], it['expires-at'], it['expiry-guarantee']])
          .toSorted(),
      ).toEqual([
        [scopes.subscription, 'leased', '2026-11-21T23:01:00Z', 'sweep'],
        [scopes.resourceGroup, 'shared', '2026-11-21T23:00:00Z', 'sweep'],
      ]);
      expect(summaryText(shown)).toContain('octo-org/infra run 7001 (job 4501) until 2026-11-21 22:00 UTC');
      expect(told(shown, 'warning')).toEqual([]);
    }));

  it.each<[string, Record<string, string>]>([
    ['target', { target: scopes.subscription }],
    ['principal', { principal: `user:${azureIds.alice}` }],
    ['role', { role: 'Reader' }],
  ])('narrows by %s', (_, narrow) =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      await takeOnAzure(world, { ...longer, ...narrow }, two);
      const shown = await azureStep(world, { ...listingAzure, ...narrow }, three);
      const everything = narrow['target'] === undefined ? 1 : 2;
      expect([shown.exitCode, resultsOf(shown).length]).toEqual([0, everything]);
    }),
  );

  it('of nothing reports that, and shows no permanent access', () =>
    inAzureLeases({}, async (world) => {
      await azureStep(world, { ...azureByIds, description: 'forever' });
      const shown = await azureStep(world, listingAzure);
      expect([shown.exitCode, resultsOf(shown), told(shown, 'error')]).toEqual([0, [], []]);
      expect(summaryText(shown)).toContain('No lease is on record there.');
    }));

  it('shows that an expired lease is overdue, and that a sweep ends it', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      await world.advance(3 * hour);
      const shown = await azureStep(world, listingAzure, two);
      expect(shown.exitCode).toBe(0);
      expect(summaryText(shown)).toMatch(/^ ⚠️ Overdue: /u);
      expect(summaryText(shown)).toContain('It has no holder any more.');
      expect(summaryText(shown)).toContain('The next operation: sweep ends it.');
      expect(told(shown, 'warning')).toEqual([
        expect.stringContaining('Overdue since 2026-11-21 22:00 UTC: the end time of the lease has passed'),
      ]);
    }));
});

describe('a lease of a delegated identity', () => {
  const identity = `${scopes.resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mi`;
  const delegated = {
    ...leasedOnAzure,
    principal: `service-principal:${azureIds.deploy}`,
    'delegated-managed-identity-resource-id': identity,
  } as const;
  const there = { ...onCallBlobReader, principalId: azureIds.deploy };

  it('is released by post, which names the directory as main did', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, delegated, one);
      expect(world.azure.estate.find(there)?.delegatedManagedIdentityResourceId).toBe(identity);
      const ended = await postOnAzure(world, main, { ...one, inputs: {} });
      expect([errors(ended), world.azure.estate.has(there)]).toEqual(['', false]);
    }));

  it('is shown by a list, shared by joins, and found by its lease ID and by a sweep (P5)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...delegated, 'keep-after-job': 'true' }, one);
      const second = await takeOnAzure(world, delegated, two);
      expect(second.outputs['lease-state']).toBe('shared');
      expect(resultsOf(await azureStep(world, listingAzure, three))).toHaveLength(1);
      const released = await azureStep(world, byLeaseId('release', main), three);
      expect([errors(released), world.azure.estate.has(there)]).toEqual(['', true]);
      await world.advance(3 * hour);
      const swept = await azureStep(world, sweepingAzure, three);
      expect([errors(swept), resultsOf(swept).length, world.azure.estate.has(there)]).toEqual(['', 1, false]);
    }));

  it('is swept where it is readable, even if the subscription is not', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      await world.advance(3 * hour);
      world.script.fault(
        { operation: 'subscriptions.get', times: 10 },
        { kind: 'error', status: 403, code: 'AuthorizationFailed', message: 'no' },
      );
      const swept = await azureStep(world, sweepingAzure, three);
      expect([errors(swept), isGranted(world)]).toEqual(['', false]);
    }));
});
