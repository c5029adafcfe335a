import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const proof = readFileSync(`${root}docs/proof.md`, 'utf8');

interface Claim {
  readonly file: string;
  readonly test: string;
}

/** Lines of the form: - `__tests__/…` › the name of the test. */
const claims: readonly Claim[] = [...proof.matchAll(/^\s*- `(?<file>[^`]+)` › (?<test>.+)$/gmu)].map(({ groups }) => ({
  file: groups?.['file'] ?? '',
  test: groups?.['test']?.trim() ?? '',
}));

/** What the sections are called that kept patches belong to. */
const promises = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9', 'P10', 'P13', 'Many'];

function missing(all: readonly Claim[]): readonly Claim[] {
  return all.filter(({ file, test }) => !existsSync(root + file) || !holds(file, test));
}

describe('docs/proof.md', () => {
  it('names only tests that exist', () => {
    expect(claims.length).toBeGreaterThan(50);
    expect(missing(claims)).toEqual([]);
  });

  it('has a section for what each kept patch breaks', () => {
    const broken = readdirSync(`${root}mutants`).map((name) => {
      const text = readFileSync(`${root}mutants/${name}`, 'utf8');
      return /^Promise: (?<promise>\w+)\nBreaks: .+\nTests: __tests__\/.+\n\n/u.exec(text)?.groups?.['promise'];
    });
    expect(broken.filter((promise) => !promises.includes(promise ?? ''))).toEqual([]);
  });

  it('tells of patches that apply: what breaks nothing proves nothing', () => {
    const rotten = readdirSync(`${root}mutants`).filter(
      (name) => spawnSync('git', ['apply', '--check', `mutants/${name}`], { cwd: root }).status !== 0,
    );
    expect(rotten).toEqual([]);
  });

  it.each(promises)('gives %s tests, and kept patches that break it: two at least, one of them on Azure', (promise) => {
    const section = new RegExp(`^## ${promise}\\b[^]*?(?=^## |$(?![^]))`, 'mu').exec(proof)?.[0] ?? '';
    expect(section).toContain('› ');
    const patches = readdirSync(`${root}mutants`).filter((name) =>
      readFileSync(`${root}mutants/${name}`, 'utf8').startsWith(`Promise: ${promise}\n`),
    );
    expect(patches.length).toBeGreaterThanOrEqual(2);
    expect(patches.some((name) => name.startsWith('azure-'))).toBe(true);
    const told = [
      ...(/^Broken on purpose by (?<names>.+)\.$/mu.exec(section)?.groups?.['names']?.matchAll(/[\w-]+/gu) ?? []),
    ];
    expect(told.map(([name]) => `${name}.patch`)).toEqual(patches.sort());
  });
});

describe('the threats of SECURITY.md', () => {
  /** Rows of the form: | **attack** | rule | `__tests__/…` › test<br>… | */
  const rows = readFileSync(`${root}SECURITY.md`, 'utf8')
    .split('\n')
    .filter((line) => /^\| \*{2}/u.test(line))
    .map((line) => line.slice(2, -2).split(' | '));

  it.each(rows)('%s has a rule, and tests that exist', (_attack, rule, tests = '', ...more) => {
    const cells = tests.split('<br>').map((cell) => /^`(?<file>__tests__\/[^`]+)` › (?<test>.+)$/u.exec(cell)?.groups);
    expect(rule).toMatch(/\w/u);
    expect(more).toEqual([]);
    expect(missing(cells.map((cell) => ({ file: cell?.['file'] ?? '', test: cell?.['test'] ?? '' })))).toEqual([]);
  });

  it('are those that anybody would ask about', () => {
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

/** What a title ends with to say which promises its test holds. */
const tag = / \((?:P\d+|Many)(?:, (?:P\d+|Many))*\)(?=['"`])/gu;

/** A test's name stands in its file as a string; in tables `%s` stands for what varies. */
function holds(file: string, test: string): boolean {
  const text = readFileSync(root + file, 'utf8').replaceAll("\\'", "'").replaceAll(tag, '');
  return ["'", '"', '`'].some((quote) => text.includes(`${quote}${test}${quote}`));
}
