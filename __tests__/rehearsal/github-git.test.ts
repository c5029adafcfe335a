import { expect, test } from '@jest/globals';

import { between, changesBetween, mergeBase } from '../../rehearsal/github/git/history.ts';
import { commitOf, entryId, treeId, type Commit, type Entry, type Files } from '../../rehearsal/github/git/objects.ts';

const file = (text: string): Entry => ({ kind: 'file', bytes: Buffer.from(text) });
const alice = { userId: 1, name: 'alice', email: 'alice@example.com', at: 1_700_000_000_000 };
const files: Files = new Map([
  ['a/x', file('hello\n')],
  ['a/l', { kind: 'symlink', target: '../a/x' }],
  ['a.b/y', file('no end')],
]);

function commit(parents: readonly Commit[], content: Files, message: string): Commit {
  return commitOf({ files: content, parents: parents.map(({ sha }) => sha), message, author: alice, committer: alice });
}

test("hashes are git's own", () => {
  expect(entryId(file('hello\n'))).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
  expect(treeId(files)).toBe('702f562d04f2cc3cd0ef55440b7872b9f07758d5');
  expect(commit([], files, 'First').sha).toBe('f2a525df56f6a6df49c92c6be291468fd8965d9a');
});

test('a history has the commits of a head that its base does not have, and their common ancestor', () => {
  const [first, main] = [commit([], files, 'First'), commit([], files, 'Root')];
  const left = commit([first], files, 'Left');
  const right = commit([first, main], files, 'Right');
  const commits = new Map([first, main, left, right].map((it) => [it.sha, it]));
  expect(between(commits, left.sha, right.sha)).toEqual([main, right]);
  expect(mergeBase(commits, left.sha, right.sha)).toBe(first);
  expect(mergeBase(commits, left.sha, main.sha)).toBeUndefined();
});

test('changes name added, altered, removed and moved files', () => {
  const after = new Map([...files, ['a/x', file('altered')], ['new', file('hello\n')], ['b', file('no end')]] as const);
  after.delete('a.b/y');
  after.delete('a/l');
  expect(changesBetween(files, after).map(({ path, status, previousPath }) => [path, status, previousPath])).toEqual([
    ['a/l', 'removed', undefined],
    ['a/x', 'modified', undefined],
    ['b', 'renamed', 'a.b/y'],
    ['new', 'added', undefined],
  ]);
});
