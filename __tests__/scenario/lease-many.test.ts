import { describe, expect, it } from '@jest/globals';
import { bulk } from './aws-bulk-support.ts';
import { inLeases, leased, minute, post, records, shortly, take, told } from './lease-support.ts';
import { resultsOf } from './reports.ts';

/** Five permission sets on eight accounts: forty grants. */
const { estate, inputs } = bulk({}, { groups: 1, permissionSets: 5, accounts: 8 });
const forty = { ...leased, ...inputs, timeout: '10m' } as const;

describe('a step with forty leases on eight accounts', () => {
  it(
    'takes them all, spreads their timers over each account, and gives all back together',
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
        expect(world.estate.assignments()).toEqual([]);
        expect(ended.virtualMs).toBeLessThan(4 * minute);
      }),
    60_000,
  );

  it(
    'is ended by AWS, all of it, when its runner dies',
    () =>
      inLeases({ estate }, async (world) => {
        await take(world, forty);
        await world.advance(2 * 60 * minute + 6 * minute);
        expect(world.estate.assignments()).toEqual([]);
      }),
    60_000,
  );
});
