import type { Assignment } from '../../rehearsal/state.ts';
import type { World } from '../../rehearsal/world.ts';
import type { Scene } from './lease-runs.ts';

/** How long operations take here, in milliseconds: they end between the first poll and the second. */
export const operationMs = 1_200;
/** EventBridge Scheduler begins a firing within this, in milliseconds. Source: aws-scheduler, precision. */
const precisionMs = 60_000;
/** From a timer's first firing to its last, in milliseconds. Source: the lease protocol's §3. */
const lastFiringMs = 15 * 60_000;
/** The shortest distance between two grants of a step on one account, in milliseconds. */
const spreadMs = 60_000;
/** The end of a hold of whoever makes an access permanent. */
export const never = 9_999_999_999_000;

export function isSameGrant(one: Assignment, other: Partial<Assignment>): boolean {
  return (
    one.accountId === other.accountId &&
    one.permissionSetArn === other.permissionSetArn &&
    one.principalType === other.principalType &&
    one.principalId === other.principalId
  );
}

/** What was there before and is none of the scene's business, in texts that are the same for the same state. */
export function bystanders({ estate, schedules }: World, grants: readonly Assignment[]): readonly string[] {
  const assignments = estate.assignments().filter((it) => !grants.some((grant) => isSameGrant(grant, it)));
  const foreign = schedules.all().filter(({ name }) => parseName(name) === null);
  return [...assignments, ...foreign].map((it) => JSON.stringify(it)).sort();
}

/** Who was cut off although what it was told has not ended, and who was told more than there is. */
export function cutOffs({ world, holdings }: Scene): readonly string[] {
  const changes = world.estate.effectiveChanges();
  return holdings().flatMap(({ who, grant, from, until }) =>
    changes
      .filter((it) => it.kind === 'delete' && isSameGrant(grant, it) && it.at >= from && it.at < until)
      .map(({ at }) => `${who} was cut off at ${time(at)}, and holds it until ${time(until)}`),
  );
}

/** Grants of the scene that are there, and should not be. */
export function leftOver({ estate }: World, grants: readonly Assignment[], when: string): readonly string[] {
  return grants
    .filter((grant) => estate.has(grant))
    .map((it) => `${when} there is still ${it.principalId} on ${it.accountId}`);
}

/** What ended later than the latest lease of it, and the firing of its timer, allow. */
export function overdue({ journal, estate }: World, grants: readonly Assignment[]): readonly string[] {
  const records = journal.of('CreateSchedule').flatMap(({ status, body }) => {
    const { Name = '', StartDate = 0, State } = body as { Name?: string; StartDate?: number; State?: string };
    const parsed = parseName(Name);
    return parsed === null || status === 400 || status === 404 ? [] : [{ ...parsed, fires: StartDate * 1_000, State }];
  });
  const ends = records.filter(({ kind, end }) => kind === 'h' && end !== never).map(({ end }) => end);
  const timers = records.filter(({ kind, State }) => kind === 't' && State === 'ENABLED').map(({ fires }) => fires);
  const latest = Math.max(...ends) + (largestShare(grants) - 1) * spreadMs;
  const busy = largestShare(grants) > 1 ? lastFiringMs : 0;
  const bound = Math.max(...timers) + precisionMs + busy + operationMs;
  const late = estate
    .effectiveChanges()
    .filter((it) => it.kind === 'delete' && grants.some((grant) => isSameGrant(grant, it)) && it.at > bound);
  return [
    ...timers
      .filter((fires) => fires > latest)
      .map((fires) => `a timer fires at ${time(fires)}, after ${time(latest)}`),
    ...(timers.length === 0 ? [] : late.map(({ at }) => `it ended at ${time(at)}, after ${time(bound)}`)),
  ];
}

/** How many grants there are on the account that has most of them. */
function largestShare(grants: readonly Assignment[]): number {
  return Math.max(...grants.map(({ accountId }) => grants.filter((it) => it.accountId === accountId).length));
}

export function hasRecords({ schedules }: World): boolean {
  return schedules.all().some(({ name }) => parseName(name) !== null);
}

/** What of ours a sweep has left that can still do something, or that it made itself. */
export function recordsLeft({ schedules }: World): readonly string[] {
  return schedules
    .all()
    .filter(({ name, state }) => parseName(name) !== null && state === 'ENABLED')
    .map(({ name }) => `the sweep has left the timer ${name}`);
}

/** A record's name is `<grant>-<end>-<holder>-<kind>`: the lease protocol's §3. */
export function parseName(
  name: string,
): { readonly end: number; readonly holder: string; readonly kind: string } | null {
  const [, end = '', holder = '', kind = ''] = /^[0-9a-v]{24}-(\d{10})-([0-9a-v]{20})-([hts])$/u.exec(name) ?? [];
  return end === '' ? null : { end: Number(end) * 1_000, holder, kind };
}

function time(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString() : 'ever';
}
