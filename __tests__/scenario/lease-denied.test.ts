import { describe, expect, it } from '@jest/globals';
import { schedulerTrust } from '../../rehearsal/aws/trust.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import {
  allBut,
  asked,
  ender,
  forbid,
  inLeases,
  isThere,
  leased,
  post,
  shortly,
  start,
  sweeping,
} from './lease-support.ts';
import { errors, inWorld, step } from './support.ts';

/** Nothing was granted, nothing is left, and post finds no task. */
async function nothingGranted(world: World, main: StepResult): Promise<void> {
  expect([main.exitCode, main.outputs['status'], main.outputs['changed']]).toEqual([1, 'FAILED', 'false']);
  expect(asked(main, 'sso').filter((it) => it.startsWith('Create'))).toEqual([]);
  expect(isThere(world)).toBe(false);
  const ended = await post(world, main);
  expect([ended.exitCode, isThere(world)]).toEqual([0, false]);
}

const scheduler = (statement: Readonly<Record<string, unknown>>): unknown => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole', ...statement },
  ],
});

describe('an execution role that Scheduler cannot assume', () => {
  it.each([
    ['trusts another service', scheduler({ Principal: { Service: 'lambda.amazonaws.com' } })],
    ['trusts another schedule group', schedulerTrust(ender, 'us-east-1', 'other')],
    [
      'trusts a schedule, not its group',
      scheduler({
        Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:scheduler:us-east-1:111122223333:schedule/cloud-access/*' } },
      }),
    ],
    ['trusts another account', scheduler({ Condition: { StringEquals: { 'aws:SourceAccount': '777788889999' } } })],
  ])('since it %s is detected before any grant, and the error shows the trust that it needs (P9)', (_, trust) =>
    inLeases({ aws: { executionRole: { trust } } }, async (world) => {
      const main = await step(world, leased);
      await nothingGranted(world, main);
      const text = errors(main);
      expect(text).toContain(
        'ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
      );
      expect(text).toMatch(
        /What to do: .*aws-scheduler-role-arn must.*trust scheduler\.amazonaws\.com.*lease-execution-trust\.json.*aws:SourceAccount.*aws:SourceArn is the ARN of the schedule group \(not of a schedule\)/su,
      );
      expect(new Set(asked(main, 'scheduler'))).toEqual(new Set(['CreateSchedule']));
      expect(shortly(world)).toEqual([]);
    }),
  );

  it('since it does not exist, or is in another account, is detected as early', () =>
    inLeases({}, async (world) => {
      for (const arn of ['arn:aws:iam::111122223333:role/nobody', 'arn:aws:iam::777788889999:role/access-ender']) {
        const main = await step(world, { ...leased, 'aws-scheduler-role-arn': arn });
        await nothingGranted(world, main);
        expect(errors(main)).toContain('must be in the same account as the role of the job');
      }
    }));
});

describe("a missing right of the job's role", () => {
  it.each<[string, readonly string[], RegExp]>([
    [
      'iam:PassRole',
      ['iam:PassRole'],
      /iam:PassRole on resource: arn:aws:iam::111122223333:role\/access-ender.*What to do: Allow the role of the job iam:PassRole.*iam:PassedToService scheduler\.amazonaws\.com/su,
    ],
    [
      'scheduler:CreateSchedule',
      ['scheduler:CreateSchedule'],
      /What to do: Allow the role scheduler:CreateSchedule on the schedules of the group of aws-scheduler-group/su,
    ],
    [
      'scheduler:ListSchedules',
      ['scheduler:ListSchedules'],
      /What to do: Allow the role scheduler:ListSchedules on "\*"/su,
    ],
  ])('%s: nothing is granted, and the error names it (P9)', (_, actions, said) =>
    inLeases({ aws: { policy: allBut(...actions) } }, async (world) => {
      const main = await step(world, leased);
      await nothingGranted(world, main);
      expect(errors(main)).toMatch(said);
    }),
  );

  it('to make the missing group: nothing is granted, and the error names both remedies (P9)', () =>
    inWorld({ startAt: start, aws: { policy: allBut('scheduler:CreateScheduleGroup') } }, async (world) => {
      const main = await step(world, leased);
      await nothingGranted(world, main);
      expect(errors(main)).toMatch(
        /scheduler:CreateScheduleGroup.*What to do: Allow the role scheduler:CreateScheduleGroup, or create the group of aws-scheduler-group once/su,
      );
    }));

  it('to delete records: the lease is established, and post leaves the end to the timer', () =>
    inLeases({ aws: { policy: allBut('scheduler:DeleteSchedule') } }, async (world) => {
      const main = await step(world, leased);
      expect(main.exitCode).toBe(0);
      const ended = await post(world, main);
      expect([ended.exitCode, isThere(world)]).toEqual([0, true]);
      expect(ended.annotations.map(({ message }) => message).join()).toMatch(
        /scheduler:DeleteSchedule.*ends the access at 2026-11-21 22:00 UTC/su,
      );
    }));

  it("to grant: the lease is released, and AWS's words and the permission are reported (P9)", () =>
    inLeases({ aws: { policy: allBut('sso:CreateAccountAssignment') } }, async (world) => {
      const main = await step(world, leased);
      expect([main.exitCode, isThere(world)]).toEqual([1, false]);
      expect(errors(main)).toContain('sso:CreateAccountAssignment');
      expect(shortly(world).filter((it) => it.includes('hold') || it.includes('armed'))).toEqual([]);
      const ended = await post(world, main);
      expect([ended.exitCode, isThere(world)]).toEqual([0, false]);
    }));

  it('to pass the role: a sweep is red before it has ended anything', () =>
    inLeases({}, async (world) => {
      const main = await step(world, leased);
      expect(main.exitCode).toBe(0);
      await world.advance(3 * 3_600_000);
      forbid(world, 'iam:PassRole');
      const swept = await step(world, sweeping);
      expect(swept.exitCode).toBe(1);
      expect(errors(swept)).toContain('iam:PassRole');
    }));
});

describe('EventBridge Scheduler', () => {
  it('that throttles is requested again', () =>
    inLeases({}, async (world) => {
      world.script.fault({ service: 'scheduler', times: 3 }, { kind: 'throttle' });
      const main = await step(world, leased);
      expect([main.exitCode, isThere(world)]).toEqual([0, true]);
    }));

  it('that is down grants nothing: the step is red', () =>
    inLeases({}, async (world) => {
      world.script.fault(
        { service: 'scheduler', times: 1_000 },
        { kind: 'error', code: 'InternalServerException', status: 500, message: 'down' },
      );
      const main = await step(world, leased);
      expect([main.exitCode, isThere(world)]).toEqual([1, false]);
      expect(asked(main, 'sso').filter((it) => it.startsWith('Create'))).toEqual([]);
    }));

  it('that has reached its quota is reported as that', () =>
    inLeases({}, async (world) => {
      world.script.fault(
        { service: 'scheduler', operation: 'CreateSchedule', times: 10 },
        { kind: 'error', code: 'ServiceQuotaExceededException', status: 402, message: 'The quota is reached.' },
      );
      const main = await step(world, leased);
      expect([main.exitCode, isThere(world)]).toEqual([1, false]);
      expect(errors(main)).toMatch(/What to do: A quota of EventBridge Scheduler is reached/su);
    }));
});
