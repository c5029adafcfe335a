import { intervalsOf, lastWords } from '../check.ts';
import { isThere, type Chronicle, type GrantStory, type ProcessRun } from '../chronicle.ts';
import { minute, second } from '../plan.ts';
import { clockTime } from '../watch.ts';
import { awsOf } from './surroundings.ts';

/** Broken promises about leases that EventBridge Scheduler ends; empty without one. */
export function awsFindings(chronicle: Chronicle): readonly string[] {
  return [
    ...chronicle.grants.flatMap((story, grant) => [
      ...outlived(chronicle, story, grant),
      ...leftOver(chronicle, story, grant),
    ]),
    ...chronicle.runs.flatMap((run) => wronglySuspected(chronicle, run)),
  ];
}

/** Longest time of a firing: within its minute, and its time on the way. */
const firingMs = minute;

/** P5b: leased access ends at the latest end of the chain, or before, and a firing that fails adds five minutes. */
function outlived({ history, endedAt, runs }: Chronicle, story: GrantStory, grant: number): readonly string[] {
  if (story.isPermanent) return [];
  const until = Math.min(story.protectedFrom ?? Infinity, story.unclearFrom ?? Infinity);
  const { arrivesAfterMs } = awsOf(history).firings;
  const { to: operationMs } = awsOf(history).operationsMs;
  return intervalsOf(story, endedAt)
    .filter(({ from }) => from < until)
    .flatMap(({ from, to }) => {
      const chain = story.records.filter(
        ({ kind, createdAt, goneAt }) => kind === 'h' && createdAt <= to && (goneAt ?? Infinity) >= from - 11 * minute,
      );
      const spread = (history.grants - 1) * minute;
      const end = Math.max(0, ...chain.map((hold) => hold.end)) + spread;
      const timers = story.records.filter(({ kind, enabled, startsAt }) => kind === 't' && enabled && startsAt <= end);
      const failed = Math.max(0, ...timers.map(({ name }) => failuresOf(story, name)));
      // All four have failed: a sweep, or the next holder, ends it.
      const bound = failed >= 4 ? sweptAt(runs, end) : end + failed * 5 * minute;
      const latest = bound + firingMs + arrivesAfterMs + operationMs + second;
      return Math.min(to, until) > latest
        ? [
            `P5b: grant ${grant} was there from ${clockTime(from)} to ${clockTime(to)}, and the last end of those who held it, with ${failed} firings that failed, is ${clockTime(end)}`,
          ]
        : [];
    });
}

function sweptAt(runs: readonly ProcessRun[], after: number): number {
  return runs.find(({ purpose, beganAt }) => purpose === 'last-sweep' && beganAt > after)?.endedAt ?? Infinity;
}

/** Number of failed firings of a timer before a successful one. */
function failuresOf({ firings, changes }: GrantStory, name: string): number {
  const all = firings.filter((firing) => firing.name === name);
  const done = all.findIndex(
    ({ isDone, settledAt }) =>
      isDone || changes.some(({ at, present }) => !present && at <= settledAt && at >= (all[0]?.dueAt ?? 0)),
  );
  return done === -1 ? all.length : done;
}

/** After all jobs, the time limits and a sweep, no access of a lease exists, and no record that counts. */
function leftOver({ runs, endedAt, history }: Chronicle, story: GrantStory, grant: number): readonly string[] {
  const { isPermanent, protectedFrom, unclearFrom, records } = story;
  if (isPermanent || protectedFrom !== null || unclearFrom !== null) return [];
  const swept = runs.find(({ purpose }) => purpose === 'last-sweep');
  const late = runs.find(({ purpose, grants }) => purpose === 'revoke' && grants.includes(grant));
  const isAfter = history.surroundings.lastSweep === 'after-ends' || history.surroundings.clock === 'real';
  // A quarter of an hour after the last one, leases that were kept, and whose jobs GitHub cannot report on, still
  // exist.
  const lasting = records.filter(({ kind, goneAt, end }) => kind === 'h' && goneAt === null && end + minute > endedAt);
  const isHeld = !isAfter && lasting.length > 0;
  const isFiring =
    !isAfter &&
    records.some(
      ({ kind, goneAt, enabled, startsAt }) =>
        kind === 't' &&
        goneAt === null &&
        enabled &&
        startsAt - minute <= endedAt &&
        startsAt + 19 * minute > (swept?.beganAt ?? endedAt),
    );
  if (isHeld || isFiring) return [];
  const enabled = records.filter((record) => record.kind === 't' && record.goneAt === null && record.enabled);
  return [
    ...(isThere(story, endedAt)
      ? [`P5b: everybody has gone, a sweep has come, and grant ${grant} is still there`]
      : []),
    ...(enabled.length > 0 && late === undefined
      ? [
          `everybody has gone, a sweep has come, and timers of grant ${grant} are left: ${enabled.map(({ name }) => name).join(', ')}`,
        ]
      : []),
    ...(swept?.reported[grant]?.status === 'FAILED' && (late === undefined || awsOf(history).hasPast)
      ? [`the last sweep did not end grant ${grant}: ${swept.reported[grant].reason}`]
      : []),
  ];
}

/** Suspicion is due where all firings of a timer are over, and the access exists. */
function wronglySuspected({ grants }: Chronicle, run: ProcessRun): readonly string[] {
  if (!run.result.log.includes('Nothing proves')) return [];
  const isDue = run.grants.some((grant) => {
    const story = grants[grant];
    if (story === undefined) return false;
    const spent = story.records.some(
      ({ kind, enabled, startsAt, createdAt, goneAt }) =>
        kind === 't' &&
        enabled &&
        createdAt <= run.endedAt &&
        (goneAt ?? Infinity) >= run.beganAt &&
        startsAt + 19 * minute <= run.endedAt,
    );
    return spent && (isThere(story, run.beganAt) || isThere(story, run.endedAt));
  });
  return isDue
    ? []
    : [`the ${run.purpose} of ${run.actor} suspects an access beside which no spent timer stands: ${lastWords(run)}`];
}
