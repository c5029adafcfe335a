import type { Chronicle, ProcessRun } from '../chronicle.ts';
import { lastWords } from '../check.ts';
import { grantAt } from '../azure/names.ts';
import { clockTime } from '../watch.ts';
import { generationsOf, wasAbsent, type PimStory } from './story.ts';
import { pimOf, readingMs } from './surroundings.ts';

/** P1, P2: a step's report about a grant was true when it looked. */
export function toldFindings(chronicle: Chronicle, story: PimStory, run: ProcessRun, grant: number): readonly string[] {
  const { actor, purpose, grants, beganAt, endedAt, lastRequestAt } = run;
  if (!grants.includes(grant)) return [];
  const from = Math.max(beganAt, lastRequestAt) - readingMs(chronicle.history);
  const who = `the ${purpose} of ${actor} at ${clockTime(endedAt)}`;
  const about = `grant ${grant} (${lastWords(run)})`;
  return [
    ...(saysGone(run) && !wasAbsent(story, from, endedAt)
      ? [`P1: ${who} says that it is gone, and it is there: ${about}`]
      : []),
    ...(saysPermanent(run, grant) && !wasEndless(chronicle, story, grant, from, endedAt)
      ? [`P1: ${who} says that it is permanent, and it is not: ${about}`]
      : []),
    ...wrongEnd(chronicle, story, run, grant).map((wrong) => `P1: ${who} ${wrong}: ${about}`),
    // A process after a fault does not always know the result.
    ...(run.faultAt === null && run.reported[grant]?.status === 'IN_PROGRESS' && !hasAsked(story, run)
      ? [`P2: ${who} says that a request is in progress, and it made none: ${about}`]
      : []),
    ...deniedOwn(story, run, grant).map((wrong) => `P1: ${who} ${wrong}: ${about}`),
    ...wronglyRed(chronicle, run).map((wrong) => `${who} ${wrong}: ${about}`),
  ];
}

/** A report of a step with several grants does not name the grant. */
function saysGone({ result, grants, reported, purpose }: ProcessRun): boolean {
  if (purpose === 'revoke') return grants.every((grant) => reported[grant]?.status === 'SUCCEEDED');
  return grants.length === 1 && result.log.includes('Verified by reading back: the access is gone.');
}

function saysPermanent({ reported }: ProcessRun, grant: number): boolean {
  return reported[grant]?.state === 'permanent';
}

function wasEndless({ history }: Chronicle, story: PimStory, grant: number, from: number, to: number): boolean {
  const { byHand, permanent } = pimOf(history);
  const { schedules, protectedFrom, asked } = story;
  const taken = asked.find(({ type, doneAt, change }) => type === 'AdminRemove' && doneAt !== null && change === null);
  const plain = permanent.includes(grant) || (byHand === 'plain' && protectedFrom !== null && protectedFrom <= to);
  if (plain && (taken?.doneAt ?? Infinity) >= from) return true;
  return schedules.some(({ before, after, at }) =>
    [
      { it: after, isSo: at <= to },
      { it: before, isSo: at >= from },
    ].some(({ it, isSo }) => isSo && it !== null && it.endAt === null),
  );
}

interface ToldEnd {
  readonly 'ends-at-latest'?: string;
  readonly 'expires-at'?: string;
  readonly 'expiry-guarantee'?: string;
  readonly changed?: string | boolean;
}

function recordOf({ result }: ProcessRun, grant: number): ToldEnd | undefined {
  const records = JSON.parse(result.outputs['results'] ?? '[]') as readonly (ToldEnd & {
    readonly 'role-id'?: string;
  })[];
  return records.find((it) => it['role-id']?.endsWith(grantAt(grant).role) === true);
}

/** The latest end is one that the access really had then, Azure guarantees it, and the step's own end is no later. */
function wrongEnd(chronicle: Chronicle, story: PimStory, run: ProcessRun, grant: number): readonly string[] {
  const told = recordOf(run, grant);
  const isTaken = run.reported[grant]?.status === 'SUCCEEDED' && (run.purpose === 'main' || run.purpose === 'extend');
  if (!isTaken || told === undefined || run.reported[grant]?.state === 'permanent') return [];
  const { 'ends-at-latest': latest = '', 'expires-at': own = '', 'expiry-guarantee': guarantee } = told;
  const since = run.lastRequestAt - readingMs(chronicle.history);
  const ends = generationsOf(story)
    .filter(({ from, to }) => from <= run.endedAt && to >= since)
    .flatMap(({ made, from }) => [
      { at: from, endAt: made.endAt },
      ...story.schedules.flatMap(({ after, at }) => (after?.name === made.name ? [{ at, endAt: after.endAt }] : [])),
    ])
    .filter(({ at }) => at <= run.endedAt);
  const isKnown = ends.some(({ endAt }) => endAt !== null && Math.floor(endAt / 1_000) * 1_000 === Date.parse(latest));
  return [
    ...(isKnown ? [] : [`names ${latest} as the latest end, which the access never had`]),
    ...(guarantee === 'platform' ? [] : [`names ${guarantee ?? 'nobody'} as who ends it`]),
    ...(Date.parse(own) <= Date.parse(latest) ? [] : [`names ${own} as its own end, after the latest, ${latest}`]),
  ];
}

function hasAsked({ asked }: PimStory, { runId, beganAt }: ProcessRun): boolean {
  return asked.some((it) => it.runId === runId && it.arrivedAt >= beganAt);
}

/** A step that reports no change has left nothing of its own. */
function deniedOwn(story: PimStory, run: ProcessRun, grant: number): readonly string[] {
  const it = run.reported[grant];
  if (run.faultAt !== null || it?.status !== 'FAILED' || (run.purpose !== 'main' && run.purpose !== 'extend'))
    return [];
  if (recordOf(run, grant)?.changed !== false) return [];
  const left = story.asked.find(
    ({ runId, arrivedAt, doneAt, type }) =>
      runId === run.runId &&
      type !== 'AdminRemove' &&
      arrivedAt >= run.beganAt &&
      doneAt !== null &&
      doneAt < run.lastRequestAt,
  );
  if (left === undefined || wasAbsent(story, left.doneAt ?? 0, run.endedAt)) return [];
  return [`says that it has changed nothing, and its request of ${clockTime(left.arrivedAt)} was carried out`];
}

/** Azure ends it in any case: a release is not red, without a fault. */
function wronglyRed({ history }: Chronicle, { purpose, faultAt, result }: ProcessRun): readonly string[] {
  const isPost = purpose === 'post' || purpose === 'extend-post';
  const isClean = faultAt === null && history.surroundings.storm === null;
  if (!isPost || !isClean || result.exitCode === 0 || result.log.includes('without an end time is still listed'))
    return [];
  return ['is red, and nothing befell it'];
}
