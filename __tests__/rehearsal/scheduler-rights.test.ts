import { describe, expect, test } from '@jest/globals';
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';

import { schedulerTrust } from '../../rehearsal/aws/trust.ts';
import { assume, BROKER, idToken } from './cloud-support.ts';
import {
  create,
  ENDER,
  GROUP,
  list,
  MINUTE,
  newGroup,
  schedulerOf,
  timer,
  withScheduler,
} from './scheduler-support.ts';

const SCHEDULES = 'arn:aws:scheduler:us-east-1:111122223333:schedule/cloud-access/*';
const allow = (action: string | readonly string[], resource: string, condition?: unknown): unknown => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...(condition === undefined ? {} : { Condition: condition }),
});
const policy = (...statements: readonly unknown[]): unknown => ({ Version: '2012-10-17', Statement: statements });
const pass = allow('iam:PassRole', ENDER, { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } });

function denied(text: string): unknown {
  return expect.objectContaining({
    name: 'AccessDeniedException',
    message: expect.stringContaining(text) as unknown,
    $metadata: expect.objectContaining({ httpStatusCode: 403 }) as unknown,
  });
}

describe('the caller', () => {
  const full = policy(
    allow(
      ['scheduler:CreateSchedule', 'scheduler:GetSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
      SCHEDULES,
    ),
    allow('scheduler:ListSchedules', '*'),
    allow('scheduler:CreateScheduleGroup', 'arn:aws:scheduler:us-east-1:111122223333:schedule-group/cloud-access-2'),
    pass,
  );

  test('has the rights of its policy, in the group that it names', () =>
    withScheduler({ aws: { policy: full } }, async (scheduling) => {
      const { world, scheduler } = scheduling;
      await create(scheduling, 'one', 10 * MINUTE);
      await scheduler.send(new UpdateScheduleCommand(timer(world, 'one', 10 * MINUTE)));
      await scheduler.send(new GetScheduleCommand({ Name: 'one', GroupName: GROUP }));
      expect(await list(scheduler)).toHaveLength(1);
      await scheduler.send(new DeleteScheduleCommand({ Name: 'one', GroupName: GROUP }));
      await scheduler.send(newGroup('cloud-access-2'));
      const other = 'arn:aws:scheduler:us-east-1:111122223333:schedule/default/one';
      await expect(scheduler.send(new GetScheduleCommand({ Name: 'one' }))).rejects.toThrow(
        denied(`scheduler:GetSchedule on resource: ${other}`),
      );
      expect(world.journal.all().at(-1)).toMatchObject({ action: 'scheduler:GetSchedule', denied: other });
      await expect(scheduler.send(newGroup('cloud-access-3'))).rejects.toThrow(
        denied('scheduler:CreateScheduleGroup on resource'),
      );
    }));

  test.each([
    ['names the service', pass, undefined],
    ['is missing', allow('scheduler:GetSchedule', '*'), 'iam:PassRole'],
    ['is for another role', allow('iam:PassRole', BROKER), 'iam:PassRole'],
    [
      'is for another service',
      allow('iam:PassRole', ENDER, { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }),
      'iam:PassRole',
    ],
  ])('needs iam:PassRole, which %s', (_what, statement, action) =>
    withScheduler(
      { aws: { policy: policy(allow(['scheduler:CreateSchedule'], SCHEDULES), statement) } },
      async (scheduling) => {
        const attempt = create(scheduling, 'one', 10 * MINUTE);
        if (action === undefined) await attempt;
        else await expect(attempt).rejects.toThrow(denied(`${action} on resource: ${ENDER}`));
        expect(scheduling.world.aws.schedules.all()).toHaveLength(action === undefined ? 1 : 0);
      },
    ),
  );

  test('lists only with a right to everything', () =>
    withScheduler({ aws: { policy: policy(allow('scheduler:ListSchedules', SCHEDULES)) } }, async ({ scheduler }) => {
      await expect(scheduler.send(new ListSchedulesCommand({}))).rejects.toThrow(
        denied('scheduler:ListSchedules on resource: *'),
      );
    }));

  test('is allowed by the tags of the group', () => {
    const tagged = allow('scheduler:GetSchedule', '*', { StringEquals: { 'aws:ResourceTag/team': 'a' } });
    return withScheduler({ aws: { policy: policy(tagged) } }, async ({ world, scheduler }) => {
      world.aws.schedules.addGroup('a', { tags: { team: 'a' } });
      world.aws.schedules.write({ name: 'one', group: 'a' });
      world.aws.schedules.write({ name: 'one', group: GROUP });
      await scheduler.send(new GetScheduleCommand({ Name: 'one', GroupName: 'a' }));
      await expect(scheduler.send(new GetScheduleCommand({ Name: 'one', GroupName: GROUP }))).rejects.toThrow(
        denied('scheduler:GetSchedule'),
      );
    });
  });

  test('must sign for this service', () =>
    withScheduler({}, async ({ world }) => {
      const answer = await fetch(`${world.env['AWS_ENDPOINT_URL_SCHEDULER'] ?? ''}/schedules`);
      expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([
        403,
        'MissingAuthenticationTokenException',
      ]);
    }));
});

describe('roles', () => {
  test('have policies of their own', async () => {
    const sweeper = 'arn:aws:iam::111122223333:role/access-sweeper';
    const roles = [{ arn: sweeper, policy: policy(allow('scheduler:GetSchedule', SCHEDULES)) }];
    await withScheduler(
      { aws: { policy: policy(allow('scheduler:ListSchedules', '*')), roles } },
      async (scheduling) => {
        const { world, scheduler, sts } = scheduling;
        world.aws.schedules.write({ name: 'one', group: GROUP });
        const get = new GetScheduleCommand({ Name: 'one', GroupName: GROUP });
        await expect(scheduler.send(get)).rejects.toThrow(denied('scheduler:GetSchedule'));
        const { Credentials: credentials } = await sts.send(assume(await idToken(world), sweeper));
        const theirs = new SchedulerClient({
          region: 'us-east-1',
          endpoint: world.env['AWS_ENDPOINT_URL_SCHEDULER'] ?? '',
          credentials: {
            accessKeyId: credentials?.AccessKeyId ?? '',
            secretAccessKey: credentials?.SecretAccessKey ?? '',
            sessionToken: credentials?.SessionToken ?? '',
          },
          systemClockOffset: world.now() - Date.now(),
        });
        await theirs.send(get);
        await expect(theirs.send(new ListSchedulesCommand({}))).rejects.toThrow(denied('scheduler:ListSchedules'));
        theirs.destroy();
        const ambient = schedulerOf(world, 'us-east-1', sweeper);
        await ambient.send(get);
        ambient.destroy();
        await expect(sts.send(assume(await idToken(world), ENDER))).rejects.toThrow(
          expect.objectContaining({ name: 'AccessDenied' }),
        );
      },
    );
  });
});

describe('the execution role', () => {
  const trust = (statement: Readonly<Record<string, unknown>>): unknown =>
    policy({
      Effect: 'Allow',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Action: 'sts:AssumeRole',
      ...statement,
    });

  test.each([
    ['another service', trust({ Principal: { Service: 'lambda.amazonaws.com' } })],
    ['another account', trust({ Condition: { StringEquals: { 'aws:SourceAccount': '777788889999' } } })],
    ['another group', schedulerTrust(ENDER, 'us-east-1', 'other')],
    ["the schedule's own ARN", trust({ Condition: { ArnLike: { 'aws:SourceArn': SCHEDULES } } })],
    ['another action', trust({ Action: 'sts:TagSession' })],
  ])('that trusts %s is refused', (_what, document) =>
    withScheduler({ aws: { executionRole: { trust: document } } }, async (scheduling) => {
      const { world, scheduler } = scheduling;
      for (const State of ['ENABLED', 'DISABLED'] as const)
        await expect(
          scheduler.send(new CreateScheduleCommand(timer(world, 'one', 10 * MINUTE, { State }))),
        ).rejects.toThrow(
          expect.objectContaining({
            name: 'ValidationException',
            message: 'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
          }),
        );
    }),
  );

  test('can have another name, and trust the Scheduler without conditions', () => {
    const arn = 'arn:aws:iam::111122223333:role/ops/ender';
    return withScheduler({ aws: { executionRole: { arn, trust: trust({}) } } }, async (scheduling) => {
      const { Target } = timer(scheduling.world, 'one', 10 * MINUTE);
      await expect(create(scheduling, 'one', 10 * MINUTE)).rejects.toThrow(/execution role/);
      await create(scheduling, 'one', 10 * MINUTE, {
        GroupName: 'default',
        Target: { Arn: Target?.Arn, RoleArn: arn, Input: '{}' },
      });
    });
  });
});
