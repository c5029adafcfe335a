import type { Chronicle, ProcessRun } from '../chronicle.ts';
import { minute } from '../plan.ts';
import { clockTime } from '../watch.ts';
import { endFindings } from './ends.ts';
import { generationsOf, pimStories, takerOf, type Generation, type PimStory } from './story.ts';
import { pimOf } from './surroundings.ts';
import { toldFindings } from './told.ts';

/** Broken promises about leases that Azure ends, read from documents and not from the code; empty without one. */
export function pimFindings(chronicle: Chronicle): readonly string[] {
  return pimStories(chronicle).flatMap((story, grant) => [
    ...generationsOf(story).flatMap((generation) => [
      ...endFindings(chronicle, generation, grant),
      ...takenFromOthers(chronicle, story, generation, grant),
    ]),
    ...chronicle.runs.flatMap((run) => [
      ...toldFindings(chronicle, story, run, grant),
      ...leftWithoutNeed(chronicle, story, run, grant),
      ...askedTooEarly(story, run, grant),
    ]),
  ]);
}

/** P3: access of other callers is ended by a revoke only, and never exists for a shorter time than requested. */
function takenFromOthers(
  { runs }: Chronicle,
  { schedules }: PimStory,
  { isForeign, made, removal }: Generation,
  grant: number,
): readonly string[] {
  if (!isForeign) return [];
  const byRevoke = runs.some(
    ({ purpose, grants, beganAt, runId }) =>
      purpose === 'revoke' && grants.includes(grant) && runId === removal?.runId && beganAt <= removal.arrivedAt,
  );
  const shortened = schedules.find(
    ({ before, after }) =>
      before?.name === made.name && after !== null && (after.endAt ?? Infinity) < (made.endAt ?? Infinity),
  );
  return [
    ...(removal !== null && !byRevoke
      ? [`P3: grant ${grant} was another caller's, and ${removal.actor} ended it at ${clockTime(removal.doneAt ?? 0)}`]
      : []),
    ...(shortened === undefined
      ? []
      : [`P3: grant ${grant} was another caller's, and was made to end sooner at ${clockTime(shortened.at)}`]),
  ];
}

/** In these an access is old enough to be ended, and its end is not near yet, in milliseconds. */
const agedMs = 6 * minute;
const nearMs = 3 * minute;

/** A step that releases access without other holders ends it, without a fault. */
function leftWithoutNeed(chronicle: Chronicle, story: PimStory, run: ProcessRun, grant: number): readonly string[] {
  const { history } = chronicle;
  const { purpose, actor, beganAt, endedAt, faultAt, result } = run;
  const { course, storm } = pimOf(history);
  const isReleasing = purpose === 'post' || purpose === 'release' || purpose === 'extend-post';
  if (!isReleasing || !run.grants.includes(grant)) return [];
  if (faultAt !== null || storm !== null || course !== 'usual' || result.exitCode !== 0) return [];
  const there = generationsOf(story).find(({ from, to }) => from <= beganAt && to > beganAt);
  if (there === undefined || there.isForeign || there.made.endAt === null) return [];
  const own = there.asked.filter((it) => it.actor === actor && it.doneAt !== null);
  // An interrupted extension has no holder: no post step can know whether it was reported.
  const takers = own.map((it) => takerOf(chronicle, it));
  const wasBrokenOff = takers.some((taker) => taker?.purpose === 'extend' && taker.result.exitCode !== 0);
  const isLast = purpose === 'release' || takers.at(-1)?.purpose === (purpose === 'post' ? 'main' : 'extend');
  const others = there.asked.filter((it) => it.actor !== actor);
  const isRelied = others.some(
    ({ record, arrivedAt }) => arrivedAt > beganAt - minute || (record?.end ?? Infinity) + 2 * minute > beganAt,
  );
  const isAged = beganAt - there.made.startAt > agedMs && (there.last.endAt ?? Infinity) - endedAt > nearMs;
  // A request on its way, or refused, can still prevent it.
  const isCrowded = story.asked.some(
    (it) => it.actor !== actor && it.arrivedAt > beganAt - minute && it.arrivedAt <= endedAt,
  );
  return own.length > 0 && isLast && !wasBrokenOff && isAged && !isRelied && !isCrowded && there.to > endedAt
    ? [
        `P4: only ${actor} relied on grant ${grant}, and its ${purpose} at ${clockTime(beganAt)} left it until ${clockTime(there.last.endAt ?? 0)}`,
      ]
    : [];
}

/**
 * A revoke knows from the schedule when an access can be ended: one refusal, or a few next to others, comes from
 * different clocks.
 */
function askedTooEarly(
  { refusals }: PimStory,
  { purpose, runId, actor, grants }: ProcessRun,
  grant: number,
): readonly string[] {
  if (purpose !== 'revoke' || !grants.includes(grant)) return [];
  const own = refusals.filter((it) => it.runId === runId);
  return own.length > 3
    ? [`the revoke of ${actor} was refused ${own.length} times for grant ${grant}, which was too young`]
    : [];
}
