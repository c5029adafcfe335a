import * as core from '@actions/core';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import { supportsProxies } from '../src/action/proxies.ts';
import { nothingTaken, stateKey } from '../src/action/state/state-key.ts';
import { createJournal } from '../src/action/state/journal.ts';
import { runPostRelease } from '../src/post-release.ts';
import { assignment } from './access/fixtures.ts';

const before = { ...process.env };
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloud-access-post-'));
  for (const name of ['GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY']) {
    process.env[name] = join(folder, name);
    writeFileSync(join(folder, name), '');
  }
  process.env['RUNNER_TEMP'] = folder;
});

afterEach(() => {
  process.env = { ...before };
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** State that the runner passes to post of a step that holds one lease. */
function handOver(): void {
  core.saveState(stateKey, nothingTaken);
  const journal = createJournal({ cloud: 'aws', endpoints: [], apiUrl: 'https://api.github.com', reason: null });
  journal.open([assignment], { anchor: { region: 'us-east-1' }, guarantee: 'scheduler', keepAfterJob: false });
  journal.note(assignment, { progress: 'held', holder: '0123456789abcdefghij', end: Date.UTC(2026, 0, 1) });
  const entries = readFileSync(join(folder, 'GITHUB_STATE'), 'utf8').matchAll(
    /^(?<key>[^\n<]+)<<(?<mark>ghadelimiter_\S+)\n(?<value>[^]*?)\n\k<mark>$/gmu,
  );
  for (const { groups } of entries) process.env[`STATE_${groups?.['key'] ?? ''}`] = groups?.['value'] ?? '';
}

/** Node before 24.5 does not support proxies. */
const testProxies = supportsProxies(process.versions.node) ? test : test.skip;

testProxies('an invalid proxy from a later step turns the post step red with its name', async () => {
  handOver();
  process.env['HTTPS_PROXY'] = 'http://user:50%@proxy.example:3128';
  const said: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  await runPostRelease().finally(() => {
    write.mockRestore();
  });
  expect(process.exitCode).toBe(1);
  expect(said.find((line) => line.startsWith('::error'))).toMatch(
    /title=cloud-access%3A nothing was released::HTTPS_PROXY: The user name or password has a %25 that does not begin an escape\..*This step's leases \(1 grant\) were not released\..*`operation: revoke`/u,
  );
});
