import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
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
  /** Ctrl-C is pressed while this call waits for its answer. */
  readonly interruptedAt?: RegExp;
  /** Where the scripts are, in the folder; left out: those of this repository. */
  readonly scripts?: string;
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
  'cut',
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
  'tr',
  'wc',
];

/**
 * Runs a script of setup/ in a folder that has `clone/`, a clone of octo-org/infra whose remote is `remote.git` beside it,
 * with these programs and the ordinary ones, and nothing else, on the path. Nobody sleeps.
 */
export async function runScript(
  name: string,
  args: readonly string[],
  programs: Readonly<Record<string, Program>>,
  { answer = '', prepare, env = {}, interruptedAt, scripts }: Surroundings = {},
  look: (folder: string) => Promise<void> = () => Promise.resolve(),
): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'cloud-access-setup-'));
  const calls: string[] = [];
  let interrupt = (): void => undefined;
  const server = createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined).setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      const [count = '', program = '', ...rest] = text.split('\0');
      // As many words, and an input that has ended.
      if (rest.length < Number(count) + 2) return;
      const call = { args: rest.slice(0, Number(count)), input: rest[Number(count)] ?? '' };
      const typed = [program, ...call.args].join(' ');
      calls.push(typed);
      if (interruptedAt?.test(typed) === true) {
        interrupt();
        // Whoever takes no notice goes on without an answer.
        setTimeout(() => socket.destroy(), 3_000).unref();
      } else socket.end(answerOf(programs[program]?.(call)));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await layOut(folder, Object.keys(programs));
    await prepare?.(folder);
    const child = spawn('bash', [join(scripts === undefined ? root : join(folder, scripts), 'setup', name), ...args], {
      cwd: folder,
      // A group of its own, as on a terminal.
      detached: true,
      env: {
        ...env,
        PATH: join(folder, 'bin'),
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: '1',
        PROGRAMS: String((server.address() as AddressInfo).port),
      },
    });
    interrupt = () => process.kill(-(child.pid ?? 0), 'SIGINT');
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

function answerOf(said: Said = { code: 127, err: 'no such program\n' }): string {
  return [said.code, said.out ?? '', said.err ?? '', ''].join('\0');
}

async function layOut(folder: string, programs: readonly string[]): Promise<void> {
  cpSync(cloneToCopy(), folder, { recursive: true });
  await writeFile(
    join(folder, '.gitconfig'),
    `[user]\n\tname = Alice\n\temail = alice@example.com\n[url "${folder}/remote.git"]\n\tinsteadOf = https://github.com/octo-org/infra.git\n`,
  );
  await mkdir(join(folder, 'bin'));
  for (const it of programs) await program(folder, it, relay);
  await program(folder, 'sleep', '#!/usr/bin/env bash\n');
  for (const it of fine) await symlink(whereIs(it), join(folder, 'bin', it));
}
async function program(folder: string, name: string, text: string): Promise<void> {
  await writeFile(join(folder, 'bin', name), text);
  await chmod(join(folder, 'bin', name), 0o755);
}

/** Git's own answer in a folder of the test. */
export function git(folder: string, ...args: readonly string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const { status, stdout, stderr } = spawnSync('git', ['-C', folder, ...args], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

let made: string | undefined;
afterAll(() => {
  if (made !== undefined) rmSync(made, { recursive: true, force: true });
});

/** The folder of a clone and its remote. Git starts many processes to make it, so a file of tests makes it once. */
function cloneToCopy(): string {
  if (made === undefined) {
    made = mkdtempSync(join(tmpdir(), 'cloud-access-clone-'));
    makeClone(made);
  }
  return made;
}

/** A remote with one commit on main, and a clone of it, without git's examples of hooks. */
function makeClone(folder: string): void {
  const clone = join(folder, 'clone');
  const init = ['init', '--quiet', '--template=', '--initial-branch=main'];
  git(folder, ...init, '--bare', 'remote.git');
  mkdirSync(join(folder, 'remote.git', 'hooks'));
  git(folder, ...init, 'clone');
  git(clone, 'remote', 'add', 'origin', 'https://github.com/octo-org/infra.git');
  commit(clone, 'First');
  git(clone, 'push', '--quiet', '../remote.git', 'main');
}

/** A commit of what is staged, if anything. */
export function commit(folder: string, message: string): void {
  git(folder, ...as, 'commit', '--quiet', '--allow-empty', `--message=${message}`);
}
const as = ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com'];

const places = new Map<string, string>();
function whereIs(name: string): string {
  const place = places.get(name) ?? spawnSync('bash', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
  places.set(name, place);
  return place;
}

/**
 * Hands its arguments, and its input where it is asked to read it, to the test, and says what comes back. In Bash, which
 * starts faster than anything else: scripts make many calls.
 */
const relay = `#!/usr/bin/env bash
exec 3<> /dev/tcp/127.0.0.1/"$PROGRAMS"
input=''
case " $* " in *' --input '*) IFS= read -r -d '' input ;; esac
printf '%s\\0' "$#" "\${0##*/}" "$@" "$input" >&3
{ IFS= read -r -d '' code; IFS= read -r -d '' out; IFS= read -r -d '' err; } <&3
printf %s "$out"
printf %s "$err" >&2
exit "$code"
`;

/** Commands that a script has printed, to be typed, one a line below what they mend. */
export function printed({ text }: Ended): readonly string[] {
  return [...text.matchAll(/^ {6}((?:gh|aws|az) .+)$/gmu)].map(([, line = '']) => line);
}

/**
 * Types such a line. Bash reads it; each call of it has to go well.
 * @throws where one does not
 */
export function carryOut(line: string, programs: Readonly<Record<string, Program>>): void {
  const { stdout, status, stderr } = spawnSync('bash', ['-c', reader, 'bash', line]);
  if (status !== 0) throw new Error(`${line}: ${stderr.toString()}`);
  const words = stdout.toString().split('\0').slice(0, -1);
  while (words.length > 0) {
    const [count = '', name = ''] = words.splice(0, 2);
    const args = words.splice(0, Number(count));
    const [input = ''] = words.splice(0, 1);
    const { code, err } = answerTo(programs, name, { args, input });
    if (code !== 0) throw new Error(`${line}: ${err ?? ''}`);
  }
}
function answerTo(programs: Readonly<Record<string, Program>>, name: string, call: Call): Said {
  return programs[name]?.(call) ?? { code: 127, err: 'no such program' };
}
const reader = `
said() {
  local input=''
  case " $* " in *' --input '*) IFS= read -r -d '' input ;; esac
  printf '%s\\0' "$(($# - 1))" "$@" "$input"
}
gh() { said gh "$@"; }
aws() { said aws "$@"; }
az() { said az "$@"; }
eval "$1"
`;
