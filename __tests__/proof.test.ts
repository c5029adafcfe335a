import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Claim {
  readonly file: string;
  readonly test: string;
}

function missing(all: readonly Claim[]): readonly Claim[] {
  return all.filter(({ file, test }) => !existsSync(root + file) || !holds(file, test));
}

/** Rows of a page whose first cell begins with an attack in bold. */
function attackRows(path: string): readonly (readonly string[])[] {
  return readFileSync(root + path, 'utf8')
    .split('\n')
    .filter((line) => /^\| \*{2}/u.test(line))
    .map((line) => line.slice(2, -2).split(' | '));
}

describe('the threats of SECURITY.md', () => {
  /** Of the form: | **attack** … | protection | */
  const rows = attackRows('SECURITY.md');
  /** Of the form: | **attack** | `__tests__/…` › test<br>… | */
  const tested = attackRows('docs/design/threats.md');

  it.each(rows)('%s has a protection', (_attack, protection, ...more) => {
    expect(protection).toMatch(/\w/u);
    expect(more).toEqual([]);
  });

  it('are those of docs/design/threats.md, in the same order', () => {
    const names = (all: typeof rows): readonly unknown[] => all.map(([cell = '']) => /^\*{2}.+?\*{2}/u.exec(cell)?.[0]);
    expect(rows.length).toBeGreaterThan(10);
    expect(names(tested)).toEqual(names(rows));
  });

  it.each(tested)('%s has tests that exist', (_attack, tests = '', ...more) => {
    const cells = tests.split('<br>').map((cell) => /^`(?<file>__tests__\/[^`]+)` › (?<test>.+)$/u.exec(cell)?.groups);
    expect(more).toEqual([]);
    expect(missing(cells.map((cell) => ({ file: cell?.['file'] ?? '', test: cell?.['test'] ?? '' })))).toEqual([]);
  });

  it('include those that a reader expects', () => {
    const attacks = rows.map(([attack]) => attack).join('\n');
    for (const asked of [
      'fork',
      'step in the same job',
      'dependency',
      'forged record',
      'altered before the post step',
      'confused sweeper',
      'injected line',
      'empty expression',
      'renamed group',
    ])
      expect(attacks).toContain(asked);
  });
});

/** Promises at the end of a title. */
const tag = / \((?:P\d+|Many)(?:, (?:P\d+|Many))*\)(?=['"`])/gu;

/** A test's title is in its file as a string, without its promises; in tables `%s` replaces the variable parts. */
function holds(file: string, test: string): boolean {
  const text = readFileSync(root + file, 'utf8')
    .replaceAll("\\'", "'")
    .replaceAll(tag, '');
  return ["'", '"', '`'].some((quote) => text.includes(`${quote}${test}${quote}`));
}
