import { isThere, type Chronicle, type GrantStory, type ProcessRun, type RecordStory } from './chronicle.ts';
import { minute, second } from './plan.ts';
import { clockTime } from './watch.ts';

/** What the protocol promises, read from its document and not from our code; empty where it was kept. */
export function findings(chronicle: Chronicle): readonly string[] {
  return [
    ...chronicle.broken.map(({ at, text }) => `${clockTime(at)} ${text}`),
    ...chronicle.grants.flatMap((story, grant) => [
      ...cutOff(chronicle, story, grant),
      ...wronglyRemoved(story, grant),
      ...outlived(chronicle, story, grant),
      ...leftOver(chronicle, story, grant),
      ...wronglyKept(chronicle, story, grant),
    ]),
    ...chronicle.runs.flatMap((run) => [...heldAfterRelease(chronicle, run), ...wronglySuspected(chronicle, run)]),
  ];
}

/** A time in which somebody was told to have the access. */
export interface Stay {
  readonly actor: string;
  readonly from: number;
  readonly to: number;
}

/** P5a: from the last request of the step that reported success to the lease's end, or its own release. */
export function staysOf({ runs, jobsLost, endedAt }: Chronicle, grant: number): readonly Stay[] {
  return runs.flatMap((run) => {
    const it = run.reported[grant];
    if (it?.status !== 'SUCCEEDED' || it.expiresAt === null) return [];
    const leaving = runs.find(
      (other) => other.actor === run.actor && other.beganAt >= run.endedAt && endsStay(run, other, grant),
    );
    const lost = jobsLost.find(({ actor }) => actor === run.actor)?.at ?? Infinity;
    const to = Math.min(it.expiresAt, leaving?.beganAt ?? Infinity, lost, endedAt);
    return to > run.lastRequestAt ? [{ actor: run.actor, from: run.lastRequestAt, to }] : [];
  });
}

function endsStay({ purpose }: ProcessRun, other: ProcessRun, grant: number): boolean {
  if (other.purpose === 'revoke') return true;
  if (purpose === 'extend') return other.purpose === 'extend-post' || other.purpose === 'release';
  // An extension that was broken off may have dropped the old hold and not told that it has a new one.
  if (other.purpose === 'extend') return other.reported[grant]?.status === 'SUCCEEDED' || other.result.exitCode !== 0;
  return other.purpose === 'post' || other.purpose === 'release';
}

function cutOff(chronicle: Chronicle, story: GrantStory, grant: number): readonly string[] {
  return staysOf(chronicle, grant).flatMap(({ actor, from, to }) => {
    const lost = isThere(story, from)
      ? story.changes.find(({ at, present }) => !present && at > from && at < to)?.at
      : from;
    return lost === undefined
      ? []
      : [
          `P5a: ${actor} was told at ${clockTime(from)} that it has grant ${grant}, until ${clockTime(to)} at least, and is without it from ${clockTime(lost)}`,
        ];
  });
}

/** P3 */
function wronglyRemoved({ isPermanent, protectedFrom, changes }: GrantStory, grant: number): readonly string[] {
  const from = isPermanent ? -Infinity : protectedFrom;
  if (from === null) return [];
  return changes
    .filter(({ at, present }) => !present && at >= from)
    .map(
      ({ at }) =>
        `P3: grant ${grant} was permanent from ${from === -Infinity ? 'the beginning' : clockTime(from)}, and was removed at ${clockTime(at)}`,
    );
}

/** Longest way of a firing: within its minute, and what it takes to arrive. */
const firingMs = minute;

/** P5b: leased access ends at the latest at the largest end of the chain, and a firing that fails costs five minutes more. */
function outlived({ history, endedAt, runs }: Chronicle, story: GrantStory, grant: number): readonly string[] {
  if (story.isPermanent) return [];
  const until = Math.min(story.protectedFrom ?? Infinity, story.unclearFrom ?? Infinity);
  const { arrivesAfterMs } = history.surroundings.firings;
  const { to: operationMs } = history.surroundings.operationsMs;
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
      // All four have failed: a sweep, or the next holder, is the end of it.
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

/** How many firings of a timer came to nothing before one did its work. */
function failuresOf({ firings, changes }: GrantStory, name: string): number {
  const all = firings.filter((firing) => firing.name === name);
  const done = all.findIndex(
    ({ isDone, settledAt }) =>
      isDone || changes.some(({ at, present }) => !present && at <= settledAt && at >= (all[0]?.dueAt ?? 0)),
  );
  return done === -1 ? all.length : done;
}

function intervalsOf(story: GrantStory, endedAt: number): readonly { readonly from: number; readonly to: number }[] {
  const ups = story.changes.filter(({ present }, index) => present && story.changes[index - 1]?.present !== true);
  return ups.map(({ at }) => ({
    from: at,
    to: story.changes.find((change) => !change.present && change.at >= at)?.at ?? endedAt,
  }));
}

/** After everybody, the bounds and a sweep nothing of ours is there, and no record that counts. */
function leftOver({ runs, endedAt, history }: Chronicle, story: GrantStory, grant: number): readonly string[] {
  const { isPermanent, protectedFrom, unclearFrom, records } = story;
  if (isPermanent || protectedFrom !== null || unclearFrom !== null) return [];
  const swept = runs.find(({ purpose }) => purpose === 'last-sweep');
  const late = runs.find(({ purpose, grants }) => purpose === 'revoke' && grants.includes(grant));
  const isAfter = history.surroundings.lastSweep === 'after-ends' || history.surroundings.clock === 'real';
  // A quarter of an hour after the last one, leases that were kept, and whose jobs GitHub cannot say anything of, go on.
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
    ...(swept?.reported[grant]?.status === 'FAILED' && (late === undefined || history.surroundings.hasPast)
      ? [`the last sweep did not end grant ${grant}: ${swept.reported[grant].reason}`]
      : []),
  ];
}

/** Who says that access is permanent is believed for ever. */
function wronglyKept(
  { runs }: Chronicle,
  { isPermanent, protectedFrom, unclearFrom }: GrantStory,
  grant: number,
): readonly string[] {
  return runs.flatMap(({ actor, purpose, reported, endedAt }) => {
    if (reported[grant]?.state !== 'permanent') return [];
    const since = Math.min(isPermanent ? -Infinity : Infinity, protectedFrom ?? Infinity, unclearFrom ?? Infinity);
    return since <= endedAt ? [] : [`${purpose} of ${actor} took grant ${grant} for permanent, and it was a lease`];
  });
}

/** A green release has taken its own holds away; what an extension took is for the extension's own post step. */
function heldAfterRelease({ grants, runs }: Chronicle, run: ProcessRun): readonly string[] {
  const { actor, runId, purpose, endedAt, result } = run;
  if (result.exitCode !== 0 || (purpose !== 'post' && purpose !== 'extend-post')) return [];
  const extensions = runs.filter((it) => it.actor === actor && it.purpose === 'extend');
  const isOfExtension = ({ createdAt }: RecordStory): boolean =>
    extensions.some((it) => createdAt >= it.beganAt && createdAt <= it.endedAt);
  const isLeft = (record: RecordStory): boolean =>
    record.kind === 'h' &&
    record.maker.includes(`-${runId}-`) &&
    isOfExtension(record) === (purpose === 'extend-post') &&
    record.createdAt <= endedAt &&
    (record.goneAt ?? Infinity) > endedAt &&
    record.end > endedAt + 2 * minute;
  const left = run.grants.flatMap((grant) => grants[grant]?.records.filter(isLeft) ?? []);
  return left.length === 0 || /left to|EventBridge Scheduler, which ends it/u.test(result.log)
    ? []
    : [
        `the ${purpose} of ${actor} ended green, and its hold is still there: ${left.map(({ name }) => name).join(', ')}`,
      ];
}

/** Suspicion is due where all firings of a timer are over, and the access is there. */
function wronglySuspected({ grants }: Chronicle, run: ProcessRun): readonly string[] {
  if (!run.result.log.includes('nothing proves')) return [];
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

/** What a step says at its end, for who reads a finding. */
export function lastWords({ result }: ProcessRun): string {
  return result.log.trim().split('\n').slice(-3).join(' ');
}
