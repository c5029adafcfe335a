import { runStep, type StepResult } from '../../rehearsal/runner/step.ts';
import { alter, alterationsIn, isReadable, type Alteration } from './altered-answers.ts';
import type { LeaseCloud } from './lease-cloud.ts';
import { jobOf, openScene, type Job, type Scene } from './lease-runs.ts';
import { lasting, sweepIn } from './lease-crash-stories.ts';
import { checked, errors, inWorld } from './support.ts';

/** The step of a job that gets altered responses. */
export type Stage = 'main' | 'post';

/**
 * Longest time of a step in milliseconds: sign-in, `timeout`, and the release of what it began; for a post step all of
 * its time.
 */
const longestMs = { main: 5 * 60_000, post: 4 * 60_000 } as const;
/** The lease's end, with the work after it, in milliseconds. */
const untilOver = 3 * 3_600_000;

function leasing({ inputs }: LeaseCloud): Job {
  return jobOf('doomed', 1, { ...inputs.one, ...lasting, timeout: '1m' });
}

/** All alterations of the responses to taking or releasing a lease without faults. */
export function alterationsOfLease(cloud: LeaseCloud, stage: Stage): Promise<readonly Alteration[]> {
  return inWorld(cloud.world, async (world) => {
    const scene = openScene(world, cloud);
    const job = leasing(cloud);
    if (stage === 'main') return alterationsIn(world, () => scene.main(job));
    await scene.main(job);
    return alterationsIn(world, () => scene.post(job));
  });
}

/** Takes and releases a lease with altered responses to one of the two; returns the faults up to the lease's end. */
export function runAlteredLease(cloud: LeaseCloud, stage: Stage, alteration: Alteration): Promise<readonly string[]> {
  return inWorld(cloud.world, async (world) => {
    const scene = openScene(world, cloud);
    const job = leasing(cloud);
    const run = async (at: Stage, state: StepResult['state']): Promise<StepResult> => {
      const restore = at === stage ? alter(world, alteration) : () => undefined;
      const inputs = { ...cloud.signIn(world, 'assign'), ...job.inputs };
      const result = checked(world, await runStep(world, { inputs, context: job.context, stage: at, state }));
      restore();
      scene.blame(...wordProblems(result, at).map((it) => `${at}: ${it}`));
      return result;
    };
    const main = await run('main', {});
    scene.blame(...mainProblems(cloud, scene, main));
    const post = await run('post', main.state);
    // Where no read shows the record, the access looks like permanent access of another caller.
    if (main.outputs['lease-state'] !== 'permanent') scene.blame(...postProblems(cloud, scene, post));
    scene.lose(job);
    await world.advance(untilOver);
    await sweepIn(scene, 'sweep', 99);
    if (cloud.has(world, cloud.one)) scene.blame('the access is there when all is over');
    const problems = scene.problems();
    const { operation, path, to } = alteration;
    const title = `${operation}: ${path} ${to}`;
    return problems.length === 0
      ? []
      : [`${title}: ${problems.join('; ')}\n${errors(main).slice(0, 400)}\n${errors(post).slice(0, 400)}`];
  });
}

function wordProblems(result: StepResult, at: Stage): readonly string[] {
  const words = errors(result);
  return [
    ...(result.signal === null ? [] : [`it ended by ${result.signal}`]),
    ...(isReadable(result) ? [] : ['no readable text']),
    ...(result.exitCode === 0 || words.includes('What to do: ') ? [] : ['no hint']),
    ...(result.virtualMs < longestMs[at] ? [] : [`took ${result.virtualMs} ms`]),
  ];
}

/** Green with the access, or red with a true report: remains of a failed lease are reported. */
function mainProblems(cloud: LeaseCloud, { world }: Scene, main: StepResult): readonly string[] {
  const { exitCode, outputs } = main;
  const isThere = cloud.has(world, cloud.one);
  const { status = 'missing' } = outputs;
  if (exitCode === 0) return status === 'SUCCEEDED' && isThere ? [] : [`green, ${status}, there: ${String(isThere)}`];
  if (status === 'IN_PROGRESS') return [];
  const isSaid = outputs['changed'] === 'true' && / ends the access at |Its record stays/u.test(errors(main));
  return status === 'FAILED' && (!isThere || isSaid) ? [] : [`red, ${status}, there: ${String(isThere)}`];
}

/** Green where the access is gone, or where the step reports its end. */
function postProblems(cloud: LeaseCloud, { world }: Scene, { exitCode, annotations }: StepResult): readonly string[] {
  if (!cloud.has(world, cloud.one) || exitCode !== 0) return [];
  return annotations.some(({ level }) => level === 'warning') ? [] : ['green without a word, and it is there'];
}
