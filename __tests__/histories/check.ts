import { isThere, type Chronicle, type GrantStory, type ProcessRun, type RecordStory } from './chronicle.ts';
import { minute, second } from './plan.ts';
import { clockTime } from './watch.ts';

/** Broken promises of the protocol, read from its document and not from the code; empty without one. */
export function findings(chronicle: Chronicle): readonly string[] {
  return [
    ...chronicle.broken.map(({ at, text }) => `${clockTime(at)} ${text}`),
    ...chronicle.grants.flatMap((story, grant) => [
      ...cutOff(chronicle, story, grant),
      ...wronglyRemoved(story, grant),
      ...wronglyKept(chronicle, story, grant),
    ]),
    ...chronicle.runs.flatMap((run) => heldAfterRelease(chronicle, run)),
    ...chronicle.side.findings(chronicle),
  ];
}

/** A time in which a holder was reported to have the access. */
interface Stay {
  readonly actor: string;
  readonly from: number;
  readonly to: number;
}

/** P5a: from the last request of the step that reported success to the lease's end, or its own release. */
function staysOf({ runs, jobsLost, endedAt }: Chronicle, grant: number): readonly Stay[] {
  return runs.flatMap((run) => {
    const it = run.reported[grant];
    // A releasing step can name the end of others.
    const isTaking = run.purpose === 'main' || run.purpose === 'extend';
    if (!isTaking || it?.status !== 'SUCCEEDED' || it.expiresAt === null) return [];
    const leaving = runs.find(
      (other) => other.actor === run.actor && other.beganAt >= run.endedAt && endsStay(run, other, grant),
    );
    const lost = jobsLost.find(({ actor }) => actor === run.actor)?.at ?? Infinity;
    const to = Math.min(it.expiresAt, leaving?.beganAt ?? Infinity, lost, endedAt, revokedFrom(runs, run, grant));
    return to > run.lastRequestAt ? [{ actor: run.actor, from: run.lastRequestAt, to }] : [];
  });
}

/**
 * Longest time until a revoke's request is carried out after its end, and until reads show it after that, in
 * milliseconds.
 */
export const afterRevokeMs = 20 * second;

/** Time from which a revoke can have removed access that a step was reported to have. */
function revokedFrom(runs: readonly ProcessRun[], { lastRequestAt }: ProcessRun, grant: number): number {
  const revokes = runs.filter(
    ({ purpose, grants, endedAt }) =>
      purpose === 'revoke' && grants.includes(grant) && endedAt + afterRevokeMs >= lastRequestAt,
  );
  return Math.min(Infinity, ...revokes.map(({ beganAt }) => beganAt));
}

function endsStay({ purpose }: ProcessRun, other: ProcessRun, grant: number): boolean {
  if (other.purpose === 'revoke') return true;
  if (purpose === 'extend') return other.purpose === 'extend-post' || other.purpose === 'release';
  // An interrupted extension can have dropped the old hold without reporting the new one.
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
function wronglyRemoved(
  { isPermanent, protectedFrom, protectedUntil, changes }: GrantStory,
  grant: number,
): readonly string[] {
  const from = isPermanent ? -Infinity : protectedFrom;
  if (from === null) return [];
  return changes
    .filter(({ at, present }) => !present && at >= from && at < protectedUntil)
    .map(
      ({ at }) =>
        `P3: grant ${grant} was permanent from ${from === -Infinity ? 'the beginning' : clockTime(from)}, and was removed at ${clockTime(at)}`,
    );
}

/** Time of its existence. */
export function intervalsOf(
  story: GrantStory,
  endedAt: number,
): readonly { readonly from: number; readonly to: number }[] {
  const ups = story.changes.filter(({ present }, index) => present && story.changes[index - 1]?.present !== true);
  return ups.map(({ at }) => ({
    from: at,
    to: story.changes.find((change) => !change.present && change.at >= at)?.at ?? endedAt,
  }));
}

/** A report of permanent access counts forever. */
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

/**
 * Longest time of a request on its way after its step was interrupted, in milliseconds. Source:
 * docs/design/leases.md#a-request-arrives-soon-or-never.
 */
const flightMs = 10 * second;

/**
 * A green release has removed its own holds, or reported that they stay; the hold of an extension is for the
 * extension's own post step.
 */
function heldAfterRelease({ grants, runs, side }: Chronicle, run: ProcessRun): readonly string[] {
  const { actor, runId, purpose, endedAt, result } = run;
  if (result.exitCode !== 0 || (purpose !== 'post' && purpose !== 'extend-post')) return [];
  const extensions = runs.filter((it) => it.actor === actor && it.purpose === 'extend');
  const isOfExtension = ({ createdAt }: RecordStory): boolean =>
    extensions.some((it) => createdAt >= it.beganAt && createdAt <= it.endedAt + flightMs);
  const isLeft = (record: RecordStory): boolean =>
    record.kind === 'h' &&
    !record.isGhost &&
    record.maker.includes(`-${runId}-`) &&
    isOfExtension(record) === (purpose === 'extend-post') &&
    record.createdAt <= endedAt &&
    (record.goneAt ?? Infinity) > endedAt &&
    record.end > endedAt + 2 * minute;
  const left = run.grants.flatMap((grant) => grants[grant]?.records.filter(isLeft) ?? []);
  return left.length === 0 || side.saysItStays(result)
    ? []
    : [
        `the ${purpose} of ${actor} ended green, and its hold is still there: ${left.map(({ name }) => name).join(', ')}`,
      ];
}

/** Report of a step at its end, for the reader of a finding. */
export function lastWords({ result }: ProcessRun): string {
  return result.log.trim().split('\n').slice(-3).join(' ');
}
