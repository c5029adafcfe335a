import { describe, expect, it } from '@jest/globals';
import { bulk, distinct, recordsOf } from './aws-bulk-support.ts';
import { inLeases, leased, minute, post, records, shortly, take, told } from './lease-support.ts';
import { resultsOf } from './reports.ts';

/** Five permission sets on eight accounts: forty grants. */
const { estate, inputs } = bulk({}, { groups: 1, permissionSets: 5, accounts: 8 });
const forty = { ...leased, ...inputs, timeout: '10m' } as const;

describe('a step with forty leases on eight accounts', () => {
  it(
    'takes them all, spreads their timers over each account, and releases all together (Many)',
    () =>
      inLeases({ estate }, async (world) => {
        const main = await take(world, forty);
        expect(resultsOf(main)).toHaveLength(40);
        expect(new Set(resultsOf(main).map((it) => it['lease-state']))).toEqual(new Set(['leased']));
        const timers = records(world).filter(({ kind }) => kind === 'timer');
        expect(timers).toHaveLength(40);
        const byAccount = Map.groupBy(timers, ({ schedule }) => {
          const { TargetId } = JSON.parse(schedule.target.input ?? '{}') as { readonly TargetId: string };
          return TargetId;
        });
        expect(byAccount.size).toBe(8);
        for (const those of byAccount.values()) {
          const late = those.map(({ schedule, end }) => ((schedule.startsAt ?? 0) - end) / minute);
          expect(late.toSorted()).toEqual([0, 1, 2, 3, 4]);
        }
        for (const [key, value] of Object.entries(main.state)) {
          expect([key, Buffer.byteLength(`STATE_${key}=${value}`) < 8_192]).toEqual([key, true]);
        }
        const ended = await post(world, main);
        expect([ended.exitCode, shortly(world), told(ended, 'warning')]).toEqual([0, [], []]);
        expect(world.aws.estate.assignments()).toEqual([]);
        expect(ended.virtualMs).toBeLessThan(4 * minute);
        // No hold was dropped before its deletion could be sent: no lease had to begin again.
        expect(ended.requests.filter(({ operation }) => operation === 'CreateSchedule')).toEqual([]);
        expect(ended.requests.filter(({ operation }) => operation === 'DeleteSchedule')).toHaveLength(80);
      }),
    60_000,
  );

  it('uses all the room of AWS, where the grants of few accounts would fill its queue (Many)', () => {
    // Of the first sixty, in the order of the inputs, all are on six accounts.
    const wide = bulk({}, { groups: 10, accounts: 20 });
    return inLeases({ estate: wide.estate, aws: { operations: { durationMs: 8_000 } } }, async (world) => {
      const before = world.now();
      const main = await take(world, { ...leased, ...wide.inputs, timeout: '30m' });
      expect(recordsOf(main)).toHaveLength(200);
      const early = main.requests.filter(
        ({ operation, at }) => operation === 'CreateAccountAssignment' && at < before + minute,
      );
      // Fifteen creations at once, of eight seconds each, once the first are on record.
      expect(early.length).toBeGreaterThan(75);
    });
  }, 120_000);

  it('begins none that would have to wait until its records are too old (Many)', () => {
    const narrow = bulk({}, { groups: 50, accounts: 1 });
    return inLeases({ estate: narrow.estate, aws: { operations: { durationMs: 15_000 } } }, async (world) => {
      // One operation at a time: 50 of them take longer than the allowed time between a hold and its creation.
      const main = await take(world, { ...leased, ...narrow.inputs, timeout: '30m' });
      expect(distinct(main, 'lease-state')).toEqual(['leased']);
      expect(main.virtualMs).toBeGreaterThan(12 * minute);
      const ended = await post(world, main);
      expect([ended.exitCode, ended.virtualMs < 4 * minute]).toEqual([0, true]);
      const left = world.aws.estate.assignments().length;
      expect(left).toBeGreaterThan(20);
      expect(told(ended, 'warning').join('\n')).toContain(
        'Could not end the access now: other changes in its account took all the available time. EventBridge Scheduler ends the access',
      );
      await world.advance(3 * 60 * minute + 30 * minute);
      expect(world.aws.estate.assignments()).toEqual([]);
    });
  }, 120_000);

  it(
    'is ended by AWS, all of it, when its runner is lost',
    () =>
      inLeases({ estate }, async (world) => {
        await take(world, forty);
        await world.advance(2 * 60 * minute + 6 * minute);
        expect(world.aws.estate.assignments()).toEqual([]);
      }),
    60_000,
  );
});
