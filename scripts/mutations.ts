/** Breaks the code on purpose, once per entry of `mutations/mutations.ts`, and demands that its tests go red. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyEdit } from '../mutations/edit.ts';
import { mutations, type Mutation } from '../mutations/mutations.ts';
import { commandLine, misused } from './command.ts';

const usage = `npm run mutations [-- part of a name …]

  part of a name  only the mutations with this in their names; all of them unless some are named`;

const { positionals: wanted } = commandLine(usage, {}, true);
const root = fileURLToPath(new URL('..', import.meta.url));
const notCopied = new Set(['.git', '.peers', 'node_modules', 'build']);

type Verdict = 'killed' | 'survived' | 'ran no test' | 'does not apply' | 'does not build';

function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'cloud-access-mutation-'));
  for (const name of readdirSync(root)) {
    if (!notCopied.has(name)) cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  return copy;
}

function apply(copy: string, { name, edit }: Mutation): boolean {
  const path = join(copy, edit.file);
  try {
    writeFileSync(path, applyEdit(readFileSync(path, 'utf8'), edit));
    return true;
  } catch (error) {
    console.error(`${name}: ${String(error)}`);
    return false;
  }
}

/** Scenarios run `dist`, all other tests of mutations `src`. */
function needsBuild({ tests }: Mutation): boolean {
  return tests.some((it) => it.startsWith('__tests__/scenario/'));
}

function run(copy: string, args: readonly string[]): boolean {
  const { status } = spawnSync(process.execPath, args, {
    cwd: copy,
    stdio: 'pipe',
    env: { ...process.env, NODE_NO_WARNINGS: '1', MATRIX: 'all' },
  });
  return status === 0;
}

/** A run that crashed left no report: it is no proof. */
function readReport(path: string): { readonly numFailedTests: number; readonly numPassedTests: number } {
  if (!existsSync(path)) return { numFailedTests: 0, numPassedTests: 0 };
  return JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof readReport>;
}

function judge(mutation: Mutation): Verdict {
  const copy = copyRepository();
  try {
    if (!apply(copy, mutation)) return 'does not apply';
    if (needsBuild(mutation) && !run(copy, ['scripts/build.ts'])) return 'does not build';
    const report = join(copy, 'mutation.json');
    const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--json', `--outputFile=${report}`];
    run(copy, [...jest, ...mutation.tests]);
    const { numFailedTests, numPassedTests } = readReport(report);
    if (numFailedTests > 0) return 'killed';
    return numPassedTests === 0 ? 'ran no test' : 'survived';
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const chosen = mutations.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
if (chosen.length === 0) misused(usage, `No mutation has ${wanted.join(' or ')} in its name.`);

let bad = 0;
for (const mutation of chosen) {
  const verdict = judge(mutation);
  if (verdict !== 'killed') bad += 1;
  const { name, promise, breaks } = mutation;
  console.log(`${verdict === 'killed' ? 'killed  ' : verdict.toUpperCase()}  ${promise}  ${name}: ${breaks}`);
}
console.log(`${chosen.length - bad} of ${chosen.length} mutations killed.`);
process.exitCode = bad === 0 ? 0 : 1;
