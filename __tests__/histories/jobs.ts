import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { ProcessRun, Purpose } from './chronicle.ts';
import { launch } from './launch.ts';
import { isKept, type Job, type Trouble } from './plan.ts';
import { contextOf, newRun, type RunNames } from './runs.ts';
import { note, type HistoryContext } from './context.ts';
import type { Entitled } from './watch.ts';

export async function playJob(context: HistoryContext, job: Job): Promise<void> {
  const { world, side, watch, jobsLost } = context;
  const run = newRun(context, job.name);
  // GitHub has a job before its first step, and can lose it by then.
  world.github.announce(contextOf(run));
  const isOver = { told: false };
  const tell = (): void => {
    if (isOver.told) return;
    isOver.told = true;
    world.github.stand(run.checkRunId, { status: 'completed', conclusion: 'failure' });
    if (isKept(job) || !side.asksForJobs) return;
    jobsLost.push({ actor: job.name, at: world.now() });
    for (const one of watch.entitled) if (one.actor === job.name) watch.entitled.delete(one);
  };
  if (job.lostAfterMs !== null)
    world.clock.schedule(job.lostAfterMs, () => {
      note(context, `GitHub declares the job of ${job.name} lost`);
      tell();
    });
  const keep = isKept(job);
  const main = await launch(context, run, 'main', job.grants, job.trouble, {
    inputs: {
      ...side.inputs.grants(context, job.grants),
      lifetime: `${job.lifetimeMinutes}m`,
      timeout: `${job.timeoutMinutes}m`,
      reason: `INC-${job.name}`,
      ...(keep ? { 'keep-after-job': 'true' } : {}),
    },
    skewMs: job.skewMs,
  });
  entitle(context, main, isOver.told && !keep && side.asksForJobs);
  await world.clock.sleep(job.stayMs);
  await leave(context, job, run, main, tell);
}

/** Course of a job after its main step. */
async function leave(
  context: HistoryContext,
  job: Job,
  run: RunNames,
  main: ProcessRun,
  tell: () => void,
): Promise<void> {
  const { world } = context;
  const { ending } = job;
  const { state, outputs } = main.result;
  const leaseId = outputs['lease-id'] ?? '';
  switch (ending.kind) {
    case 'post':
      dropEntitlement(context, job.name);
      await launch(context, run, 'post', job.grants, ending.trouble, {
        stage: 'post',
        inputs: {},
        state,
        skewMs: job.skewMs,
      });
      tell();
      return;
    case 'dies':
      note(context, `the runner of ${job.name} is gone`);
      if (ending.toldAfterMs === null) return;
      await world.clock.sleep(ending.toldAfterMs);
      tell();
      return;
    case 'kept': {
      tell();
      if (ending.release === null || leaseId === '') return;
      dropEntitlement(context, job.name);
      const inputs = { ...context.side.inputs.byId(context), operation: 'release', 'lease-id': leaseId };
      await launch(context, newRun(context, job.name), 'release', job.grants, ending.release.trouble, { inputs });
      return;
    }
    case 'extended':
      await extend(context, job, ending, run, main, tell);
  }
}

/** Another step takes the lease again, for another time, and releases the old one. */
async function extend(
  context: HistoryContext,
  job: Job,
  { keep, lifetimeMinutes, trouble, stayMs, release }: Extract<Job['ending'], { readonly kind: 'extended' }>,
  run: RunNames,
  main: ProcessRun,
  tell: () => void,
): Promise<void> {
  const { world } = context;
  const { name, grants, skewMs } = job;
  const leaseId = main.result.outputs['lease-id'] ?? '';
  const runPost = async (purpose: Purpose, state: StepResult['state'], what: Trouble | null): Promise<void> => {
    dropEntitlement(context, name);
    await launch(context, run, purpose, grants, what, { stage: 'post', inputs: {}, state, skewMs });
  };
  if (keep) tell();
  if (leaseId === '') {
    if (!keep) await runPost('post', main.result.state, null);
    tell();
    return;
  }
  const inputs = {
    ...context.side.inputs.byId(context),
    operation: 'extend',
    'lease-id': leaseId,
    lifetime: `${lifetimeMinutes}m`,
    reason: `INC-${name}`,
  };
  const extended = await launch(context, keep ? newRun(context, name) : run, 'extend', grants, trouble, {
    inputs,
    skewMs,
  });
  dropEntitlement(context, name);
  entitle(
    context,
    extended,
    context.jobsLost.some(({ actor }) => actor === name),
  );
  await world.clock.sleep(stayMs);
  if (release === null) return;
  if (keep) {
    const newId = extended.result.outputs['lease-id'] ?? '';
    if (newId === '') return;
    dropEntitlement(context, name);
    const releasing = { ...context.side.inputs.byId(context), operation: 'release', 'lease-id': newId };
    await launch(context, newRun(context, name), 'release', grants, release.trouble, { inputs: releasing });
    return;
  }
  await runPost('extend-post', extended.result.state, release.trouble);
  await runPost('post', main.result.state, null);
  tell();
}

/** A step that reported success has the access until its end. */
function entitle({ watch, revoking }: HistoryContext, { actor, reported }: ProcessRun, isLost: boolean): void {
  if (isLost) return;
  for (const [grant, it] of reported.entries())
    if (it?.status === 'SUCCEEDED' && it.expiresAt !== null && !revoking.includes(grant))
      watch.entitled.add({ actor, grant, end: it.expiresAt } satisfies Entitled);
}

function dropEntitlement({ watch }: HistoryContext, actor: string): void {
  for (const one of watch.entitled) if (one.actor === actor) watch.entitled.delete(one);
}
