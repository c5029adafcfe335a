import type { Estate } from '../../estate.ts';
import type { RunContext } from '../../runner/context.ts';
import type { startWorld } from '../../world.ts';
import { evaluateCondition, type Standing } from '../expressions.ts';
import type { JournalEntry } from '../../journal.ts';
import type { JobPlan, WorkflowPlan, WorkflowRequest } from './model.ts';
import type { Report } from './report.ts';
import type { Pushed } from '../approval.ts';
import type { Files } from '../files.ts';
import { runJob, scopeOf, type JobOutcome } from './run-job.ts';

type World = Awaited<ReturnType<typeof startWorld>>;

/** Requests of one role or identity. */
export interface Use {
  readonly cloud: string;
  readonly who: string | null;
  readonly requests: readonly JournalEntry[];
}

interface RunSetting {
  readonly plan: WorkflowPlan;
  /** The push that starts it; `null` where nothing of it is known. */
  readonly pushed: Pushed | null;
  /** 0-based, of all workflows of the rehearsal. */
  readonly nth: number;
  readonly values: WorkflowRequest['values'];
  readonly estate: Estate;
  /** The files of the repository. */
  readonly files: Files;
  readonly onUse: (use: Use) => void;
}

/** Runs the jobs of a workflow one after the other, each in the same world. */
export async function runWorkflow(
  world: World,
  { plan, pushed, nth, values, estate, files: repository, onUse }: RunSetting,
  report: Report,
): Promise<Readonly<Record<string, JobOutcome>>> {
  const done: Record<string, JobOutcome> = {};
  const files = { repository, artifacts: new Map<string, Files>() };
  for (const [index, job] of plan.jobs.entries()) {
    const context = contextOf({ ...world.context, ...pushed }, plan, job, nth, index);
    // The world begins with a run that no push started.
    if (pushed !== null && index === 0) world.github.forget(context.runId);
    const needs = Object.fromEntries(job.needs.flatMap((id) => (done[id] === undefined ? [] : [[id, done[id]]])));
    const standing = standingOf(job, plan.jobs, done);
    const scope = scopeOf({ plan, context, needs, values }, {}, {}, standing);
    if (!evaluateCondition(job.condition, scope)) {
      report.note(`Job ${job.id}: skipped${job.condition === null ? '' : `, if: ${job.condition}`}.`);
      done[job.id] = { result: 'skipped', outputs: {}, steps: {} };
      continue;
    }
    if (job.calls !== null) {
      report.note(`Job ${job.id}: not run by the rehearsal, calls ${job.calls}.`);
      done[job.id] = { result: 'not run', outputs: {}, steps: {} };
      continue;
    }
    let using: { readonly use: Omit<Use, 'requests'>; readonly mark: number } | null = null;
    const close = (): void => {
      if (using !== null) onUse({ ...using.use, requests: world.journal.since(using.mark) });
      using = null;
    };
    const onSignIn = (cloud: string, who: string | null): void => {
      close();
      using = { use: { cloud, who }, mark: world.journal.mark() };
    };
    done[job.id] = await runJob(world, { plan, job, context, needs, values, estate, files, onSignIn }, report);
    close();
  }
  return done;
}

/** Each workflow is a run, each job has an ID of its own. */
function contextOf(base: RunContext, plan: WorkflowPlan, { id }: JobPlan, nth: number, index: number): RunContext {
  const plus = (text: string, more: number): string => String(Number(text) + more);
  return {
    ...base,
    workflow: plan.name,
    workflowPath: `.github/workflows/${plan.file}`,
    eventName: plan.event,
    ref: plan.ref,
    job: id,
    environment: null,
    runId: plus(base.runId, nth),
    runNumber: plus(base.runNumber, nth),
    checkRunId: plus(base.checkRunId, 1000 * nth + index),
  };
}

/** The results of all jobs that a job rests on, also through others. */
function standingOf(
  { needs }: JobPlan,
  jobs: readonly JobPlan[],
  done: Readonly<Record<string, JobOutcome>>,
): Standing {
  const above = new Set(needs);
  for (const id of above) for (const need of jobs.find((it) => it.id === id)?.needs ?? []) above.add(need);
  const results = [...above].map((id) => done[id]?.result);
  if (results.includes('failure')) return 'failure';
  return results.includes('skipped') ? 'skipped' : 'success';
}
