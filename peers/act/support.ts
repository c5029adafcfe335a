import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import { describeWith } from '../found.ts';
import { findLeaks } from '../../rehearsal/runner/leaks.ts';
import { startWorld, type World, type WorldOptions } from '../../rehearsal/world.ts';
import { act, type ActOptions, type ActRun, type Line } from './run.ts';
import type { Workflow } from './workflows.ts';

/** A world, with what a runner asks of it. */
export type ActWorld = Awaited<ReturnType<typeof startWorld>>;

export const describeAct = describeWith('act');

/** What the documents speak of and the rehearsal does not have. */
const releaseManagers = { id: '9067642c1a-2e3f4051-6b7c-4d8e-9f0a-1b2c3d4e5f60', displayName: 'Release Managers' };
export const paymentsDeploy = {
  id: '5e000000-0000-4000-8000-00000000d001',
  appId: 'a9900000-0000-4000-8000-00000000d001',
  displayName: 'payments-deploy',
  servicePrincipalType: 'Application' as const,
};

/** What the examples on AWS give. */
const incidentAdmin = { account: 'payments-prod', permissionSet: 'IncidentAdmin' } as const;
export const onCall = { ...incidentAdmin, principal: 'group:Payments On-Call' } as const;
export const alice = { ...incidentAdmin, principal: 'user:alice@example.com' } as const;
export const releaseAccess = { ...incidentAdmin, principal: `group:${releaseManagers.displayName}` } as const;

/** act goes by the clock on the wall, and so does its world. What jobs can sign in to is what the documents set up. */
export async function inActWorld<T>(options: WorldOptions, scene: (world: ActWorld) => Promise<T>): Promise<T> {
  const estate = loadEstate();
  const { azure } = estate;
  const world = await startWorld({
    clock: 'real',
    estate:
      azure === undefined
        ? estate
        : { ...estate, azure: { ...azure, servicePrincipals: [...azure.servicePrincipals, paymentsDeploy] } },
    ...options,
    aws: {
      operations: { durationMs: 800 },
      roles: [{ arn: 'arn:aws:iam::111122223333:role/access-sweeper' }],
      ...options.aws,
    },
  });
  try {
    if (options.clouds?.includes('aws') !== false) {
      world.aws.estate.addGroup(releaseManagers);
      world.aws.schedules.addGroup('cloud-access');
    }
    return await scene(world);
  } finally {
    await world.close();
  }
}

/**
 * A run of a repository as the set-up scripts make it, with a row for octocat; monalisa approved it. act is told which run it
 * is, as a runner is: GitHub has to show the same.
 */
export function approvedRun(
  world: ActWorld,
  line: string,
  { by = 'octocat', isApproved = true } = {},
): Pick<ActOptions, 'actor' | 'commit' | 'env'> {
  const { people, repository } = world.github;
  for (const login of [by, 'monalisa']) if (people.find(login) === undefined) people.add(login);
  const rows = `  - github: ${people.named('octocat').id}\n    ${line}\n  - github: ${people.named('monalisa').id}\n`;
  const files = { '.github/people.yml': `version: 1\npeople:\n${rows}` };
  repository.push({ by: 'octocat', commits: [{ files }] });
  repository.environment('production-access', { reviewers: ['monalisa'] });
  const run = { ...world.context, ...repository.dispatch({ by }) };
  world.github.announce(run);
  if (isApproved) repository.approve({ by: 'monalisa', runId: run.runId });
  return {
    actor: by,
    commit: run.sha,
    env: { ...world.identify(run), GITHUB_RUN_ID: run.runId, GITHUB_ACTOR_ID: run.actorId },
  };
}

/** Runs a workflow; whatever it does, no secret may be in what act shows. */
export async function runAct(world: World, workflow: Workflow, options: ActOptions = {}): Promise<ActRun> {
  const run = await act(world, workflow, options);
  const leaks = findLeaks([{ name: 'act', text: shownBy(run) }], world.secrets());
  if (leaks.length > 0) throw new Error(`secrets leaked: ${leaks.join('; ')}\n${shownBy(run)}`);
  return run;
}

/**
 * What a person would see. In act's JSON a line has the workflow command as it came beside the message, masks
 * too (`raw`, `arg`): known of act, and not what it shows.
 */
export function shownBy({ lines }: Pick<ActRun, 'lines'>): string {
  return lines.map(({ msg, content = '' }) => `${msg.trimEnd()}\n${content}`).join('\n');
}

/** How a stage of a step ended: `success`, `failure`, or undefined where it did not end, or was not begun. */
export function endOf(run: ActRun, stage: 'Main' | 'Post', step: string): string | undefined {
  return run.lines.find((it) => it.stage === stage && it.step === step && it.stepResult !== undefined)?.stepResult;
}

/** How a job ended: `success` or `failure`. */
export function jobEnd(run: ActRun, jobID: string): string | undefined {
  return run.lines.find((it) => it.jobID === jobID && it.jobResult !== undefined)?.jobResult;
}

/** What one step printed, without workflow commands. */
export function printedBy(run: Pick<ActRun, 'lines'>, stage: Line['stage'], step: string): string {
  return run.lines
    .filter((it) => it.stage === stage && it.step === step && it.raw_output === true)
    .map(({ msg }) => msg)
    .join('');
}

/** What workflow commands of a kind said, such as `error`. */
export function told(run: ActRun, command: string): readonly string[] {
  return run.lines.flatMap((it) => (it.command === command ? [it.arg ?? ''] : []));
}

export const ours = 'OWNER/cloud-access@v1';
