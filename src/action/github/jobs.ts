import * as messages from '../messages/github.ts';
import type { Budget } from '#access/clock';
import { unanswered, unknown, type JobName, type JobStanding, type Liveness } from '#access/leases/liveness';
import { askAbout, faultIn, isNumber, openRest, type Asker, type AskerTools } from './asker.ts';
import { createRunQuestions, type Attempt, type JobList, type RunQuestions } from './job-lists.ts';

interface LivenessTools extends AskerTools {
  /** Keeps a secret out of the log. */
  readonly mask: (secret: string) => void;
}

/** Maximum number of questions at the same time. */
const atOnce = 4;

/**
 * Asks GitHub whether jobs have ended: one question (of one page, for up to 100 jobs) for each attempt of a run, and
 * before the first whether the token sees this very run. Octokit is loaded by the first question. Source:
 * docs/design/github.md#jobs-api.
 */
export function createLiveness(asker: Asker, tools: LivenessTools): Liveness {
  tools.mask(asker.token);
  const fault = faultIn(asker);
  if (fault !== null) return unanswered(fault);
  const { repository, runId } = asker;
  let opened: Promise<RunQuestions | string> | null = null;
  let seesItself = false;
  // An ended job stays ended; a running one keeps its lease until the next sweep.
  const known = new Map<string, JobList>();

  const open = async (budget: Budget): Promise<RunQuestions | string> => {
    const questions = await (opened ??= openQuestions(asker, tools));
    if (typeof questions === 'string' || seesItself) return questions;
    const may = await questions.canRead(runId, budget);
    if (may !== true) return messages.ownRunUnread(may);
    seesItself = true;
    return questions;
  };

  const listOf = async (attempt: Attempt, questions: RunQuestions, budget: Budget): Promise<JobList | string> => {
    const key = keyOf(attempt);
    const list = known.get(key) ?? (await questions.jobsOf(attempt, budget));
    if (typeof list !== 'string') known.set(key, list);
    return list;
  };

  return {
    async states(jobs, budget) {
      budget.signal.throwIfAborted();
      const asked = jobs.map((job) => askable(job, repository));
      const attempts = new Map(asked.flatMap((it) => (typeof it === 'string' ? [] : [[keyOf(it), it] as const])));
      if (attempts.size === 0) return asked.map((it) => standingIn(it, new Map()));
      const questions = await open(budget);
      const lists = new Map<string, JobList | string>();
      await fewAtOnce([...attempts], async ([key, attempt]) => {
        lists.set(key, typeof questions === 'string' ? questions : await listOf(attempt, questions, budget));
      });
      return asked.map((it) => standingIn(it, lists));
    },
  };
}

async function openQuestions(asker: Asker, tools: LivenessTools): Promise<RunQuestions | string> {
  const rest = await openRest(asker, tools);
  return typeof rest === 'string' ? rest : createRunQuestions(askAbout(asker.repository, rest, [200]));
}

/** A job that GitHub can be asked about. */
interface Askable extends Attempt {
  readonly id: string;
}

/** Anyone can have written a record, so its job is only looked up in this repository. */
function askable({ repository, runId, attempt, checkRunId }: JobName, own: string): Askable | string {
  if (repository.toLowerCase() !== own.toLowerCase()) return messages.otherRepository(repository);
  if (checkRunId === null) return messages.noCheckRun;
  if (![runId, attempt, checkRunId].every(isNumber)) return messages.noJobOfGitHub;
  return { runId, attempt, id: checkRunId };
}

function standingIn(job: Askable | string, lists: ReadonlyMap<string, JobList | string>): JobStanding {
  if (typeof job === 'string') return unknown(job);
  const list = lists.get(keyOf(job)) ?? messages.notAsked;
  if (typeof list === 'string') return unknown(list);
  return list.get(job.id) ?? unknown(messages.notListed);
}

function keyOf({ runId, attempt }: Attempt): string {
  return `${runId}/${attempt}`;
}

/** Does the work in order, a few items at a time. */
async function fewAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const next = items.values();
  const worker = async (): Promise<void> => {
    for (const item of next) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
