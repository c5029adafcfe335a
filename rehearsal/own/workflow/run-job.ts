import { homeOf } from '../../aws/initial-roles.ts';
import type { Estate } from '../../estate.ts';
import { subjectOf } from '../../github/claims.ts';
import { text } from '../../runner/inputs.ts';
import { runStep, type RunContext, type Step, type StepResult } from '../../runner/step.ts';
import type { startWorld } from '../../world.ts';
import { assumeApproval } from '../approval.ts';
import { assumeSweeps } from '../sweeps.ts';
import { evaluateCondition, evaluateText, type Scope, type Standing } from '../expressions.ts';
import { readJob } from '../read-job.ts';
import { signInNotes, signInOf, trustedSubjects, trustNotes } from '../setting.ts';
import { ambient, hasPlan, inThisWorld } from '../surroundings.ts';
import { evaluateAll, eventPayload, githubContext, withValues } from './contexts.ts';
import type { JobPlan, StepPlan, WorkflowPlan } from './model.ts';
import type { Report } from './report.ts';
import { makeJobFiles, type RunFiles } from './carry-files.ts';
import { runScript } from './run-script.ts';

type World = Awaited<ReturnType<typeof startWorld>>;

/** A step as `steps` shows it. */
export interface StepOutcome {
  readonly outputs: Readonly<Record<string, string>>;
  readonly outcome: 'success' | 'failure' | 'skipped';
  readonly conclusion: 'success' | 'failure' | 'skipped';
}

/** A job as `needs` shows it. */
export interface JobOutcome {
  readonly result: 'success' | 'failure' | 'skipped' | 'not run';
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: Readonly<Record<string, StepOutcome>>;
}

export interface JobSetting {
  readonly plan: WorkflowPlan;
  readonly job: JobPlan;
  /** Of its run, with its own IDs. */
  readonly context: RunContext;
  readonly needs: Readonly<Record<string, JobOutcome>>;
  readonly values: ReadonlyMap<string, string>;
  readonly estate: Estate;
  readonly files: RunFiles;
  /** Called with the name of each role or identity, before the requests that it makes. */
  readonly onSignIn: (cloud: string, who: string | null) => void;
}

/** A step of the action whose post step is still to run. */
interface Pending {
  readonly title: string;
  readonly step: Step;
  readonly signIn: () => void;
}

/** Runs the steps of a job, then the post steps in reverse, and hands on its outputs. */
export async function runJob(world: World, setting: JobSetting, report: Report): Promise<JobOutcome> {
  const { plan, job, values, estate } = setting;
  const steps: Record<string, StepOutcome> = {};
  const posts: Pending[] = [];
  const workspace = makeJobFiles(setting.files);
  let exported: Readonly<Record<string, string>> = {};
  let standing: Standing = 'success';
  const base = scopeOf(setting, {}, steps, standing);
  const own = readJob(placeOf(plan, job, job.steps[0]), plan.event, (it) => evaluateText(text(it), base));
  const context = { ...setting.context, environment: own.environment };
  world.github.announce(context);
  world.github.allow(own.reads);
  const token = own.idToken ? 'id-token: write' : 'no id-token: write';
  report.note(`\n${report.style.bold(`── Job ${job.id}`)}: ${subjectOf(context)}, ${token}`);
  const scope = (): Scope => {
    const outer = scopeOf({ ...setting, context }, exported, steps, standing);
    const env = {
      ...evaluateAll(plan.document['env'], outer),
      ...evaluateAll(job.document['env'], outer),
      ...exported,
    };
    return { ...outer, ...withValues({ ...outer.contexts, env }, values) };
  };
  const settle = ({ id, document }: StepPlan, passed: boolean, outputs: StepResult['outputs']): void => {
    const outcome = passed ? 'success' : 'failure';
    const conclusion = document['continue-on-error'] === true ? 'success' : outcome;
    if (conclusion === 'failure') standing = 'failure';
    if (id !== null) steps[id] = { outputs, outcome, conclusion };
  };

  const act = async (step: StepPlan): Promise<void> => {
    const at = scope();
    const given = evaluateAll(step.document['with'], at);
    const its = readJob(placeOf(plan, job, step), plan.event, (it) => evaluateText(text(it), at));
    const signIn = signInOf(given, its);
    const notes = [...signInNotes(signIn, its), ...trustNotes(signIn, context, trustedSubjects(estate, signIn))];
    for (const note of notes) report.note(`  ${note}`);
    const inputs = inThisWorld(given, signIn, world);
    const env = { ...envOf(at, step), ...ambient(inputs, signIn, world, homeOf({}, estate).region) };
    const payload = eventPayload(context, plan.inputs);
    const files = workspace.files();
    const run: Step = {
      inputs,
      env,
      idToken: its.idToken,
      context: { ...context, step: step.id ?? '' },
      payload,
      files,
    };
    assumeSweeps(world.github, inputs);
    assumeApproval(world.github, inputs, context);
    const who = signIn.as;
    const onSignIn = (): void => {
      setting.onSignIn(inputs['cloud'] ?? '', who);
    };
    if (hasPlan(inputs)) {
      const planned = await runStep(world, { ...run, inputs: { ...inputs, 'dry-run': 'true' } });
      if (planned.requests.length > 0) report.keep(`${step.title}: its plan, a dry run`, planned);
    }
    onSignIn();
    const result = await runStep(world, run);
    workspace.keep(result);
    report.note('');
    report.step(`Step: ${step.title}`, { uses: text(step.document['uses']), id: step.id, inputs: given }, result);
    exported = { ...exported, ...result.exported };
    settle(step, result.exitCode === 0, result.outputs);
    posts.unshift({ title: step.title, step: { ...run, stage: 'post', state: result.state }, signIn: onSignIn });
  };

  const runIts = async (step: StepPlan): Promise<void> => {
    const at = scope();
    const script = evaluateText(text(step.document['run']), at);
    const result = await runScript({
      text: script,
      env: envOf(at, step),
      context: { ...context, step: step.id ?? '' },
    });
    if (result === null) {
      report.note(`  – not run, for want of bash: ${step.title}`);
      return;
    }
    report.note(`  ${result.exitCode === 0 ? '✔' : '✘'} run, exit code ${result.exitCode}: ${step.title}`);
    if (result.log.trim() !== '') report.note(result.log.trimEnd().replaceAll(/^/gmu, '      '));
    report.script(step.title, { Log: result.log, Summary: result.summary });
    exported = { ...exported, ...result.exported };
    settle(step, result.exitCode === 0, result.outputs);
  };

  for (const step of job.steps) {
    if (!evaluateCondition(step.condition, scope())) {
      report.note(`  – skipped${step.condition === null ? '' : `, if: ${step.condition}`}: ${step.title}`);
      if (step.id !== null) steps[step.id] = { outputs: {}, outcome: 'skipped', conclusion: 'skipped' };
    } else if (step.kind === 'action') await act(step);
    else if (step.kind === 'script') await runIts(step);
    else {
      const moved = workspace.move(text(step.document['uses']), () => evaluateAll(step.document['with'], scope()));
      report.note(`  – ${moved ?? 'not run by the rehearsal, assumed successful'}: ${step.title}`);
      settle(step, true, {});
    }
  }
  for (const { title, step, signIn } of posts) {
    signIn();
    const result = await runStep(world, step);
    if (result.log.trim() === '' && result.exitCode === 0) report.note(`  ✔ post step, nothing to do: ${title}`);
    else report.step(`Post step: ${title}`, null, result);
    if (result.exitCode !== 0) standing = 'failure';
  }
  const result = standing === 'failure' ? 'failure' : 'success';
  world.github.stand(context.checkRunId, { status: 'completed', conclusion: result });
  return { result, outputs: evaluateAll(job.document['outputs'], scope()), steps };
}

function placeOf(
  { path, document }: WorkflowPlan,
  { id, document: job }: JobPlan,
  step: StepPlan | undefined,
): Parameters<typeof readJob>[0] {
  return { path, workflow: document, name: id, job, step: step?.document ?? {} };
}

function envOf(scope: Scope, { document }: StepPlan): Readonly<Record<string, string>> {
  return { ...(scope.contexts['env'] as Readonly<Record<string, string>>), ...evaluateAll(document['env'], scope) };
}

/** The contexts of a job: those of a step, without `env`. */
export function scopeOf(
  { plan, context, needs, values }: Pick<JobSetting, 'plan' | 'context' | 'needs' | 'values'>,
  env: Readonly<Record<string, string>>,
  steps: Readonly<Record<string, StepOutcome>>,
  standing: Standing,
): Scope {
  const contexts = {
    github: githubContext(context, eventPayload(context, plan.inputs)),
    inputs: plan.inputs,
    env,
    secrets: { GITHUB_TOKEN: githubContext(context, {})['token'] },
    needs: Object.fromEntries(Object.entries(needs).map(([id, { result, outputs }]) => [id, { result, outputs }])),
    steps,
    job: { status: standing, check_run_id: context.checkRunId },
    runner: { os: 'Linux', arch: 'X64', environment: 'github-hosted', name: 'Rehearsal' },
  };
  return { standing, ...withValues(contexts, values) };
}
