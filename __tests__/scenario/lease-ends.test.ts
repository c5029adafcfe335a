import { describe, expect, it } from '@jest/globals';
import type { World } from '../../rehearsal/world.ts';
import {
  asked,
  endJob,
  forbid,
  hour,
  inLeases,
  isThere,
  job,
  leased,
  listing,
  minute,
  permanently,
  post,
  refuseFirings,
  shortly,
  summaryText,
  sweeping,
  take,
  told,
  until,
  withHistory,
} from './lease-support.ts';
import { errors, onCallAssignment, step } from './support.ts';

const end = Date.parse('2026-11-21T22:00:00Z');

/** From now on, only the timer can end it. */
function timerEndsIt(world: World): Promise<void> {
  return until(world, end + 2 * minute).then(() => {
    expect(isThere(world)).toBe(false);
    expect(world.aws.schedules.firings()[0]?.outcome.kind).toBe('accepted');
  });
}

describe('a release that leaves the access to the timer', () => {
  it('since the own end is near: green, with a warning that shows when AWS ends it', () =>
    inLeases({}, async (world) => {
      const main = await take(world);
      await until(world, end - 80_000);
      const ended = await post(world, main);
      expect(ended.exitCode).toBe(0);
      expect(told(ended, 'warning')).toEqual([
        expect.stringContaining(
          'The lease ends soon, at 2026-11-21 22:00 UTC. EventBridge Scheduler ends the access at 2026-11-21 22:00 UTC.',
        ),
      ]);
      expect(asked(ended, 'sso').filter((it) => it.startsWith('Delete'))).toEqual([]);
      expect([isThere(world), shortly(world)]).toEqual([true, ['timer 22:00 armed']]);
      await timerEndsIt(world);
    }));

  it('since its end is over: AWS has ended it, and post reports that (P4)', () =>
    inLeases({}, async (world) => {
      const main = await take(world);
      await until(world, end + 5 * minute);
      const ended = await post(world, main);
      expect([ended.exitCode, isThere(world)]).toEqual([0, false]);
      expect(summaryText(ended)).toContain('The access is gone: a read does not show it.');
    }));

  it('since the account was busy for too long: green, with a warning', () =>
    inLeases({}, async (world) => {
      const main = await take(world);
      world.aws.estate.start(
        'create',
        { account: 'payments-prod', permissionSet: 'ReadOnlyAccess', principal: 'group:Payments On-Call' },
        { durationMs: 4 * minute },
      );
      const ended = await post(world, main);
      expect(ended.exitCode).toBe(0);
      expect(told(ended, 'warning')).toEqual([
        expect.stringMatching(/busy.*EventBridge Scheduler ends the access at 2026-11-21 22:00 UTC/su),
      ]);
      expect(ended.virtualMs).toBeLessThan(4 * minute);
      expect(isThere(world)).toBe(true);
      await timerEndsIt(world);
    }));

  it("since the deletion ended FAILED: green, with a warning that has AWS's words (P1)", () =>
    inLeases({}, async (world) => {
      const main = await take(world);
      world.script.outcome({ kind: 'delete' }, { status: 'FAILED', failureReason: 'The account is suspended.' });
      const ended = await post(world, main);
      expect(ended.exitCode).toBe(0);
      expect(told(ended, 'warning')).toEqual([
        expect.stringMatching(
          /The account is suspended\. EventBridge Scheduler ends the access at 2026-11-21 22:00 UTC/su,
        ),
      ]);
      expect([isThere(world), shortly(world)]).toEqual([true, ['timer 22:00 armed']]);
      await timerEndsIt(world);
    }));

  it('since the role cannot delete (any longer): green, with a warning that names the permission (P9)', () =>
    inLeases({}, async (world) => {
      const main = await take(world);
      forbid(world, 'sso:DeleteAccountAssignment');
      const ended = await post(world, main);
      expect(ended.exitCode).toBe(0);
      expect(told(ended, 'warning').join()).toMatch(
        /sso:DeleteAccountAssignment.*ends the access at 2026-11-21 22:00 UTC/su,
      );
      await timerEndsIt(world);
    }));

  it('is red where no timer will fire any longer: nothing else can end it, and a sweep does (P1)', () =>
    inLeases({}, async (world) => {
      await withHistory(world);
      const main = await take(world);
      refuseFirings(world);
      await until(world, end + 30 * minute);
      const ended = await post(world, main);
      expect([ended.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(ended)).toMatch(
        /No timer was found that will still fire\. It is possible that nothing else ends this access\..*What to do: End the access with `operation: sweep` or `operation: revoke`/su,
      );
      const swept = await step(world, sweeping);
      expect([swept.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
    }));
});

describe('a lease with a timer that was deleted by hand', () => {
  const deleteTimer = (world: World): void => {
    world.aws.schedules.remove(world.aws.schedules.all().find(({ name }) => name.endsWith('-t'))?.name ?? 'no timer');
  };

  it('is left alone, and red: nothing else ends the access (P1)', () =>
    inLeases({}, async (world) => {
      const main = await take(world);
      deleteTimer(world);
      const ended = await post(world, main);
      expect([ended.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(ended)).toMatch(
        /No timer identifies the access as a lease.*What to do: End the access with `operation: revoke`, unless it is meant to stay/su,
      );
      expect(asked(ended, 'sso')).not.toContain('DeleteAccountAssignment');
    }));

  it('is green where the access is gone too', () =>
    inLeases({}, async (world) => {
      const main = await take(world);
      deleteTimer(world);
      world.aws.estate.remove(onCallAssignment);
      const ended = await post(world, main);
      expect([ended.exitCode, errors(ended)]).toEqual([0, '']);
    }));
});

describe('a release without its own hold', () => {
  it('since a sweep has ended the lease: green, with a warning and the state of the access', () =>
    inLeases({}, async (world) => {
      const main = await take(world, leased, job(1));
      endJob(world, 1);
      await world.advance(20 * minute);
      const swept = await step(world, sweeping, job(2));
      expect([swept.exitCode, isThere(world)]).toEqual([0, false]);
      const ended = await post(world, main, job(1));
      expect([ended.exitCode, asked(ended, 'sso').includes('DeleteAccountAssignment')]).toEqual([0, false]);
      expect(told(ended, 'warning')).toEqual([
        expect.stringMatching(/had ended before this step could release it: by a sweep.*The access is gone\./su),
      ]);
    }));

  it('since another job has released it by its lease-id', () =>
    inLeases({}, async (world) => {
      const main = await take(world);
      const { 'lease-id': id = '' } = main.outputs;
      const released = await step(world, { ...signInOnly, operation: 'release', 'lease-id': id });
      expect([released.exitCode, isThere(world)]).toEqual([0, false]);
      const ended = await post(world, main);
      expect(ended.exitCode).toBe(0);
      expect(told(ended, 'warning').join()).toContain('The access is gone.');
    }));

  it('since it was made permanent: the access stays, and nothing removes it (P3)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, leased, job(1));
      const made = await step(world, permanently, job(2));
      expect(made.exitCode).toBe(0);
      const ended = await post(world, main, job(1));
      expect(ended.exitCode).toBe(0);
      expect(told(ended, 'warning')).toEqual([expect.stringMatching(/a permanent `assign`.*still exists/su)]);
      await until(world, end + hour);
      expect([isThere(world), world.aws.schedules.firings()]).toEqual([true, []]);
    }));
});

describe('access that an administrator has ended by hand', () => {
  it('is reported as ended: nothing had to change, and the records are deleted', () =>
    inLeases({}, async (world) => {
      const main = await take(world);
      world.aws.estate.remove(onCallAssignment);
      const ended = await post(world, main);
      expect([ended.exitCode, shortly(world)]).toEqual([0, []]);
      expect(ended.log).toContain('No change was necessary.');
      const list = await step(world, listing);
      expect(errors(list)).toBe('');
    }));
});

const signInOnly = {
  cloud: 'aws',
  'aws-role-to-assume': leased['aws-role-to-assume'],
} as const;
