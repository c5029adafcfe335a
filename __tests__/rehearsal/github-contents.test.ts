import { expect, test } from '@jest/globals';

import { defaultContext } from '../../rehearsal/runner/context.ts';
import { get, inWorld, nextOf } from './github-support.ts';

const blobOfHello = 'ce013625030ba8dba906f756967f9e9ca394464a';

test('contents are shown at a commit, with any later commits', () =>
  inWorld(async (world) => {
    const { repository } = world.github;
    const { after } = repository.push({ by: 'octocat', commits: [{ files: { 'access/a b.yml': 'hello\n' } }] });
    repository.push({ by: 'octocat', commits: [{ files: { 'access/a b.yml': null, 'access/c.yml': 'hello\n' } }] });
    expect(repository.files(after)).toEqual({ 'README.md': '# infra\n', 'access/a b.yml': 'hello\n' });
    const path = '/contents/access/a%20b.yml';
    expect((await get(world, `${path}?ref=${after}`)).body).toMatchObject({
      ...{ type: 'file', path: 'access/a b.yml', sha: blobOfHello, size: 6, encoding: 'base64' },
      content: Buffer.from('hello\n').toString('base64'),
    });
    expect((await get(world, path)).status).toBe(404);
    expect((await get(world, '/contents/access')).body).toMatchObject([
      { type: 'file', name: 'c.yml', sha: blobOfHello },
    ]);
    expect((await get(world, `/contents/?ref=main`)).body).toMatchObject([
      ...[
        { type: 'file', name: 'README.md' },
        { type: 'dir', name: 'access' },
      ],
    ]);
    expect((await get(world, `${path}?ref=gone`)).body).toMatchObject({ message: 'No commit found for the ref gone' });
  }));

test('a symlink, a submodule and a large file are something else', () =>
  inWorld(async (world) => {
    const { repository } = world.github;
    const files = {
      ...{ 'a/real': 'hello\n', 'a/link': { symlink: 'real' }, 'a/out': { symlink: '../../etc/passwd' } },
      ...{ 'a/sub': { submodule: defaultContext.sha }, 'a/large': 'x'.repeat(1_048_577) },
    };
    repository.push({ by: 'octocat', commits: [{ files }] });
    expect((await get(world, '/contents/a/link')).body).toMatchObject({
      type: 'file',
      sha: blobOfHello,
      path: 'a/link',
    });
    expect((await get(world, '/contents/a/out')).body).toMatchObject({ type: 'symlink', target: '../../etc/passwd' });
    expect((await get(world, '/contents/a/sub')).body).toMatchObject({ type: 'submodule', sha: defaultContext.sha });
    expect((await get(world, '/contents/a')).body).toContainEqual(
      expect.objectContaining({ name: 'sub', type: 'file' }),
    );
    expect((await get(world, '/contents/a/large')).body).toMatchObject({
      size: 1_048_577,
      encoding: 'none',
      content: '',
    });
    const raw = await get(world, '/contents/a/large', { accept: 'application/vnd.github.raw+json' });
    expect(raw.text).toBe('x'.repeat(1_048_577));
    expect((await get(world, '/contents/a/link', { accept: 'application/vnd.github.raw' })).text).toBe('hello\n');
  }));

test('a commit has its accounts, parents and files, 300 to a page', () =>
  inWorld(async (world) => {
    const { people, repository } = world.github;
    const alice = people.add('alice');
    const many = Object.fromEntries(Array.from({ length: 301 }, (_, at) => [`f/${at}`, `${at}`]));
    const { before, after } = repository.push({
      ...{ by: 'alice', commits: [{ files: many, author: 'octocat', committer: null }] },
    });
    const first = await get(world, `/commits/${after}`);
    expect(first.body).toMatchObject({
      ...{ sha: after, author: { id: 583_231 }, committer: null, parents: [{ sha: before }], files: { length: 300 } },
    });
    expect((await get(world, nextOf(first) ?? '')).body).toMatchObject({ files: [{ status: 'added' }] });
    expect((await get(world, '/commits/main')).body).toMatchObject({ sha: after });
    expect((await get(world, `/commits/${'1'.repeat(40)}`)).status).toBe(422);
    expect((await get(world, '/activity?actor=alice')).body).toMatchObject([{ after, actor: { id: alice.id } }]);

    expect((await get(world, `/compare/${before}...${after}`)).body).toMatchObject({
      ...{ status: 'ahead', ahead_by: 1, behind_by: 0, commits: [{ sha: after }], files: { length: 300 } },
    });
    expect((await get(world, `/compare/${after}...${before}`)).body).toMatchObject({ status: 'behind', files: [] });
  }));

test('activity is paged by cursors, filtered, can be late, and can be without an actor', () =>
  inWorld(async (world) => {
    const { people, repository } = world.github;
    people.add('alice');
    for (let push = 0; push < 3; push += 1) repository.push({ by: 'octocat', commits: [{ message: `${push}` }] });
    const [back] = [repository.tip()];
    repository.push({ by: 'alice', isAttributed: false });
    repository.push({ by: 'alice', to: back });
    repository.push({ branch: 'side', by: 'alice' });
    repository.deleteBranch('side', 'alice');
    const first = await get(world, '/activity?ref=refs/heads/main&per_page=2');
    expect(first.body).toMatchObject([
      { activity_type: 'force_push', after: back, actor: { login: 'alice' } },
      { activity_type: 'push', before: back, actor: null },
    ]);
    const next = nextOf(first) ?? '';
    expect(next).toMatch(/\/repositories\/74901\/activity\?(?=.*after=)(?=.*ref=)/u);
    expect((await get(world, next)).body).toMatchObject([{ after: back }, { activity_type: 'push' }]);
    expect((await get(world, '/activity?ref=side')).body).toMatchObject([
      { activity_type: 'branch_deletion', after: '0'.repeat(40) },
      { activity_type: 'branch_creation', before: '0'.repeat(40) },
    ]);
    expect((await get(world, '/activity?direction=asc&per_page=1')).body).toMatchObject([
      { before: defaultContext.sha },
    ]);
    await world.advance(25 * 3_600_000);
    repository.delayActivity(5_000);
    repository.push({ by: 'octocat' });
    expect((await get(world, '/activity?time_period=day')).body).toEqual([]);
    await world.advance(5_000);
    expect((await get(world, '/activity?time_period=day')).body).toMatchObject([{ after: repository.tip() }]);
  }));

test('the run of a deleted branch counts as one of the default branch', () =>
  inWorld((world) => {
    const { repository } = world.github;
    repository.push({ branch: 'side', by: 'octocat' });
    expect(repository.deleteBranch('side', 'octocat').run).toMatchObject({
      ...{ ref: 'refs/heads/main', sha: defaultContext.sha },
      push: { ref: 'refs/heads/side', after: '0'.repeat(40) },
    });
  }));
