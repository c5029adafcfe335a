import { text } from '../runner/inputs.ts';
import { isMapping, type Mapping } from '../shape.ts';

/** The values of a workflow's inputs, and what GitHub would refuse about them. */
export interface DispatchInputs {
  readonly inputs: Readonly<Record<string, string | number | boolean>>;
  /** Sentences. */
  readonly faults: readonly string[];
  /** The names of required inputs without a value. */
  readonly missing: readonly string[];
}

/**
 * Reads the inputs of a run as GitHub does for `workflow_dispatch` and `workflow_call`: with defaults, and by type.
 *
 * @param declared the workflow's `inputs`
 * @param values those of the person, by name; a value with an expression is not checked before it is evaluated
 */
export function dispatchInputs(declared: Mapping, values: ReadonlyMap<string, string>): DispatchInputs {
  const entries = Object.entries(declared).map(([name, input]) => {
    const settings = isMapping(input) ? input : {};
    return { name, settings, ...valueOf(name, settings, values.get(name)) };
  });
  const unknown = [...values.keys()].filter((name) => !Object.hasOwn(declared, name));
  const names = Object.keys(declared).join(', ');
  return {
    inputs: Object.fromEntries(entries.map(({ name, value }) => [name, value])),
    faults: [
      ...entries.flatMap(({ fault }) => fault ?? []),
      ...unknown.map((name) => `The workflow has no input "${name}"${names === '' ? '.' : `. It has: ${names}.`}`),
    ],
    missing: entries
      .filter(({ settings, value, fault }) => settings['required'] === true && value === '' && fault === null)
      .map(({ name }) => name),
  };
}

interface Value {
  readonly value: string | number | boolean;
  readonly fault: string | null;
}

/** GitHub's page chooses the first option, and leaves a checkbox empty, without a default. */
function valueOf(name: string, { type, options, default: usual }: Mapping, given: string | undefined): Value {
  const choices = Array.isArray(options) ? options.map(text) : [];
  const otherwise = type === 'boolean' ? 'false' : type === 'choice' ? (choices[0] ?? '') : '';
  const value = given ?? (usual === undefined || usual === null ? otherwise : text(usual));
  if (value.includes('${{')) return { value, fault: null };
  if (type === 'choice' && !choices.includes(value))
    return { value, fault: `"${value}" is no option of the input ${name}. Its options: ${choices.join(', ')}.` };
  if (type === 'boolean') {
    if (!['true', 'false'].includes(value))
      return { value, fault: `"${value}" is no value of the input ${name}, which is true or false.` };
    return { value: value === 'true', fault: null };
  }
  if (type === 'number' && value !== '') {
    if (Number.isNaN(Number(value))) return { value, fault: `"${value}" is no number, as the input ${name} is.` };
    return { value: Number(value), fault: null };
  }
  return { value, fault: null };
}
