import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

import { readCommand, type Command } from '../../rehearsal/command-line.ts';
import { Misuse } from '../../rehearsal/own/options.ts';

const folder = join(tmpdir(), 'elsewhere');
const read = (...args: readonly string[]): Command => readCommand(args, folder, 19);

function misuse(...args: readonly string[]): string {
  try {
    read(...args);
  } catch (error) {
    if (error instanceof Misuse) return error.message;
    throw error;
  }
  return '';
}

describe('the command line of a rehearsal', () => {
  it.each<[readonly string[], unknown]>([
    [[], { kind: 'scenes', only: null, isVerbose: false, keep: null }],
    [['--verbose'], { kind: 'scenes', only: null, isVerbose: true, keep: null }],
    [['--scene', '3', '--keep', 'out'], { kind: 'scenes', only: 3, keep: join(folder, 'out') }],
    [['--list'], { kind: 'list' }],
    [['--help'], { kind: 'help' }],
    [['-h', '--scene', '3'], { kind: 'help' }],
    [['--step', 'a.yml'], { kind: 'step', from: { kind: 'step', path: join(folder, 'a.yml') }, keep: null }],
    [
      ['--workflow', 'access.yml', '--id', 'a', '--estate', '../estate.yml', '--files', 'infra'],
      {
        estate: resolve(folder, '../estate.yml'),
        files: join(folder, 'infra'),
        from: { path: join(folder, 'access.yml'), id: 'a' },
      },
    ],
  ])("is parsed, with paths from the person's folder: %j", (args, command) => {
    expect(read(...args)).toMatchObject(command as object);
  });

  it('assigns to each workflow the options after it, and to all of them those before the first', () => {
    const command = read(
      ...['--set', 'vars.A=1', '--workflow', 'a.yml', '--set', 'inputs.b=2', '--event', 'push'],
      ...['--workflow', 'b.yml', '--set', 'vars.A=3=4', '--run-scripts'],
    );
    expect(command).toEqual({
      kind: 'workflows',
      workflows: [
        {
          path: join(folder, 'a.yml'),
          event: 'push',
          values: new Map(Object.entries({ 'vars.A': '1', 'inputs.b': '2' })),
        },
        { path: join(folder, 'b.yml'), event: null, values: new Map([['vars.A', '3=4']]) },
      ],
      estate: null,
      files: null,
      keep: null,
      runsScripts: true,
    });
  });

  it.each<[readonly string[], string]>([
    [['--step', 'a.yml', '--workflow', 'b.yml'], 'Name one step'],
    [['--step', 'a.yml', '--id', 'b'], 'Name one step'],
    [['--workflow', 'a.yml', '--workflow', 'b.yml', '--id', 'c'], 'Name one step'],
    [['--run-scripts'], '--run-scripts is for whole workflows'],
    [['--workflow', 'a.yml', '--set', '=x'], '--set requires name=value'],
    [['--estate', 'a.yml'], 'Name one step'],
    [['--stepp', 'a.yml'], '--stepp'],
    [['scene'], 'scene'],
    [['--step', 'a.yml', '--set', 'inputs.team'], '--set requires name=value'],
    [['--scene', '0'], 'from 1 to 19, and not "0"'],
    [['--scene', '20'], 'from 1 to 19, and not "20"'],
    [['--scene', 'first'], 'from 1 to 19, and not "first"'],
    [['--scene', '3', '--step', 'a.yml'], 'are for the scenes'],
    [['--list', '--workflow', 'a.yml'], 'are for the scenes'],
  ])('is refused with a message: %j', (args, says) => {
    expect(misuse(...args)).toContain(says);
  });

  it.each([
    ['--list', 0, /^ 1 A lease/u],
    ['--help', 0, /^npm run rehearse\n/u],
    ['--scene=99', 2, /^$/u],
  ])('ends the command with the right exit code: %s', (option, code, printed) => {
    const script = fileURLToPath(new URL('../../rehearsal/rehearse.ts', import.meta.url));
    const env = { ...process.env, NODE_NO_WARNINGS: '1' };
    const { status, stdout } = spawnSync(process.execPath, [script, option], { env, encoding: 'utf8' });
    expect([status, stdout]).toEqual([code, expect.stringMatching(printed)]);
  });
});
