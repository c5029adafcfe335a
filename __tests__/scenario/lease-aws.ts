import type { Assignment } from '../../rehearsal/aws/state.ts';
import type { World } from '../../rehearsal/world.ts';
import { isSameGrant, time, type Granted, type LeaseCloud } from './lease-cloud.ts';
import { orderProblems } from './lease-order.ts';
import { withEnder } from './lease-support.ts';
import { shownIn } from './schedule-names.ts';
import { byIds, ids, signIn } from './support.ts';

/** How long operations take here, in milliseconds: they end between the first poll and the second. */
const operationMs = 1_200;
/**
 * EventBridge Scheduler begins a firing within this, in milliseconds. Source: docs/design/aws.md#when-a-schedule-fires.
 */
const precisionMs = 60_000;
/** From a timer's first firing to its last, in milliseconds. Source: docs/design/leases.md#a-timer-fires-several-times-and-stays. */
const lastFiringMs = 15 * 60_000;
/** The shortest distance between two grants of a step on one account, in milliseconds. */
const spreadMs = 60_000;
/** The end of a hold of whoever makes an access permanent. */
export const never = 9_999_999_999_000;

const one: Granted = {
  principalType: 'GROUP',
  principalId: ids.onCall,
  roleId: ids.incidentAdmin,
  targetId: ids.prod,
};

/** Two groups on two accounts. */
const many: readonly Granted[] = [ids.onCall, ids.auditors].flatMap((principalId) =>
  [ids.prod, ids.staging].map((targetId) => ({ ...one, principalId, targetId })),
);
const manyInputs = { principal: `group:${ids.onCall}\ngroup:${ids.auditors}`, target: `${ids.prod}\n${ids.staging}` };

/** Leases whose ends EventBridge Scheduler guarantees. */
export const aws: LeaseCloud = {
  // Seventeen seconds after a full minute: the ends of leases are rounded down to one.
  world: { aws: { operations: { durationMs: operationMs } }, startAt: Date.UTC(2026, 4, 12, 9, 30, 17) },
  signIn: () => signIn,
  inputs: { one: { ...byIds, ...withEnder }, many: { ...byIds, ...withEnder, ...manyInputs }, sweep: withEnder },
  one,
  many,
  estrange({ aws: { estate, schedules } }, isFirst) {
    const others: readonly Granted[] = [
      { ...one, principalType: 'USER', principalId: ids.alice },
      { ...one, roleId: ids.breakGlass },
    ];
    for (const grant of others) estate.add(assignmentOf(grant));
    schedules.write({ name: 'nightly-report', group: isFirst ? 'default' : 'cloud-access' });
    return others;
  },
  has: ({ aws: { estate } }, grant) => estate.has(assignmentOf(grant)),
  add: ({ aws: { estate } }, grant) => {
    estate.add(assignmentOf(grant));
  },
  endsOf: ({ aws: { estate } }, grant) =>
    estate.effectiveChanges().flatMap((it) => (it.kind === 'delete' && isAbout(grant, it) ? [it.at] : [])),
  bystanders({ aws: { estate, schedules } }, grants) {
    const assignments = estate.assignments().filter((it) => !grants.some((grant) => isAbout(grant, it)));
    const foreign = schedules.all().filter(({ name }) => shownIn(name) === null);
    return [...assignments, ...foreign].map((it) => JSON.stringify(it)).sort();
  },
  isChange: (operation) => /^(?:Create|Delete|Update)/u.test(operation),
  orderProblems,
  carriedOutMs: 0,
  endsByClock: true,
  lastEnd: ({ aws: { schedules } }) => Math.max(0, ...schedules.all().flatMap(({ endsAt }) => endsAt ?? [])),
  pastEnds: 20 * 60_000,
  recordsLeft,
  overdue,
  garbage: ({ aws: { schedules } }) =>
    schedules
      .all()
      .filter(({ name }) => name !== 'nightly-report')
      .map(({ name }) => name),
};

export function assignmentOf({ principalType, principalId, roleId, targetId }: Granted): Assignment {
  return {
    accountId: targetId,
    permissionSetArn: roleId,
    principalType: principalType as Assignment['principalType'],
    principalId,
  };
}

function isAbout(grant: Granted, { accountId, permissionSetArn, principalId }: Partial<Assignment>): boolean {
  return isSameGrant(grant, {
    principalType: '',
    principalId: principalId ?? '',
    roleId: permissionSetArn ?? '',
    targetId: accountId ?? '',
  });
}

/** What ended later than the latest lease of it, and the firing of its timer, allow. */
function overdue({ journal, aws: { estate } }: World, grants: readonly Granted[]): readonly string[] {
  const records = journal.of('CreateSchedule').flatMap(({ status, body }) => {
    const { Name = '', StartDate = 0, State } = body as { Name?: string; StartDate?: number; State?: string };
    const parsed = shownIn(Name);
    return parsed === null || status === 400 || status === 404 ? [] : [{ ...parsed, fires: StartDate * 1_000, State }];
  });
  const ends = records.filter(({ kind, end }) => kind === 'h' && end !== never).map(({ end }) => end);
  const timers = records.filter(({ kind, State }) => kind === 't' && State === 'ENABLED').map(({ fires }) => fires);
  const latest = Math.max(...ends) + (largestShare(grants) - 1) * spreadMs;
  const busy = largestShare(grants) > 1 ? lastFiringMs : 0;
  const bound = Math.max(...timers) + precisionMs + busy + operationMs;
  const late = estate
    .effectiveChanges()
    .filter((it) => it.kind === 'delete' && grants.some((grant) => isAbout(grant, it)) && it.at > bound);
  return [
    ...timers
      .filter((fires) => fires > latest)
      .map((fires) => `a timer fires at ${time(fires)}, after ${time(latest)}`),
    ...(timers.length === 0 ? [] : late.map(({ at }) => `it ended at ${time(at)}, after ${time(bound)}`)),
  ];
}

/** How many grants there are on the account that has most of them. */
function largestShare(grants: readonly Granted[]): number {
  return Math.max(...grants.map(({ targetId }) => grants.filter((it) => it.targetId === targetId).length));
}

/** What of ours a sweep has left that can still do something, or that it made itself. */
function recordsLeft({ aws: { schedules } }: World): readonly string[] {
  return schedules
    .all()
    .filter(({ name, state }) => shownIn(name) !== null && state === 'ENABLED')
    .map(({ name }) => `the sweep has left the timer ${name}`);
}
