import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What a person asks to be rehearsed. */
export interface OwnOptions {
  /** The path of an estate, `null` for the one of the rehearsal. */
  readonly estate: string | null;
  readonly from:
    | { readonly kind: 'step'; readonly path: string }
    | { readonly kind: 'workflow'; readonly path: string; readonly id: string };
  /** The event that the job runs on, `null` for the workflow's own. */
  readonly event: string | null;
  /** What expressions stand for: `inputs.team` → `Payments On-Call`. */
  readonly values: ReadonlyMap<string, string>;
}

/** A fault of who calls it, in words. */
export class Misuse extends Error {}

export const usage = `npm run rehearse
npm run rehearse -- --step step.yml [--estate estate.yml] [--set name=value …]
npm run rehearse -- --workflow workflow.yml --id access [--estate estate.yml] [--set name=value …]

Without options it shows scenes: the action at work on local servers.

  --step      a file with one step, or with the \`with:\` of one
  --workflow  a workflow, of which the step with that id is taken
              (or the only one that uses this action), with what it says of permissions, environment and event
  --event     the event of the run, where the workflow has several (workflow_dispatch, else the first)
  --estate    a copy of your own accounts, users, groups, permission sets (or your Azure tenant): see rehearsal/estate.yml;
              sections that it leaves out, and lists of \`azure\`, are those of that file; ids need not be there
  --set       what an expression stands for: --set 'inputs.team=Payments On-Call'`;

export function asksForHelp(args: readonly string[]): boolean {
  return args.some((it) => it === '--help' || it === '-h');
}

/**
 * `null` where nothing was asked for. Throws Misuse.
 *
 * @param folder where paths begin
 */
export function readOptions(args: readonly string[], folder = process.cwd()): OwnOptions | null {
  if (args.length === 0) return null;
  const { estate = null, step, workflow, id = '', set, event = null } = inFolder(parsed(args), folder);
  const values = new Map(set.map(pair));
  if (step !== undefined && workflow === undefined && id === '')
    return { estate, from: { kind: 'step', path: step }, event, values };
  if (workflow !== undefined && step === undefined)
    return { estate, from: { kind: 'workflow', path: workflow, id }, event, values };
  throw new Misuse(`Name one step: with --step, or with --workflow and --id.\n\n${usage}`);
}

interface Given {
  readonly estate?: string | undefined;
  readonly step?: string | undefined;
  readonly workflow?: string | undefined;
  readonly id?: string | undefined;
  readonly event?: string | undefined;
  readonly set: readonly string[];
}

function parsed(args: readonly string[]): Given {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { estate: text, step: text, workflow: text, id: text, event: text, set: { ...text, multiple: true } },
    });
    return { ...values, set: values.set ?? [] };
  } catch (error) {
    throw new Misuse(`${(error as Error).message}\n\n${usage}`);
  }
}

function inFolder(given: Given, folder: string): Given {
  const place = (path: string | undefined): string | undefined => (path === undefined ? path : resolve(folder, path));
  return { ...given, estate: place(given.estate), step: place(given.step), workflow: place(given.workflow) };
}

function pair(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1)
    throw new Misuse(`--set takes name=value, such as --set 'inputs.team=Payments On-Call', and not "${text}".`);
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}
