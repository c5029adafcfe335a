import type { Chronicle } from '../chronicle.ts';
import { minute, second, type Job } from '../plan.ts';
import { clockTime } from '../watch.ts';
import { takerOf, type Asked, type Generation } from './story.ts';

/**
 * A request counts its time from its arrival, in whole minutes, and an end is rounded down to one: the longest time
 * after a lease's own end, in milliseconds.
 */
const slackMs = 90 * second;
/** Shortest time of an access, in milliseconds. */
const shortestMs = 5 * minute;
/** Least extension of an access, so that others see it. Source: docs/design/leases.md#join-through-pim. */
const traceMs = minute;
/** Precision of clocks that a response has corrected, in milliseconds. */
const clockMs = 3 * second;

/**
 * P5b: an access ends with the last of those who requested it, except a minute for each who came later; and each
 * requests only its own time.
 */
export function endFindings(
  chronicle: Chronicle,
  { asked, made, isForeign }: Generation,
  grant: number,
): readonly string[] {
  let latest = isForeign ? (made.endAt ?? Infinity) : 0;
  let traces = 0;
  return asked.flatMap((it): readonly string[] => {
    const { change, type, record, doneAt, actor } = it;
    if (change?.after == null || record === null) return [];
    // Access that a person approves later has its whole time from then on.
    const waited = it.approved ? (doneAt ?? 0) - it.arrivedAt : 0;
    latest = Math.max(latest, record.end + waited, type === 'AdminAssign' ? it.arrivedAt + waited + shortestMs : 0);
    traces += type === 'AdminAssign' ? 0 : 1;
    const end = change.after.endAt ?? Infinity;
    const bound = latest + traces * traceMs + slackMs;
    return [
      ...(end === Infinity && latest !== Infinity
        ? [`P5b: ${actor} made grant ${grant} without an end at ${clockTime(doneAt ?? 0)}`]
        : []),
      ...(end !== Infinity && end > bound
        ? [
            `P5b: ${actor} made grant ${grant} last until ${clockTime(end)}, and the last who holds it does until ${clockTime(latest)}`,
          ]
        : []),
      ...wrongLength(chronicle, it, grant),
    ];
  });
}

/** An end is the time of joining and the lifetime, rounded down to the minute. */
function wrongLength(chronicle: Chronicle, asked: Asked, grant: number): readonly string[] {
  const { record, arrivedAt, actor } = asked;
  const run = takerOf(chronicle, asked);
  const job = chronicle.history.actors.find((it): it is Job => it.kind === 'job' && it.name === actor);
  if (record === null || run === undefined || job === undefined) return [];
  const { ending } = job;
  const minutes = run.purpose === 'extend' && ending.kind === 'extended' ? ending.lifetimeMinutes : job.lifetimeMinutes;
  const down = (ms: number): number => Math.floor(ms / minute) * minute;
  const [least, most] = [run.beganAt - clockMs, arrivedAt + clockMs].map((at) => down(at + minutes * minute));
  return record.end >= (least ?? 0) && record.end <= (most ?? 0)
    ? []
    : [
        `${actor} asked at ${clockTime(arrivedAt)} for ${minutes} minutes of grant ${grant}, and wrote down ${clockTime(record.end)}`,
      ];
}
