import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parts } from '../../scripts/nightly-parts.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const commands = [
  ['bench', 'bench/bench.ts'],
  ['build', 'scripts/build.ts'],
  ['docs', 'scripts/docs.ts'],
  ['explore', 'scripts/explore.ts'],
  ['histories', 'scripts/histories.ts'],
  ['mutations', 'scripts/mutations.ts'],
  ['test:nightly', 'scripts/nightly.ts'],
  ['pictures', 'scripts/pictures.ts'],
  ['prose', 'scripts/prose.ts'],
  ['rehearse', 'rehearsal/rehearse.ts'],
  ['shape', 'scripts/shape.ts'],
] as const;

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly written: readonly string[];
}

/** In an empty folder: what works on the current one has nothing there. */
function called(script: string, ...options: readonly string[]): Ended {
  const folder = mkdtempSync(join(tmpdir(), 'cloud-access-help-'));
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, script), ...options], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    });
    return { status, stdout, stderr, written: readdirSync(folder) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('npm run', () => {
  it.each(commands)('%s shows with --help how it is used, and does nothing else', (name, script) => {
    const usage = { status: 0, stderr: '', written: [], stdout: expect.stringContaining(`npm run ${name}`) as unknown };
    expect(called(script, '--help')).toEqual(usage);
  });

  // One that reads its command line by itself, and one of those that read it alike.
  it.each(['rehearsal/rehearse.ts', 'scripts/nightly.ts'])('shows the same with -h: %s', (script) => {
    expect(called(script, '-h')).toEqual(called(script, '--help'));
  });

  it.each(commands)('%s shows the same for an option that it does not know, and fails', (name, script) => {
    const { status, stdout, stderr } = called(script, '--nonsense');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Unknown option '--nonsense'/u);
    expect(stderr).toContain(`npm run ${name}`);
  });

  it('test:nightly has the parts that the workflow gives a machine each', () => {
    const workflow = readFileSync(join(root, '.github/workflows/nightly.yml'), 'utf8');
    const [, listed = ''] = /^ +part:\n((?: +- .+\n)+)/mu.exec(workflow) ?? [];
    expect([...listed.matchAll(/- (.+)/gu)].map(([, part]) => part)).toEqual(Object.keys(parts));
    const { status, stderr } = called('scripts/nightly.ts', 'no-such-part');
    expect([status, stderr]).toEqual([2, expect.stringContaining('There is no part "no-such-part".')]);
  });

  it('mutations does not say that none of none survived', () => {
    const { status, stderr } = called('scripts/mutations.ts', 'no-such-mutation');
    expect([status, stderr]).toEqual([2, expect.stringContaining('No mutation has no-such-mutation in its name.')]);
  });
});
