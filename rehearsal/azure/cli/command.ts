import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** An `az` on a path of its own. */
export interface CliCommand {
  /** Environment of a step that finds it first. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

const script = fileURLToPath(new URL('./az.ts', import.meta.url));

/** Writes the command. It needs nothing of the environment but the address, and lives outside the rehearsal's clock. */
export async function writeCommand(address: string): Promise<CliCommand> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'rehearsal-az-')));
  const lines = [
    '#!/bin/sh',
    'unset NODE_OPTIONS NODE_USE_ENV_PROXY',
    `NODE_NO_WARNINGS=1 exec ${quoted(process.execPath)} ${quoted(script)} "$@"`,
  ];
  await writeFile(join(folder, 'az'), `${lines.join('\n')}\n`, { mode: 0o755 });
  return {
    env: {
      PATH: [folder, '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
      REHEARSAL_AZURE_CLI: address,
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
