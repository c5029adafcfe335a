import { homeOf } from '../../aws/initial-roles.ts';
import { defaultTrust, schedulerTrust } from '../../aws/trust.ts';
import type { Estate } from '../../estate.ts';
import type { JournalEntry } from '../../journal.ts';
import { makeKeeper } from '../../show/keep.ts';
import type { Style } from '../../show/style.ts';
import { usualTrust } from '../../subjects.ts';
import { startWorld } from '../../world.ts';
import { assumePeople, assumeReview } from '../approval.ts';
import { estateFor } from '../estate-for.ts';
import { evaluateText } from '../expressions.ts';
import { repositoryFiles } from '../files.ts';
import { Misuse } from '../options.ts';
import { readDocument } from '../read-step.ts';
import { rights } from '../rights.ts';
import { planWorkflow } from './plan.ts';
import type { WorkflowPlan, WorkflowRequest } from './model.ts';
import { namedIn, withClients, type Named } from './named.ts';
import { makeReport } from './report.ts';
import type { JobOutcome, StepOutcome } from './run-job.ts';
import { runWorkflow, type Use } from './run-workflow.ts';

export interface OwnWorkflows {
  /** In the order in which they run. */
  readonly workflows: readonly WorkflowRequest[];
  readonly estate: string | null;
  /** Folder of the repository, `null` for none. */
  readonly files: string | null;
  /** True if all scripts run, not only plain ones. */
  readonly runsScripts: boolean;
  /** `null`: a new folder. */
  readonly keep: string | null;
}

type World = Awaited<ReturnType<typeof startWorld>>;

/** Rehearses whole workflows one after the other in one world. Returns whether no job failed. Throws Misuse. */
export async function rehearseWorkflows(
  { workflows, estate: path, files: folder, runsScripts, keep }: OwnWorkflows,
  style: Style,
  say: (text: string) => void,
): Promise<boolean> {
  const read = workflows.map((request) => ({ request, document: readDocument(request.path) }));
  // All faults before anything runs.
  const named = read.map(({ request, document }) =>
    namedIn(planWorkflow(document, request, runsScripts), request.values),
  );
  const estate = withClients(
    estateFor(path, {}),
    named.flatMap(({ clients }) => clients),
  );
  const files = repositoryFiles(folder);
  const world = await startWorld({ clouds: ['aws', 'azure'], estate });
  try {
    addRoles(world, estate, named);
    const people = assumePeople(
      world.github,
      estate,
      named.flatMap(({ inputs }) => inputs),
    );
    say([...assumptions(estate, named), ...people].join('\n'));
    const keeper = await makeKeeper(keep);
    const uses: Use[] = [];
    let steps: Readonly<Record<string, StepOutcome>> = {};
    let isGreen = true;
    for (const [index, { request, document }] of read.entries()) {
      const whole = withEarlier(request, steps);
      const plan = planWorkflow(document, whole, runsScripts);
      say(`\n${style.bold(`${plan.file}: ${plan.event} on ${plan.ref}`)}${inputsText(plan)}`);
      const report = makeReport(style, say);
      const onUse = (use: Use): void => void uses.push(use);
      const reviewed = plan.event === 'push' ? assumeReview(world.github, named[index]?.inputs ?? [], files) : null;
      if (reviewed !== null) say(reviewed.line);
      const run = { plan, pushed: reviewed?.pushed ?? null, nth: index, values: whole.values, estate, files, onUse };
      const jobs = await runWorkflow(world, run, report);
      for (const job of Object.values(jobs)) steps = { ...steps, ...job.steps };
      const failed = Object.values(jobs).some(({ result }) => result === 'failure');
      if (failed) isGreen = false;
      const verdict = resultsText(jobs);
      say(`${failed ? style.bad('✘') : style.good('✔')} ${plan.file}: ${verdict}`);
      await keeper.keep({
        number: index + 1,
        title: plan.file,
        note: `${plan.event} on ${plan.ref}${inputsText(plan)}`,
        parts: report.parts,
        verdict,
        isRight: !failed,
      });
    }
    say('');
    for (const [who, { cloud, requests }] of byIdentity(uses)) say(rights(requests, { cloud, who }, style));
    say(`Plans, logs, results and summaries: ${await keeper.finish('Workflows in rehearsal')}`);
    return isGreen;
  } finally {
    await world.close();
  }
}

function byIdentity(
  uses: readonly Use[],
): ReadonlyMap<string, { readonly cloud: string; readonly requests: readonly JournalEntry[] }> {
  const grouped = Map.groupBy(uses, ({ who }) => who ?? 'the identity that an earlier step signs in');
  return new Map(
    [...grouped].map(([who, those]) => [
      who,
      { cloud: those[0]?.cloud ?? '', requests: those.flatMap(({ requests }) => requests) },
    ]),
  );
}

/** Adds the roles that steps name and the estate does not have. */
function addRoles({ aws }: World, estate: Estate, named: readonly Named[]): void {
  const { region } = homeOf({}, estate);
  for (const arn of named.flatMap(({ roles }) => roles))
    if (aws.roles.find(arn) === undefined) aws.roles.put({ arn, trust: defaultTrust(estate, arn), policy: undefined });
  for (const { arn, group } of named.flatMap(({ enders }) => enders))
    aws.roles.put({ arn, trust: schedulerTrust(arn, region, group), policy: undefined });
}

function assumptions(estate: Estate, named: readonly Named[]): readonly string[] {
  const { roles = [], azure, repository } = estate;
  const usual = [usualTrust(repository)];
  const trusts = new Map([
    ...roles.map((it) => [it.arn, it.trusts] as const),
    ...(azure?.servicePrincipals ?? []).map((it) => [it.appId, it.trusts] as const),
  ]);
  const all = new Set(named.flatMap((it) => [...it.roles, ...it.clients]));
  return [
    `Assumed: the workflows are of ${repository.name}. The roles and identities that they name exist and may do everything:`,
    ...[...all].map((who) => `  ${who} trusts ${(trusts.get(who) ?? usual).join(', ')}.`),
  ];
}

/** Replaces expressions in the values of a workflow by outputs of the workflows before it. Throws Misuse. */
function withEarlier(request: WorkflowRequest, steps: Readonly<Record<string, StepOutcome>>): WorkflowRequest {
  const values = [...request.values].map(([name, written]) => {
    if (!written.includes('${{')) return [name, written] as const;
    const value = evaluateText(written, { contexts: { steps }, standing: 'success', given: new Map() });
    if (value === '')
      throw new Misuse(
        `--set ${name}=${written} is empty: no step of an earlier workflow has that output. Its steps: ${Object.keys(steps).join(', ') || 'none'}.`,
      );
    return [name, value] as const;
  });
  return { ...request, values: new Map(values) };
}

function inputsText({ inputs }: WorkflowPlan): string {
  const list = Object.entries(inputs).map(([name, value]) => `${name}=${String(value)}`);
  return list.length === 0 ? '' : `, with ${list.join(', ')}`;
}

function resultsText(jobs: Readonly<Record<string, JobOutcome>>): string {
  return Object.entries(jobs)
    .map(([id, { result }]) => `job ${id} ${result}`)
    .join(', ');
}
