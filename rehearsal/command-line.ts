import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { Misuse, type OwnOptions } from './own/options.ts';
import type { WorkflowRequest } from './own/workflow/model.ts';
import type { OwnWorkflows } from './own/workflow/rehearse-workflows.ts';
import type { SceneOptions } from './show/rehearse-scenes.ts';

/** Options of a person. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'list' }
  | ({ readonly kind: 'scenes' } & SceneOptions)
  | ({ readonly kind: 'step' } & OwnOptions)
  | ({ readonly kind: 'workflows' } & OwnWorkflows);

export const usage = `npm run rehearse
npm run rehearse -- --scene 3
npm run rehearse -- --workflow workflow.yml [--set name=value …] [--workflow other.yml …] [--estate estate.yml]
npm run rehearse -- --workflow workflow.yml --id access [--set name=value …] [--estate estate.yml]
npm run rehearse -- --step step.yml [--set name=value …] [--estate estate.yml]

Without options it plays scenes: the action at work on local servers. docs/rehearsal.md has more.

  --list         lists the scenes, by number and name
  --scene        plays one scene, by its number, and shows all of it
  --verbose      shows all of every scene
  --keep         the folder for logs, outputs and summaries; default for scenes and whole workflows: a new temporary one

  --workflow     a workflow, with all its jobs; several run one after the other in the same clouds
  --id           runs one step of the workflow, with its plan, the rights that it uses, and a sweep
  --step         a file with one step, or with the \`with:\` of one
  --estate       a copy of your own accounts, users, groups, permission sets, or of your Azure tenant, such as
                 rehearsal/estate.yml, from which missing sections and missing lists of \`azure\` are taken
  --files        a folder to use as the repository: what actions/checkout brings, such as access files
  --run-scripts  also runs those \`run:\` steps of workflows that do more than test, print and set outputs: on this machine

After a --workflow, for that one; before the first, for all:

  --event        the event of the run (default workflow_dispatch, else the first of the workflow)
  --set          the value of an expression: --set 'inputs.team=Payments On-Call';
                 from an earlier workflow: --set 'inputs.lease-id=\${{ steps.access.outputs.lease-id }}'`;

const text = { type: 'string' } as const;
const list = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean', default: false } as const;
const options = {
  help: { ...flag, short: 'h' },
  list: flag,
  scene: text,
  verbose: flag,
  keep: text,
  step: text,
  workflow: list,
  id: text,
  event: list,
  estate: text,
  files: text,
  set: list,
  'run-scripts': flag,
} as const;

/**
 * Throws Misuse.
 *
 * @param folder where paths begin
 * @param scenes how many there are
 */
export function readCommand(args: readonly string[], folder: string, scenes: number): Command {
  const { values: given, tokens } = parsed(args);
  const { help, list: lists, scene, verbose, keep, step, workflow, id, estate, files, event, set } = given;
  if (help) return { kind: 'help' };
  const place = (path: string | undefined): string | null => (path === undefined ? null : resolve(folder, path));
  const scripts = given['run-scripts'];
  if (scripts && workflow === undefined) throw new Misuse(`--run-scripts is for whole workflows.\n\n${usage}`);
  if ([step, workflow, id, event, estate, files, set].every((it) => it === undefined)) {
    if (lists) return { kind: 'list' };
    const only = scene === undefined ? null : sceneNumber(scene, scenes);
    return { kind: 'scenes', only, isVerbose: verbose, keep: place(keep) };
  }
  if (lists || verbose || scene !== undefined)
    throw new Misuse(`--list, --scene and --verbose are for the scenes, without a step or workflow.\n\n${usage}`);
  const more = { estate: place(estate), files: place(files), keep: place(keep) };
  const [first, another] = requests(tokens, folder);
  const isStep = step !== undefined;
  if (isStep === (workflow !== undefined) || (id !== undefined && (isStep || another !== undefined)))
    throw new Misuse(`Name one step, with --step or with --workflow and --id, or whole workflows.\n\n${usage}`);
  if (first !== undefined && id === undefined)
    return { kind: 'workflows', workflows: requests(tokens, folder), runsScripts: scripts, ...more };
  const values = new Map((set ?? []).map(pair));
  const one = { event: event?.at(-1) ?? null, values, ...more };
  if (isStep) return { kind: 'step', from: { kind: 'step', path: resolve(folder, step) }, ...one };
  return { kind: 'step', from: { kind: 'workflow', path: first?.path ?? '', id: id ?? '' }, ...one };
}

/** Options after a --workflow are its own; those before the first are of all. */
function requests(tokens: readonly Token[], folder: string): readonly WorkflowRequest[] {
  const values = new Map<string, string>();
  const common = { event: null as string | null, values };
  const list: { readonly path: string; event: string | null; readonly values: Map<string, string> }[] = [];
  for (const token of tokens) {
    if (token.kind !== 'option' || typeof token.value !== 'string') continue;
    const target = list.at(-1) ?? common;
    if (token.name === 'workflow')
      list.push({ path: resolve(folder, token.value), event: common.event, values: new Map(common.values) });
    else if (token.name === 'event') target.event = token.value;
    else if (token.name === 'set') target.values.set(...pair(token.value));
  }
  return list;
}

interface Token {
  readonly kind: string;
  readonly name?: string;
  readonly value?: string | boolean | undefined;
}

function parsed(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof options; tokens: true }>> {
  try {
    return parseArgs({ args: [...args], options, tokens: true });
  } catch (error) {
    throw new Misuse(`${(error as Error).message}\n\n${usage}`);
  }
}

function sceneNumber(written: string, scenes: number): number {
  const number = Number(written);
  if (/^\d+$/u.test(written) && number >= 1 && number <= scenes) return number;
  throw new Misuse(
    `--scene requires the number of a scene, from 1 to ${scenes}, and not "${written}". --list shows them.`,
  );
}

function pair(written: string): [string, string] {
  const at = written.indexOf('=');
  if (at < 1)
    throw new Misuse(`--set requires name=value, such as --set 'inputs.team=Payments On-Call', and not "${written}".`);
  return [written.slice(0, at).trim(), written.slice(at + 1)];
}
