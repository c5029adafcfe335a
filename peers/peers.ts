/**
 * `npm run test:peers`: the built action under a runner that others wrote (act), against an AWS that others wrote (moto), and
 * what others' tools say of the workflows (actionlint, zizmor), of the templates (cfn-lint, pycep) and of the scripts
 * (shellcheck; Amazon's CLI runs one of them). Installs them, at the versions of pins.ts, where Go and Python 3 are found;
 * what is missing is said, and its tests are skipped. Ends with `N passed, N failed, N skipped`. What follows the name are
 * options of jest.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { install, type Peer } from './install.ts';
import { pins, variableOf, type PeerName } from './pins.ts';

interface Counts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
/** Tried nowhere else: there act has no host mode that starts a shell as a runner does. */
const elsewhere: Peer = { kind: 'missing', why: `peers are run on Linux, and this is ${process.platform}` };

type Peers = readonly (readonly [name: PeerName, peer: Peer])[];

async function run(): Promise<number> {
  const began = performance.now();
  const peers: Peers = await Promise.all(
    (Object.keys(pins) as PeerName[]).map(
      async (name) => [name, process.platform === 'linux' ? await install(pins[name]) : elsewhere] as const,
    ),
  );
  const installed = performance.now();
  console.log(`${told(peers)}\nAfter ${seconds(began, installed)} s.\n`);
  const folder = await mkdtemp(join(tmpdir(), 'cloud-access-peers-'));
  try {
    const report = join(folder, 'report.json');
    const paths = peers.map(([name, peer]) => [variableOf(name), peer.kind === 'ready' ? peer.path : ''] as const);
    const code = await jest(report, Object.fromEntries(paths));
    const counts = JSON.parse(await readFile(report, 'utf8')) as Counts;
    const broken = peers.filter(([, { kind }]) => kind === 'broken').length;
    const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites + broken;
    const silent = failed === 0 && code !== 0 ? 1 : 0;
    const skipped = counts.numPendingTests + counts.numTodoTests;
    console.log(`\n${told(peers)}\nTests took ${seconds(installed, performance.now())} s.\n`);
    console.log(`${counts.numPassedTests} passed, ${failed + silent} failed, ${skipped} skipped`);
    return failed + silent === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function told(peers: Peers): string {
  return peers.map(([name, peer]) => say(name, peer)).join('\n');
}

function say(name: string, peer: Peer): string {
  switch (peer.kind) {
    case 'ready':
      return `${name}: ${peer.path}`;
    case 'missing':
      return `${name}: skipped, since ${peer.why}.`;
    case 'broken':
      return `${name}: FAILED: ${peer.why}`;
  }
}

function seconds(from: number, to: number): number {
  return Math.round((to - from) / 1_000);
}

function jest(report: string, env: Readonly<Record<string, string>>): Promise<number> {
  const args = [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--selectProjects',
    'peers',
    '--maxWorkers',
    '3',
  ];
  const reporting = ['--json', '--outputFile', report, '--verbose'];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args, ...reporting, ...process.argv.slice(2)], {
      cwd: root,
      env: { ...process.env, ...env },
      // With --json the report would be printed as well.
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

process.exitCode = await run();
