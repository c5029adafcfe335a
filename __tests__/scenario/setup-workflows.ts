import { basename } from 'node:path';
import { parse } from 'yaml';
import type { Started } from '../../rehearsal/github/repository/world.ts';
import type { Allowed } from '../../rehearsal/github/tokens.ts';
import type { RunContext, Step } from '../../rehearsal/runner/step.ts';
import { blocks } from '../docs/markdown.ts';
import { readText } from '../docs/repository.ts';
import { workflowFiles } from '../docs/yaml-examples.ts';
import { job } from './lease-support.ts';

interface Workflow {
  readonly name: string;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface WrittenStep {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly environment: string;
  readonly permissions: Readonly<Record<string, string>>;
  /** None in a job that calls a workflow. */
  readonly steps?: readonly WrittenStep[];
}

const shown = blocks(readText('setup/README.md'));
const workflows = workflowFiles.map((file) => ({ file, workflow: parse(readText(file)) as Workflow }));

const isOurs = ({ uses = '' }: WrittenStep): boolean => uses.startsWith('OWNER/cloud-access@');

interface Shipped {
  readonly inputs: Step['inputs'];
  /** The number of a job, or the run that a person started. */
  readonly in: (run: number | Started) => Pick<Step, 'context' | 'idToken'>;
  /** What its job lets `github.token` read. */
  readonly reads: Allowed;
}

/** The one step with the action of a workflow in setup/workflows, with typed inputs, and its environment. */
export function stepOf(name: string, typed: Readonly<Record<string, string>> = {}): Shipped {
  const found = workflows
    .filter(({ workflow }) => workflow.name === name)
    .flatMap(({ file, workflow }) =>
      Object.values(workflow.jobs).map((job) => ({ file, job, ours: (job.steps ?? []).filter(isOurs) })),
    )
    .filter(({ ours }) => ours.length > 0);
  const [only, ...others] = found;
  const [inputsOf, ...more] = only?.ours.map((it) => it.with) ?? [];
  if (only === undefined || inputsOf === undefined || others.length + more.length > 0)
    throw new Error(`setup/workflows has not one workflow "${name}" of one step with the action`);
  const evaluated = (value: unknown): string =>
    String(value).replaceAll(/\$\{\{ inputs\.(?<input>[\w-]+) \}\}/gu, (_whole, input: string) => {
      const text = typed[input];
      if (text === undefined) throw new Error(`no value for ${input}`);
      return text;
    });
  const inputs = Object.fromEntries(Object.entries(inputsOf).map(([input, value]) => [input, evaluated(value)]));
  const workflowPath = `.github/workflows/${basename(only.file)}`;
  const context: Partial<RunContext> = { environment: only.job.environment, workflow: name, workflowPath };
  const { permissions } = only.job;
  const may = (permission: string): 'read' | 'none' => (permissions[permission] === 'read' ? 'read' : 'none');
  return {
    inputs,
    in: (run) => ({
      ...(typeof run === 'number' ? job(run, context) : { context: { ...run, ...context } }),
      idToken: permissions['id-token'] === 'write',
    }),
    reads: { actions: may('actions'), contents: may('contents'), 'pull-requests': may('pull-requests') },
  };
}

/** `name=value` after an option of the first command of setup/README.md that begins so, without the shell's quotes. */
export function given(command: string, option: string): Readonly<Record<string, string>> {
  // Later ones change the result of the first.
  const [line = ''] = shown
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.replaceAll('\\\n', ' ').split('\n'))
    .filter((line) => line.startsWith(command));
  const [, rest = ''] = line.split(` ${option} `);
  const pairs = [...rest.matchAll(/(?<name>\w+)=(?:'(?<quoted>[^']*)'|(?<plain>\S+))/gu)];
  if (pairs.length === 0) throw new Error(`setup/README.md has no "${command} … ${option}"`);
  return Object.fromEntries(
    pairs.map(({ groups }) => [groups?.['name'] ?? '', groups?.['quoted'] ?? groups?.['plain'] ?? '']),
  );
}
