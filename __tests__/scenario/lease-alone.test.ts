import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import {
  asked,
  ender,
  group,
  hour,
  inLeases,
  isThere,
  job,
  leased,
  minute,
  only,
  post,
  records,
  shortly,
  start,
  summaryText,
  take,
  told,
} from './lease-support.ts';
import { resultsOf } from './reports.ts';
import { byIds, ids, inWorld, onCallAssignment, step } from './support.ts';

const end = Date.parse('2026-11-21T22:00:00Z');
const queue = 'arn:aws:sqs:us-east-1:111122223333:access-ender-failures';

describe('a lease with one holder', () => {
  it('needs three requests to the Scheduler in main and three in post, and at most four more than a plain grant', () =>
    inLeases({}, async (world) => {
      const plain = await inLeases({}, (other) => step(other, byIds));
      const main = await take(world);
      expect(asked(main, 'scheduler')).toEqual(['CreateSchedule', 'ListSchedules', 'CreateSchedule']);
      // How often an operation is asked about is left to chance.
      const counted = ({ requests }: StepResult): number =>
        requests.filter(({ operation }) => !/^Describe.*Status$/u.test(operation)).length;
      expect(counted(main) - counted(plain)).toBeLessThanOrEqual(4);
      const ended = await post(world, main);
      expect(asked(ended, 'scheduler')).toEqual(['DeleteSchedule', 'ListSchedules', 'DeleteSchedule']);
      // Two seconds of waiting, and what chance makes of two polls.
      expect(main.virtualMs - plain.virtualMs).toBeLessThanOrEqual(4_000);
    }));

  it('is reported in the outputs: state, own end, latest end and the guarantee (P1)', () =>
    inLeases({}, async (world) => {
      const main = await take(world);
      const ends = { 'expires-at': '2026-11-21T22:00:00Z', 'ends-at-latest': '2026-11-21T22:00:00Z' };
      const lease = { 'lease-state': 'leased', ...ends, 'expiry-guarantee': 'scheduler' };
      expect(main.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', ...lease });
      expect(main.outputs['lease-id']).toMatch(/^ca1\.[\w-]+$/u);
      expect(resultsOf(main)).toEqual([
        expect.objectContaining({ ...lease, 'lease-id': main.outputs['lease-id'], status: 'SUCCEEDED' }),
      ]);
      expect(told(main, 'warning')).toEqual([]);
    }));

  it('is reported in log and summary: its end, the guarantee, and how long sessions can outlive it', () =>
    inLeases({}, async (world) => {
      const main = await take(world);
      expect(main.log).toContain(
        'The lease ends with this job, and at 2026-11-21 22:00 UTC at the latest (guaranteed by EventBridge Scheduler).',
      );
      const summary = summaryText(main);
      for (const text of [
        'The lease ends with this job, and at 2026-11-21 22:00 UTC at the latest (guaranteed by EventBridge Scheduler).',
        'If you make this access permanent by hand, the lease still removes it',
        'When the access ends, open sessions continue. They can last up to 2 h more.',
        'Reason INC-1',
      ])
        expect(summary).toContain(text);
      const ended = await post(world, main);
      expect(ended.exitCode).toBe(0);
      expect(summaryText(ended)).toContain('Revoked');
      expect(summaryText(ended)).toContain('They can last up to 2 h more');
      expect([isThere(world), shortly(world), told(ended, 'warning')]).toEqual([false, [], []]);
    }));

  it('has two schedules: a hold that never fires and a timer that deletes exactly this assignment (P4)', () =>
    inLeases({}, async (world) => {
      const main = await take(world);
      const [hold, timer] = [only(world, 'hold'), only(world, 'timer')];
      expect([hold.end, timer.end, hold.holder === timer.holder]).toEqual([end, end, true]);
      for (const { schedule } of [hold, timer]) {
        expect(schedule).toMatchObject({
          group,
          accountId: '111122223333',
          region: 'us-east-1',
          expression: 'rate(5 minutes)',
          startsAt: end,
          endsAt: end + 16 * minute,
          windowMinutes: null,
          actionAfterCompletion: 'NONE',
          target: {
            arn: 'arn:aws:scheduler:::aws-sdk:ssoadmin:deleteAccountAssignment',
            roleArn: ender,
            maximumRetryAttempts: 0,
            maximumEventAgeSeconds: 60,
          },
        });
        expect(schedule.target.deadLetterArn).toBeUndefined();
        expect(JSON.parse(schedule.target.input ?? '')).toEqual({
          InstanceArn: ids.instance,
          TargetId: ids.prod,
          TargetType: 'AWS_ACCOUNT',
          PermissionSetArn: ids.incidentAdmin,
          PrincipalType: 'GROUP',
          PrincipalId: ids.onCall,
        });
        expect(JSON.parse(schedule.description ?? '')).toEqual({
          v: 1,
          repo: 'octo-org/infra',
          run: '16011000001',
          attempt: '1',
          job: 'access',
          check: '45180000001',
          step: 'access',
          keep: false,
          by: 'octocat',
          why: 'INC-1',
        });
      }
      expect([hold.schedule.state, timer.schedule.state]).toEqual(['DISABLED', 'ENABLED']);
      expect(main.log).not.toContain('Created the schedule group');
    }));

  it("begins with the runner's state, then the hold, then the timer, and only then the access (P4)", () =>
    inLeases({}, async (world) => {
      const main = await take(world);
      const changes = main.requests.filter(({ operation }) => operation.startsWith('Create'));
      expect(changes.map(({ operation, body }) => [operation, (body as { readonly State?: string }).State])).toEqual([
        ['CreateSchedule', 'DISABLED'],
        ['CreateSchedule', 'ENABLED'],
        ['CreateAccountAssignment', undefined],
      ]);
    }));

  it('is ended by AWS alone when its runner is lost: post never runs (P4)', () =>
    inLeases({}, async (world) => {
      await take(world);
      await world.advance(2 * hour - minute);
      expect(isThere(world)).toBe(true);
      await world.advance(3 * minute);
      expect(isThere(world)).toBe(false);
      expect(world.aws.schedules.firings()[0]?.outcome.kind).toBe('accepted');
      expect(world.aws.estate.effectiveChanges().at(-1)?.at).toBeLessThan(end + 60_000 + 5_000);
    }));

  it('names the dead-letter queue in its schedules', () =>
    inLeases({}, async (world) => {
      await take(world, { ...leased, 'aws-scheduler-dead-letter-queue-arn': queue });
      expect(records(world).map(({ schedule }) => schedule.target.deadLetterArn)).toEqual([queue, queue]);
    }));

  it.each([
    ['45m', '2026-11-21T20:45:00Z'],
    ['1h30m', '2026-11-21T21:30:00Z'],
    ['PT5M', '2026-11-21T20:05:00Z'],
    ['30d', '2026-12-21T20:00:00Z'],
  ])('of %s ends at %s: rounded down to the minute (P5)', (lifetime, expires) =>
    inLeases({}, async (world) => {
      const main = await take(world, { ...leased, lifetime });
      expect(main.outputs['expires-at']).toBe(expires);
      expect(only(world, 'timer').schedule.startsAt).toBe(Date.parse(expires));
    }),
  );

  it('with keep-after-job outlives its job: post has no task (P5)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, { ...leased, 'keep-after-job': 'true' });
      expect(main.log).toContain(
        'The lease ends at 2026-11-21 22:00 UTC at the latest (guaranteed by EventBridge Scheduler).',
      );
      expect(summaryText(main)).not.toContain('with this job');
      const ended = await post(world, main);
      expect([ended.exitCode, ended.requests, ended.log]).toEqual([0, [], '']);
      expect(isThere(world)).toBe(true);
      expect(JSON.parse(only(world, 'hold').schedule.description ?? '')).toMatchObject({ keep: true });
    }));

  it('needs no check run ID: then it ends by time, and its record has none', () =>
    inLeases({}, async (world) => {
      await take(world, { ...leased, 'job-check-run-id': '' });
      expect(JSON.parse(only(world, 'hold').schedule.description ?? '')).toMatchObject({ check: '' });
    }));

  it.each([
    ['a reason of five hundred characters', 'ä'.repeat(500)],
    ['a reason of quotes and backslashes', '"\\'.repeat(250)],
    ['a reason beyond the basic plane', '\u{1f6d1}'.repeat(250)],
  ])('with %s has a description that fits, and is JSON', (_, reason) =>
    inLeases({}, async (world) => {
      await take(world, { ...leased, reason });
      const { description = '' } = only(world, 'hold').schedule;
      expect(description.length).toBeLessThanOrEqual(512);
      const { why } = JSON.parse(description) as { readonly why: string };
      expect(reason.startsWith(why)).toBe(true);
      expect(why.length).toBeGreaterThan(50);
    }),
  );
});

describe('a lease whose access AWS reports as made, and no read shows (P1)', () => {
  it('is made again, and green only when it exists', () =>
    inLeases({}, async (world) => {
      world.script.outcome({ kind: 'create' }, { status: 'SUCCEEDED', effect: false });
      const main = await take(world);
      expect(asked(main, 'sso').filter((it) => it === 'CreateAccountAssignment')).toHaveLength(2);
      expect([main.outputs['status'], isThere(world)]).toEqual(['SUCCEEDED', true]);
    }));

  it('is never green where it never exists, as on an account that does not exist', () =>
    inLeases({}, async (world) => {
      const main = await step(world, { ...leased, target: '999999999999' }, job(1));
      expect([main.exitCode, main.outputs['lease-state'], main.outputs['status']]).toEqual([1, '', 'FAILED']);
      expect(main.log).toContain('reading back never showed the access');
      const ended = await post(world, main, job(1));
      expect([ended.exitCode, shortly(world)]).toEqual([0, []]);
    }));
});

describe('the schedule group', () => {
  it('is made where it is missing', () =>
    inWorld({ startAt: start }, async (world) => {
      const main = await take(world);
      expect(main.log).toContain('Created the schedule group cloud-access.');
      expect(world.aws.schedules.groups().map(({ name }) => name)).toContain(group);
      expect(asked(main, 'scheduler')).toEqual([
        'CreateSchedule',
        'CreateScheduleGroup',
        'CreateSchedule',
        'ListSchedules',
        'CreateSchedule',
      ]);
      expect(shortly(world)).toEqual(['hold 22:00', 'timer 22:00 armed']);
    }));

  it('can have another name, which post and lease-id keep', () =>
    inWorld({ startAt: start, aws: { executionRole: { trust: trustOf('payments') } } }, async (world) => {
      const main = await take(world, { ...leased, 'aws-scheduler-group': 'payments' });
      expect(records(world).map(({ schedule }) => schedule.group)).toEqual(['payments', 'payments']);
      const ended = await post(world, main);
      expect([ended.exitCode, shortly(world)]).toEqual([0, []]);
      expect(world.aws.estate.has(onCallAssignment)).toBe(false);
    }));
});

function trustOf(name: string): unknown {
  const source = `arn:aws:scheduler:us-east-1:111122223333:schedule-group/${name}`;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': source } },
      },
    ],
  };
}
