import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';

import { readText, root } from '../../__tests__/docs/repository.ts';
import { jobToken } from '../../rehearsal/runner/context.ts';
import type { World } from '../../rehearsal/world.ts';
import { actionsOf, type Workflow } from './workflows.ts';
import { pathOf } from '../found.ts';

export interface ActOptions {
  /** Default workflow_dispatch. */
  readonly event?: { readonly name: string; readonly payload: object };
  /** Doubles of actions that act would download: `owner/name@ref` → action.yml. They find the files in $REPOSITORY. */
  readonly actions?: Readonly<Record<string, string>>;
  /** As a person types them for workflow_dispatch. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Variables of the repository, `vars`, and its secrets. */
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Who starts the run; default act's own. */
  readonly actor?: string;
  /** The commit of the run; default none. */
  readonly commit?: string;
  /** Besides those of the world; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Programs that the steps find on the PATH: name → shell script. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Files of the repository. */
  readonly files?: Readonly<Record<string, string>>;
  /** Default json, of which the lines of jobs can be told apart; `text` is what a person sees. */
  readonly output?: 'json' | 'text';
  /** Hears each line of its log; what it is given interrupts act, as a person does with Ctrl-C. */
  readonly onLine?: (line: Line, interrupt: () => void) => void;
}

/** A line of act's log. */
export interface Line {
  readonly msg: string;
  /** With the legs of a matrix numbered: `Workflow/job-1`. */
  readonly job?: string;
  readonly jobID?: string;
  readonly jobResult?: string;
  readonly stage?: 'Pre' | 'Main' | 'Post';
  readonly step?: string;
  readonly stepID?: readonly string[];
  readonly stepResult?: string;
  /** A workflow command, and what it says. */
  readonly command?: string;
  readonly name?: string;
  readonly arg?: string;
  readonly raw?: string;
  readonly content?: string;
  /** What a step printed. */
  readonly raw_output?: boolean;
  /** ms from the start of act to the line's arrival. */
  readonly at: number;
}

export interface ActRun {
  readonly exitCode: number | null;
  /** Everything that act printed. */
  readonly text: string;
  readonly lines: readonly Line[];
  readonly ms: number;
}

const perRunMs = 240_000;

const workflows = '.github/workflows/';
/** What the shipped workflows call. */
const notice = `${workflows}notice.yml`;

/**
 * Runs a workflow in act's host mode, against the servers of a world. What `uses: OWNER/cloud-access@v1` finds is what
 * a job downloads, action.yml and dist, and nothing else of this repository but the workflow that others call; it lies
 * beside the checked-out repository too, for `uses: ./`.
 */
export async function act(world: World, workflow: Workflow, options: ActOptions = {}): Promise<ActRun> {
  const folder = await mkdtemp(join(tmpdir(), 'cloud-access-act-'));
  try {
    const place = await prepare(folder, workflow, options);
    const args = [
      options.event?.name ?? 'workflow_dispatch',
      ...(options.output === 'text' ? [] : ['--json']),
      ...['--platform', 'ubuntu-latest=-self-hosted', '--local-repository', `OWNER/cloud-access@v1=${place.action}`],
      ...(options.actions === undefined ? [] : ['--env', `REPOSITORY=${place.repository}`]),
      ...place.doubles.flatMap((it) => ['--local-repository', it]),
      ...(options.event === undefined ? [] : ['--eventpath', place.event]),
      ...['--no-cache-server', '--action-offline-mode', '--action-cache-path', join(folder, 'cache')],
      ...(options.actor === undefined ? [] : ['--actor', options.actor]),
      ...['--concurrent-jobs', '4', '--secret', `GITHUB_TOKEN=${jobToken}`],
      ...pairs('--env', { ...world.env, ...options.env }),
      ...pairs('--input', options.inputs ?? {}),
      ...pairs('--var', options.vars ?? {}),
      ...pairs('--secret', options.secrets ?? {}),
    ];
    return await run(args, place, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly action: string;
  readonly repository: string;
  /** The file with the payload of the event. */
  readonly event: string;
  /** As act is told of them. */
  readonly doubles: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function prepare(folder: string, workflow: Workflow, options: ActOptions): Promise<Place> {
  const { programs, files, commit } = options;
  const [action, repository, bin, home] = ['action', 'repository', 'bin', 'home'].map((it) => join(folder, it)) as [
    string,
    string,
    string,
    string,
  ];
  for (const path of [action, bin, home]) await mkdir(path, { recursive: true });
  for (const to of [action, repository]) {
    await cp(join(root, 'action.yml'), join(to, 'action.yml'));
    await cp(join(root, 'dist'), join(to, 'dist'), { recursive: true });
  }
  await put(action, notice, readText(notice));
  // What act reads the name of the repository from; it takes no git.
  await put(repository, '.git/HEAD', 'ref: refs/heads/main\n');
  await put(repository, '.git/config', '[remote "origin"]\n\turl = https://github.com/octo-org/infra.git\n');
  await mkdir(join(repository, '.git/objects'));
  await mkdir(join(repository, '.git/refs'));
  if (commit !== undefined) await put(repository, '.git/refs/heads/main', `${commit}\n`);
  // act knows no github.triggering_actor.
  const known = (text: string): string => text.replaceAll('github.triggering_actor', 'github.actor');
  await put(repository, `${workflows}example.yml`, known(stringify(workflow)));
  for (const [path, text] of Object.entries(files ?? {})) await put(repository, path, known(text));
  for (const [name, text] of Object.entries(programs ?? {})) await put(bin, name, text);
  const event = join(folder, 'event.json');
  await writeFile(event, JSON.stringify(options.event?.payload ?? {}));
  const called = Object.entries({ ...files, [notice]: readText(notice) }).filter(([path]) =>
    path.startsWith(workflows),
  );
  const idle = idleActions([workflow, ...called.map(([, text]) => parse(text) as Workflow)]);
  const doubles = Object.entries({ ...idle, ...options.actions }).map(([name, text], index) => ({
    ...{ name, text, at: join(folder, 'doubles', String(index)) },
  }));
  for (const { text, at } of doubles) await put(at, 'action.yml', text);
  const path = [bin, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter);
  // Built from nothing: in host mode steps see all that act sees.
  const local = doubles.map(({ name, at }) => `${name}=${at}`);
  return { action, repository, event, doubles: local, env: { PATH: path, HOME: home, LANG: 'C.UTF-8' } };
}

/** act prepares also actions whose steps are skipped, such as those that keep evidence: their doubles do nothing. */
function idleActions(those: readonly Workflow[]): Readonly<Record<string, string>> {
  const used = those.flatMap(actionsOf);
  const others = used.filter((it) => !it.startsWith('OWNER/') && !it.startsWith('./'));
  const runs = { using: 'composite', steps: [{ run: 'true', shell: 'bash' }] };
  return Object.fromEntries(others.map((name) => [name, JSON.stringify({ name, runs })]));
}

async function put(folder: string, path: string, text: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  if (text.startsWith('#!')) await chmod(file, 0o755);
}

function pairs(flag: string, values: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [flag, `${name}=${value}`]));
}

function run(args: readonly string[], { repository, env }: Place, options: ActOptions): Promise<ActRun> {
  const began = performance.now();
  const elapsed = (): number => Math.round(performance.now() - began);
  return new Promise((resolve, reject) => {
    const child = spawn(pathOf('act'), args, {
      cwd: repository,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [text, rest] = ['', ''];
    const lines: Line[] = [];
    const net = setTimeout(() => child.kill('SIGKILL'), perRunMs);
    const hear = (line: Line): void => {
      lines.push(line);
      options.onLine?.(line, () => child.kill('SIGINT'));
    };
    const take = (chunk: string): void => {
      text += chunk;
      const whole = (rest + chunk).split('\n');
      rest = whole.pop() ?? '';
      for (const line of whole) hear({ ...parsed(line), at: elapsed() });
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
    child.on('error', reject);
    child.on('close', (exitCode) => {
      clearTimeout(net);
      resolve({ exitCode, text, lines, ms: elapsed() });
    });
  });
}

function parsed(line: string): Omit<Line, 'at'> {
  return line.startsWith('{') ? (JSON.parse(line) as Omit<Line, 'at'>) : { msg: line };
}
