import { describe, expect, it } from '@jest/globals';
import {
  changesIn,
  describeByHand,
  holdersIn,
  inAzureLeases,
  isGranted,
  leasedAssignment,
  leasedOnAzure,
  onlyContainer,
  overwriteSoon,
  postOnAzure,
  recordOf,
  sweepingAzure,
  takeOnAzure,
} from './azure-lease-support.ts';
import { azureByIds, azureStep, onCallBlobReader } from './azure-support.ts';
import { endJob, hour, job, minute, told } from './lease-support.ts';
import { errors } from './support.ts';

const [one, two, three] = [job(1), job(2), job(3)];
const permanently = azureByIds;
const revoking = { ...azureByIds, operation: 'revoke' } as const;
const logs = onlyContainer('logs');
const other = onlyContainer('other');
const holder = 'octo-org/infra run 7001 (job 4501) until 2026-11-21 22:00 UTC';

describe('a lease on Azure of permanent access', () => {
  it('keeps it, reports that it is not a lease, and nothing removes it (P3)', () =>
    inAzureLeases({}, async (world) => {
      world.azure.estate.add({ ...onCallBlobReader, description: 'mine' });
      const main = await takeOnAzure(world, leasedOnAzure, one);
      expect(main.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'false',
        'lease-state': 'permanent',
        'lease-id': '',
        'expires-at': '',
        'expiry-guarantee': '',
      });
      expect(told(main, 'warning')).toEqual([
        expect.stringMatching(
          /^Group .*: The access already existed and is permanent\. It is not a lease: it stays when this job ends\.$/u,
        ),
      ]);
      const ended = await postOnAzure(world, main, one);
      endJob(world, 1);
      await world.advance(3 * hour);
      const swept = await azureStep(world, sweepingAzure, two);
      expect([changesIn(main), ended.requests, changesIn(swept)]).toEqual([[], [], []]);
      expect(leasedAssignment(world)?.description).toBe('mine');
    }));

  it('fails with on-existing: fail, and changes nothing (P3)', () =>
    inAzureLeases({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      const main = await azureStep(world, { ...leasedOnAzure, 'on-existing': 'fail' }, one);
      expect([main.exitCode, changesIn(main), isGranted(world)]).toEqual([1, [], true]);
      expect(errors(main)).toMatch(/already existed and is permanent.*`on-existing: keep`/su);
      expect((await postOnAzure(world, main, one)).exitCode).toBe(0);
    }));

  it.each([
    ['keep', 0, 'SUCCEEDED'],
    ['fail', 1, 'FAILED'],
  ] as const)(
    'that an administrator makes permanent during the lease is reported as permanent (on-existing: %s)',
    (onExisting, exitCode, status) =>
      inAzureLeases({}, async (world) => {
        world.script.onRequest({ operation: 'roleAssignments.list', where: () => isGranted(world) }, () => {
          describeByHand(world, () => 'permanent');
        });
        const main = await azureStep(world, { ...leasedOnAzure, 'on-existing': onExisting }, one);
        expect([main.exitCode, main.outputs['status'], main.outputs['changed'], isGranted(world)]).toEqual([
          exitCode,
          status,
          'true',
          true,
        ]);
        expect(main.outputs['request-id']).not.toBe('');
        expect([...told(main, 'warning'), errors(main)].join()).toContain(
          'The access was made permanent by another job or a person while this step was taking the lease',
        );
        const ended = await postOnAzure(world, main, one);
        expect([ended.exitCode, changesIn(ended), isGranted(world)]).toEqual([0, [], true]);
      }),
  );

  it('is reported in a step of several: existing access is kept, the rest is leased and released', () =>
    inAzureLeases({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      const subscription = '/subscriptions/11111111-2222-4333-8444-555555555501';
      const main = await takeOnAzure(world, { ...leasedOnAzure, target: `${azureByIds.target}\n${subscription}` }, one);
      const ended = await postOnAzure(world, main, one);
      const leased = { ...onCallBlobReader, scope: subscription };
      expect([errors(ended), isGranted(world), world.azure.estate.has(leased)]).toEqual(['', true, false]);
    }));

  it('that an administrator makes between the plan and the PUT is kept as well (P3)', () =>
    inAzureLeases({}, async (world) => {
      world.script.onRequest({ operation: 'roleAssignments.put', nth: 1 }, () => {
        world.azure.estate.add(onCallBlobReader);
      });
      const main = await takeOnAzure(world, leasedOnAzure, one);
      expect([changesIn(main), main.outputs['lease-state'], main.outputs['changed']]).toEqual([
        ['put 409'],
        'permanent',
        'false',
      ]);
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, isGranted(world)]).toEqual([0, true]);
    }));

  it.each([
    ['another condition', logs, other],
    ['a condition without a requested one', logs, null],
    ['no condition with a requested one', null, logs],
  ])('with %s is red, in a dry run too: it differs from the request (P1)', (_, there, wanted) =>
    inAzureLeases({}, async (world) => {
      world.azure.estate.add({ ...onCallBlobReader, ...(there === null ? {} : { condition: there }) });
      const inputs = { ...leasedOnAzure, ...(wanted === null ? {} : { condition: wanted }) };
      const main = await azureStep(world, inputs, one);
      const dry = await azureStep(world, { ...inputs, 'dry-run': 'true' }, one);
      for (const it of [main, dry]) {
        expect([it.exitCode, changesIn(it)]).toEqual([1, []]);
        expect(errors(it)).toMatch(/condition.*revoke the grant first/su);
      }
      expect(leasedAssignment(world)?.condition).toBe(there);
    }),
  );
});

describe('a lease on Azure with a condition', () => {
  it('keeps it, with other holders that request the same, and after any of them has released it', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, condition: logs }, one);
      const second = await takeOnAzure(world, { ...leasedOnAzure, condition: logs }, two);
      expect([second.outputs['lease-state'], leasedAssignment(world)?.condition]).toEqual(['shared', logs]);
      await postOnAzure(world, main, one);
      expect([holdersIn(world), leasedAssignment(world)?.condition]).toEqual([[2], logs]);
    }));

  it.each([
    ['another one', { condition: other }],
    ['none', {}],
  ])('is not shared with a request for %s: red, before any change, and the lease stays unchanged (P10)', (_, more) =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, { ...leasedOnAzure, condition: logs }, one);
      const was = leasedAssignment(world);
      const main = await azureStep(world, { ...leasedOnAzure, ...more }, two);
      expect([main.exitCode, changesIn(main), leasedAssignment(world)]).toEqual([1, [], was]);
      expect(errors(main)).toContain('condition');
      expect((await postOnAzure(world, main, two)).exitCode).toBe(0);
      expect(leasedAssignment(world)).toEqual(was);
    }),
  );

  it('that another job takes with a different condition meanwhile is red, and released only by its own steps', () =>
    inAzureLeases({}, async (world) => {
      const [first, second] = await Promise.all([
        azureStep(world, { ...leasedOnAzure, condition: logs }, one),
        azureStep(world, { ...leasedOnAzure, condition: other }, two),
      ]);
      expect([first.exitCode, second.exitCode].toSorted()).toEqual([0, 1]);
      const lost = first.exitCode === 1 ? first : second;
      expect(errors(lost)).toMatch(/Other holders lease this grant with another condition/u);
      expect(leasedAssignment(world)?.condition).toBe(first.exitCode === 0 ? logs : other);
    }));
});

describe('a permanent assign on Azure', () => {
  it('of a leased grant names its holders, deletes the record, and nothing removes it later (P3)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, description: 'on call' }, one);
      const made = await azureStep(world, permanently, two);
      expect(made.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'lease-state': 'permanent',
        'lease-id': '',
        'expires-at': '',
        'expiry-guarantee': '',
        'assignment-id': leasedAssignment(world)?.id,
      });
      expect(told(made, 'warning')).toEqual([
        expect.stringContaining(
          `: The access was leased by ${holder}. It is permanent now: the end of those leases does not remove it.`,
        ),
      ]);
      // The user's text stays.
      expect(leasedAssignment(world)?.description).toBe('on call INC-1');
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, changesIn(ended)]).toEqual([0, []]);
      expect(told(ended, 'warning')).toEqual([expect.stringContaining('The access still exists')]);
      endJob(world, 1);
      await world.advance(3 * hour);
      const swept = await azureStep(world, sweepingAzure, three);
      expect([swept.exitCode, isGranted(world)]).toEqual([0, true]);
    }));

  it('reads until the record stays away: a write that was on its way restores it once', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      overwriteSoon(world, 5_000);
      const made = await azureStep(world, permanently, two);
      expect([errors(made), changesIn(made), recordOf(world)]).toEqual(['', ['put 201', 'put 201'], null]);
    }));

  it('makes only the requested access: with its own condition, not with that of the lease (P1)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      const made = await azureStep(world, { ...permanently, condition: logs, description: 'for ever' }, two);
      expect(errors(made)).toBe('');
      expect(leasedAssignment(world)).toMatchObject({
        condition: logs,
        conditionVersion: '2.0',
        description: 'for ever',
      });
    }));

  it('of a lease with a different condition is red, and changes nothing (P10)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, { ...leasedOnAzure, condition: logs }, one);
      const was = leasedAssignment(world);
      const made = await azureStep(world, permanently, two);
      expect([made.exitCode, changesIn(made), leasedAssignment(world)]).toEqual([1, [], was]);
      expect(errors(made)).toContain('The grant exists with a condition, and this step gives none');
    }));

  it('is red for the later one of two at once with different conditions (P1)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      world.script.onRequest({ operation: 'roleAssignments.list', nth: 2 }, () => {
        world.azure.estate.remove(onCallBlobReader);
        world.azure.estate.add({ ...onCallBlobReader, condition: other });
      });
      const made = await azureStep(world, { ...permanently, condition: logs }, two);
      expect([made.exitCode, changesIn(made), leasedAssignment(world)?.condition]).toEqual([1, [], other]);
      expect(errors(made)).toMatch(/is permanent now.*its condition is not as requested.*Run the step again/su);
    }));

  it('with a lease that is taken meanwhile is red, and leaves that lease alone (P3)', () =>
    inAzureLeases({}, async (world) => {
      let taken: Promise<unknown> | null = null;
      world.script.onRequest({ operation: 'roleAssignments.put', nth: 1 }, async () => {
        taken ??= takeOnAzure(world, leasedOnAzure, one);
        await taken;
      });
      const made = await azureStep(world, permanently, two);
      expect([made.exitCode, holdersIn(world)]).toEqual([1, [1]]);
      expect(errors(made)).toMatch(/A lease of this grant was taken after this step had read it.*Run the step again/su);
      const again = await azureStep(world, permanently, two);
      expect([errors(again), recordOf(world), isGranted(world)]).toEqual(['', null, true]);
    }));

  it('that runs out of time reports an unknown state; a repeated step ends right (P2)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      const broken = await azureStep(world, { ...permanently, timeout: '10s' }, two);
      expect([broken.exitCode, broken.outputs['status'], broken.outputs['changed']]).toEqual([1, 'FAILED', 'true']);
      expect(errors(broken)).toMatch(
        /interrupted: The time limit passed\. It is unknown whether the access is still leased/u,
      );
      const again = await azureStep(world, permanently, two);
      expect([errors(again), isGranted(world), recordOf(world)]).toEqual(['', true, null]);
    }));

  it('of permanent access changes nothing', () =>
    inAzureLeases({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      const made = await azureStep(world, permanently);
      expect([made.exitCode, made.outputs['changed'], changesIn(made)]).toEqual([0, 'false', []]);
    }));
});

describe('a revoke on Azure', () => {
  it('of a leased grant names its holders, and their post steps are green with a warning (P5)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      await takeOnAzure(world, { ...leasedOnAzure, lifetime: '3h' }, two);
      const revoked = await azureStep(world, revoking, three);
      expect([errors(revoked), isGranted(world)]).toEqual(['', false]);
      expect(told(revoked, 'warning')).toEqual([
        expect.stringContaining(
          `: The access was leased. These holders lost it: ${holder}, octo-org/infra run 7002 (job 4502) until 2026-11-21 23:00 UTC.`,
        ),
      ]);
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, told(ended, 'warning')]).toEqual([0, [expect.stringContaining('The access is gone.')]]);
    }));

  it('does not name holders whose time is over', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      await world.advance(2 * hour + 2 * minute);
      const revoked = await azureStep(world, revoking, three);
      expect([errors(revoked), isGranted(world), told(revoked, 'warning')]).toEqual(['', false, []]);
    }));

  it('of access that is made permanent by hand meanwhile is red, and reports that', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      world.script.onRequest({ operation: 'roleAssignments.list', nth: 2 }, () => {
        describeByHand(world, () => 'permanent');
      });
      const revoked = await azureStep(world, revoking, three);
      expect([revoked.exitCode, changesIn(revoked), isGranted(world)]).toEqual([1, [], true]);
      expect(errors(revoked)).toContain('The access has no lease any more and is permanent');
    }));

  it('during a join ends the access for the new holder too and names it, or ends it before the join', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      const [revoked, joined] = await Promise.all([
        azureStep(world, revoking, three),
        azureStep(world, leasedOnAzure, two),
      ]);
      // Each green lease has the access, or the revocation that ended it names its holder.
      const isNamed =
        told(revoked, 'warning').join().includes('These holders lost it') && revoked.log.includes('run 7002');
      expect(holdersIn(world).includes(2) || isNamed).toBe(true);
      expect([revoked.exitCode, joined.exitCode]).toEqual([0, 0]);
    }));
});
