import { describe, expect, it } from '@jest/globals';
import {
  asked,
  hour,
  inLeases,
  isThere,
  job,
  leased,
  minute,
  post,
  records,
  shortly,
  summaryText,
  take,
  told,
  trustsAll,
} from './lease-support.ts';

const [one, two, three] = [job(1), job(2), job(3)];
const shorter = { ...leased, lifetime: '1h', reason: 'deploy' } as const;
const longer = { ...leased, lifetime: '3h', reason: 'deploy' } as const;

describe('a lease of access with another holder', () => {
  it('that ends later takes over the end: its own timer, the other one inactive (P5)', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      const second = await take(world, longer, two);
      expect(second.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'lease-state': 'shared',
        'expires-at': '2026-11-21T23:00:00Z',
        'ends-at-latest': '2026-11-21T23:00:00Z',
        'expiry-guarantee': 'scheduler',
      });
      const other = 'octo-org/infra run 7001 (job access) by octocat (INC-1) until 2026-11-21 22:00 UTC';
      expect(summaryText(second)).toContain(`The access has one other holder: ${other}.`);
      expect(second.log).toContain(
        'The lease ends with this job, and at 2026-11-21 23:00 UTC at the latest. The access has other holders too: EventBridge Scheduler ends it at 2026-11-21 23:00 UTC at the latest.',
      );
      expect(told(second, 'warning')).toEqual([]);
      expect(shortly(world)).toEqual(['hold 22:00', 'hold 23:00', 'timer 22:00 dead', 'timer 23:00 armed']);
      await world.advance(2 * hour);
      expect(isThere(world)).toBe(true);
      await world.advance(hour);
      expect(isThere(world)).toBe(false);
    }));

  it('that ends earlier reports both ends, and sets its own timer to the later one (P5)', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      const second = await take(world, shorter, two);
      expect(second.outputs).toMatchObject({
        'lease-state': 'shared',
        'expires-at': '2026-11-21T21:00:00Z',
        'ends-at-latest': '2026-11-21T22:00:00Z',
      });
      expect(second.log).toContain('The lease ends with this job, and at 2026-11-21 21:00 UTC at the latest.');
      expect(second.log).toContain('ends it at 2026-11-21 22:00 UTC at the latest');
      const timers = records(world).filter(({ kind }) => kind === 'timer');
      expect(timers.map(({ enabled, schedule }) => [enabled, schedule.startsAt])).toEqual([
        [true, Date.parse('2026-11-21T22:00:00Z')],
        [true, Date.parse('2026-11-21T22:00:00Z')],
      ]);
      // All holders keep the access when the shorter one's time is over.
      await world.advance(hour + 10 * minute);
      expect(isThere(world)).toBe(true);
    }));

  it('waits for creations on their way, and reports that (P5)', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      const second = await take(world, longer, two);
      expect(second.log).toMatch(/This grant has other records\. Waiting 2\d s/u);
      expect(second.virtualMs).toBeLessThan(45_000);
    }));

  it('names all holders, of other repositories too', () =>
    inLeases({ aws: { trust: trustsAll } }, async (world) => {
      await take(world, leased, one);
      await take(world, shorter, job(2, { repository: 'octo-org/shop', repositoryId: '5', actor: 'mona' }));
      const third = await take(world, { ...longer, reason: '' }, three);
      const summary = summaryText(third);
      expect(summary).toContain('2 other holders until 2026-11-21 22:00 UTC');
      expect(summary).toContain('octo-org/infra run 7001 (job access) by octocat (INC-1) until 2026-11-21 22:00 UTC');
      expect(summary).toContain('octo-org/shop run 7002 (job access) by mona (deploy) until 2026-11-21 21:00 UTC');
    }));
});

describe('a release with other holders', () => {
  it('leaves it to them, green and without a warning, and the last one ends it (P5)', () =>
    inLeases({}, async (world) => {
      const first = await take(world, leased, one);
      const second = await take(world, longer, two);
      const left = await post(world, first, one);
      expect([left.exitCode, told(left, 'warning'), isThere(world)]).toEqual([0, [], true]);
      expect(asked(left, 'scheduler').slice(0, 2)).toEqual(['DeleteSchedule', 'ListSchedules']);
      expect(asked(left, 'sso').filter((it) => it.startsWith('Delete'))).toEqual([]);
      const stays =
        'The access stays for octo-org/infra run 7002 (job access) by octocat (deploy) until 2026-11-21 23:00 UTC. EventBridge Scheduler ends it at 2026-11-21 23:00 UTC at the latest.';
      expect(left.log).toContain(stays);
      expect(summaryText(left)).toContain(stays);
      const last = await post(world, second, two);
      expect([last.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
      expect(summaryText(last)).toContain('Revoked');
    }));

  it('by the longer one reports that the later end counts, though a shorter holder is left (P5)', () =>
    inLeases({}, async (world) => {
      await take(world, shorter, one);
      const longest = await take(world, longer, two);
      const left = await post(world, longest, two);
      expect(left.exitCode).toBe(0);
      expect(summaryText(left)).toContain('run 7001 (job access) by octocat (deploy) until 2026-11-21 21:00 UTC');
      expect(summaryText(left)).toContain('EventBridge Scheduler ends it at 2026-11-21 23:00 UTC at the latest');
      // The remaining runner is lost: the access ends at the later end, and not before.
      await world.advance(2 * hour);
      expect(isThere(world)).toBe(true);
      await world.advance(hour);
      expect(isThere(world)).toBe(false);
    }));

  it('by two at the same time ends the access with the last one (P5)', () =>
    inLeases({}, async (world) => {
      const first = await take(world, leased, one);
      const second = await take(world, leased, two);
      expect(second.outputs['expires-at']).toMatch(/^2026-11-21T22:0[01]:00Z$/u);
      const ends = await Promise.all([post(world, first, one), post(world, second, two)]);
      expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      expect(isThere(world)).toBe(false);
      expect(records(world).filter(({ kind, enabled }) => kind === 'hold' || enabled)).toEqual([]);
    }));

  it('keeps the access for two that joined at the same time (P5)', () =>
    inLeases({}, async (world) => {
      const both = await Promise.all([take(world, leased, one), take(world, longer, two)]);
      expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      const [first, second] = both;
      const left = await post(world, second, two);
      expect([left.exitCode, isThere(world)]).toEqual([0, true]);
      await post(world, first, one);
      expect([isThere(world), shortly(world)]).toEqual([false, []]);
    }));

  it('is detected by a name only where the record is not readable', () =>
    inLeases({ aws: { policy: withoutGet } }, async (world) => {
      await take(world, leased, one);
      const [hold] = records(world);
      const second = await take(world, longer, two);
      expect(summaryText(second)).toContain(`${hold?.holder ?? ''} until 2026-11-21 22:00 UTC`);
    }));
});

const withoutGet = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: 'scheduler:GetSchedule', Resource: '*-h' },
  ],
};
