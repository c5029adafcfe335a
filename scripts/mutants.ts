/**
 * Breaks the code on purpose, once per kept patch, and demands that the tests named in the patch go red.
 *
 * A patch in `mutants/` begins with lines of its own: `Promise: P1`, `Breaks: …` and one `Tests: <jest arguments>`.
 * `npm run mutants [name …]` applies each to a copy of the repository, rebuilds `dist` there and runs those tests.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLine, misused } from './command.ts';

const usage = `npm run mutants [part of a name …]

  part of a name  only the patches of mutants/ with this in their names; all of them (hours) unless some are named`;

const { positionals: wanted } = commandLine(usage, {}, true);
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'mutants');
const notCopied = new Set(['.git', '.peers', 'node_modules', 'build']);

interface Mutant {
  readonly name: string;
  readonly promise: string;
  readonly breaks: string;
  readonly tests: readonly string[];
}

type Verdict = 'killed' | 'survived' | 'ran no test' | 'does not apply' | 'does not build';

function readMutant(name: string): Mutant {
  const text = readFileSync(join(folder, name), 'utf8');
  const field = (key: string): string => {
    const value = new RegExp(`^${key}: (.+)$`, 'mu').exec(text)?.[1];
    if (value === undefined) throw new Error(`${name} has no line "${key}: …"`);
    return value;
  };
  return { name, promise: field('Promise'), breaks: field('Breaks'), tests: field('Tests').split(' ') };
}

function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'cloud-access-mutant-'));
  for (const name of readdirSync(root)) {
    if (!notCopied.has(name)) cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  return copy;
}

function run(copy: string, command: string, args: readonly string[]): boolean {
  const { status } = spawnSync(command, args, {
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

function judge({ name, tests }: Mutant): Verdict {
  const copy = copyRepository();
  const node = process.execPath;
  try {
    if (!run(copy, 'git', ['apply', '--recount', join(folder, name)])) return 'does not apply';
    if (!run(copy, node, ['scripts/build.ts'])) return 'does not build';
    const report = join(copy, 'mutant.json');
    const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--json', `--outputFile=${report}`];
    run(copy, node, [...jest, ...tests]);
    const { numFailedTests, numPassedTests } = readReport(report);
    if (numFailedTests > 0) return 'killed';
    return numPassedTests === 0 ? 'ran no test' : 'survived';
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const mutants = readdirSync(folder)
  .filter((name) => name.endsWith('.patch') && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
  .sort()
  .map(readMutant);

if (mutants.length === 0) misused(usage, `No mutant has ${wanted.join(' or ')} in its name.`);

let bad = 0;
for (const mutant of mutants) {
  const verdict = judge(mutant);
  if (verdict !== 'killed') bad += 1;
  console.log(
    `${verdict === 'killed' ? 'killed  ' : verdict.toUpperCase()}  ${mutant.promise}  ${mutant.name}: ${mutant.breaks}`,
  );
}
console.log(`${mutants.length - bad} of ${mutants.length} mutants killed.`);
process.exitCode = bad === 0 ? 0 : 1;
