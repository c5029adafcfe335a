import { readFile } from 'node:fs/promises';

import { parse } from 'yaml';

import { jobToken, type RunContext } from './context.ts';

/** Parts of an action's metadata that the harness needs. */
export interface ActionMetadata {
  /** Declared inputs and their defaults, '' without one. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly main: string;
  readonly post: string | null;
}

interface ActionFile {
  readonly inputs?: Readonly<Record<string, { readonly default?: unknown } | null>>;
  readonly runs?: { readonly main?: string; readonly post?: string };
}

export async function readMetadata(path: string): Promise<ActionMetadata> {
  const file = parse(await readFile(path, 'utf8')) as ActionFile;
  const inputs = Object.entries(file.inputs ?? {}).map(([name, input]): [string, string] => [
    name,
    text(input?.default),
  ]);
  return {
    inputs: Object.fromEntries(inputs),
    main: file.runs?.main ?? 'dist/main.js',
    post: file.runs?.post ?? null,
  };
}

/**
 * `with:` as the process sees it: upper case, spaces to `_`, hyphens kept; undeclared ones are passed too
 * [runner:Handler.cs].
 */
export function inputVariables(
  metadata: ActionMetadata,
  given: Readonly<Record<string, string>>,
  context: RunContext,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata.inputs)) variables[variable(name)] = evaluate(value, context);
  for (const [name, value] of Object.entries(given)) variables[variable(name)] = value;
  return variables;
}

/** The runner's message about inputs that the action does not declare, `null` without any [runner:ActionRunner.cs]. */
export function unexpectedInputs(metadata: ActionMetadata, given: Readonly<Record<string, string>>): string | null {
  const valid = Object.keys(metadata.inputs);
  const known = new Set(valid.map((name) => name.toLowerCase()));
  const unexpected = Object.keys(given).filter((name) => !known.has(name.toLowerCase()));
  if (unexpected.length === 0) return null;
  return `Unexpected input(s) '${unexpected.join("', '")}', valid inputs are ['${valid.join("', '")}']`;
}

function variable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/** The few expressions that defaults of inputs use. */
function evaluate(value: string, context: RunContext): string {
  return value.replace(/\$\{\{\s*([\w.]+)\s*\}\}/g, (_, expression: string) => {
    if (expression === 'github.token') return jobToken;
    if (expression === 'job.check_run_id') return context.checkRunId;
    throw new Error(`The rehearsal cannot evaluate \${{ ${expression} }}`);
  });
}

/** A value of YAML in the runner's text form. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
