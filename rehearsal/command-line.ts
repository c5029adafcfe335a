import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { Misuse, type OwnOptions } from './own/options.ts';
import type { SceneOptions } from './show/rehearse-scenes.ts';

/** What a person asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'list' }
  | ({ readonly kind: 'scenes' } & SceneOptions)
  | ({ readonly kind: 'step' } & OwnOptions);

export const usage = `npm run rehearse
npm run rehearse -- --scene 3
npm run rehearse -- --step step.yml [--estate estate.yml] [--set name=value …]
npm run rehearse -- --workflow workflow.yml --id access [--estate estate.yml] [--set name=value …]

Without options it plays scenes: the action at work on local servers. docs/rehearsal.md has more.

  --list      lists the scenes, by number and name
  --scene     plays one scene, by its number, and shows all of it
  --verbose   shows all of every scene
  --keep      the folder for logs, outputs and summaries; default: a new one in the folder for temporary files

  --step      a file with one step, or with the \`with:\` of one
  --workflow  a workflow: its step with that --id runs
              (or the only one that uses this action), with the permissions, environment and event of its job
  --event     the event of the run, where the workflow has several (workflow_dispatch, else the first)
  --estate    a copy of your own accounts, users, groups, permission sets, or of your Azure tenant, such as
              rehearsal/estate.yml, from which missing sections and missing lists of \`azure\` are taken; IDs are optional
  --set       the value of an expression: --set 'inputs.team=Payments On-Call'`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const options = {
  help: { ...flag, short: 'h' },
  list: flag,
  scene: text,
  verbose: flag,
  keep: text,
  step: text,
  workflow: text,
  id: text,
  event: text,
  estate: text,
  set: { ...text, multiple: true },
} as const;

/**
 * Throws Misuse.
 *
 * @param folder where paths begin
 * @param scenes how many there are
 */
export function readCommand(args: readonly string[], folder: string, scenes: number): Command {
  const given = parsed(args);
  const { help, list, scene, verbose, keep, step, workflow, id = '', event = null, estate, set = [] } = given;
  if (help) return { kind: 'help' };
  const place = <T>(path: T): T | string => (typeof path === 'string' ? resolve(folder, path) : path);
  const ofOwn = [step, workflow, given.id, given.event, estate, given.set].some((it) => it !== undefined);
  if (!ofOwn) {
    if (list) return { kind: 'list' };
    const only = scene === undefined ? null : sceneNumber(scene, scenes);
    return { kind: 'scenes', only, isVerbose: verbose, keep: place(keep ?? null) };
  }
  if (list || verbose || scene !== undefined)
    throw new Misuse(`--list, --scene and --verbose are for the scenes, without a step or workflow.\n\n${usage}`);
  const more = { estate: place(estate ?? null), event, values: new Map(set.map(pair)), keep: place(keep ?? null) };
  if (step !== undefined && workflow === undefined && id === '')
    return { kind: 'step', from: { kind: 'step', path: resolve(folder, step) }, ...more };
  if (workflow !== undefined && step === undefined)
    return { kind: 'step', from: { kind: 'workflow', path: resolve(folder, workflow), id }, ...more };
  throw new Misuse(`Name one step: with --step, or with --workflow and --id.\n\n${usage}`);
}

function parsed(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof options }>>['values'] {
  try {
    return parseArgs({ args: [...args], options }).values;
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

function pair(written: string): readonly [string, string] {
  const at = written.indexOf('=');
  if (at < 1)
    throw new Misuse(`--set requires name=value, such as --set 'inputs.team=Payments On-Call', and not "${written}".`);
  return [written.slice(0, at).trim(), written.slice(at + 1)];
}
