import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';

import type { JournalEntry } from '../journal.ts';
import { parseEntries } from './command-files.ts';
import type { Command } from './commands.ts';
import { findLeaks, type Channel } from './leaks.ts';
import type { Annotation, StepLog } from './log.ts';
import { readTree, type CommandFile, type RunnerPaths } from './paths.ts';
import type { EndedProcess } from './process.ts';
import type { Witness } from './witness.ts';

/** A summary above this size is refused by the runner [runner:FileCommandManager.cs]. */
const SUMMARY_LIMIT = 1024 * 1024;

/** Result of a step. */
export interface StepResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The log as GitHub shows it: commands interpreted, secrets masked. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly state: Readonly<Record<string, string>>;
  /** Variables and paths that the step added for later steps. */
  readonly exported: Readonly<Record<string, string>>;
  readonly addedPaths: readonly string[];
  readonly masks: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly commands: readonly Command[];
  /** Remaining files of the process in the runner's folders: `temp/…`, `work/…`, `home/…` → content. */
  readonly files: Readonly<Record<string, string>>;
  /** The same paths → permission bits. */
  readonly modes: Readonly<Record<string, number>>;
  /** The content of a file that the step named with its absolute path. */
  file(path: string): string | undefined;
  /** Problems in the command files that would fail the runner, and half-written entries. */
  readonly fileProblems: readonly string[];
  readonly requests: readonly JournalEntry[];
  /** Other actions of its process, outside of it. */
  readonly witness: Witness;
  readonly virtualMs: number;
  readonly realMs: number;
  /** Places of a secret in the output of the process; the add-mask command itself is exempt. */
  leaked(secrets: readonly string[]): string[];
}

/** Reads everything that the process left behind, before the folders go. */
export async function collect(
  ended: EndedProcess,
  log: StepLog,
  paths: RunnerPaths,
  measured: Pick<StepResult, 'requests' | 'witness' | 'virtualMs' | 'realMs'>,
): Promise<StepResult> {
  const text = async (file: CommandFile): Promise<string> => await readFile(paths.commandFiles[file], 'utf8');
  const raw = {
    output: await text('output'),
    state: await text('state'),
    env: await text('env'),
    path: await text('path'),
    summary: await text('summary'),
  };
  const outputs = parseEntries('GITHUB_OUTPUT', raw.output);
  const state = parseEntries('GITHUB_STATE', raw.state);
  const exported = parseEntries('GITHUB_ENV', raw.env);
  const tree = await readTree(paths);
  const fileProblems = [...outputs.problems, ...state.problems, ...exported.problems];
  if (Buffer.byteLength(raw.summary) > SUMMARY_LIMIT) fileProblems.push('GITHUB_STEP_SUMMARY: more than 1 MiB');
  const channels: readonly Channel[] = [
    { name: 'stdout', text: withoutMasks(ended.stdout) },
    { name: 'stderr', text: ended.stderr },
    ...Object.entries(raw).map(([name, content]) => ({ name: `command file ${name}`, text: content })),
    ...Object.entries(tree.files).map(([name, content]) => ({ name: `file ${name}`, text: `${name}\n${content}` })),
    ...log.commands
      .filter(({ name }) => name !== 'add-mask')
      .map(({ name, properties, value }) => ({
        name: `command ${name}`,
        text: [value, ...Object.values(properties)].join('\n'),
      })),
    ...Object.entries({ ...outputs.values, ...log.outputs }).map(([name, value]) => ({
      name: `output ${name}`,
      text: value,
    })),
  ];
  return {
    ...ended,
    ...measured,
    log: log
      .lines()
      .map((line) => `${line}\n`)
      .join(''),
    outputs: { ...outputs.values, ...log.outputs },
    summary: raw.summary,
    state: { ...state.values, ...log.state },
    exported: exported.values,
    addedPaths: raw.path.split('\n').filter((line) => line !== ''),
    masks: log.masks,
    annotations: log.annotations,
    commands: log.commands,
    files: tree.files,
    modes: tree.modes,
    file: (path) => tree.files[relative(paths.root, path).split(sep).join('/')],
    fileProblems,
    leaked: (secrets) => findLeaks(channels, secrets),
  };
}

function withoutMasks(stdout: string): string {
  return stdout
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('::add-mask::'))
    .join('\n');
}
