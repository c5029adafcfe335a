import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { bulk } from './aws-bulk-support.ts';
import { inLeases, job, leased, permanently, records, take, told, until } from './lease-support.ts';
import { headline, resultsOf } from './reports.ts';
import { errors, ids, onCallAssignment, step } from './support.ts';

const [one, two, three] = [job(1), job(2), job(3)];
const both = { ...leased, target: `${ids.prod}\n${ids.staging}`, 'keep-after-job': 'true' } as const;
const byId = (operation: 'extend' | 'release', main: StepResult) =>
  ({
    cloud: 'aws',
    'aws-role-to-assume': ids.broker,
    operation,
    'lease-id': main.outputs['lease-id'] ?? '',
  }) as const;
const extending = (main: StepResult) => ({ ...byId('extend', main), lifetime: '4h' }) as const;
const partGone = (all: number): string =>
  `1 of the ${all} grants of this lease is gone: it was released, swept or made permanent, or has ended.`;

describe('extend, with a part of the lease that', () => {
  it('was made permanent since, is red, reports how many, and extends the other (P1)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, both, one);
      expect((await step(world, permanently, two)).exitCode).toBe(0);
      const extended = await step(world, extending(main), two);
      expect(resultsOf(extended).map((it) => [it['target-id'], it['status'], it['lease-state']])).toEqual([
        [ids.staging, 'SUCCEEDED', 'leased'],
      ]);
      expect(extended.outputs).toMatchObject({ status: 'FAILED', changed: 'true', 'failure-reason': partGone(2) });
      expect([extended.exitCode, headline(extended.summary)]).toEqual([
        1,
        '❌ Part of the lease is gone: 1 grant, 1 leased',
      ]);
      expect(errors(extended)).toMatch(/lease the missing grants with `operation: assign`/u);
      const again = await step(world, extending(extended), three);
      expect([errors(again), resultsOf(again).length]).toEqual(['', 1]);
    }));

  it('is over, is red for that grant: its end is not extended any longer (P1)', () => {
    // Six of an account are begun at once: the seventh is when the first is there, and so ends later.
    const { estate, inputs } = bulk({}, { groups: 1, permissionSets: 7, accounts: 1 });
    return inLeases({ estate, aws: { operations: { durationMs: 35_000 } } }, async (world) => {
      const main = await take(world, { ...leased, ...inputs, 'keep-after-job': 'true', timeout: '30m' }, one);
      const ends = resultsOf(main).map((it) => it['expires-at']);
      expect(ends).toEqual([...Array.from({ length: 6 }, () => '2026-11-21T22:00:00Z'), '2026-11-21T22:01:00Z']);
      await until(world, Date.parse('2026-11-21T22:00:05Z'));
      const extended = await step(world, { ...extending(main), timeout: '30m' }, two);
      expect(resultsOf(extended).map((it) => [it['status'], it['failure-reason']])).toEqual([
        ['SUCCEEDED', ''],
        ...Array.from({ length: 6 }, () => [
          'FAILED',
          'The lease is gone: it was released, swept or revoked, or it has ended.',
        ]),
      ]);
      expect([extended.exitCode, extended.outputs['changed']]).toEqual([1, 'true']);
    });
  });

  it('was permanent from the beginning, is green', () =>
    inLeases({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const main = await take(world, both, one);
      expect(resultsOf(main).map((it) => it['lease-state'])).toEqual(['permanent', 'leased']);
      const extended = await step(world, extending(main), two);
      expect([errors(extended), resultsOf(extended).length]).toEqual(['', 1]);
    }));

  it('has a lease ID of an earlier version: its number of grants is that of the named ones', () =>
    inLeases({}, async (world) => {
      const main = await take(world, both, one);
      const text = main.outputs['lease-id'] ?? '';
      expect(JSON.parse(Buffer.from(text.slice(4), 'base64url').toString())).not.toHaveProperty('c');
      await step(world, permanently, two);
      expect((await step(world, extending(main), two)).exitCode).toBe(1);
    }));
});

describe('extend, of a lease of more grants than its ID can name (P1)', () => {
  /** Two permission sets on twelve accounts. */
  const { estate, inputs } = bulk({}, { groups: 1, permissionSets: 2, accounts: 12 });
  const many = { ...leased, ...inputs, 'keep-after-job': 'true', timeout: '10m' } as const;

  it('is red where one of them is gone, and extends the others', () =>
    inLeases({ estate }, async (world) => {
      const main = await take(world, many, one);
      const [hold] = records(world).filter(({ kind }) => kind === 'hold');
      world.aws.schedules.remove(hold?.schedule.name ?? 'no hold');
      const extended = await step(world, { ...extending(main), timeout: '10m' }, two);
      expect(resultsOf(extended).map((it) => it['status'])).toEqual(Array.from({ length: 23 }, () => 'SUCCEEDED'));
      expect([extended.exitCode, extended.outputs['failure-reason']]).toEqual([1, partGone(24)]);
      expect(told(extended, 'error')).toHaveLength(1);
    }));
});

it('extend, canceled while the old hold is released, reports the new lease, which exists', () =>
  inLeases({}, async (world) => {
    const main = await take(world, { ...leased, 'keep-after-job': 'true' }, one);
    const extended = await step(world, extending(main), { ...two, cancel: { operation: 'DeleteSchedule' } });
    expect(extended.outputs['lease-id']).toMatch(/./u);
    expect(extended.outputs['ends-at-latest']).toMatch(/^2026-11-22T00:/u);
    expect(told(extended, 'warning').join()).toMatch(/The old lease could not be released.*before that was done/u);
    const released = await step(world, byId('release', extended), three);
    expect([errors(released), released.exitCode]).toEqual(['', 0]);
  }));
