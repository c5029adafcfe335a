import { readYaml, Unusable } from '../estate-file/yaml.ts';
import { text } from '../runner/inputs.ts';
import { Misuse, type OwnOptions } from './options.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** The inputs of the step that was asked for, as the runner would evaluate them. Throws Misuse. */
export function readStep({ from, values }: OwnOptions): Readonly<Record<string, string>> {
  const document = read(from.path);
  const given = from.kind === 'workflow' ? inWorkflow(document, from.path, from.id) : inStep(document, from.path);
  const unknown = new Set<string>();
  const inputs = Object.entries(given).map(([name, value]) => [name, evaluate(text(value), values, unknown)] as const);
  if (unknown.size > 0) {
    const lines = [...unknown].map((name) => `  --set '${name}=…'`).join('\n');
    throw new Misuse(`Say what these expressions stand for:\n${lines}`);
  }
  return Object.fromEntries(inputs);
}

function read(path: string): unknown {
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
      `${path} is no step: it begins with \`- uses:\`, or with the names of inputs. A step of a workflow is taken with --workflow.`,
    );
  const inputs = step['with'] ?? ('uses' in step ? {} : step);
  if (!isMapping(inputs)) throw new Misuse(`The \`with:\` of ${path} has no inputs.`);
  return inputs;
}

function inWorkflow(document: unknown, path: string, id: string): Mapping {
  const jobs = isMapping(document) && isMapping(document['jobs']) ? Object.values(document['jobs']) : [];
  const steps = jobs.flatMap((job) =>
    isMapping(job) && Array.isArray(job['steps']) ? (job['steps'] as readonly unknown[]) : [],
  );
  const own = steps.filter(
    (step): step is Mapping => isMapping(step) && isMapping(step['with']) && 'cloud' in step['with'],
  );
  const found = id === '' ? own : own.filter((step) => step['id'] === id);
  const [step, another] = found;
  if (step === undefined || another !== undefined) {
    const ids = own.map((it) => (typeof it['id'] === 'string' ? it['id'] : 'one without an id')).join(', ');
    const which =
      step === undefined ? (id === '' ? 'no step that uses this action' : `no such step with the id ${id}`) : 'several';
    throw new Misuse(`${path} has ${which}${own.length === 0 ? '' : ` (it has: ${ids}): name one with --id`}.`);
  }
  return step['with'] as Mapping;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function evaluate(template: string, values: ReadonlyMap<string, string>, unknown: Set<string>): string {
  return template.replaceAll(/\$\{\{\s*(?<expression>.*?)\s*\}\}/gsu, (_, expression: string) => {
    const value = values.get(expression);
    if (value === undefined) unknown.add(expression);
    return value ?? '';
  });
}
