import { beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { worlds } from './catalogue.ts';
import { mutations } from './mutations.ts';
import { figureOf, type Figure } from './exploration.ts';
import type { Run } from './explorer.ts';
import { aws } from './run.ts';

const script = fileURLToPath(new URL('run.ts', import.meta.url));

/** Explores in processes of their own: in the test runner's sandbox everything takes ten times as long. */
async function exploreAll(kind: 'worlds' | 'mutations', processes: number): Promise<ReadonlyMap<string, Run>> {
  const parts = Array.from({ length: processes }, (_, index) => `${index}/${processes}`);
  const outputs = await Promise.all(parts.map((part) => output([script, kind, part])));
  const lines = outputs.flatMap((text) => text.trim().split('\n'));
  const runs = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Run);
  return new Map(runs.map((run) => [run.name, run]));
}

function output(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { env: { ...process.env, NODE_NO_WARNINGS: '1', NODE_OPTIONS: '' } });
  let text = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(text);
      else reject(new Error(`the exploration ended with ${code ?? 'a signal'}: ${errors}`));
    });
  });
}

/** What changes the steps or the stores changes these: `npm run explore -- --record` writes them. */
const figures = JSON.parse(readFileSync(aws.figures, 'utf8')) as Readonly<Record<string, Figure>>;

const words = ({ fault, trace }: Run): string => [fault, ...trace].join('\n');
const minutes = 60_000;

describe('the steps of a lease, in every order of events (P5)', () => {
  let runs: ReadonlyMap<string, Run> = new Map();
  beforeAll(async () => {
    runs = await exploreAll('worlds', 2);
    const all = [...runs.values()];
    const table = all.map(({ name, states, transitions, depth, seconds }) => ({
      world: name,
      states,
      transitions,
      depth,
      seconds: Math.round(seconds),
    }));
    console.table(table);
    console.log(`${all.reduce((sum, { states }) => sum + states, 0)} states in all`);
  }, 20 * minutes);

  it.each(worlds.filter(({ isLong }) => !isLong).map(({ name }) => name))('keep what they promise: %s', (name) => {
    const run = runs.get(name);
    if (run === undefined) throw new Error('it was not explored');
    expect(run.fault === null ? '' : words(run)).toBe('');
    expect(run.exhausted).toBe(true);
    expect(figureOf(run)).toEqual(figures[name]);
  });
});

describe('the same steps without one of their rules (P5)', () => {
  let runs: ReadonlyMap<string, Run> = new Map();
  beforeAll(async () => {
    runs = await exploreAll('mutations', 2);
  }, 20 * minutes);

  it.each(mutations.filter(({ isLong }) => isLong !== true))(
    'break a promise: $rule ($section)',
    ({ rule, breaks }) => {
      const run = runs.get(rule);
      expect(run?.fault).toEqual(expect.stringMatching(new RegExp(`^${breaks}`, 'u')));
    },
  );
});
