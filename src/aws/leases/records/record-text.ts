import { parseJson } from '#access/json';
import type { JobName, Origin } from '#access/leases/liveness';

/** A schedule's description is no longer. Source: service model of scheduler 2021-06-30. */
const longest = 512;
/** Most characters of other members, which are cut if they are unexpectedly long; only `why` is cut to fit. */
const longestName = 80;

/** The description of a holder in its record. No decision about safety uses it, except for the job that it names. */
export function writeDescription(origin: Origin, keepAfterJob: boolean, reason: string | null): string {
  const { repository, runId, attempt, job, checkRunId, step, actor } = origin;
  const write = (why: string): string =>
    JSON.stringify({
      v: 1,
      repo: repository.slice(0, 2 * longestName),
      run: runId,
      attempt,
      job: job.slice(0, longestName),
      check: checkRunId ?? '',
      step: step.slice(0, longestName),
      keep: keepAfterJob,
      by: actor.slice(0, longestName),
      why,
    });
  const letters = Array.from(reason ?? '');
  while (write(letters.join('')).length > longest && letters.length > 0) letters.splice(-8);
  return write(letters.join('')).slice(0, longest);
}

/** The content of one of this action's descriptions. */
export interface Description {
  readonly job: JobName;
  readonly keepAfterJob: boolean;
  /** For a person: `octo/shop run 123 (job deploy) by alice (INC-1)`. */
  readonly words: string;
}

export function readDescription(text: string | undefined): Description | null {
  const it = parseJson(text ?? '') as Readonly<Record<string, unknown>> | null | undefined;
  if (it?.['v'] !== 1) return null;
  const member = (name: string): string => (typeof it[name] === 'string' ? plain(it[name]) : '');
  const [repository, runId, job, actor, why] = ['repo', 'run', 'job', 'by', 'why'].map(member) as [
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    job: { repository, runId, attempt: member('attempt'), checkRunId: member('check') || null },
    keepAfterJob: it['keep'] === true,
    words: `${repository} run ${runId} (job ${job}) by ${actor}${why === '' ? '' : ` (${why})`}`,
  };
}

/** The text in one line: anyone with access to the schedule can change it. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}
