import { readYaml, Unusable } from '../estate-file/yaml.ts';
import { text } from '../runner/inputs.ts';
import { isMapping, type Mapping } from '../shape.ts';
import { Misuse, type OwnOptions } from './options.ts';
import { quoted } from './quoted.ts';
import { readJob, type OwnJob, type Place } from './read-job.ts';
import { stepScope } from './step-scope.ts';

/** A step that a person wants to rehearse. */
export interface OwnStep {
  /** As the runner would evaluate them. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The variables that the workflow, the job and the step set. */
  readonly env: Readonly<Record<string, string>>;
  readonly uses: string;
  readonly id: string | null;
  /** `null` without a workflow. */
  readonly job: OwnJob | null;
}

/** Reads the requested step, and its job. Throws Misuse. */
export function readStep({ from, values, event }: OwnOptions): OwnStep {
  const document = readDocument(from.path);
  const place = from.kind === 'workflow' ? inWorkflow(document, from.path, from.id) : null;
  const given = place === null ? inStep(document, from.path) : (place.step['with'] as Mapping);
  for (const [name, value] of Object.entries(given))
    if (typeof value === 'object' && value !== null) throw noText(name, value);
  const { env, evaluate } = stepScope(place, event, values);
  const unknown = new Set<string>();
  const evaluated = (value: unknown): string => evaluate(text(value), unknown);
  const inputs = Object.entries(given).map(([name, value]) => [name, evaluated(value)] as const);
  const job = place === null ? null : readJob(place, event, evaluated);
  if (unknown.size > 0) {
    const lines = [...unknown].map((name) => `  --set ${quoted(`${name}=…`)}`).join('\n');
    throw new Misuse(`Give the values of these expressions:\n${lines}`);
  }
  const written = place === null ? stepIn(document) : place.step;
  return { inputs: Object.fromEntries(inputs), env, uses: usesOf(written), id: idOf(written), job };
}

/** The `uses` of a step; of inputs alone that of the documents. */
function usesOf({ uses }: Mapping): string {
  return typeof uses === 'string' ? uses : 'OWNER/cloud-access@v1';
}

function idOf({ uses, id }: Mapping): string | null {
  return typeof uses === 'string' && typeof id === 'string' ? id : null;
}

function stepIn(document: unknown): Mapping {
  const [step] = [document].flat() as readonly unknown[];
  return isMapping(step) ? step : {};
}

/** GitHub starts no workflow with such a value. */
function noText(name: string, value: object): Misuse {
  const lines = Array.isArray(value) ? (value as readonly unknown[]).map((it) => `    ${text(it)}`) : ['    …'];
  const what = Array.isArray(value) ? 'a list' : 'a mapping';
  return new Misuse(
    `The input ${name} is ${what}, and GitHub takes only text there. Write its values one a line:\n\n  ${name}: |\n${lines.join('\n')}`,
  );
}

/** Throws Misuse. */
export function readDocument(path: string): unknown {
  try {
    return readYaml(path);
  } catch (error) {
    throw error instanceof Unusable ? new Misuse(error.message) : error;
  }
}

/** A step, a list of one, or the inputs alone. */
function inStep(document: unknown, path: string): Mapping {
  const [step, another] = Array.isArray(document) ? (document as readonly unknown[]) : [document];
  if (another !== undefined) throw new Misuse(`${path} has more than one step: keep the one that is to be rehearsed.`);
  if (!isMapping(step) || 'steps' in step || 'jobs' in step)
    throw new Misuse(
      `${path} is not a step: one begins with \`- uses:\`, or with the names of inputs. A step of a workflow is taken with --workflow.`,
    );
  const inputs = step['with'] ?? ('uses' in step ? {} : step);
  if (!isMapping(inputs)) throw new Misuse(`The \`with:\` of ${path} has no inputs.`);
  return inputs;
}

function inWorkflow(document: unknown, path: string, id: string): Place {
  const workflow = isMapping(document) ? document : {};
  const jobs = isMapping(workflow['jobs']) ? Object.entries(workflow['jobs']) : [];
  const own = jobs.flatMap(([name, job]) => {
    if (!isMapping(job) || !Array.isArray(job['steps'])) return [];
    const steps = (job['steps'] as readonly unknown[]).filter(isMapping);
    return steps
      .filter((step) => isMapping(step['with']) && 'cloud' in step['with'])
      .map((step): Place => ({ path, workflow, name, job, step }));
  });
  const found = id === '' ? own : own.filter(({ step }) => step['id'] === id);
  const [place, another] = found;
  if (place === undefined || another !== undefined) {
    const ids = own.map(({ step: { id: it } }) => (typeof it === 'string' ? it : 'one without an id')).join(', ');
    const which =
      place === undefined
        ? id === ''
          ? 'no step that uses this action'
          : `no such step with the id ${id}`
        : 'several';
    throw new Misuse(`${path} has ${which}${own.length === 0 ? '' : ` (it has: ${ids}): name one with --id`}.`);
  }
  return place;
}
