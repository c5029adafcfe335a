import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parseEntries } from '../../runner/command-files.ts';
import { runVariables, type RunContext } from '../../runner/context.ts';
import { makeLog } from '../../runner/log.ts';
import { makePaths, removePaths } from '../../runner/paths.ts';
import { isPlain } from '../plain-script.ts';

/** The outcome of a `run` step. */
export interface ScriptResult {
  readonly exitCode: number;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The variables that it set for later steps. */
  readonly exported: Readonly<Record<string, string>>;
}

interface Script {
  readonly text: string;
  readonly env: Readonly<Record<string, string>>;
  readonly context: RunContext;
}

const LIMIT_MS = 60_000;

/**
 * Runs a script with bash in an empty folder, as GitHub does. A plain one finds no programs: it has the commands of the
 * shell itself. Without bash there is no result.
 */
export async function runScript({ text, env, context }: Script): Promise<ScriptResult | null> {
  const bash = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'].find((path) => existsSync(path));
  if (bash === undefined) return null;
  const paths = await makePaths({});
  try {
    const file = join(paths.temp, 'script.sh');
    await writeFile(file, text);
    const path = isPlain(text) ? paths.toolCache : '/usr/local/bin:/usr/bin:/bin';
    const { status, stdout, stderr } = spawnSync(bash, ['--noprofile', '--norc', '-eo', 'pipefail', file], {
      cwd: paths.workspace,
      env: { ...runVariables(context, paths), ...env, PATH: path },
      encoding: 'utf8',
      timeout: LIMIT_MS,
    });
    const log = makeLog(false);
    for (const line of `${stdout}${stderr}`.trimEnd().split('\n')) log.line(line);
    const { output, env: exported, summary } = paths.commandFiles;
    return {
      exitCode: status ?? 1,
      log: log
        .lines()
        .map((line) => `${line}\n`)
        .join(''),
      outputs: { ...log.outputs, ...parseEntries('GITHUB_OUTPUT', await readFile(output, 'utf8')).values },
      summary: await readFile(summary, 'utf8'),
      exported: parseEntries('GITHUB_ENV', await readFile(exported, 'utf8')).values,
    };
  } finally {
    await removePaths(paths);
  }
}
