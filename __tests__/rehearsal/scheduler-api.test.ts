import { describe, expect, test } from '@jest/globals';
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListSchedulesCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';

import {
  create,
  ENDER,
  GROUP,
  list,
  MINUTE,
  names,
  newGroup,
  schedulerOf,
  START,
  TARGET,
  timer,
  withScheduler,
} from './scheduler-support.ts';

const named = (name: string, status: number): unknown =>
  expect.objectContaining({ name, $metadata: expect.objectContaining({ httpStatusCode: status }) as unknown });

describe('a schedule', () => {
  test('exists under its name, with all its properties', () =>
    withScheduler({}, async ({ world, scheduler }) => {
      const input = timer(world, 'one', 10 * MINUTE, { Description: 'who and why' });
      const { ScheduleArn } = await scheduler.send(new CreateScheduleCommand(input));
      expect(ScheduleArn).toBe('arn:aws:scheduler:us-east-1:111122223333:schedule/cloud-access/one');
      const found = await scheduler.send(new GetScheduleCommand({ Name: 'one', GroupName: GROUP }));
      expect(found).toMatchObject({
        ...input,
        Arn: ScheduleArn,
        ScheduleExpressionTimezone: 'UTC',
        CreationDate: new Date(START),
        LastModificationDate: new Date(START),
      });
      await expect(scheduler.send(new GetScheduleCommand({ Name: 'one' }))).rejects.toThrow(
        named('ResourceNotFoundException', 404),
      );
      const [entry] = world.journal.of('CreateSchedule');
      expect(entry).toMatchObject({
        service: 'scheduler',
        region: 'us-east-1',
        body: { Name: 'one', GroupName: GROUP, State: 'ENABLED', StartDate: START / 1000 + 600 },
        principal: 'arn:aws:sts::111122223333:assumed-role/access-broker/ambient',
      });
      expect(world.journal.of('GetSchedule')[1]?.body).toEqual({ Name: 'one' });
    }));

  test('is created only where its name is free, in an existing group', () =>
    withScheduler({}, async (scheduling) => {
      const { world, scheduler } = scheduling;
      await create(scheduling, 'one', 10 * MINUTE);
      await expect(create(scheduling, 'one', 10 * MINUTE)).rejects.toThrow(named('ConflictException', 409));
      // Elsewhere the name is free, but the execution role is not trusted there.
      await expect(create(scheduling, 'one', 10 * MINUTE, { GroupName: 'default' })).rejects.toThrow(
        named('ValidationException', 400),
      );
      await expect(create(scheduling, 'one', 10 * MINUTE, { GroupName: 'none' })).rejects.toThrow(
        named('ResourceNotFoundException', 404),
      );
      await scheduler.send(new DeleteScheduleCommand({ Name: 'one', GroupName: GROUP }));
      await expect(scheduler.send(new DeleteScheduleCommand({ Name: 'one', GroupName: GROUP }))).rejects.toThrow(
        named('ResourceNotFoundException', 404),
      );
      expect(world.aws.schedules.all()).toEqual([]);
    }));

  test('is created once by one token', () =>
    withScheduler({}, async (scheduling) => {
      const { world, scheduler } = scheduling;
      const token = { ClientToken: 'abc' };
      await create(scheduling, 'one', 10 * MINUTE, token);
      await world.advance(1000);
      await create(scheduling, 'one', 10 * MINUTE, token);
      expect(world.aws.schedules.find('one')?.createdAt).toBe(START);
      const conflict = named('ConflictException', 409);
      await expect(create(scheduling, 'one', 11 * MINUTE, token)).rejects.toThrow(conflict);
      await expect(create(scheduling, 'two', 10 * MINUTE, token)).rejects.toThrow(conflict);
      await expect(create(scheduling, 'one', 10 * MINUTE, { ClientToken: 'def' })).rejects.toThrow(conflict);
      // A change by another caller in between stays.
      const disabled = timer(world, 'one', 10 * MINUTE, { State: 'DISABLED' });
      await scheduler.send(new UpdateScheduleCommand(disabled));
      await create(scheduling, 'one', 10 * MINUTE, token);
      expect(world.aws.schedules.find('one')?.state).toBe('DISABLED');
      // Without the schedule, the repetition makes it again.
      await scheduler.send(new DeleteScheduleCommand({ Name: 'one', GroupName: GROUP }));
      await create(scheduling, 'one', 10 * MINUTE, token);
      expect(world.aws.schedules.find('one')?.state).toBe('ENABLED');
    }));

  test('is replaced as a whole by an update, which creates nothing', () =>
    withScheduler({}, async (scheduling) => {
      const { world, scheduler } = scheduling;
      const update = (name: string) =>
        scheduler.send(
          new UpdateScheduleCommand({
            Name: name,
            GroupName: GROUP,
            ScheduleExpression: 'rate(1 hour)',
            FlexibleTimeWindow: { Mode: 'OFF' },
            Target: { Arn: TARGET, RoleArn: ENDER },
          }),
        );
      await expect(update('one')).rejects.toThrow(named('ResourceNotFoundException', 404));
      expect(world.aws.schedules.all()).toEqual([]);
      await create(scheduling, 'one', 10 * MINUTE, { State: 'DISABLED', Description: 'why' });
      await world.advance(MINUTE);
      await update('one');
      const { $metadata, ...found } = await scheduler.send(new GetScheduleCommand({ Name: 'one', GroupName: GROUP }));
      expect(found).toEqual({
        Arn: 'arn:aws:scheduler:us-east-1:111122223333:schedule/cloud-access/one',
        Name: 'one',
        GroupName: GROUP,
        ScheduleExpression: 'rate(1 hour)',
        ScheduleExpressionTimezone: 'UTC',
        State: 'ENABLED',
        ActionAfterCompletion: 'NONE',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: TARGET,
          RoleArn: ENDER,
          RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86400 },
        },
        CreationDate: new Date(START),
        LastModificationDate: new Date(START + MINUTE),
      });
      expect($metadata.httpStatusCode).toBe(200);
    }));

  test.each([
    ['a StartDate in the past', { StartDate: new Date(START - 1000) }, /StartDate/],
    ['one of a disabled schedule', { StartDate: new Date(START - 1000), State: 'DISABLED' }, /StartDate/],
    ['an EndDate before the StartDate', { EndDate: new Date(START + MINUTE) }, /EndDate/],
    ['an at() in the past', { ScheduleExpression: 'at(2026-11-02T07:59:59)' }, /at\(/],
    ['no expression', { ScheduleExpression: 'rate(0 minutes)' }, /rate\(0/],
    ['a state of its own', { State: 'ASLEEP' as 'ENABLED' }, /enum value set/],
    ['a long description', { Description: 'x'.repeat(513) }, /less than or equal to 512/],
    ['a name with a blank', { Name: 'a b' }, /regular expression/],
    ['a target that reads', { Target: { Arn: TARGET.replace('delete', 'describe'), RoleArn: ENDER } }, /only reads/],
    ['a target in capitals', { Target: { Arn: TARGET.replace(':delete', ':Delete'), RoleArn: ENDER } }, /format/],
  ] as const)('is refused with %s', (_what, more, message) =>
    withScheduler({}, async (scheduling) => {
      const { world, scheduler } = scheduling;
      const input = timer(world, 'one', 10 * MINUTE, more);
      const refused = scheduler.send(new CreateScheduleCommand(input));
      await expect(refused).rejects.toThrow(named('ValidationException', 400));
      await expect(refused).rejects.toThrow(message);
      expect(world.aws.schedules.all()).toEqual([]);
    }),
  );

  test('is in its Region only', () =>
    withScheduler({}, async (scheduling) => {
      const { world } = scheduling;
      await create(scheduling, 'one', 10 * MINUTE);
      const elsewhere = schedulerOf(world, 'eu-west-1');
      expect(await list(elsewhere)).toEqual([]);
      await expect(elsewhere.send(new GetScheduleCommand({ Name: 'one', GroupName: GROUP }))).rejects.toThrow(
        named('ResourceNotFoundException', 404),
      );
      elsewhere.destroy();
    }));
});

describe('a list', () => {
  test('has names, states and dates, by group, prefix and state, in pages', () =>
    withScheduler({}, async (scheduling) => {
      const { world, scheduler } = scheduling;
      for (const name of ['a-1', 'a-2', 'b-1']) await create(scheduling, name, 10 * MINUTE);
      await create(scheduling, 'a-3', 10 * MINUTE, { State: 'DISABLED' });
      world.aws.schedules.write({ name: 'a-1', group: 'theirs' });
      expect(names(await list(scheduler))).toEqual(['a-1', 'a-1', 'a-2', 'a-3', 'b-1']);
      expect(names(await list(scheduler, { NamePrefix: 'a-', GroupName: GROUP }))).toEqual(['a-1', 'a-2', 'a-3']);
      expect(names(await list(scheduler, { NamePrefix: 'a-', State: 'DISABLED' }))).toEqual(['a-1', 'a-3']);
      expect(await list(scheduler, { NamePrefix: 'b' })).toEqual([
        {
          Arn: 'arn:aws:scheduler:us-east-1:111122223333:schedule/cloud-access/b-1',
          Name: 'b-1',
          GroupName: GROUP,
          State: 'ENABLED',
          CreationDate: new Date(START),
          LastModificationDate: new Date(START),
          Target: { Arn: TARGET },
        },
      ]);
      const mark = world.journal.mark();
      expect(names(await list(scheduler, { NamePrefix: 'a-', MaxResults: 2 }))).toHaveLength(4);
      expect(world.journal.since(mark)).toHaveLength(3); // one of them is empty
      expect(world.journal.since(mark)[0]?.body).toEqual({ NamePrefix: 'a-', MaxResults: 2 });
      for (const input of [{ MaxResults: 101 }, { NextToken: 'abc' }])
        await expect(scheduler.send(new ListSchedulesCommand(input))).rejects.toThrow(
          named('ValidationException', 400),
        );
      await expect(scheduler.send(new ListSchedulesCommand({ GroupName: 'none' }))).rejects.toThrow(
        named('ResourceNotFoundException', 404),
      );
    }));

  test('shows an earlier state where it lags; a single schedule never does', () =>
    withScheduler({ aws: { lag: { schedulesMs: 2000 } } }, async (scheduling) => {
      const { world, scheduler } = scheduling;
      const get = new GetScheduleCommand({ Name: 'one', GroupName: GROUP });
      await create(scheduling, 'one', 10 * MINUTE);
      expect((await scheduler.send(get)).State).toBe('ENABLED');
      expect(await list(scheduler)).toEqual([]);
      await world.advance(1000);
      await scheduler.send(new UpdateScheduleCommand(timer(world, 'one', 10 * MINUTE, { State: 'DISABLED' })));
      await world.advance(1000);
      expect(await list(scheduler)).toMatchObject([{ State: 'ENABLED' }]);
      await world.advance(1000);
      expect(await list(scheduler)).toMatchObject([{ State: 'DISABLED' }]);
      await scheduler.send(new DeleteScheduleCommand({ Name: 'one', GroupName: GROUP }));
      await expect(scheduler.send(get)).rejects.toThrow(named('ResourceNotFoundException', 404));
      await world.advance(1999);
      expect(await list(scheduler)).toHaveLength(1);
      await world.advance(1);
      expect(await list(scheduler)).toEqual([]);
    }));

  test('shows deleted schedules for a time, where it lags', () =>
    withScheduler({ aws: { lag: { schedulesMs: 2000 } } }, async (scheduling) => {
      const { world, scheduler } = scheduling;
      await create(scheduling, 'one', 10 * MINUTE);
      await world.advance(500);
      await scheduler.send(new DeleteScheduleCommand({ Name: 'one', GroupName: GROUP }));
      for (const [ms, count] of [
        [1499, 0],
        [1, 1],
        [499, 1],
        [1, 0],
      ] as const) {
        await world.advance(ms);
        expect(await list(scheduler)).toHaveLength(count);
      }
    }));

  test('has the time of the response, like all responses', () =>
    withScheduler({}, async ({ world }) => {
      await world.advance(3_000);
      for (const service of ['SCHEDULER', 'SSO_ADMIN', 'STS']) {
        const answer = await fetch(`${world.env[`AWS_ENDPOINT_URL_${service}`] ?? ''}/schedules`);
        expect(answer.headers.get('date')).toBe(new Date(START + 3000).toUTCString());
      }
    }));
});

describe('a group', () => {
  test('is created, found and deleted with its content', () =>
    withScheduler({}, async ({ world, scheduler }) => {
      const created = await scheduler.send(newGroup('mine'));
      expect(created.ScheduleGroupArn).toBe('arn:aws:scheduler:us-east-1:111122223333:schedule-group/mine');
      expect(await scheduler.send(new GetScheduleGroupCommand({ Name: 'mine' }))).toMatchObject({
        Arn: created.ScheduleGroupArn,
        State: 'ACTIVE',
      });
      await expect(scheduler.send(newGroup('mine'))).rejects.toThrow(named('ConflictException', 409));
      const again = { Name: 'tagged', ClientToken: 'x', Tags: [{ Key: 'a', Value: 'b' }] };
      for (let time = 0; time < 2; time += 1) await scheduler.send(new CreateScheduleGroupCommand(again));
      expect(world.aws.schedules.groups().find(({ name }) => name === 'tagged')?.tags).toEqual({ a: 'b' });
      world.aws.schedules.write({ name: 'one', group: 'mine' });
      await scheduler.send(new DeleteScheduleGroupCommand({ Name: 'mine' }));
      expect(world.aws.schedules.find('one')).toBeUndefined();
      await expect(scheduler.send(new GetScheduleGroupCommand({ Name: 'mine' }))).rejects.toThrow(
        named('ResourceNotFoundException', 404),
      );
      await expect(scheduler.send(new DeleteScheduleGroupCommand({ Name: 'default' }))).rejects.toThrow(
        named('ValidationException', 400),
      );
    }));
});

describe('a script', () => {
  test.each([
    [{ kind: 'throttle' }, 'ThrottlingException', 429],
    [{ kind: 'conflict' }, 'ConflictException', 409],
    [{ kind: 'error', status: 500, code: 'InternalServerException' }, 'InternalServerException', 500],
    [{ kind: 'error', status: 402, code: 'ServiceQuotaExceededException' }, 'ServiceQuotaExceededException', 402],
  ] as const)('affects requests with %j', (effect, name, status) =>
    withScheduler({}, async (scheduling) => {
      const { world } = scheduling;
      world.script.fault({ service: 'scheduler', operation: 'CreateSchedule' }, effect);
      await expect(create(scheduling, 'one', 10 * MINUTE)).rejects.toThrow(named(name, status));
      expect(world.aws.schedules.all()).toEqual([]);
      await create(scheduling, 'one', 10 * MINUTE);
    }),
  );

  test('loses a response whose schedule exists', () =>
    withScheduler({}, async (scheduling) => {
      const { world } = scheduling;
      world.script.fault({ operation: 'CreateSchedule' }, { kind: 'lost' });
      await expect(create(scheduling, 'one', 10 * MINUTE)).rejects.toThrow();
      expect(world.aws.schedules.find('one')).toBeDefined();
    }));
});
