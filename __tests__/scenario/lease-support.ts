import type { Schedule } from '../../rehearsal/aws/scheduler/schedule.ts';
import type { RunContext, Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { shownIn, type ShownName } from './schedule-names.ts';
import { byIds, ids, inWorld, onCallAssignment, signIn, step } from './support.ts';

export const ender = 'arn:aws:iam::111122223333:role/access-ender';
export const group = 'cloud-access';
/** The role that ends the leases of tests, and the schedule group with their records. */
export const withEnder = { 'aws-scheduler-role-arn': ender } as const;

/** A lease of two hours by IDs that ends with its job. */
export const leased = { ...byIds, ...withEnder, lifetime: '2h', reason: 'INC-1' } as const;
/** The same without EventBridge Scheduler. */
export const unrecorded = { ...byIds, lifetime: '2h', reason: 'INC-1' } as const;
export const sweeping = { ...signIn, ...withEnder, operation: 'sweep', 'aws-instance-arn': ids.instance } as const;
export const listing = { ...signIn, operation: 'list', 'aws-instance-arn': ids.instance } as const;
export const permanently = { ...byIds, ...withEnder } as const;
export const revoking = { ...byIds, ...withEnder, operation: 'revoke' } as const;

export const minute = 60_000;
export const hour = 60 * minute;

/** Start of the worlds of leases: half a minute after eight in the evening. */
export const start = Date.parse('2026-11-21T20:00:30Z');

/** Runs scenes in a world that has the schedule group already. */
export function inLeases<T>(options: WorldOptions, scene: (world: World) => Promise<T>): Promise<T> {
  return inWorld({ startAt: start, ...options }, async (world) => {
    world.aws.schedules.addGroup(group);
    return scene(world);
  });
}

/** A new job, in a new run. */
export function job(number: number, more: Partial<RunContext> = {}): Pick<Step, 'context'> {
  return { context: { runId: `${7000 + number}`, checkRunId: `${4500 + number}`, ...more } };
}

/** Ends the job of that number, as GitHub sees it. */
export function endJob(world: World, number: number): void {
  world.github.stand(`${4500 + number}`, { status: 'completed', conclusion: 'success' });
}

/** Takes a lease, which must exist afterwards. */
export async function take(
  world: World,
  inputs: Step['inputs'] = leased,
  more: Omit<Step, 'inputs'> = {},
): Promise<StepResult> {
  const result = await step(world, inputs, more);
  if (result.exitCode !== 0) throw new Error(`the lease was not taken\n${result.log}`);
  return result;
}

/** Runs the post step for the state of a main step; it has only the inputs that the runner would set. */
export function post(
  world: World,
  main: Pick<StepResult, 'state'>,
  more: Omit<Step, 'inputs' | 'stage'> & Partial<Pick<Step, 'inputs'>> = {},
): Promise<StepResult> {
  return step(world, more.inputs ?? leased, { state: main.state, ...more, stage: 'post' });
}

export type RecordKind = 'hold' | 'timer' | 'mark';

/** A record of a lease, from its schedule's name and state. */
export interface LeaseRecord {
  readonly kind: RecordKind;
  readonly enabled: boolean;
  /** ms epoch, from the name. */
  readonly end: number;
  readonly holder: string;
  readonly schedule: Schedule;
}

const kinds = { h: 'hold', t: 'timer', s: 'mark' } as const satisfies Readonly<Record<ShownName['kind'], RecordKind>>;

/** All records of leases, holds first. */
export function records({ aws: { schedules } }: World): readonly LeaseRecord[] {
  const all = schedules.all().map((schedule): LeaseRecord => {
    const shown = shownIn(schedule.name);
    if (shown === null) throw new Error(`"${schedule.name}" is no record of a lease`);
    const { kind, end, holder } = shown;
    return { kind: kinds[kind], enabled: schedule.state === 'ENABLED', end, holder, schedule };
  });
  return all.toSorted((a, b) => a.kind.localeCompare(b.kind) || a.end - b.end);
}

/** Short form: `hold 22:00`, `timer 22:00 armed`. */
export function shortly(world: World): readonly string[] {
  return records(world).map(({ kind, enabled, end }) => {
    const at = end > 9_999_999_998_000 ? 'never' : new Date(end).toISOString().slice(11, 16);
    return `${kind} ${at}${kind === 'timer' ? (enabled ? ' armed' : ' dead') : ''}`;
  });
}

export function only(world: World, kind: RecordKind): LeaseRecord {
  const [record, ...others] = records(world).filter((it) => it.kind === kind);
  if (record === undefined || others.length > 0) throw new Error(`not one ${kind}: ${shortly(world).join(', ')}`);
  return record;
}

/** True if the access of `leased` exists. */
export function isThere({ aws: { estate } }: World): boolean {
  return estate.has(onCallAssignment);
}

/** The operations of one service, in their order. */
export function asked({ requests }: Pick<StepResult, 'requests'>, service: string): readonly string[] {
  return requests.filter((it) => it.service === service).map(({ operation }) => operation);
}

/** Texts of the annotations of a level. */
export function told(
  { annotations }: Pick<StepResult, 'annotations'>,
  level: 'error' | 'warning' | 'notice',
): readonly string[] {
  return annotations.filter((it) => it.level === level).map(({ message }) => message);
}

/** Text of the summary for a reader, without markup. */
export function summaryText({ summary }: Pick<StepResult, 'summary'>): string {
  return summary
    .replaceAll(/<[^>]+>/gu, ' ')
    .replaceAll(/&#(?<code>\d+);/gu, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/gu, ' ');
}

/** A name for another record of the same grant. */
export function nameBeside({ schedule }: LeaseRecord, kind: RecordKind, end: number, holder: string): string {
  const [letter = ''] = Object.entries(kinds).find(([, it]) => it === kind) ?? [];
  return `${schedule.name.slice(0, 24)}-${String(Math.floor(end / 1000)).padStart(10, '0')}-${holder}-${letter}`;
}

/** Trust of a role that jobs of every repository can assume. */
export const trustsAll = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' } },
    },
  ],
} as const;

/** A deletion from before: only lists that reach back further than a lease are a proof. */
export async function withHistory(world: World): Promise<void> {
  const other = { account: 'data-lake', permissionSet: 'Billing', principal: 'group:Auditors' } as const;
  world.aws.estate.add(other);
  world.aws.estate.start('delete', other);
  await world.advance(minute);
}

/** All of the next lease's firings fail: the calls are refused. */
export function refuseFirings(world: World): void {
  world.aws.schedules.script({ times: 4 }, { fate: { kind: 'refused', code: 'AccessDeniedException' } });
}

/** Moves the clock to a time, ms epoch. */
export function until(world: World, time: number): Promise<void> {
  return world.advance(time - world.now());
}

/** The role of a world, which from now on can do anything except this. */
export function forbid({ aws: { roles } }: World, ...actions: readonly string[]): void {
  const role = roles.find(ids.broker);
  if (role === undefined) throw new Error('a world of leases has the broker role');
  roles.put({ ...role, policy: allBut(...actions) });
}

/** A policy that allows anything except this. */
export function allBut(...actions: readonly string[]): unknown {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', NotAction: actions, Resource: '*' }] };
}
