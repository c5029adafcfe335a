import { beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { figureOf, type Figure } from './exploration.ts';
import { explorations } from './explorations.ts';
import type { Run } from './explorer.ts';

const script = fileURLToPath(new URL('explorations.ts', import.meta.url));
const minutes = 60_000;
const protocols = Object.entries(explorations).map(([of, exploration]) => ({ of, ...exploration }));
const isShort = ({ isLong }: { readonly isLong?: boolean }): boolean => isLong !== true;

describe.each(protocols)('the steps of a lease, in every order of events: $of (P5)', ({ of, worlds, figures }) => {
  /** A change of the steps or the stores changes these figures: `npm run explore -- --record` writes them. */
  const known = JSON.parse(readFileSync(figures, 'utf8')) as Readonly<Record<string, Figure>>;
  let runs: ReadonlyMap<string, Run> = new Map();
  beforeAll(async () => {
    runs = await exploreAll(of, 'worlds');
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

  it.each(worlds.filter(isShort))('keep their promises: $name', ({ name }) => {
    const run = runs.get(name);
    if (run === undefined) throw new Error('it was not explored');
    expect(run.fault === null ? '' : [run.fault, ...run.trace].join('\n')).toBe('');
    expect(run.exhausted).toBe(true);
    expect(figureOf(run)).toEqual(known[name]);
  });
});

describe.each(protocols)('the same steps without one of their rules: $of (P5)', ({ of, mutations }) => {
  let runs: ReadonlyMap<string, Run> = new Map();
  beforeAll(async () => {
    runs = await exploreAll(of, 'mutations');
  }, 20 * minutes);

  it.each(mutations.filter(isShort))('break a promise: $rule', ({ rule, breaks }) => {
    expect(runs.get(rule)?.fault).toEqual(expect.stringMatching(new RegExp(`^${breaks}`, 'u')));
  });
});

/** Explores in two processes of their own. */
async function exploreAll(of: string, kind: 'worlds' | 'mutations'): Promise<ReadonlyMap<string, Run>> {
  const outputs = await Promise.all(['0/2', '1/2'].map((part) => output([script, of, kind, part])));
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
