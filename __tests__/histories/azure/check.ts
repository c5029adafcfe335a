import { intervalsOf } from '../check.ts';
import { isThere, type Chronicle, type GrantStory, type ProcessRun, type RecordStory } from '../chronicle.ts';
import { minute, second } from '../plan.ts';
import { actorOf } from '../runs.ts';
import { clockTime } from '../watch.ts';

/** Time in milliseconds for different clocks, lagging reads, and requests on their way. */
const slackMs = 30 * second;

/** Broken promises about leases that only holders and sweeps end; empty without one. */
export function azureFindings(chronicle: Chronicle): readonly string[] {
  return chronicle.grants.flatMap((story, grant) => [
    ...outlived(chronicle, story, grant),
    ...leftOver(chronicle, story, grant),
  ]);
}

/**
 * P5b: a sweep without faults ends access without holders: by its time, or since GitHub reports that the job has ended.
 */
function outlived(chronicle: Chronicle, story: GrantStory, grant: number): readonly string[] {
  const { runs, endedAt } = chronicle;
  if (story.isPermanent) return [];
  const until = Math.min(story.protectedFrom ?? Infinity, story.unclearFrom ?? Infinity);
  return intervalsOf(story, endedAt)
    .filter(({ from }) => from < until)
    .flatMap(({ from, to }) =>
      runs
        .filter((run) => isCleanSweep(run) && run.beganAt > from && run.endedAt < Math.min(to, until))
        .filter((run) => !story.records.some((record) => isHeldDuring(chronicle, record, run)))
        .map(
          (run) =>
            `P5b: grant ${grant} was there from ${clockTime(from)} to ${clockTime(to)}, without a holder, and the sweep of ${run.actor} at ${clockTime(run.beganAt)} left it`,
        ),
    );
}

function isCleanSweep({ purpose, faultAt, result }: ProcessRun): boolean {
  return (purpose === 'sweep' || purpose === 'last-sweep') && faultAt === null && result.exitCode === 0;
}

/** True if a record that existed at some time during a sweep can have counted for it. */
function isHeldDuring(chronicle: Chronicle, record: RecordStory, { beganAt, endedAt }: ProcessRun): boolean {
  const { createdAt, goneAt, end } = record;
  if (createdAt > endedAt || (goneAt ?? Infinity) < beganAt - slackMs) return false;
  return end + minute + slackMs > beganAt && !isLost(chronicle, record, beganAt);
}

function isLost({ jobsLost }: Chronicle, { maker }: RecordStory, before: number): boolean {
  return jobsLost.some(({ actor, at }) => actor === actorOf(maker) && at < before);
}

/** After all jobs, the time limits and a sweep, no access of a lease exists. */
function leftOver(chronicle: Chronicle, story: GrantStory, grant: number): readonly string[] {
  const { runs, endedAt, history } = chronicle;
  const { isPermanent, protectedFrom, unclearFrom, records } = story;
  if (isPermanent || protectedFrom !== null || unclearFrom !== null) return [];
  const swept = runs.find(({ purpose }) => purpose === 'last-sweep');
  // A quarter of an hour after the last one, leases that were kept, and whose jobs GitHub cannot report on, still
  // exist.
  const lasting = records.filter(
    (record) =>
      record.goneAt === null && record.end + minute > endedAt && !isLost(chronicle, record, swept?.beganAt ?? endedAt),
  );
  if (history.surroundings.lastSweep !== 'after-ends' && lasting.length > 0) return [];
  return [
    ...(isThere(story, endedAt)
      ? [`P5b: everybody has gone, a sweep has come, and grant ${grant} is still there`]
      : []),
    ...(swept?.reported[grant]?.status === 'FAILED'
      ? [`the last sweep did not end grant ${grant}: ${swept.reported[grant].reason}`]
      : []),
  ];
}
