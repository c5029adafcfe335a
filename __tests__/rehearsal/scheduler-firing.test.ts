import { describe, expect, test } from '@jest/globals';
import { DeleteScheduleCommand, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { CreateAccountAssignmentCommand, ListAccountAssignmentsCommand } from '@aws-sdk/client-sso-admin';

import type { World } from '../../rehearsal/world.ts';
import { clientsOf, INSTANCE, PROD, tuple } from './cloud-support.ts';
import {
  create,
  ENDER,
  GROUP,
  list,
  MINUTE,
  names,
  onCall,
  schedulerOf,
  START,
  TARGET,
  timer,
  withScheduler,
} from './scheduler-support.ts';

const at = (minutes: number): number => START + minutes * MINUTE;
/** Due times of firings, in minutes after the start. */
const due = (world: World): readonly number[] =>
  world.aws.schedules.firings().map(({ dueAt }) => (dueAt - START) / MINUTE);
const outcomes = (world: World): readonly string[] =>
  world.aws.schedules.firings().map(({ outcome }) => (outcome.kind === 'refused' ? outcome.code : outcome.kind));

describe('a timer', () => {
  test('ends the access: first at its StartDate, then every five minutes until its EndDate, and stays listed', () =>
    withScheduler({}, async (scheduling) => {
      const { world } = scheduling;
      world.aws.estate.add(onCall);
      await create(scheduling, 'one', 10 * MINUTE);
      await world.advance(10 * MINUTE - 1);
      expect(world.aws.schedules.firings()).toEqual([]);
      await world.advance(1);
      expect(world.aws.schedules.firings()).toMatchObject([
        { name: 'one', group: GROUP, dueAt: at(10), begunAt: at(10), arrivedAt: at(10), outcome: { kind: 'accepted' } },
      ]);
      expect(world.aws.estate.has(onCall)).toBe(true);
      await world.advance(2500);
      expect(world.aws.estate.has(onCall)).toBe(false);
      expect(world.journal.of('DeleteAccountAssignment')).toMatchObject([
        {
          service: 'sso',
          region: 'us-east-1',
          at: at(10),
          status: 200,
          outcome: 'ok',
          schedule: 'one',
          principal: expect.stringMatching(/^arn:aws:sts::111122223333:assumed-role\/access-ender\/\w+$/) as unknown,
          body: tuple(world, onCall.permissionSet, onCall.account, onCall.principal),
        },
      ]);
      const [firing] = world.aws.schedules.firings();
      const [operation] = world.aws.estate.operations();
      expect(operation).toMatchObject({ kind: 'delete', status: 'SUCCEEDED', createdAt: at(10) });
      expect(firing?.outcome).toEqual({ kind: 'accepted', requestId: operation?.requestId });
      await world.advance(60 * MINUTE);
      expect(due(world)).toEqual([10, 15, 20, 25]);
      // Nothing exists any more: every further one is refused, and changes nothing.
      expect(outcomes(world)).toEqual(['accepted', ...Array<string>(3).fill('ResourceNotFoundException')]);
      expect(world.aws.schedules.find('one')?.state).toBe('ENABLED');
      const { AccountAssignments } = await clientsOf(world).sso.send(
        new ListAccountAssignmentsCommand({
          InstanceArn: INSTANCE,
          AccountId: PROD,
          PermissionSetArn: world.aws.estate.find.permissionSet('IncidentAdmin').arn,
        }),
      );
      expect(AccountAssignments).toEqual([]);
    }));

  test('begins within the minute of its time, spread by a seed', async () => {
    const beginnings = async (seed: number): Promise<readonly number[]> => {
      let found: readonly number[] = [];
      await withScheduler({ aws: { firings: { seed } } }, async (scheduling) => {
        const { world } = scheduling;
        for (let index = 0; index < 10; index += 1) await create(scheduling, `t${index}`, 10 * MINUTE);
        await world.advance(27 * MINUTE);
        found = world.aws.schedules.firings().map(({ dueAt, begunAt = 0 }) => begunAt - dueAt);
      });
      return found;
    };
    const first = await beginnings(1);
    expect(first).toHaveLength(40);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...first)).toBeLessThan(MINUTE);
    expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(MINUTE / 2);
    expect(await beginnings(1)).toEqual(first);
    expect(await beginnings(2)).not.toEqual(first);
  });

  test.each([
    ['disabled', (world: World) => new UpdateScheduleCommand(timer(world, 'one', 30 * MINUTE, { State: 'DISABLED' }))],
    ['deleted', () => new DeleteScheduleCommand({ Name: 'one', GroupName: GROUP })],
    ['put off', (world: World) => new UpdateScheduleCommand(timer(world, 'one', 60 * MINUTE))],
  ] as const)('that was %s before its time does not fire; one that is due cannot be stopped', (_what, command) =>
    withScheduler({ aws: { firings: { beginsAfterMs: 50_000, arrivesAfterMs: 30_000 } } }, async (scheduling) => {
      const { world } = scheduling;
      world.aws.estate.add(onCall);
      await create(scheduling, 'one', 10 * MINUTE);
      const send = async (): Promise<void> => {
        const request = command(world);
        const scheduler = schedulerOf(world); // its clock is the world's now
        if (request instanceof UpdateScheduleCommand) await scheduler.send(request);
        else await scheduler.send(request);
      };
      await world.advance(10 * MINUTE - 1);
      await send();
      await world.advance(20 * MINUTE);
      expect(world.aws.schedules.firings()).toEqual([]);
      expect(world.aws.estate.has(onCall)).toBe(true);
      if (world.aws.schedules.find('one') !== undefined) world.aws.schedules.remove('one');

      world.aws.schedules.write({ ...written(world), state: 'ENABLED', startsAt: world.now() + MINUTE });
      await world.advance(MINUTE);
      expect(world.aws.schedules.firings()).toMatchObject([{ outcome: { kind: 'pending' } }]);
      await world.advance(40_000);
      world.aws.schedules.remove('one');
      await world.advance(39_999);
      expect(world.aws.schedules.firings()).toMatchObject([{ outcome: { kind: 'pending' }, deliveries: [] }]);
      expect(world.aws.schedules.firings()[0]?.begunAt).toBe(at(31) - 1 + 50_000);
      await world.advance(1);
      expect(world.aws.schedules.firings()).toMatchObject([{ outcome: { kind: 'accepted' } }]);
      await world.advance(2500);
      expect(world.aws.estate.has(onCall)).toBe(false);
      await world.advance(60 * MINUTE);
      expect(world.aws.schedules.firings()).toHaveLength(1);
    }),
  );

  test('reports to the server before later requests', () =>
    withScheduler({}, async (scheduling) => {
      const { world } = scheduling;
      world.aws.estate.add(onCall);
      await create(scheduling, 'one', 10 * MINUTE);
      await world.clock.advance(10 * MINUTE + 1000);
      // The deletion runs, so this is a conflict; and it follows the firing in the journal.
      const input = tuple(world, onCall.permissionSet, onCall.account, onCall.principal);
      await expect(clientsOf(world).sso.send(new CreateAccountAssignmentCommand(input))).rejects.toThrow(
        expect.objectContaining({ name: 'ConflictException' }),
      );
      expect(world.journal.all().map(({ operation, at: time }) => [operation, time - START])).toEqual([
        ['CreateSchedule', 0],
        ['DeleteAccountAssignment', 10 * MINUTE],
        ['CreateAccountAssignment', 10 * MINUTE + 1000],
      ]);
    }));
});

describe('a completed schedule', () => {
  test.each([
    ['NONE', 1],
    ['DELETE', 0],
  ] as const)('with at() and %s is left %d times', (ActionAfterCompletion, left) =>
    withScheduler({ aws: { firings: { beginsAfterMs: 20_000 } } }, async (scheduling) => {
      const { world } = scheduling;
      world.aws.estate.add(onCall);
      const more = { ScheduleExpression: 'at(2026-11-02T08:10:00)', ActionAfterCompletion };
      await create(scheduling, 'one', 10 * MINUTE, more);
      await world.advance(10 * MINUTE + 19_999);
      expect(world.aws.schedules.all()).toHaveLength(1);
      await world.advance(60 * MINUTE);
      expect(due(world)).toEqual([10]);
      expect(outcomes(world)).toEqual(['accepted']);
      expect(world.aws.schedules.all()).toHaveLength(left);
    }),
  );

  test('with a rate and DELETE is deleted at its end, with successful or failed firings', () =>
    withScheduler({}, async (scheduling) => {
      const { world } = scheduling;
      await create(scheduling, 'one', 10 * MINUTE, { ActionAfterCompletion: 'DELETE' });
      await world.advance(26 * MINUTE - 1);
      expect(world.aws.schedules.all()).toHaveLength(1);
      await world.advance(1);
      expect(world.aws.schedules.all()).toEqual([]);
      expect(outcomes(world)).toEqual(Array<string>(4).fill('ResourceNotFoundException'));
    }));
});

describe('a firing fails', () => {
  test('where it is refused, without a second try', () =>
    withScheduler({}, async (scheduling) => {
      const { world } = scheduling;
      const queue = 'arn:aws:sqs:us-east-1:111122223333:failed-firings';
      world.aws.estate.add(onCall);
      const { Target } = timer(world, 'one', 0);
      await create(scheduling, 'one', 10 * MINUTE, {
        Target: { ...Target, Arn: TARGET, RoleArn: ENDER, DeadLetterConfig: { Arn: queue } },
      });
      for (const code of ['ConflictException', 'ThrottlingException', 'AccessDeniedException'] as const)
        world.aws.schedules.script({ name: 'one' }, { fate: { kind: 'refused', code } });
      await world.advance(27 * MINUTE);
      expect(outcomes(world)).toEqual([
        'ConflictException',
        'ThrottlingException',
        'AccessDeniedException',
        'accepted',
      ]);
      expect(world.aws.schedules.firings().map(({ deliveries }) => deliveries.length)).toEqual([1, 1, 1, 1]);
      expect(world.aws.schedules.firings().map(({ deadLetterArn }) => deadLetterArn)).toEqual([
        queue,
        queue,
        queue,
        undefined,
      ]);
      expect(world.journal.of('DeleteAccountAssignment')[0]).toMatchObject({
        status: 400,
        code: 'ConflictException',
        outcome: 'error',
        scripted: 'refused',
      });
      expect(world.aws.estate.has(onCall)).toBe(false);
    }));

  test('where an operation runs on the account, or the quota is used up', () =>
    withScheduler({ aws: { throttlePerSecond: 1 } }, async (scheduling) => {
      const { world } = scheduling;
      world.aws.estate.add(onCall);
      world.aws.estate.start('create', { ...onCall, permissionSet: 'Billing' }, { durationMs: 11 * MINUTE });
      await create(scheduling, 'one', 10 * MINUTE);
      await create(scheduling, 'two', 10 * MINUTE);
      await world.advance(16 * MINUTE); // at once: each firing meets the quota of its own time
      expect(outcomes(world)).toEqual(['ConflictException', 'ThrottlingException', 'accepted', 'ThrottlingException']);
    }));

  test('is tried again as its policy says: a conflict only by script', () =>
    withScheduler({}, async (scheduling) => {
      const { world } = scheduling;
      world.aws.estate.add(onCall);
      const { Target } = timer(world, 'one', 0);
      const more = (attempts: number, age: number) => ({
        ScheduleExpression: 'at(2026-11-02T08:10:00)',
        Target: {
          ...Target,
          Arn: TARGET,
          RoleArn: ENDER,
          RetryPolicy: { MaximumRetryAttempts: attempts, MaximumEventAgeInSeconds: age },
        },
      });
      const throttled = { fate: { kind: 'refused', code: 'ThrottlingException' } } as const;
      const busy = { fate: { kind: 'refused', code: 'ConflictException' } } as const;
      for (const [name, attempts, age, course] of [
        ['few', 2, 3600, throttled],
        ['short', 185, 60, throttled],
        ['busy', 2, 3600, busy],
        ['busy-again', 2, 3600, { ...busy, retriesConflicts: true }],
      ] as const) {
        await create(scheduling, name, 10 * MINUTE, more(attempts, age));
        world.aws.schedules.script({ name }, course);
      }
      await world.advance(30 * MINUTE);
      expect(
        world.aws.schedules
          .firings()
          .map(({ name, deliveries }) => [name, ...deliveries.map(({ at: time }) => (time - at(10)) / 1000)]),
      ).toEqual([
        ['few', 0, 10, 30],
        ['short', 0, 10, 30],
        ['busy', 0],
        ['busy-again', 0, 10, 30],
      ]);
    }));

  test('where its deletion ends FAILED, which the Scheduler does not see', () =>
    withScheduler({}, async (scheduling) => {
      const { world } = scheduling;
      world.aws.estate.add(onCall);
      await create(scheduling, 'one', 10 * MINUTE);
      world.aws.schedules.script({}, { fate: { kind: 'ends', outcome: { status: 'FAILED', failureReason: 'why' } } });
      await world.advance(11 * MINUTE);
      expect(outcomes(world)).toEqual(['accepted']);
      expect(world.aws.estate.operations()).toMatchObject([{ status: 'FAILED', failureReason: 'why' }]);
      expect(world.aws.estate.has(onCall)).toBe(true);
      await world.advance(5 * MINUTE);
      expect(world.aws.estate.has(onCall)).toBe(false);
    }));

  test('arrives late, and twice', () =>
    withScheduler({}, async (scheduling) => {
      const { world } = scheduling;
      world.aws.estate.add(onCall);
      await create(scheduling, 'one', 10 * MINUTE);
      world.aws.schedules.script({}, { beginsAfterMs: 60_000, arrivesAfterMs: 30_000, againAfterMs: 90_000 });
      await world.advance(11.5 * MINUTE + 2500);
      expect(world.aws.schedules.firings()).toMatchObject([
        { begunAt: at(11), arrivedAt: at(11.5), outcome: { kind: 'accepted' } },
      ]);
      expect(world.aws.estate.has(onCall)).toBe(false);
      world.aws.estate.add(onCall); // another caller's
      await world.advance(90_000);
      expect(world.aws.schedules.firings()[0]?.deliveries.map(({ at: time }) => time)).toEqual([at(11.5), at(13)]);
      expect(outcomes(world)).toEqual(['accepted']);
      expect(world.aws.estate.has(onCall)).toBe(false);
      expect(() => {
        world.aws.schedules.script({}, { beginsAfterMs: 60_001 });
      }).toThrow(/60000/);
      expect(() => {
        world.aws.schedules.script({}, { arrivesAfterMs: 60_000, againAfterMs: 60_001 });
      }).toThrow(/120000/);
    }));

  test('never happens while the Scheduler is down, or for one of them', () =>
    withScheduler({}, async (scheduling) => {
      const { world } = scheduling;
      world.aws.estate.add(onCall);
      await create(scheduling, 'one', 10 * MINUTE);
      world.aws.schedules.outage(10 * MINUTE, 20 * MINUTE);
      world.aws.schedules.script({ nth: 4 }, { fate: { kind: 'never' } });
      await world.advance(60 * MINUTE);
      expect(outcomes(world)).toEqual(['never', 'never', 'accepted', 'never']);
      expect(world.aws.schedules.firings()[0]?.begunAt).toBeUndefined();
    }));
});

describe('the execution role at a firing', () => {
  const may = (condition: unknown, resource = '*'): unknown => ({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'sso:DeleteAccountAssignment', Resource: resource },
      ...(condition === undefined
        ? []
        : [
            {
              Effect: 'Deny',
              Action: 'sso:DeleteAccountAssignment',
              Resource: 'arn:aws:sso:::permissionSet/*',
              Condition: condition,
            },
          ]),
    ],
  });
  const untagged = { StringNotEquals: { 'aws:ResourceTag/cloud-access-lease': 'allowed' } };

  test('needs its rights, by tags as well', () =>
    withScheduler({ aws: { executionRole: { policy: may(untagged) } } }, async (scheduling) => {
      const { world } = scheduling;
      world.aws.estate.add(onCall);
      expect(world.aws.estate.tagsOf('IncidentAdmin')).toEqual({ jit: 'true', 'cloud-access-lease': 'allowed' });
      world.aws.estate.setTags('IncidentAdmin', {});
      await create(scheduling, 'one', 10 * MINUTE);
      await world.advance(11 * MINUTE);
      world.aws.estate.setTags('IncidentAdmin', { 'cloud-access-lease': 'allowed' });
      await world.advance(5 * MINUTE);
      expect(outcomes(world)).toEqual(['AccessDeniedException', 'accepted']);
      const { arn } = world.aws.estate.find.permissionSet('IncidentAdmin');
      expect(world.journal.of('DeleteAccountAssignment')[0]).toMatchObject({ denied: arn });
    }));

  test('needs the account, too', () =>
    withScheduler({ aws: { executionRole: { policy: may(undefined, 'arn:aws:sso:::[ip]*') } } }, async (scheduling) => {
      await create(scheduling, 'one', 10 * MINUTE);
      await scheduling.world.advance(11 * MINUTE);
      expect(outcomes(scheduling.world)).toEqual(['AccessDeniedException']);
    }));

  test('must still be assumable', () =>
    withScheduler({}, async (scheduling) => {
      const { world } = scheduling;
      world.aws.estate.add(onCall);
      await create(scheduling, 'one', 10 * MINUTE);
      const role = world.aws.roles.find(ENDER);
      world.aws.roles.remove(ENDER);
      await world.advance(11 * MINUTE);
      expect(world.aws.schedules.firings()[0]?.outcome).toMatchObject({ kind: 'refused', code: 'AccessDenied' });
      expect(world.journal.of('DeleteAccountAssignment')).toEqual([]);
      if (role !== undefined) world.aws.roles.put(role);
      await world.advance(5 * MINUTE);
      expect(outcomes(world)).toEqual(['AccessDenied', 'accepted']);
    }));

  test('calls in the Region of the schedule, with the parameters that the API has', () =>
    withScheduler({}, async ({ world }) => {
      const input = tuple(world, onCall.permissionSet, onCall.account, onCall.principal);
      const lower = Object.fromEntries(
        Object.entries(input).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
      );
      world.aws.estate.add(onCall);
      const live = { ...written(world), state: 'ENABLED', startsAt: at(1), endsAt: at(2) } as const;
      world.aws.schedules.write({ ...live, name: 'lower', target: { input: JSON.stringify(lower) } });
      world.aws.schedules.write({ ...live, name: 'none', target: { input: 'no JSON' } });
      world.aws.schedules.write({
        ...live,
        name: 'other',
        target: { arn: 'arn:aws:lambda:us-east-1:111122223333:function:x' },
      });
      world.aws.roles.put({
        arn: ENDER,
        policy: undefined,
        trust: {
          Statement: [{ Effect: 'Allow', Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
      });
      world.aws.schedules.write({ ...live, name: 'far', region: 'eu-west-1' });
      await world.advance(2 * MINUTE);
      expect(outcomes(world)).toEqual([
        'ValidationException',
        'SerializationException',
        'elsewhere',
        'ResourceNotFoundException',
      ]);
      expect(world.aws.estate.has(onCall)).toBe(true);
    }));
});

describe('a schedule that is written without the API', () => {
  test('can be older than the world, and is visible at once or after the lag', () =>
    withScheduler({ aws: { lag: { schedulesMs: 1000 } } }, async ({ world, scheduler }) => {
      const createdAt = START - 40 * 24 * 3_600_000;
      expect(world.aws.schedules.write({ name: 'forged', group: GROUP, createdAt })).toMatchObject({
        state: 'DISABLED',
        createdAt,
        modifiedAt: createdAt,
        target: { arn: TARGET, roleArn: ENDER },
      });
      world.aws.schedules.write({ name: 'late', group: 'theirs' }, { lagging: true });
      expect(await list(scheduler)).toMatchObject([{ Name: 'forged', CreationDate: new Date(createdAt) }]);
      await world.advance(1000);
      expect(names(await list(scheduler))).toEqual(['forged', 'late']);
      world.aws.schedules.remove('forged', { lagging: true });
      world.aws.schedules.remove('late');
      expect(names(await list(scheduler))).toEqual(['forged']);
      expect(world.aws.schedules.all()).toEqual([]);
      expect(() => {
        world.aws.schedules.remove('forged');
      }).toThrow(/no schedule forged/);
    }));
});

/** The schedule of `timer`, in the form of the store. */
function written(world: World): Parameters<World['aws']['schedules']['write']>[0] {
  const input = tuple(world, onCall.permissionSet, onCall.account, onCall.principal);
  return { name: 'one', group: GROUP, target: { input: JSON.stringify(input) } };
}
