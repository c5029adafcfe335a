import { basename } from 'node:path';

import { homeOf } from '../aws/initial-roles.ts';
import type { AwsOptions } from '../aws/options.ts';
import { schedulerTrust } from '../aws/trust.ts';
import type { Estate } from '../estate.ts';
import { runStep, type Step } from '../runner/step.ts';
import { makeKeeper } from '../show/keep.ts';
import type { Style } from '../show/style.ts';
import { startWorld } from '../world.ts';
import { assumeApproval, assumePeople } from './approval.ts';
import { assumeSweeps } from './sweeps.ts';
import { estateFor } from './estate-for.ts';
import { repositoryFiles } from './files.ts';
import { checksOf } from './least-privilege.ts';
import type { OwnOptions } from './options.ts';
import { readStep } from './read-step.ts';
import { rights } from './rights.ts';
import { settingOf, signInOf, takenAsGiven, trustedSubjects, type SignIn } from './setting.ts';
import { ambient, hasPlan, inThisWorld } from './surroundings.ts';
import { tagNote, untaggedIn } from './tags.ts';
import { makeReport } from './workflow/report.ts';

type Inputs = Step['inputs'];

/**
 * Rehearses a person's own step against a copy of their own estate: the plan, the run, its post step, the rights that it
 * used, and a sweep. Returns whether the step itself was green. Throws Misuse.
 */
export async function rehearseStep(options: OwnOptions, style: Style, say: (text: string) => void): Promise<boolean> {
  const { inputs: given, env, uses, id, job } = readStep(options);
  const signIn = signInOf(given, job);
  const estate = estateFor(options.estate, given);
  const files = repositoryFiles(options.files);
  const world = await startWorld({
    clouds: [given['cloud'] === 'azure' ? 'azure' : 'aws'],
    estate,
    aws: roles(given, signIn, estate),
  });
  try {
    const inputs = inThisWorld(given, signIn, world);
    const { region: home } = homeOf({}, estate);
    const people = assumePeople(world.github, estate, [given]);
    const setting = settingOf(job, options.event);
    const step = { inputs, env: { ...env, ...ambient(inputs, signIn, world, home) }, ...setting, files };
    const context = { ...world.context, ...setting.context };
    const assumed = takenAsGiven({ job, signIn, context, trusts: trustedSubjects(estate, signIn) });
    say(`${[assumed, ...people].join('\n')}\n`);
    const report = makeReport(style, say);
    world.github.allow(job?.reads ?? 'read');
    assumeSweeps(world.github, inputs);
    assumeApproval(world.github, inputs, context);
    if (hasPlan(inputs)) {
      const planned = await runStep(world, { ...step, inputs: { ...inputs, 'dry-run': 'true' } });
      // Of an input that is wrong the run says the same.
      if (planned.requests.length > 0) report.step('The plan: a dry run', null, planned);
    }
    const mark = world.journal.mark();
    const main = await runStep(world, step);
    report.step('The run', { uses, id, inputs: given }, main);
    const post = await runStep(world, { ...step, stage: 'post', state: main.state });
    report.step('Its post step, after the end of the job', null, post);
    const requests = world.journal.since(mark);
    say(rights(requests, { cloud: inputs['cloud'] ?? '', who: null }, style));
    const untagged = untaggedIn(checksOf(requests), inputs, estate);
    if (untagged.length > 0) say(`${tagNote(untagged)}\n`);
    if (isSwept(inputs) && requests.length > 0) {
      // Another workflow's, with the rights of a sweep.
      world.github.allow('read');
      const env = ambient(inputs, { ...signIn, isGiven: true }, world, home);
      const swept = await runStep(world, { ...setting, idToken: true, inputs: sweepOf(inputs), env });
      report.step('A sweep afterwards', null, swept);
    }
    const isGreen = main.exitCode === 0 && post.exitCode === 0;
    if (options.keep !== null) {
      const keeper = await makeKeeper(options.keep);
      const verdict = isGreen ? '✔ green' : '✘ not green';
      await keeper.keep({
        number: 1,
        title: basename(options.from.path),
        note: null,
        parts: report.parts,
        verdict,
        isRight: isGreen,
      });
      say(`Log, outputs and summary: ${await keeper.finish('A step in rehearsal')}`);
    }
    say(
      isGreen
        ? style.good('✔ The step and its post step end green, if the assumptions above are true.')
        : `${style.bad('✘ Not green: see above.')}${options.estate === null && requests.length > 0 ? notYours : ''}`,
    );
    return isGreen;
  } finally {
    await world.close();
  }
}

/** Roles that the step names exist: the broker trusts the estate's repository, the other the Scheduler for the step's group. */
function roles(inputs: Inputs, { as }: SignIn, estate: Estate): AwsOptions {
  const { 'aws-scheduler-role-arn': ender = '', 'aws-scheduler-group': group = '' } = inputs;
  const roleArn = as?.startsWith('arn:') === true ? { roleArn: as } : {};
  if (ender === '') return roleArn;
  const { region } = homeOf(roleArn, estate);
  const trust = group === '' ? {} : { trust: schedulerTrust(ender, region, group) };
  return { ...roleArn, executionRole: { arn: ender, ...trust } };
}

/**
 * True if a sweep has a task after it: access through Privileged Identity Management ends by itself, and on AWS there
 * are records only with a role for the Scheduler.
 */
function isSwept({ cloud, lifetime = 'none', operation, ...inputs }: Inputs): boolean {
  if (['none', 'permanent'].includes(lifetime) || operation === 'extend' || inputs['dry-run'] === 'true') return false;
  return cloud === 'azure' ? inputs['azure-pim'] !== 'true' : (inputs['aws-scheduler-role-arn'] ?? '') !== '';
}

/** With the step's own sign-in and place of records; everywhere, or on Azure without a subscription at its targets. */
function sweepOf(inputs: Inputs): Inputs {
  const { cloud = '', target = '', 'azure-subscription-id': subscription = '' } = inputs;
  const kept = Object.entries(inputs).filter(([name]) => /^(?:aws|azure)-/u.test(name) && name !== 'azure-pim');
  const where = cloud === 'azure' && subscription === '' ? { target } : {};
  return { cloud, operation: 'sweep', ...Object.fromEntries(kept), ...where };
}

/** The sample seldom has the names of a user's own step. */
const notYours =
  ' It ran in rehearsal/estate.yml, which does not have your accounts, users and roles: give a copy of yours with --estate.';
