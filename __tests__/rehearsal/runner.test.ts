import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { startClock, type Clock } from '../../rehearsal/clock/coordinator.ts';
import { parseEntries } from '../../rehearsal/runner/command-files.ts';
import { parseCommand } from '../../rehearsal/runner/commands.ts';
import { findLeaks } from '../../rehearsal/runner/leaks.ts';
import { makeLog } from '../../rehearsal/runner/log.ts';
import { runStep, type Step, type StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';

describe('workflow commands', () => {
  test.each([
    [
      '::error title=a%2Cb,file=x::one%0Atwo',
      { name: 'error', properties: { title: 'a,b', file: 'x' }, value: 'one\ntwo' },
    ],
    ['  ::notice::x', { name: 'notice', properties: {}, value: 'x' }],
    ['text ##[warning]x%5D', { name: 'warning', properties: {}, value: 'x]' }],
    ['##[set-output name=a;]b', { name: 'set-output', properties: { name: 'a' }, value: 'b' }],
    ['::ERROR::x', { name: 'error', properties: {}, value: 'x' }],
  ])('%s is one', (line, command) => {
    expect(parseCommand(line)).toEqual(command);
  });

  test.each([
    'text ::error::x',
    '::unknown::x',
    '::error',
    '##[unknown]x',
    '## [error]x',
    'arn:aws:iam::123456789012:role/x',
  ])('%s is not a command', (line) => {
    expect(parseCommand(line)).toBeNull();
  });

  test('are masked, grouped and stopped in the log', () => {
    const log = makeLog(false);
    const lines = [
      '::add-mask::secret-value',
      'a secret-value',
      Buffer.from('xsecret-value').toString('base64'),
      '::add-mask::a&b<c',
      'xml a&amp;b&lt;c',
      '::group::Plan',
      'inside',
      '::endgroup::',
      '::stop-commands::token',
      '::error::ordinary text',
      '::TOKEN::',
      '::warning title=T::w',
      '::debug::d',
      '::set-output name=o::v',
    ];
    for (const line of lines) log.line(line);
    expect(log.lines().slice(0, -1)).toEqual([
      'a ***',
      expect.stringMatching(/\*\*\*$/),
      'xml ***',
      '▾ Plan',
      '  inside',
      '::stop-commands::token',
      '::error::ordinary text',
      '::TOKEN::',
      'Warning: w',
    ]);
    expect(log.annotations[0]).toEqual({ level: 'warning', message: 'w', title: 'T' });
    expect(log.outputs).toEqual({ o: 'v' });
  });

  test('that mask apply to earlier lines of stderr, which can be read first, and not to those of stdout', () => {
    const log = makeLog(false);
    log.line('in its own way: secret-value', 'stderr');
    log.line('too early: secret-value', 'stdout');
    log.line('::add-mask::secret-value', 'stdout');
    expect(log.lines()).toEqual(['in its own way: ***', 'too early: secret-value']);
  });
});

describe('command files', () => {
  test('are read as the runner reads them', () => {
    expect(parseEntries('F', 'a=b=c\n\nd<<E\n1\nE=2\n\nE\ne=<<x\nf<<E\nE\n')).toEqual({
      values: { a: 'b=c', d: '1\nE=2\n', e: '<<x', f: '' },
      problems: [],
    });
  });

  test.each(['a=b', 'a<<E\nb\n', 'a<<E\nb\nE', 'a\n', '<<E\nE\n', '=b\n'])('%j is a problem', (text) => {
    expect(parseEntries('F', text).problems).toHaveLength(1);
  });
});

test('a secret is found in every form', () => {
  const secret = 'Zm9v+/=very_secret? & so';
  const forms = [
    secret,
    encodeURIComponent(secret),
    secret.replace('&', '&amp;').replace('_', '&#95;'),
    secret.replaceAll(/./gu, (character) => `&#${character.charCodeAt(0)};`),
    ...['', 'x', 'xy'].flatMap((before) => [
      Buffer.from(`${before}${secret}tail`).toString('base64'),
      Buffer.from(`${before}${secret}`).toString('base64url'),
    ]),
  ];
  for (const text of forms) expect(findLeaks([{ name: 'c', text: `>>${text}<<` }], [secret])).not.toEqual([]);
  expect(findLeaks([{ name: 'c', text: 'nothing' }], [secret, ''])).toEqual([]);
});

describe('a step', () => {
  let clock: Clock;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rehearsal-test-'));
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(
      join(folder, 'action.yml'),
      `inputs: { code: {}, with-default: { default: 5m }, flag: { default: true }, check: { default: '\${{ job.check_run_id }}' } }`,
    );
    await writeFile(
      join(folder, 'dist', 'main.js'),
      `import fs from 'node:fs';
       const env = process.env;
       const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
       const began = Date.now();
       await new (Object.getPrototypeOf(async () => {}).constructor)('fs', 'env', 'sleep', 'began', env.INPUT_CODE)(fs, env, sleep, began);`,
    );
    await writeFile(join(folder, 'dist', 'post.js'), `console.log(process.env.STATE_key);`);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    clock = await startClock('virtual');
  });
  afterEach(async () => {
    await clock.close();
  });

  const run = async (code: string, step: Partial<Step> = {}): Promise<StepResult> => {
    const world: unknown = {
      clock,
      env: { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token', ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:9/' },
      now: () => clock.now(),
      journal: { mark: () => 0, since: () => [] },
      script: { onRequest: () => undefined },
    };
    return await runStep(world as World, { dist: join(folder, 'dist'), ...step, inputs: { code, ...step.inputs } });
  };

  test('sees a fresh environment, its inputs and its state only', async () => {
    process.env['LEAKED_FROM_OUTSIDE'] = 'x';
    const { stdout, exitCode, log } = await run(
      `console.log(JSON.stringify([env['INPUT_WITH-DEFAULT'], env.INPUT_FLAG, env.INPUT_CHECK, env.LEAKED_FROM_OUTSIDE, env.GITHUB_REPOSITORY, env.EXTRA, env.CI, process.cwd() === env.GITHUB_WORKSPACE]));
       console.log(env.ACTIONS_ID_TOKEN_REQUEST_TOKEN);`,
      { env: { EXTRA: 'e', CI: undefined }, context: { repository: 'a/b', checkRunId: '7' } },
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toEqual(['5m', 'true', '7', null, 'a/b', 'e', null, true]);
    expect(log).toContain('***');
    expect(log).not.toContain('request-token');
    delete process.env['LEAKED_FROM_OUTSIDE'];
    const without = await run(`console.log(env.ACTIONS_ID_TOKEN_REQUEST_TOKEN)`, { idToken: false });
    expect(without.stdout).toBe('undefined\n');
    expect((await run('', { stage: 'post', state: { key: 'kept' } })).stdout).toBe('kept\n');
  });

  test('is read to the last byte', async () => {
    const result = await run(`
      fs.appendFileSync(env.GITHUB_OUTPUT, 'a<<E\\n1\\n2\\nE\\n');
      fs.appendFileSync(env.GITHUB_STATE, 'b=2\\n');
      fs.appendFileSync(env.GITHUB_ENV, 'c=');
      fs.appendFileSync(env.GITHUB_STEP_SUMMARY, '# s\\n');
      fs.writeFileSync(env.RUNNER_TEMP + '/f.json', 'hidden', { mode: 0o600 });
      console.log('::add-mask::hidden');
      console.error('hidden');
      await sleep(90_000);
      process.exitCode = 3;`);
    expect(result).toMatchObject({
      exitCode: 3,
      outputs: { a: '1\n2' },
      state: { b: '2' },
      summary: '# s\n',
      files: { 'temp/f.json': 'hidden' },
      modes: { 'temp/f.json': 0o600 },
      masks: ['request-token', 'hidden'],
      fileProblems: ['GITHUB_ENV: the last line has no newline'],
      virtualMs: 90_000,
    });
    expect(result.leaked(['hidden'])).toEqual([
      'stderr: secret 0 (hidd…) as it is',
      'file temp/f.json: secret 0 (hidd…) as it is',
    ]);
  });

  test('is canceled as by the runner', async () => {
    const { signal, stdout, virtualMs } = await run(
      `process.on('SIGINT', () => console.log('SIGINT', Date.now() - began));
       process.on('SIGTERM', () => console.log('SIGTERM', Date.now() - began));
       for (;;) await sleep(1000);`,
      { cancel: 5500 },
    );
    expect([signal, stdout, virtualMs]).toEqual(['SIGKILL', 'SIGINT 5500\nSIGTERM 13000\n', 15_500]);
  });

  test('that never ends is an error with the reason', async () => {
    await expect(
      run(
        `setInterval(() => {}, 1e9).ref(); await fetch(env.NOWHERE ?? 'http://127.0.0.1:9').catch(() => 0); for (;;) await new Promise(setImmediate);`,
        { timeoutMs: 1000 },
      ),
    ).rejects.toThrow(/did not end within 1000 ms.*process \d+/s);
  });
});
