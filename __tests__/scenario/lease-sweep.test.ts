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
  nameBeside,
  only,
  post,
  records,
  refuseFirings,
  shortly,
  summaryText,
  sweeping,
  take,
  told,
  trustsAll,
  until,
  withHistory,
} from './lease-support.ts';
import { resultsOf } from './reports.ts';
import { errors, ids, onCallAssignment, step } from './support.ts';

const end = Date.parse('2026-11-21T22:00:00Z');
const day = 24 * hour;
const [one, two, three] = [job(1), job(2), job(3)];
const kept = { ...leased, 'keep-after-job': 'true' } as const;

/** A lease whose job ended twenty minutes ago, and whose post step never ran. */
async function orphaned(world: World, inputs: Record<string, string> = leased): Promise<void> {
  await take(world, inputs, one);
  endJob(world, 1);
  await world.advance(20 * minute);
}

describe('a sweep', () => {
  it('ends the lease of a job that has ended, and leaves no record (P4)', () =>
    inLeases({}, async (world) => {
      await orphaned(world);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
      expect(swept.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(resultsOf(swept)).toEqual([
        expect.objectContaining({
          'target-id': ids.prod,
          'role-id': ids.incidentAdmin,
          status: 'SUCCEEDED',
          changed: true,
        }),
      ]);
      expect(swept.log).toContain('because its job has ended');
      expect(summaryText(swept)).toContain(
        'because its job has ended. Its holder was octo-org/infra run 7001 (job access) by octocat (INC-1).',
      );
      expect(summaryText(swept)).toContain('They can last up to 2 h more');
    }));

  it('leaves the lease of a running job (P3)', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      await world.advance(20 * minute);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, swept.outputs['changed'], isThere(world)]).toEqual([0, 'false', true]);
      expect([resultsOf(swept), shortly(world)]).toEqual([[], ['hold 22:00', 'timer 22:00 armed']]);
      expect(asked(swept, 'scheduler').filter((it) => !/^(?:List|Get)/u.test(it))).toEqual([]);
    }));

  it('leaves a recent hold: its holder can still be at work (P5)', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      endJob(world, 1);
      await world.advance(5 * minute);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world), asked(swept, 'github')]).toEqual([0, true, []]);
    }));

  it.each<[string, (world: World) => void, RegExp]>([
    [
      'it was deleted',
      (world) => {
        world.github.forget('7001');
      },
      /1 lease ends only at its end time.*(?:404|not found|no such)/isu,
    ],
    [
      'the token cannot read',
      (world) => {
        world.github.allow('none');
      },
      /1 lease ends only at its end time.*actions/isu,
    ],
  ])('treats a job as unknown where %s: the lease ends by time, with a notice (P3)', (_, before, notice) =>
    inLeases({}, async (world) => {
      await orphaned(world);
      before(world);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world), swept.outputs['changed']]).toEqual([0, true, 'false']);
      expect(summaryText(swept)).toMatch(notice);
      await until(world, end + 30 * minute);
      expect(isThere(world)).toBe(false);
      const again = await step(world, sweeping, three);
      expect([again.exitCode, records(world).filter(({ enabled }) => enabled)]).toEqual([0, []]);
    }),
  );

  it('treats jobs of another repository, and those without a check run ID, as unknown (P3)', () =>
    inLeases({ aws: { trust: trustsAll } }, async (world) => {
      await take(world, leased, job(1, { repository: 'octo-org/shop', repositoryId: '5' }));
      await take(world, { ...leased, target: ids.staging, 'job-check-run-id': '' }, two);
      endJob(world, 1);
      endJob(world, 2);
      await world.advance(20 * minute);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world), swept.outputs['changed']]).toEqual([0, true, 'false']);
      expect(world.aws.estate.has({ ...onCallAssignment, accountId: ids.staging })).toBe(true);
      expect(summaryText(swept)).toContain('1 lease ends only at its end time');
    }));

  it('ends a keep-after-job lease by time only, without a request about its job (P5)', () =>
    inLeases({}, async (world) => {
      await orphaned(world, kept);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world), asked(swept, 'github')]).toEqual([0, true, []]);
    }));

  it('ends nothing while there are other holders, and only their last hold counts (P5)', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      await take(world, { ...leased, lifetime: '3h' }, two);
      endJob(world, 1);
      await world.advance(20 * minute);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world)]).toEqual([0, true]);
      expect(shortly(world).filter((it) => it.startsWith('hold'))).toEqual(['hold 23:00']);
      expect(summaryText(swept)).toContain('The access stays for other holders');
      endJob(world, 2);
      const again = await step(world, sweeping, three);
      expect([again.exitCode, isThere(world)]).toEqual([0, false]);
    }));

  it('leaves access alone that AWS is ending at the moment', () =>
    inLeases({ aws: { firings: { beginsAfterMs: 60_000 } } }, async (world) => {
      await take(world, leased, one);
      await until(world, end + minute + 10_000);
      world.aws.estate.add(onCallAssignment);
      const swept = await step(world, sweeping, three);
      expect(swept.exitCode).toBe(0);
      expect(asked(swept, 'sso').filter((it) => it.startsWith('Delete'))).toEqual([]);
    }));

  it('ends access that all firings have failed to end, where history proves it, and names the place to look (P4)', () =>
    inLeases({}, async (world) => {
      await withHistory(world);
      refuseFirings(world);
      await take(world, leased, one);
      await until(world, end + 30 * minute);
      expect(isThere(world)).toBe(true);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world)]).toEqual([0, false]);
      expect(summaryText(swept)).toMatch(
        /firings of its timer.*were over, and the access still existed.*dead-letter queue/su,
      );
    }));

  it('clears the records of access that AWS has ended, in a sentence and not in a result', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      await until(world, end + 30 * minute);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, resultsOf(swept), swept.outputs['changed']]).toEqual([0, [], 'false']);
      expect(summaryText(swept)).toContain('The access was already gone. Its records were deleted.');
      expect(records(world).filter(({ kind }) => kind !== 'hold')).toEqual([]);
    }));

  it('deletes records that are older than seven days and prove nothing, and no younger ones', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      await until(world, end + 30 * minute);
      await step(world, sweeping, three);
      expect(shortly(world)).toEqual(['hold 22:00']);
      await until(world, end + 6 * day);
      await step(world, sweeping, three);
      expect(shortly(world)).toEqual(['hold 22:00']);
      await until(world, end + 7 * day + minute);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, shortly(world)]).toEqual([0, []]);
      expect(summaryText(swept)).toContain('Stale records were deleted.');
    }));

  it('of a missing or empty group has no task', () =>
    inLeases({}, async (world) => {
      const empty = await step(world, sweeping, three);
      const missing = await step(world, { ...sweeping, 'aws-scheduler-group': 'nowhere' }, three);
      for (const swept of [empty, missing]) {
        expect([swept.exitCode, swept.outputs['status'], swept.outputs['changed']]).toEqual([0, 'SUCCEEDED', 'false']);
        expect(swept.log).toContain('Nothing to do.');
      }
    }));

  it('as a dry run reports the leases to end, and ends nothing (P3)', () =>
    inLeases({}, async (world) => {
      await orphaned(world);
      const before = shortly(world);
      const swept = await step(world, { ...sweeping, 'dry-run': 'true' }, three);
      expect([swept.exitCode, swept.outputs['changed'], isThere(world), shortly(world)]).toEqual([
        0,
        'true',
        true,
        before,
      ]);
      expect(resultsOf(swept)).toHaveLength(1);
      expect(swept.log).toContain('Nothing was changed.');
      expect(asked(swept, 'scheduler').filter((it) => !/^(?:List|Get)/u.test(it))).toEqual([]);
    }));

  it('that cannot end an expired lease is red, with the missing permission (P1)', () =>
    inLeases({}, async (world) => {
      await orphaned(world);
      forbid(world, 'sso:DeleteAccountAssignment');
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(swept)).toContain('sso:DeleteAccountAssignment');
      expect(records(world).some(({ kind }) => kind === 'mark')).toBe(false);
      expect(only(world, 'timer').enabled).toBe(true);
    }));

  it('that cannot list is red', () =>
    inLeases({}, async (world) => {
      forbid(world, 'scheduler:ListSchedules');
      const swept = await step(world, sweeping, three);
      expect(swept.exitCode).toBe(1);
      expect(errors(swept)).toContain('scheduler:ListSchedules');
    }));

  it('names the accounts of an organizational unit that it did not read', () =>
    inLeases({}, async (world) => {
      await orphaned(world);
      const swept = await step(world, { ...sweeping, target: 'ou:/Workloads/**' }, three);
      expect([errors(swept), isThere(world)]).toEqual(['', false]);
      expect(summaryText(swept)).toMatch(/legacy-billing.*SUSPENDED|999900001111/u);
    }));

  it.each([
    ['target', { target: ids.staging }],
    ['principal', { principal: `user:${ids.alice}` }],
    ['role', { role: ids.readOnly }],
  ])('can be narrowed by %s', (_, narrow) =>
    inLeases({}, async (world) => {
      await take(world, { ...leased, ...narrow }, one);
      await take(world, leased, two);
      endJob(world, 1);
      endJob(world, 2);
      await world.advance(20 * minute);
      const swept = await step(world, { ...sweeping, ...narrow }, three);
      expect([swept.exitCode, isThere(world), resultsOf(swept).length]).toEqual([0, true, 1]);
      // Whether it may, and the one job that it is about.
      expect(asked(swept, 'github')).toHaveLength(2);
      await step(world, sweeping, three);
      expect([isThere(world), shortly(world)]).toEqual([false, []]);
    }),
  );

  it('sends one request to GitHub for all leases of one job, and one for its permission', () =>
    inLeases({}, async (world) => {
      await take(world, { ...leased, target: `${ids.prod}\n${ids.staging}\n${ids.dataLake}` }, one);
      endJob(world, 1);
      await world.advance(20 * minute);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, shortly(world), asked(swept, 'github').length]).toEqual([0, [], 2]);
      expect(resultsOf(swept)).toHaveLength(3);
    }));

  it('at the same time as another sweep: both green, all leases ended (P5)', () =>
    inLeases({}, async (world) => {
      await orphaned(world);
      const both = await Promise.all([step(world, sweeping, two), step(world, sweeping, three)]);
      expect([both.map(({ exitCode }) => exitCode), isThere(world), shortly(world)]).toEqual([[0, 0], false, []]);
    }));

  it("at the same time as a join of the same grant keeps the new holder's access (P5)", () =>
    inLeases({}, async (world) => {
      await orphaned(world);
      const [swept, joined] = await Promise.all([step(world, sweeping, two), take(world, leased, three)]);
      expect([swept.exitCode, joined.exitCode, isThere(world)]).toEqual([0, 0, true]);
      expect(records(world).some(({ kind, enabled }) => kind === 'timer' && enabled)).toBe(true);
      const ended = await post(world, joined, three);
      expect([ended.exitCode, isThere(world)]).toEqual([0, false]);
    }));

  it('run twice does nothing the second time', () =>
    inLeases({}, async (world) => {
      await orphaned(world);
      await step(world, sweeping, two);
      const before = world.aws.estate.operations().length;
      const again = await step(world, sweeping, three);
      expect([again.exitCode, again.outputs['changed'], world.aws.estate.operations().length]).toEqual([
        0,
        'false',
        before,
      ]);
    }));
});

/** Records with proof that they are not leases: reported, never acted on. */
describe('a sweep of invalid records', () => {
  const other = 'f'.repeat(20);
  /** Permanent access, with a forged timer after a lease's. */
  async function forge(world: World, change: (record: ReturnType<typeof only>) => object, at: number): Promise<string> {
    const main = await take(world, leased, one);
    const timer = only(world, 'timer');
    const name = nameBeside(timer, 'timer', at, other);
    await post(world, main, one);
    world.aws.estate.add(onCallAssignment);
    const created = { createdAt: world.now(), modifiedAt: world.now() };
    world.aws.schedules.write({ ...timer.schedule, ...created, state: 'ENABLED', ...change(timer), name });
    return name;
  }

  it.each<[string, (record: ReturnType<typeof only>) => object]>([
    [
      'another Input',
      ({ schedule }) => ({
        target: {
          ...schedule.target,
          input: JSON.stringify({ ...(JSON.parse(schedule.target.input ?? '{}') as object), TargetId: ids.staging }),
        },
      }),
    ],
    [
      'another RoleArn',
      ({ schedule }) => ({ target: { ...schedule.target, roleArn: 'arn:aws:iam::111122223333:role/other' } }),
    ],
    [
      'another target',
      ({ schedule }) => ({
        target: { ...schedule.target, arn: 'arn:aws:scheduler:::aws-sdk:ssoadmin:createAccountAssignment' },
      }),
    ],
  ])('with %s names them, and ends nothing (P3)', (_, change) =>
    inLeases({}, async (world) => {
      await withHistory(world);
      const name = await forge(world, change, world.now() + hour);
      await world.advance(20 * minute);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world), shortly(world)]).toEqual([
        0,
        true,
        [expect.stringMatching(/^timer .* armed$/u)],
      ]);
      expect(summaryText(swept)).toContain(other);
      expect(world.aws.schedules.find(name)).toBeDefined();
      expect(asked(swept, 'sso').filter((it) => it.startsWith('Delete'))).toEqual([]);
      expect(told(swept, 'error')).toEqual([]);
    }),
  );

  it('are named by a list too, and are not leases', () =>
    inLeases({}, async (world) => {
      await forge(world, ({ schedule }) => ({ target: { ...schedule.target, input: '{}' } }), world.now() + hour);
      const shown = await step(world, listing, three);
      expect([shown.exitCode, resultsOf(shown)]).toEqual([0, []]);
      expect(summaryText(shown)).toContain(`The timer of ${other}`);
    }));

  it('with an end more than thirty days ahead names them, and ends nothing', () =>
    inLeases({}, async (world) => {
      await forge(
        world,
        () => ({ startsAt: world.now() + 40 * day, endsAt: world.now() + 40 * day + 16 * minute }),
        world.now() + 40 * day,
      );
      await world.advance(20 * minute);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world)]).toEqual([0, true]);
      expect(summaryText(swept)).toContain(`The timer of ${other}`);
      expect(asked(swept, 'sso').filter((it) => it.startsWith('Delete'))).toEqual([]);
    }));

  it('with names of no lease skips them', () =>
    inLeases({}, async (world) => {
      await orphaned(world);
      world.aws.schedules.write({ name: 'nightly-report', group: 'cloud-access', state: 'ENABLED' });
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world)]).toEqual([0, false]);
      expect(world.aws.schedules.find('nightly-report')).toBeDefined();
    }));

  it('in another group is red and names the group: two groups do not see each other', () =>
    inLeases({}, async (world) => {
      await orphaned(world);
      const { schedule } = only(world, 'hold');
      world.aws.schedules.write({ ...schedule, group: 'payments' });
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(swept)).toContain('payments');
    }));

  it('with a hold that claims an ended job still leaves a lease to its other holders', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      const hold = only(world, 'hold');
      world.aws.schedules.write({
        ...hold.schedule,
        name: nameBeside(hold, 'hold', hold.end, other),
        description: (hold.schedule.description ?? '').replace('4501', '4599'),
      });
      await take(world, { ...leased, target: ids.staging }, job(99));
      endJob(world, 99);
      await world.advance(20 * minute);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world)]).toEqual([0, true]);
    }));
});
