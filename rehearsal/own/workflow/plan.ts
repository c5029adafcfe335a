import { basename } from 'node:path';

import { text } from '../../runner/inputs.ts';
import { isMapping, type Mapping } from '../../shape.ts';
import { dispatchInputs } from '../dispatch-inputs.ts';
import { Misuse } from '../options.ts';
import { isPlain } from '../plain-script.ts';
import { quoted } from '../quoted.ts';
import { triggerOf, workflowName } from '../read-job.ts';
import type { JobPlan, StepPlan, WorkflowPlan, WorkflowRequest } from './model.ts';
import { inOrder } from './order.ts';
import { unknownPaths } from './unknown.ts';

/**
 * Reads the work of a workflow. Throws Misuse with all faults.
 *
 * @param runsScripts true if scripts that are not plain run too
 */
export function planWorkflow(document: unknown, request: WorkflowRequest, runsScripts: boolean): WorkflowPlan {
  const { path, event, values } = request;
  const workflow = isMapping(document) ? document : {};
  const written = isMapping(workflow['jobs']) ? Object.entries(workflow['jobs']) : [];
  if (written.length === 0) throw new Misuse(`${path} has no jobs.`);
  const trigger = triggerOf(workflow, event, path);
  const { inputs, faults, missing } = dispatchInputs(trigger.inputs ?? {}, inputValues(values));
  const jobs = written.map(([id, job]) => jobPlan(id, isMapping(job) ? job : {}, runsScripts));
  const broken = [...faults, ...jobs.flatMap((job) => jobFaults(job, jobs))];
  const { ordered, fault } = inOrder(jobs);
  if (fault !== null) broken.push(fault);
  if (!jobs.some(usesAction)) broken.push('No step of it uses this action.');
  const unknown = [
    ...missing.map((name) => `inputs.${name}`),
    ...unknownPaths({ document: workflow, jobs, event: trigger.event, values }),
  ];
  if (broken.length > 0 || unknown.length > 0) throw misuse(path, broken, unknown);
  const { event: name, ref } = trigger;
  return {
    path,
    file: basename(path),
    name: workflowName(workflow, path),
    document: workflow,
    event: name,
    ref,
    inputs,
    jobs: ordered,
  };
}

function misuse(path: string, broken: readonly string[], unknown: readonly string[]): Misuse {
  const lines = [...new Set(unknown)].map((name) => `  --set ${quoted(`${name}=…`)}`);
  return new Misuse(
    [
      ...(broken.length === 0 ? [] : [`${path} cannot be rehearsed:`, ...broken.map((it) => `  ${it}`)]),
      ...(lines.length === 0 ? [] : [`Give the values of these expressions, after --workflow ${path}:`, ...lines]),
    ].join('\n'),
  );
}

function inputValues(values: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const own = [...values].flatMap(([key, value]) => {
    const name = /^inputs\.(?<name>[\w-]+)$/u.exec(key)?.groups?.['name'];
    return name === undefined ? [] : [[name, value] as const];
  });
  return new Map(own);
}

function jobPlan(id: string, job: Mapping, runsScripts: boolean): JobPlan {
  const steps = Array.isArray(job['steps']) ? (job['steps'] as readonly unknown[]).filter(isMapping) : [];
  return {
    id,
    document: job,
    needs: [job['needs'] ?? []].flat().map(text),
    condition: conditionOf(job),
    calls: typeof job['uses'] === 'string' ? job['uses'] : null,
    steps: steps.map((step) => stepPlan(step, runsScripts)),
  };
}

function stepPlan(step: Mapping, runsScripts: boolean): StepPlan {
  const { id, name, uses, run, shell = 'bash' } = step;
  const script = typeof run === 'string' ? run : null;
  const runs = script !== null && /^bash\b/u.test(text(shell)) && (runsScripts || isPlain(withoutExpressions(script)));
  return {
    document: step,
    id: typeof id === 'string' ? id : null,
    title: text(name ?? uses ?? script?.trim().split('\n')[0] ?? 'a step'),
    kind: isThisAction(step) ? 'action' : runs ? 'script' : 'other',
    condition: conditionOf(step),
  };
}

/** By its name, or in a copy of another name by the input that every step has. */
export function isThisAction({ uses, with: inputs }: Mapping): boolean {
  if (typeof uses !== 'string') return false;
  return uses.includes('/cloud-access@') || (isMapping(inputs) && 'cloud' in inputs);
}

function withoutExpressions(script: string): string {
  return script.replaceAll(/\$\{\{.*?\}\}/gsu, 'x');
}

function conditionOf(of: Mapping): string | null {
  return 'if' in of ? text(of['if']) : null;
}

function usesAction({ steps }: JobPlan): boolean {
  return steps.some(({ kind }) => kind === 'action');
}

function jobFaults({ id, document, calls, steps }: JobPlan, jobs: readonly JobPlan[]): readonly string[] {
  const alone = 'Rehearse one of its steps, with --id.';
  // Without it a rehearsal would miss something.
  const isMissed = !jobs.some(usesAction) || jobs.some(({ needs }) => needs.includes(id));
  if (calls !== null)
    return isMissed
      ? [`The job ${id} calls another workflow, which a rehearsal does not do. Name that one with --workflow.`]
      : [];
  if (isMapping(document['strategy']) && 'matrix' in document['strategy'])
    return [`The job ${id} has a matrix, which a rehearsal does not expand. ${alone}`];
  const lists = steps.flatMap(({ document: { with: inputs }, kind, title }) =>
    kind === 'action' && isMapping(inputs)
      ? Object.entries(inputs)
          .filter(([, value]) => typeof value === 'object' && value !== null)
          .map(
            ([name]) =>
              `The input ${name} of "${title}" is not text. Write several values one a line, below \`${name}: |\`.`,
          )
      : [],
  );
  return steps.length === 0 ? [`The job ${id} has no steps.`] : lists;
}
