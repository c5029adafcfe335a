import { parse } from 'yaml';

import { yamlExamplesIn } from '../../__tests__/docs/yaml-examples.ts';

export interface Step {
  readonly uses?: string;
  readonly id?: string;
  readonly if?: string;
  readonly name?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Job {
  /** None in a job that calls a workflow. */
  readonly steps?: readonly Step[];
  readonly [key: string]: unknown;
}

export interface Workflow {
  readonly name: string;
  readonly on: unknown;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** The one YAML example of a document that contains a text, as it stands there. */
function example(document: string, containing: string): unknown {
  const found = yamlExamplesIn(document).filter(({ text }) => text.includes(containing));
  const [only, ...others] = found;
  if (only === undefined || others.length > 0)
    throw new Error(`${document} has ${found.length} examples with "${containing}", not one`);
  return parse(only.text);
}

/** A whole workflow of a document, or of a workflow file, by its name. */
export function workflow(document: string, name: string): Workflow {
  return example(document, `name: ${name}\n`) as Workflow;
}

/** An example that shows only steps, in the job that the documents put them into. */
export function withSteps(document: string, containing: string): Workflow {
  const shown = example(document, containing) as { readonly steps: readonly Step[] } | readonly Step[];
  const steps = 'steps' in shown ? shown.steps : shown;
  return {
    name: 'Example',
    on: 'workflow_dispatch',
    permissions: {},
    jobs: {
      example: {
        'runs-on': 'ubuntu-latest',
        'timeout-minutes': 15,
        environment: 'production-access',
        permissions: { 'id-token': 'write' },
        steps,
      },
    },
  };
}

/** The same with further steps at the end of a job. */
export function followedBy(from: Workflow, job: string, ...steps: readonly Step[]): Workflow {
  return changed(from, job, (it) => ({ ...it, steps: [...(it.steps ?? []), ...steps] }));
}

/** The actions that the steps of all jobs use. */
export function actionsOf({ jobs }: Workflow): readonly string[] {
  return Object.values(jobs).flatMap(({ steps = [] }) => steps.flatMap(({ uses }) => uses ?? []));
}

/** The same with one job as a function makes it. */
export function changed(from: Workflow, name: string, change: (job: Job) => Job): Workflow {
  const job = from.jobs[name];
  if (job === undefined) throw new Error(`the workflow "${from.name}" has no job "${name}"`);
  return { ...from, jobs: { ...from.jobs, [name]: change(job) } };
}
