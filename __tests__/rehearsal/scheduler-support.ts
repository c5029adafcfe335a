import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  ListSchedulesCommand,
  SchedulerClient,
  type CreateScheduleCommandInput,
  type ListSchedulesCommandInput,
  type ScheduleSummary,
} from '@aws-sdk/client-scheduler';

import { startWorld, type World, type WorldOptions } from '../../rehearsal/world.ts';
import { clientsOf, tuple, type Clients } from './cloud-support.ts';

export const ENDER = 'arn:aws:iam::111122223333:role/access-ender';
export const TARGET = 'arn:aws:scheduler:::aws-sdk:ssoadmin:deleteAccountAssignment';
export const GROUP = 'cloud-access';
/** A full minute, so that times are easy to read. */
export const START = Date.UTC(2026, 10, 2, 8, 0);
export const MINUTE = 60_000;

export const onCall = {
  permissionSet: 'IncidentAdmin',
  account: 'payments-prod',
  principal: 'group:Payments On-Call',
} as const;

export interface Scheduling extends Clients {
  readonly scheduler: SchedulerClient;
}

export function schedulerOf(world: World, region = 'us-east-1', role?: string): SchedulerClient {
  const ambient = world.aws.ambientCredentials(role);
  return new SchedulerClient({
    region,
    maxAttempts: 1,
    endpoint: world.env['AWS_ENDPOINT_URL_SCHEDULER'] ?? '',
    credentials: {
      accessKeyId: ambient['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: ambient['AWS_SECRET_ACCESS_KEY'] ?? '',
      sessionToken: ambient['AWS_SESSION_TOKEN'] ?? '',
    },
    systemClockOffset: world.now() - Date.now(),
  });
}

/** A world with the group of leases in it, whose firings begin at once by default. */
export async function withScheduler(
  options: WorldOptions,
  use: (scheduling: Scheduling) => Promise<void>,
): Promise<void> {
  const world = await startWorld({
    startAt: START,
    ...options,
    aws: { throttlePerSecond: null, firings: { beginsAfterMs: 0 }, ...options.aws },
  });
  world.aws.schedules.addGroup(GROUP);
  const scheduler = schedulerOf(world);
  const clients = clientsOf(world);
  try {
    await use({ ...clients, scheduler });
  } finally {
    scheduler.destroy();
    for (const client of [clients.sso, clients.store, clients.organizations, clients.sts]) client.destroy();
    await world.close();
  }
}

/** The timer of a lease, as by the protocol: due `at` ms after the start of the world. */
export function timer(
  world: World,
  name: string,
  at: number,
  more: Partial<CreateScheduleCommandInput> = {},
): CreateScheduleCommandInput {
  return {
    Name: name,
    GroupName: GROUP,
    ScheduleExpression: 'rate(5 minutes)',
    StartDate: new Date(START + at),
    EndDate: new Date(START + at + 16 * MINUTE),
    State: 'ENABLED',
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'NONE',
    Target: {
      Arn: TARGET,
      RoleArn: ENDER,
      Input: JSON.stringify(tuple(world, onCall.permissionSet, onCall.account, onCall.principal)),
      RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
    },
    ...more,
  };
}

export async function create(
  { world, scheduler }: Scheduling,
  name: string,
  at: number,
  more: Partial<CreateScheduleCommandInput> = {},
): Promise<void> {
  await scheduler.send(new CreateScheduleCommand(timer(world, name, at, more)));
}

export async function list(
  scheduler: SchedulerClient,
  input: ListSchedulesCommandInput = {},
): Promise<readonly ScheduleSummary[]> {
  const found: ScheduleSummary[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await scheduler.send(
      new ListSchedulesCommand({ ...input, ...(NextToken === undefined ? {} : { NextToken }) }),
    );
    found.push(...(answer.Schedules ?? []));
    ({ NextToken } = answer);
  } while (NextToken !== undefined);
  return found;
}

export const names = (found: readonly { readonly Name?: string | undefined }[]): readonly (string | undefined)[] =>
  found.map(({ Name }) => Name).sort();

export const newGroup = (name: string): CreateScheduleGroupCommand => new CreateScheduleGroupCommand({ Name: name });
