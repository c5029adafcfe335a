import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startClock, type Clock } from '../../rehearsal/clock/coordinator.ts';
import type { EndedProcess } from '../../rehearsal/runner/process.ts';
import { runReused } from '../../rehearsal/runner/reused.ts';

/** An action that reports the remains of the step before it, and leaves many itself. */
const action = `
import { writeFileSync } from 'node:fs';
let runs = 0;
export async function main() {
  runs += 1;
  process.once('SIGINT', () => undefined);
  console.log(JSON.stringify({
    pid: process.pid, runs, own: process.env.OWN, left: process.env.LEFT, folder: process.cwd(),
    listeners: process.listenerCount('SIGINT'), now: Date.now(), fired: globalThis.fired ?? false,
  }));
  process.env.LEFT = 'yes';
  if (process.env.OWN === 'dies') process.kill(process.pid, 'SIGKILL');
  if (process.env.OWN === 'throws') throw new Error('a bug');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  setTimeout(() => { globalThis.fired = true; }, 60_000).unref();
  console.error('no end of line');
  process.stdout.write('last words');
  if (process.env.OWN === 'fails') process.exitCode = 3;
}
export const post = main;
`;

const folder = mkdtempSync(join(tmpdir(), 'reused-'));
let clock: Clock;

async function run(own: string, lines: string[] = []): Promise<EndedProcess> {
  return runReused({
    stage: 'main',
    module: pathToFileURL(join(folder, 'index.mjs')).href,
    folder,
    env: { OWN: own, REHEARSAL_CLOCK: clock.env['REHEARSAL_CLOCK'] ?? '' },
    clock,
    timeoutMs: 20_000,
    onLine: (line) => lines.push(line),
    onStart: () => undefined,
  });
}

const said = ({ stdout }: EndedProcess): Record<string, unknown> =>
  JSON.parse(stdout.split('\n')[0] ?? '') as Record<string, unknown>;

beforeAll(async () => {
  writeFileSync(join(folder, 'index.mjs'), action);
  clock = await startClock('virtual', Date.parse('2026-11-21T20:00:00Z'));
});

afterAll(async () => {
  await clock.close();
  rmSync(folder, { recursive: true });
});

describe('a process that runs one step after another', () => {
  it('gives each its own modules, environment, folder, signals and exit code', async () => {
    const first = await run('fails');
    const second = await run('ends');
    const lone = { runs: 1, folder: expect.stringContaining('reused-'), listeners: 1, fired: false };
    expect(said(first)).toMatchObject({ ...lone, own: 'fails' });
    expect(said(second)).toMatchObject({ ...lone, own: 'ends', pid: said(first)['pid'] });
    expect(said(second)).not.toHaveProperty('left');
    expect([first.exitCode, second.exitCode, first.signal]).toEqual([3, 0, null]);
  });

  it('passes on everything that a step wrote, and nothing of another', async () => {
    const lines: string[] = [];
    const ended = await run('ends', lines);
    expect(ended.stdout.split('\n').slice(1)).toEqual(['last words']);
    expect(ended.stderr).toBe('no end of line\n');
    expect(lines.slice(-2).toSorted()).toEqual(['last words', 'no end of line']);
  });

  it('puts each under the clock, and leaves no timer of another running', async () => {
    const one = said(await run('ends'));
    await clock.advance(120_000);
    const two = said(await run('ends'));
    expect(two['pid']).toBe(one['pid']);
    expect([Number(two['now']) - Number(one['now']), two['fired']]).toEqual([121_000, false]);
  });

  it('ends with a step that is killed, or that fails by a bug, and the next has another process', async () => {
    const before = said(await run('ends'));
    const killed = await run('dies');
    expect([killed.exitCode, killed.signal, said(killed)['pid']]).toEqual([null, 'SIGKILL', before['pid']]);
    const threw = await run('throws');
    expect([threw.exitCode, threw.stderr]).toEqual([1, expect.stringContaining('Error: a bug')]);
    const after = await run('ends');
    expect([after.exitCode, said(after)['pid']]).not.toContain(before['pid']);
    expect(after.exitCode).toBe(0);
  });
});
