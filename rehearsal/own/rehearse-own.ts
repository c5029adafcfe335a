import { basename } from 'node:path';

import { homeOf } from '../aws/initial-roles.ts';
import type { AwsOptions } from '../aws/options.ts';
import { schedulerTrust } from '../aws/trust.ts';
import type { Estate } from '../estate.ts';
import { runStep, type Step, type StepResult } from '../runner/step.ts';
import { asShown } from '../show/as-shown.ts';
import { makeKeeper, type KeptPart } from '../show/keep.ts';
import { stepPage } from '../show/page.ts';
import { stepSections, type WrittenStep } from '../show/sections.ts';
import type { Style } from '../show/style.ts';
import { startWorld, type World } from '../world.ts';
import { estateFor } from './estate-for.ts';
import { awsPolicy, azureRole, checksOf, directoryQuestions } from './least-privilege.ts';
import type { OwnOptions } from './options.ts';
import { readStep } from './read-step.ts';
import { settingOf, signInOf, takenAsGiven, type SignIn } from './setting.ts';
import { tagNote, untaggedIn } from './tags.ts';

type Inputs = Step['inputs'];

/**
 * Rehearses a person's own step against a copy of their own estate: the plan, the run, its post step, and a sweep
 * afterwards; then what rights it took. Returns whether the step itself was green. Throws Misuse.
 */
export async function rehearseOwn(options: OwnOptions, style: Style, say: (text: string) => void): Promise<boolean> {
  const { inputs: given, uses, id, job } = readStep(options);
  const signIn = signInOf(given, job);
  const estate = estateFor(options.estate, given);
  const world = await startWorld({
    clouds: [given['cloud'] === 'azure' ? 'azure' : 'aws'],
    estate,
    aws: roles(given, signIn, estate),
  });
  try {
    const inputs = inThisWorld(given, signIn, world);
    const { region: home } = homeOf({}, estate);
    const setting = settingOf(job, options.event);
    const step = { inputs, env: ambient(inputs, signIn, world, home), ...setting };
    say(
      `${takenAsGiven({ job, signIn, context: { ...world.context, ...setting.context }, trusted: world.context })}\n`,
    );
    const parts: KeptPart[] = [];
    const show = (caption: string, written: WrittenStep | null, result: StepResult): void => {
      const shown = { step: written, result: asShown(result) };
      parts.push({ caption, sections: stepSections(shown), result: shown.result });
      say(stepPage({ caption, ...shown }, style));
    };
    world.github.allow(job?.readsActions === false ? 'none' : 'read');
    if (hasPlan(inputs)) {
      const planned = await runStep(world, { ...step, inputs: { ...inputs, 'dry-run': 'true' } });
      // Of an input that is wrong the run says the same.
      if (planned.requests.length > 0) show('The plan: what it would change', null, planned);
    }
    const mark = world.journal.mark();
    const main = await runStep(world, step);
    show('The run', { uses, id, inputs: given }, main);
    const post = await runStep(world, { ...step, stage: 'post', state: main.state });
    show('Its post step, when the job has ended', null, post);
    const requests = world.journal.since(mark);
    say(rights(requests, inputs['cloud'] ?? '', style));
    const untagged = untaggedIn(checksOf(requests), inputs, estate);
    if (untagged.length > 0) say(`${tagNote(untagged)}\n`);
    if (isSwept(inputs) && requests.length > 0) {
      // Another workflow's, which may do what a sweep takes.
      world.github.allow('read');
      const env = ambient(inputs, { ...signIn, isGiven: true }, world, home);
      const swept = await runStep(world, { inputs: sweepOf(inputs), env });
      show('A sweep afterwards: what is left, if anything', null, swept);
    }
    const isGreen = main.exitCode === 0 && post.exitCode === 0;
    if (options.keep !== null) {
      const keeper = await makeKeeper(options.keep);
      const verdict = isGreen ? '✔ green' : '✘ not green';
      await keeper.keep({
        number: 1,
        title: basename(options.from.path),
        note: null,
        parts,
        verdict,
        isRight: isGreen,
      });
      say(`Log, outputs and summary: ${await keeper.finish('A step in rehearsal')}`);
    }
    say(
      isGreen
        ? style.good('✔ The step and its post step end green, provided that what was taken as given is true.')
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

/** Azure's servers are here, whatever cloud the step names; its ID token is for them. */
function inThisWorld(inputs: Inputs, { own }: SignIn, world: World): Inputs {
  if (inputs['cloud'] !== 'azure') return inputs;
  const { 'azure-environment': environment = '', 'azure-audience': audience = '' } = world.azure.inputs;
  return { ...inputs, 'azure-environment': environment, ...(own ? { 'azure-audience': audience } : {}) };
}

/** What an earlier step of the job would have left, where the step signs in with nothing of its own. */
function ambient(
  inputs: Inputs,
  { own, isGiven, region }: SignIn,
  world: World,
  home: string,
): Readonly<Record<string, string>> {
  if (own) return {};
  // configure-aws-credentials demands a Region, and sets these variables to it.
  const where = { AWS_REGION: region ?? home, AWS_DEFAULT_REGION: region ?? home };
  if (inputs['cloud'] !== 'azure') return isGiven ? { ...world.aws.ambientCredentials(), ...where } : {};
  if (isGiven) world.azure.loginCli();
  else world.azure.logoutCli();
  return world.azure.cli;
}

/** A dry run is itself the plan. */
function hasPlan({ operation = 'assign', 'dry-run': isDry }: Inputs): boolean {
  return isDry !== 'true' && ['assign', 'revoke', 'provision', 'sweep'].includes(operation);
}

/**
 * Whether a sweep has anything to look at after it: what Privileged Identity Management gave, Azure ends, and on AWS there
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

function rights(requests: ReturnType<World['journal']['all']>, cloud: string, style: Style): string {
  const checks = checksOf(requests);
  if (checks.length === 0) return 'The step ended before it needed any rights.\n';
  const document = cloud === 'azure' ? azureRole(checks) : awsPolicy(checks);
  const title =
    cloud === 'azure'
      ? 'The rights that it needed, as a custom role'
      : 'The rights that it needed, as a policy of the role';
  const asked = directoryQuestions(requests);
  const directory =
    asked.length === 0
      ? []
      : [`Microsoft Graph was asked as well: ${asked.join(', ')}. With ids instead of names it is not.`, ''];
  return [style.bold(`── ${title}`), '', JSON.stringify(document, null, 2), '', ...directory, elsewhere].join('\n');
}

/** What a step of one's own names is seldom there. */
const notYours =
  ' It ran in rehearsal/estate.yml, which does not have your accounts, users and roles: give a copy of yours with --estate.';

const elsewhere =
  'That is what these two runs needed. With others who hold the same access, with a change that has to be waited for, and for a sweep, it is more: docs/policies has all of it.\n';
