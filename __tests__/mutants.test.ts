import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'mutants');
const names = readdirSync(folder).filter((name) => name.endsWith('.patch'));

/** Whether it is killed takes hours: `npm run mutants`. That it says what it breaks, and breaks what is there, is known at once. */
describe('every mutant', () => {
  test.each(names)('%s applies, and names a promise and tests that are there', (name) => {
    const { status, stderr } = spawnSync('git', ['apply', '--recount', '--check', join(folder, name)], {
      cwd: root,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    const text = readFileSync(join(folder, name), 'utf8');
    expect(text).toMatch(/^Promise: \S.*\nBreaks: \S.+\nTests: __tests__\//u);
    const [, tests = ''] = /^Tests: (.+)$/mu.exec(text) ?? [];
    const paths = tests.split(' ').filter((it) => it.startsWith('__tests__/'));
    for (const path of paths) expect([path, isThere(path)]).toEqual([path, true]);
  });
});

/** Jest takes the beginning of a name for all of them. */
function isThere(path: string): boolean {
  if (existsSync(join(root, path))) return true;
  const parts = path.split('/');
  const last = parts.pop() ?? '';
  return readdirSync(join(root, ...parts)).some((it) => it.startsWith(last));
}
