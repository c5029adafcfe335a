import { expect, test } from '@jest/globals';

import { get, inWorld } from './github-support.ts';

test('a pull request is pushed, reviewed and merged, and the activity says by whom', () =>
  inWorld(async (world) => {
    const { people, repository } = world.github;
    const alice = people.add('alice');
    const bob = people.add('bob');
    repository.role('bob', 'write');
    repository.push({ branch: 'ask', by: 'alice', commits: [{ files: { 'access.yml': 'alice' } }] });
    const pull = repository.pull({ from: 'ask', by: 'alice' });
    const head = repository.tip('ask');
    repository.review(pull, { by: 'bob' });
    const { run, before, after } = repository.merge(pull, { by: 'alice' });

    expect(run).toMatchObject({ eventName: 'push', sha: after, ref: 'refs/heads/main', actor: 'alice' });
    expect((await get(world, `/commits/${after}/pulls`)).body).toMatchObject([
      { number: pull, merge_commit_sha: after },
    ]);
    expect((await get(world, `/pulls/${pull}`)).body).toMatchObject({
      ...{ merged: true, user: { id: alice.id }, merged_by: { id: alice.id }, commits: 1, changed_files: 1 },
      ...{ head: { sha: head, ref: 'ask', repo: { id: 74901 } }, base: { ref: 'main', repo: { id: 74901 } } },
    });
    expect((await get(world, `/pulls/${pull}/reviews`)).body).toMatchObject([
      { state: 'APPROVED', commit_id: head, user: { id: bob.id, type: 'User' }, submitted_at: expect.any(String) },
    ]);
    expect((await get(world, `/pulls/${pull}/commits`)).body).toMatchObject([{ sha: head, author: { id: alice.id } }]);
    expect((await get(world, '/collaborators/bob/permission')).body).toMatchObject({
      ...{ permission: 'write', role_name: 'write', user: { id: bob.id } },
    });
    expect((await get(world, '/activity?ref=main')).body).toMatchObject([
      { activity_type: 'pr_merge', before, after, ref: 'refs/heads/main', actor: { id: alice.id, type: 'User' } },
    ]);
    expect((await get(world, '/activity?ref=ask')).body).toMatchObject([
      { activity_type: 'branch_creation', after: head },
    ]);
  }));
