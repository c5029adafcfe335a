import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { maxFileBytes } from '../../../src/access/files/grammar.ts';
import { blobOf } from '../../../src/action/inputs/access-files.ts';
import { findFiles, readBytes } from '../../../src/action/inputs/workspace-files.ts';
import { fits } from '../../../src/action/inputs/globs.ts';

let root: string;
let workspace: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'workspace-')));
  workspace = join(root, 'work');
  for (const path of ['a.yml', 'b.yaml', 'access/z.yml', 'access/a.yml', 'access/team/c.yml', 'access/.hidden.yml']) {
    write(join('work', path));
  }
  write('work/.git/d.yml');
  write('secret.yml');
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(path: string, text = path): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const paths = (...lines: readonly string[]): readonly string[] =>
  findFiles(lines, workspace).files.map(({ path }) => path);
const problems = (...lines: readonly string[]): readonly string[] =>
  findFiles(lines, workspace).faults.map(({ problem }) => problem);
const onPosix = process.platform === 'win32' ? it.skip : it;

describe('lines of access-file', () => {
  it.each<[string, readonly string[]]>([
    ['a.yml', ['a.yml']],
    ['./access/../a.yml', ['a.yml']],
    ['*.yml', ['a.yml']],
    ['*.y*ml', ['a.yml', 'b.yaml']],
    ['?.yml', ['a.yml']],
    ['access/*', ['access/a.yml', 'access/z.yml']],
    ['access/**', ['access/a.yml', 'access/team/c.yml', 'access/z.yml']],
    ['**/*.yml', ['a.yml', 'access/a.yml', 'access/team/c.yml', 'access/z.yml']],
    ['**/team/*', ['access/team/c.yml']],
    ['**/**/c.yml', ['access/team/c.yml']],
    ['access/.hid*', ['access/.hidden.yml']],
    ['access/.hidden.yml', ['access/.hidden.yml']],
  ])('%s name files in the order of their paths', (line, expected) => {
    expect(paths(line)).toEqual(expected);
    expect(problems(line)).toEqual([]);
  });

  it('name each file once', () => {
    symlinkSync(join(workspace, 'a.yml'), join(workspace, 'link.yml'));
    expect(paths('link.yml', 'a.yml', '*.yml', './a.yml')).toEqual(['a.yml']);
    expect(paths('link.yml')).toEqual(['link.yml']);
  });

  it('take a name with an asterisk as it is', () => {
    if (process.platform === 'win32') return;
    write('work/[a]*.yml');
    expect(paths('[a]*.yml')).toEqual(['[a]*.yml']);
  });

  it('are found in a workspace that is a link', () => {
    symlinkSync(workspace, join(root, 'linked'));
    const { files, faults } = findFiles(['*.yml', join(workspace, 'b.yaml')], join(root, 'linked'));
    expect(faults).toEqual([]);
    expect(files.map(({ path }) => path)).toEqual(['a.yml', 'b.yaml']);
  });

  it.each(['../secret.yml', '../none.yml', '/etc/passwd', '../*.yml', '/etc/*', 'access/../../secret.yml'])(
    '%s is outside the workspace, and the fault shows nothing else (P7)',
    (line) => {
      expect(problems(line)).toEqual([`"${line}" leads to a place outside the workspace, links included.`]);
      expect(paths(line)).toEqual([]);
    },
  );

  onPosix('cannot lead out of the workspace through links (P7)', () => {
    symlinkSync(join(root, 'secret.yml'), join(workspace, 'access/secret.yml'));
    symlinkSync(root, join(workspace, 'up'));
    expect(problems('access/secret.yml', 'up/secret.yml', 'up/*.yml')).toEqual([
      '"access/secret.yml" leads to a place outside the workspace, links included.',
      '"up/secret.yml" leads to a place outside the workspace, links included.',
      '"up/*.yml" leads to a place outside the workspace, links included.',
    ]);
    expect(problems('access/*')).toHaveLength(1);
    // Links to folders are not followed.
    expect(paths('**/secret.yml')).toEqual([]);
    expect(paths('*/secret.yml')).toEqual([]);
  });

  it.each(['none.yml', 'none/*.yml', '*.json', 'a.yml/*'])('%s that match nothing are a fault', (line) => {
    expect(problems(line)).toHaveLength(1);
    expect(problems(line)[0]).toMatch(/is not a file|matches no file/u);
  });

  it('are at most a hundred files', () => {
    for (let count = 0; count <= 100; count += 1) write(`work/many/${count}.yml`);
    expect(problems('many/*')).toEqual(['The lines match 101 files. At most 100 are allowed.']);
    expect(paths('many/*')).toEqual([]);
    rmSync(join(workspace, 'many/0.yml'));
    expect(paths('many/*')).toHaveLength(100);
  });

  it('are at most eight mebibytes together, of which one that is larger than allowed counts for one', () => {
    const mebibyte = '#'.repeat(maxFileBytes);
    for (let count = 0; count < 7; count += 1) write(`work/large/${count}.yml`, mebibyte);
    write('work/large/7.yml', `${mebibyte}${mebibyte}`);
    expect(paths('large/*')).toHaveLength(8);
    write('work/large/8.yml', '#');
    expect(problems('large/*')).toEqual([expect.stringMatching(/^The files are larger than 8 MiB together\./u)]);
    expect(paths('large/*')).toEqual([]);
  });

  onPosix('cannot name a file whose name hides characters, which is not repeated', () => {
    write('work/odd/a\u202eb.yml');
    write('work/odd/a\nb.yml');
    expect(problems('odd/*')).toEqual(
      Array.from({ length: 2 }, () => expect.stringMatching(/^The name of a file/u) as unknown),
    );
  });
});

describe('a file of the workspace', () => {
  const bytesOf = (line: string): ReturnType<typeof readBytes> | undefined => {
    const [file] = findFiles([line], workspace).files;
    return file === undefined ? undefined : readBytes(file);
  };

  it('is read whole, one byte more than allowed at most', () => {
    write('work/large.yml', 'a'.repeat(3 * 1024 * 1024));
    expect(Buffer.from(bytesOf('a.yml') as Uint8Array).toString()).toBe('work/a.yml');
    expect(bytesOf('large.yml')).toHaveLength(1024 * 1024 + 1);
  });

  it('that is a folder is a fault', () => {
    expect(bytesOf('access')).toMatchObject({ input: 'access-file', problem: '"access" is a folder.' });
  });

  onPosix('that is a pipe is a fault, and does not hold the step', () => {
    execFileSync('mkfifo', [join(workspace, 'pipe.yml')]);
    expect(bytesOf('pipe.yml')).toMatchObject({ problem: '"pipe.yml" is a pipe, not a regular file.' });
    expect(bytesOf('p*.yml')).toMatchObject({ problem: '"pipe.yml" is a pipe, not a regular file.' });
  });

  it('has the ID that git gives it', () => {
    expect(blobOf(Buffer.from('test content\n'))).toBe('d670460b4b4aece5915caf5c68d12f560a9fe3e4');
    expect(blobOf(Buffer.from(''))).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
  });
});

describe('a pattern', () => {
  it.each([
    ['a.yml', '*', true],
    ['.a', '*', false],
    ['.a', '.*', true],
    ['abc', 'a*c', true],
    ['abc', 'a?c', true],
    ['ac', 'a?c', false],
    ['abcbd', '*b?', true],
    ['abcb', '*b?', false],
    ['abc', '**c', true],
    ['abc', 'ab', false],
    ['ab', 'abc', false],
    ['a+b', 'a+b', true],
    ['aab', 'a+b', false],
  ])('%s and %s', (name, pattern, fitting) => {
    expect(fits(name, pattern)).toBe(fitting);
  });

  it('of many wildcards is fast', () => {
    const begun = performance.now();
    expect(fits('a'.repeat(250), `${'*a'.repeat(120)}b`)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
