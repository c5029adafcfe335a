import { describe, expect, it } from '@jest/globals';
import type { World } from '../../rehearsal/world.ts';
import {
  asked,
  endJob,
  group,
  hour,
  inLeases,
  isThere,
  job,
  leased,
  minute,
  nameBeside,
  only,
  permanently,
  post,
  records,
  refuseFirings,
  revoking,
  shortly,
  summaryText,
  sweeping,
  take,
  told,
  unrecorded,
  until,
  withHistory,
} from './lease-support.ts';
import { errors, onCallAssignment, step } from './support.ts';

const end = Date.parse('2026-11-21T22:00:00Z');
const [one, two, three] = [job(1), job(2), job(3)];

describe('a lease of existing access', () => {
  it('keeps it: green, not changed, no lease, a warning that nothing will be removed, and nothing is (P3)', () =>
    inLeases({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const main = await take(world);
      expect(main.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'false',
        'lease-state': 'permanent',
        'lease-id': '',
        'expires-at': '',
        'ends-at-latest': '',
        'expiry-guarantee': '',
      });
      const said = 'The access already existed and is permanent. It is not a lease: it stays when this job ends.';
      expect(told(main, 'warning')).toEqual([expect.stringContaining(said)]);
      expect(summaryText(main)).toContain(said);
      expect(asked(main, 'sso').filter((it) => /^(?:Create|Delete)/u.test(it))).toEqual([]);
      expect(shortly(world)).toEqual([]);
      const ended = await post(world, main);
      expect([ended.exitCode, ended.requests]).toEqual([0, []]);
      await world.advance(3 * hour);
      expect(isThere(world)).toBe(true);
    }));

  it('needs five requests to the Scheduler, two reads and one look for deletions', () =>
    inLeases({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const main = await take(world);
      const five = ['CreateSchedule', 'ListSchedules', 'ListSchedules', 'ListSchedules', 'DeleteSchedule'];
      // The first of these checks whether the grant is on record at all.
      expect(asked(main, 'scheduler').slice(-5)).toEqual(five);
      expect(asked(main, 'sso').filter((it) => it === 'ListAccountAssignmentDeletionStatus')).toHaveLength(1);
    }));

  it('is red with `on-existing: fail`, and leaves it unchanged (P3)', () =>
    inLeases({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const main = await step(world, { ...leased, 'on-existing': 'fail' });
      expect(main.exitCode).toBe(1);
      expect(main.outputs).toMatchObject({ status: 'FAILED', changed: 'false', 'lease-id': '' });
      expect(errors(main)).toMatch(
        /already existed and is permanent.*What to do: Revoke the access first, or accept it with `on-existing: keep`/su,
      );
      const ended = await post(world, main);
      expect([ended.exitCode, isThere(world), shortly(world)]).toEqual([0, true, []]);
    }));

  it('is reported in a step of several: existing access is kept, the rest is leased (P3)', () =>
    inLeases({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const main = await take(world, { ...leased, target: '123456789012\n777788889999' });
      const { results = '', 'lease-id': id } = main.outputs;
      expect((JSON.parse(results) as { 'lease-state': string }[]).map((it) => it['lease-state']).toSorted()).toEqual([
        'leased',
        'permanent',
      ]);
      expect(id).toMatch(/^ca1\./u);
      const ended = await post(world, main);
      expect([
        ended.exitCode,
        isThere(world),
        world.aws.estate.has({ ...onCallAssignment, accountId: '777788889999' }),
      ]).toEqual([0, true, false]);
    }));
});

/** Access with a lease whose firings all failed, half an hour after its end. */
async function leftOver(world: World): Promise<void> {
  refuseFirings(world);
  await take(world, leased, one);
  await until(world, end + 30 * minute);
}

describe('access with a timer whose firings are over', () => {
  it('without a proof of a lease is suspect: a lease of it fails and names who decides (P3)', () =>
    inLeases({}, async (world) => {
      await leftOver(world);
      const main = await step(world, leased, two);
      expect(main.exitCode).toBe(1);
      expect(main.outputs).toMatchObject({ status: 'FAILED', changed: 'false', 'lease-state': '', 'lease-id': '' });
      const text = errors(main);
      expect(text).toContain('all firings of its last timer, from 2026-11-21 22:00 UTC on, are over');
      expect(text).toContain('Nothing proves whether it is the lease of that timer');
      expect(text).toContain('`operation: revoke` ends the access, and a permanent `assign` keeps it');
      expect(isThere(world)).toBe(true);
      const ended = await post(world, main, two);
      expect([ended.exitCode, isThere(world)]).toEqual([0, true]);
    }));

  it('with a proof in the history is leased like any other', () =>
    inLeases({}, async (world) => {
      await withHistory(world);
      await leftOver(world);
      const main = await take(world, leased, two);
      expect(main.outputs).toMatchObject({ 'lease-state': 'leased', changed: 'true' });
      const ended = await post(world, main, two);
      expect([ended.exitCode, isThere(world)]).toEqual([0, false]);
      expect(records(world).filter(({ enabled }) => enabled)).toEqual([]);
    }));

  it('is suspect for a sweep: red, both remedies, nothing done (P3)', () =>
    inLeases({}, async (world) => {
      await leftOver(world);
      endJob(world, 1);
      const before = world.aws.estate.operations().length;
      const swept = await step(world, sweeping, two);
      expect([swept.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(swept)).toContain('Nothing proves whether it is the lease of that timer');
      expect(errors(swept)).toContain('`operation: revoke` ends the access, and a permanent `assign` keeps it');
      expect(world.aws.estate.operations()).toHaveLength(before);
      // The records are all there still, and no mark.
      expect(records(world).some(({ kind }) => kind === 'mark')).toBe(false);
      expect(only(world, 'timer').enabled).toBe(true);
    }));

  it('granted by hand after the lease had ended does not count as the lease (P3)', () =>
    inLeases({}, async (world) => {
      await withHistory(world);
      await take(world, leased, one);
      await until(world, end + 30 * minute);
      expect(isThere(world)).toBe(false);
      world.aws.estate.start('create', onCallAssignment);
      await world.advance(minute);
      const swept = await step(world, sweeping, two);
      expect([swept.exitCode, isThere(world)]).toEqual([1, true]);
      const main = await step(world, leased, three);
      expect([main.exitCode, isThere(world)]).toEqual([1, true]);
    }));

  it.each([
    ['revoke ends it', revoking, false],
    ['a permanent assign keeps it', permanently, true],
  ])('is decided by a person: %s, and both clear the records (P3)', (_, inputs, stays) =>
    inLeases({}, async (world) => {
      await leftOver(world);
      const decided = await step(world, inputs, two);
      expect([decided.exitCode, isThere(world)]).toEqual([0, stays]);
      expect(records(world).filter(({ enabled }) => enabled)).toEqual([]);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world)]).toEqual([0, stays]);
    }),
  );
});

describe('a lease without EventBridge Scheduler', () => {
  it('is allowed, with a warning that overlap is not counted and only post ends it (P5)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, unrecorded);
      expect(main.outputs).toMatchObject({
        status: 'SUCCEEDED',
        'lease-state': 'leased',
        'lease-id': '',
        'expires-at': '2026-11-21T22:00:00Z',
        'ends-at-latest': '',
        'expiry-guarantee': 'post-step',
      });
      expect(told(main, 'warning')).toEqual([
        expect.stringMatching(
          /No record of this lease is kept\. Overlap with other leases is not counted.*aws-scheduler-role-arn/su,
        ),
      ]);
      expect(main.log).toContain('The access ends with this job. Nothing else ends it.');
      expect(summaryText(main)).toContain('The access ends with this job. Nothing else ends it.');
      expect(asked(main, 'scheduler').filter((it) => it.startsWith('Create'))).toEqual([]);
      const ended = await post(world, main, { inputs: unrecorded });
      expect([ended.exitCode, isThere(world)]).toEqual([0, false]);
    }));

  it('is refused where the grant has records: it would end the access of other holders (P5)', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      const main = await step(world, unrecorded, two);
      expect(main.exitCode).toBe(1);
      expect(errors(main)).toMatch(/has leases on record.*What to do: Set aws-scheduler-role-arn/su);
      const ended = await post(world, main, two);
      expect([ended.exitCode, isThere(world), shortly(world)]).toEqual([0, true, ['hold 22:00', 'timer 22:00 armed']]);
    }));

  it('is taken where schedules are not readable', () =>
    inLeases({ aws: { policy: withoutScheduler } }, async (world) => {
      const main = await take(world, unrecorded);
      const ended = await post(world, main, { inputs: unrecorded });
      expect([ended.exitCode, isThere(world)]).toEqual([0, false]);
    }));

  it('keeps existing access (P3)', () =>
    inLeases({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const main = await take(world, unrecorded);
      expect(main.outputs).toMatchObject({ changed: 'false', 'lease-state': 'permanent', 'expiry-guarantee': '' });
      const ended = await post(world, main, { inputs: unrecorded });
      expect([ended.exitCode, ended.requests, isThere(world)]).toEqual([0, [], true]);
    }));

  it('with access that post cannot end makes the job red: nothing else ends it (P1)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, unrecorded);
      world.script.outcome({ kind: 'delete' }, { status: 'FAILED', failureReason: 'The account is suspended.' });
      const ended = await post(world, main, { inputs: unrecorded });
      expect([ended.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(ended)).toMatch(
        /Could not end the access, and nothing else will end it.*The account is suspended.*`operation: revoke`/su,
      );
    }));

  it('cannot outlive its job: keep-after-job is an input fault (P6)', () =>
    inLeases({}, async (world) => {
      const main = await step(world, { ...unrecorded, 'keep-after-job': 'true' });
      expect([main.exitCode, main.requests]).toEqual([1, []]);
      expect(errors(main)).toContain('aws-scheduler-role-arn');
    }));
});

describe('records of the same grant in another group (P5)', () => {
  it('are a fault that names group and record, before anything is granted', () =>
    inLeases({}, async (world) => {
      const main = await take(world, leased, one);
      const { schedule } = only(world, 'timer');
      const ended = await post(world, main, one);
      expect(ended.exitCode).toBe(0);
      const other = world.aws.schedules.write({
        ...schedule,
        group: 'payments',
        createdAt: world.now(),
        modifiedAt: world.now(),
      });
      const second = await step(world, leased, two);
      expect([second.exitCode, isThere(world)]).toEqual([1, false]);
      expect(errors(second)).toContain(
        `are also recorded in the schedule group payments (${other.name}), but this step uses ${group}`,
      );
      expect(errors(second)).toContain('Use one aws-scheduler-group for all workflows');
    }));
});

describe('a forged record (P3)', () => {
  /** Records of another writer: they look like those of another holder. */
  const forged = [
    ['of another target', { target: { arn: 'arn:aws:scheduler:::aws-sdk:ssoadmin:createAccountAssignment' } }],
    ['of another grant', { target: { input: '{"InstanceArn":"x"}' } }],
  ] as const;
  it.each(forged)('%s proves nothing: permanent access next to it stays', (_, { target }) =>
    inLeases({}, async (world) => {
      const first = await take(world, leased, one);
      const { schedule } = only(world, 'timer');
      const name = nameBeside(only(world, 'timer'), 'timer', world.now() + hour, 'a'.repeat(20));
      await post(world, first, one);
      world.aws.estate.add(onCallAssignment);
      world.aws.schedules.write({
        ...schedule,
        name,
        createdAt: world.now(),
        modifiedAt: world.now(),
        target: { ...schedule.target, ...target },
      });
      const main = await take(world, leased, two);
      expect(main.outputs).toMatchObject({ 'lease-state': 'permanent', changed: 'false' });
      expect((await post(world, main, two)).exitCode).toBe(0);
      expect(isThere(world)).toBe(true);
    }),
  );

  it('with an end more than thirty days ahead never sets a timer, and does not count', () =>
    inLeases({}, async (world) => {
      const first = await take(world, leased, one);
      const { schedule } = only(world, 'hold');
      const far = world.now() + 40 * 24 * hour;
      world.aws.schedules.write({
        ...schedule,
        name: nameBeside(only(world, 'hold'), 'hold', far, 'b'.repeat(20)),
        createdAt: world.now(),
        modifiedAt: world.now(),
      });
      const main = await take(world, leased, two);
      expect(main.outputs['ends-at-latest']).toMatch(/^2026-11-21T22:0/u);
      await post(world, first, one);
      const ended = await post(world, main, two);
      expect([ended.exitCode, isThere(world)]).toEqual([0, false]);
    }));
});

const withoutScheduler = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: ['scheduler:*', 'iam:PassRole'], Resource: '*' },
  ],
};
