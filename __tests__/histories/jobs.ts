import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { ProcessRun, Purpose } from './chronicle.ts';
import { launch } from './launch.ts';
import { isKept, type Job, type Trouble } from './plan.ts';
import { contextOf, newRun, type RunNames } from './runs.ts';
import { note, type Stage } from './stage.ts';
import type { Entitled } from './watch.ts';

export async function playJob(stage: Stage, job: Job): Promise<void> {
  const { world, side, watch, jobsLost } = stage;
  const run = newRun(stage, job.name);
  // GitHub knows a job before its first step, and may lose it by then.
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
      note(stage, `GitHub declares the job of ${job.name} lost`);
      tell();
    });
  const keep = isKept(job);
  const main = await launch(stage, run, 'main', job.grants, job.trouble, {
    inputs: {
      ...side.inputs.grants(stage, job.grants),
      lifetime: `${job.lifetimeMinutes}m`,
      timeout: `${job.timeoutMinutes}m`,
      reason: `INC-${job.name}`,
      ...(keep ? { 'keep-after-job': 'true' } : {}),
    },
    skewMs: job.skewMs,
  });
  entitle(stage, main, isOver.told && !keep && side.asksForJobs);
  await world.clock.sleep(job.stayMs);
  await leave(stage, job, run, main, tell);
}

/** What becomes of a job after its main step. */
async function leave(stage: Stage, job: Job, run: RunNames, main: ProcessRun, tell: () => void): Promise<void> {
  const { world } = stage;
  const { ending } = job;
  const { state, outputs } = main.result;
  const leaseId = outputs['lease-id'] ?? '';
  switch (ending.kind) {
    case 'post':
      dropEntitlement(stage, job.name);
      await launch(stage, run, 'post', job.grants, ending.trouble, {
        stage: 'post',
        inputs: {},
        state,
        skewMs: job.skewMs,
      });
      tell();
      return;
    case 'dies':
      note(stage, `the runner of ${job.name} is gone`);
      if (ending.toldAfterMs === null) return;
      await world.clock.sleep(ending.toldAfterMs);
      tell();
      return;
    case 'kept': {
      tell();
      if (ending.release === null || leaseId === '') return;
      dropEntitlement(stage, job.name);
      const inputs = { ...stage.side.inputs.byId(stage), operation: 'release', 'lease-id': leaseId };
      await launch(stage, newRun(stage, job.name), 'release', job.grants, ending.release.trouble, { inputs });
      return;
    }
    case 'extended':
      await extend(stage, job, ending, run, main, tell);
  }
}

/** Another step takes the lease anew, for another time, and gives back the old one. */
async function extend(
  stage: Stage,
  job: Job,
  { keep, lifetimeMinutes, trouble, stayMs, release }: Extract<Job['ending'], { readonly kind: 'extended' }>,
  run: RunNames,
  main: ProcessRun,
  tell: () => void,
): Promise<void> {
  const { world } = stage;
  const { name, grants, skewMs } = job;
  const leaseId = main.result.outputs['lease-id'] ?? '';
  const giveBack = async (purpose: Purpose, state: StepResult['state'], what: Trouble | null): Promise<void> => {
    dropEntitlement(stage, name);
    await launch(stage, run, purpose, grants, what, { stage: 'post', inputs: {}, state, skewMs });
  };
  if (keep) tell();
  if (leaseId === '') {
    if (!keep) await giveBack('post', main.result.state, null);
    tell();
    return;
  }
  const inputs = {
    ...stage.side.inputs.byId(stage),
    operation: 'extend',
    'lease-id': leaseId,
    lifetime: `${lifetimeMinutes}m`,
    reason: `INC-${name}`,
  };
  const extended = await launch(stage, keep ? newRun(stage, name) : run, 'extend', grants, trouble, { inputs, skewMs });
  dropEntitlement(stage, name);
  entitle(
    stage,
    extended,
    stage.jobsLost.some(({ actor }) => actor === name),
  );
  await world.clock.sleep(stayMs);
  if (release === null) return;
  if (keep) {
    const newId = extended.result.outputs['lease-id'] ?? '';
    if (newId === '') return;
    dropEntitlement(stage, name);
    const releasing = { ...stage.side.inputs.byId(stage), operation: 'release', 'lease-id': newId };
    await launch(stage, newRun(stage, name), 'release', grants, release.trouble, { inputs: releasing });
    return;
  }
  await giveBack('extend-post', extended.result.state, release.trouble);
  await giveBack('post', main.result.state, null);
  tell();
}

/** Whoever reported success has the access until its end. */
function entitle({ watch, revoking }: Stage, { actor, reported }: ProcessRun, isLost: boolean): void {
  if (isLost) return;
  for (const [grant, it] of reported.entries())
    if (it?.status === 'SUCCEEDED' && it.expiresAt !== null && !revoking.includes(grant))
      watch.entitled.add({ actor, grant, end: it.expiresAt } satisfies Entitled);
}

function dropEntitlement({ watch }: Stage, actor: string): void {
  for (const one of watch.entitled) if (one.actor === actor) watch.entitled.delete(one);
}
