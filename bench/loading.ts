import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Step } from '../rehearsal/runner/step.ts';
import { startWorld, type World } from '../rehearsal/world.ts';
import { subjects, type Subject } from './subjects.ts';
import { median, share, type Row } from './table.ts';
import { runMeasured } from './usage.ts';

const profiles = 5;
const rounds = 11;

/** What a sample of the profiler was about, by the function and the script that it was taken in; the first that fits. */
const kinds: readonly (readonly [kind: string, of: (frame: Frame) => boolean])[] = [
  ['compiling Node’s own modules', ({ functionName }) => functionName === 'compileForInternalLoader'],
  ['compiling dist', ({ functionName }) => /^compile(?:SourceTextModule|Function)/u.test(functionName)],
  ['collecting garbage', ({ functionName }) => functionName === '(garbage collector)'],
  ['running dist: the SDKs and ours', ({ url }) => url.includes('/dist/')],
  [
    'sockets, TLS, HTTP',
    ({ url }) => /^node:(?:_?http|_?tls|https|net|dns|internal\/(?:net|tls|dns|stream|http))/u.test(url),
  ],
  ['Node besides', ({ functionName }) => functionName !== '(idle)'],
];

interface Frame {
  readonly functionName: string;
  readonly url: string;
}

/** As `--cpu-prof` writes it: nodes of the call tree, and which one each sample was taken in. Times in microseconds. */
interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Where the processor's time of one grant by ids goes, by V8's own profiler, and what V8's compile cache would save. */
export async function measureLoading(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const subject of Object.values(subjects)) {
    const world = await startWorld(subject.options);
    const folder = await mkdtemp(join(tmpdir(), 'cloud-access-bench-'));
    try {
      rows.push(...(await profile(world, subject, folder)), await compareCache(world, subject, folder));
    } finally {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    }
  }
  return rows;
}

async function profile(world: World, subject: Subject, folder: string): Promise<readonly Row[]> {
  const args = ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${folder}`];
  for (let round = 0; round < profiles; round += 1) await grant(world, subject, { args });
  const times = new Map<string, number>();
  for (const name of (await readdir(folder)).filter((it) => it.endsWith('.cpuprofile')))
    addTo(times, JSON.parse(await readFile(join(folder, name), 'utf8')) as Profile);
  const whole = [...times.values()].reduce((sum, time) => sum + time, 0);
  return kinds.map(([kind]) => share(`${subject.name}: CPU of a grant: ${kind}`, (times.get(kind) ?? 0) / whole));
}

function addTo(times: Map<string, number>, { nodes, samples, timeDeltas }: Profile): void {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    const kind = frame === undefined ? undefined : kinds.find(([, of]) => of(frame))?.[0];
    if (kind !== undefined) times.set(kind, (times.get(kind) ?? 0) + (timeDeltas[index] ?? 0));
  }
}

/** With a cache that an earlier step has filled, and without, in turn. */
async function compareCache(world: World, subject: Subject, folder: string): Promise<Row> {
  const cached: number[] = [];
  const plain: number[] = [];
  for (let round = -2; round < rounds; round += 1) {
    const one = await grant(world, subject, { env: { NODE_COMPILE_CACHE: join(folder, 'cache') } });
    const other = await grant(world, subject, {});
    if (round < 0) continue;
    cached.push(one);
    plain.push(other);
  }
  return share(
    `${subject.name}: CPU of a grant with V8’s compile cache, of that without`,
    median(cached) / median(plain),
  );
}

/** Gives and takes away; the seconds of processor time that giving took. */
async function grant(world: World, subject: Subject, more: Pick<Step, 'args' | 'env'>): Promise<number> {
  const inputs = subject.inputs(world);
  const { usage } = await runMeasured(world, { ...more, inputs });
  subject.undo(world);
  return usage.cpuS;
}
