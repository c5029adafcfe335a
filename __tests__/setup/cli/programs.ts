import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { root } from '../../docs/repository.ts';

/** What a command-line program says, and how it ends. */
export interface Said {
  readonly code: number;
  readonly out?: string;
  readonly err?: string;
}

export interface Call {
  readonly args: readonly string[];
  readonly input: string;
}

/** Stands in for a program: the calls that a script makes of it come here. */
export type Program = (call: Call) => Said;

export interface Ended {
  readonly code: number | null;
  /** Both streams. */
  readonly text: string;
  /** Every call, as typed, in order. */
  readonly calls: readonly string[];
}

export interface Surroundings {
  /** What is typed. */
  readonly answer?: string;
  /** Is called with the folder, which has `bin/` on the path, before the script starts. */
  readonly prepare?: (folder: string) => Promise<void>;
  readonly env?: Readonly<Record<string, string>>;
}

/** The options of a call by name, and what stands before them. */
export function optionsOf(args: readonly string[]): {
  readonly command: string;
  readonly options: Readonly<Record<string, string>>;
} {
  const first = args.findIndex((it) => it.startsWith('-'));
  const options: Record<string, string> = {};
  for (let at = first; at >= 0 && at < args.length;) {
    const name = args[at]?.replace(/^--?/u, '') ?? '';
    const next = args.findIndex((it, index) => index > at && it.startsWith('-'));
    const values = args.slice(at + 1, next < 0 ? undefined : next);
    options[name] = values.join(' ');
    at = next < 0 ? args.length : next;
  }
  return { command: args.slice(0, first < 0 ? undefined : first).join(' '), options };
}

/** `name=value name=value`: what a template is given. */
export function valuesIn(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split(' ').map((it): [string, string] => {
      const at = it.indexOf('=');
      return [it.slice(0, at), it.slice(at + 1)];
    }),
  );
}

const fine: readonly string[] = [
  'awk',
  'bash',
  'cat',
  'chmod',
  'cmp',
  'dirname',
  'env',
  'git',
  'grep',
  'head',
  'mkdir',
  'mktemp',
  'mv',
  'rm',
  'sed',
];

/**
 * Runs a script of setup/ in a folder that has `clone/`, the user's clone, with these programs and the ordinary ones, and
 * nothing else, on the path.
 */
export async function runScript(
  name: string,
  args: readonly string[],
  programs: Readonly<Record<string, Program>>,
  { answer = '', prepare, env = {} }: Surroundings = {},
  look: (folder: string) => Promise<void> = () => Promise.resolve(),
): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'cloud-access-setup-'));
  const calls: string[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const { program, ...call } = body as Call & { readonly program: string };
      calls.push([program, ...call.args].join(' '));
      response.end(JSON.stringify(programs[program]?.(call) ?? { code: 127, err: 'no such program' }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await mkdir(join(folder, 'bin'));
    await mkdir(join(folder, 'clone'));
    await prepare?.(folder);
    for (const it of Object.keys(programs)) {
      await writeFile(join(folder, 'bin', it), relay);
      await chmod(join(folder, 'bin', it), 0o755);
    }
    for (const it of fine) await symlink(await whereIs(it), join(folder, 'bin', it));
    await symlink(process.execPath, join(folder, 'bin', 'node'));
    const child = spawn('bash', [join(root, 'setup', name), ...args], {
      cwd: folder,
      env: {
        ...env,
        PATH: join(folder, 'bin'),
        HOME: folder,
        PROGRAMS: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      },
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
    child.stdin.on('error', () => undefined).end(answer);
    const [code] = (await once(child, 'close')) as [number | null];
    await look(folder);
    return { code, text, calls };
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function whereIs(name: string): Promise<string> {
  const child = spawn('bash', ['-c', `command -v ${name}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  await once(child, 'close');
  return chunks.join('').trim();
}

/** Hands its arguments, and its input where it is asked to read it, to the test, and says what comes back. */
const relay = `#!/usr/bin/env node
const { basename } = require('node:path');
const { readFileSync } = require('node:fs');
const args = process.argv.slice(2);
const input = args.includes('--input') ? readFileSync(0, 'utf8') : '';
fetch(process.env.PROGRAMS, { method: 'POST', body: JSON.stringify({ program: basename(process.argv[1]), args, input }) })
  .then((answer) => answer.json())
  .then(({ code, out = '', err = '' }) => {
    process.stdout.write(out);
    process.stderr.write(err);
    process.exitCode = code;
  });
`;
