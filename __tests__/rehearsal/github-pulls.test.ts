import { expect, test } from '@jest/globals';

import type { World } from '../../rehearsal/world.ts';
import { get, inWorld, nextOf } from './github-support.ts';

test('a pull request is pushed, reviewed and merged, and the activity names the actors', () =>
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

interface Ask {
  readonly pull: number;
  readonly head: string;
}

/** A pull request of alice with two commits. */
function ask({ github: { people, repository } }: World, branch = 'ask'): Ask {
  if (people.find('alice') === undefined) for (const login of ['alice', 'bob']) people.add(login);
  const commits = ['one', 'two'].map((message) => ({ message, files: { [`${branch}-${message}.yml`]: message } }));
  const { after } = repository.push({ branch, by: 'alice', commits });
  return { pull: repository.pull({ from: branch, by: 'alice' }), head: after };
}

const types = (activities: unknown): unknown =>
  (activities as { readonly activity_type: string }[]).map((it) => it.activity_type);

test.each([
  ['merge', 2, 'octocat', 'web-flow'],
  ['squash', 1, 'alice', 'web-flow'],
  ['rebase', 1, 'alice', 'octocat'],
] as const)('a merge by %s makes other commits', (method, parents, author, committer) =>
  inWorld(async (world) => {
    const { repository } = world.github;
    const { pull, head } = ask(world);
    repository.push({ by: 'octocat', commits: [{ files: { other: 'meanwhile' } }] });
    const { before, after } = repository.merge(pull, { by: 'octocat', method });
    const { body: commit } = await get(world, `/commits/${after}`);
    expect(commit).toMatchObject({
      parents: { length: parents },
      author: { login: author },
      committer: { login: committer },
    });
    for (const name of ['other', 'ask-one.yml', 'ask-two.yml'])
      expect((await get(world, `/contents/${name}?ref=${after}`)).status).toBe(200);
    expect((await get(world, `/pulls/${pull}`)).body).toMatchObject({
      ...{ merged: true, merge_commit_sha: after, head: { sha: head }, commits: 2, changed_files: 2 },
    });
    expect((await get(world, `/commits/${after}/pulls`)).body).toMatchObject([{ number: pull }]);
    expect((await get(world, `/compare/${before}...${after}`)).body).toMatchObject({
      ...{ status: 'ahead', total_commits: { merge: 3, squash: 1, rebase: 2 }[method] },
    });
    expect(types((await get(world, '/activity?ref=main')).body)).toEqual(['pr_merge', 'push']);
  }),
);

test('a queue merges several at once, with its bot as the actor', () =>
  inWorld(async (world) => {
    const { repository } = world.github;
    const [one, two] = [ask(world, 'one'), ask(world, 'two')];
    const { after, run } = repository.merge([one.pull, two.pull], { by: 'bob', queue: true, method: 'squash' });
    expect(run.actor).toBe('github-merge-queue[bot]');
    expect((await get(world, '/activity?ref=main')).body).toMatchObject([
      { activity_type: 'merge_queue_merge', after, actor: { type: 'Bot' } },
    ]);
    expect((await get(world, `/commits/${after}/pulls`)).body).toMatchObject([{ number: two.pull }]);
    expect((await get(world, `/pulls/${one.pull}`)).body).toMatchObject({ merged: true, merged_by: { type: 'Bot' } });
  }));

test('a false merge that is pushed by hand looks merged, except for its activity', () =>
  inWorld(async (world) => {
    const { repository } = world.github;
    const { pull, head } = ask(world);
    repository.review(pull, { by: 'bob' });
    const evil = repository.commit('main', 'alice', { files: { 'ask-one.yml': 'admin' }, merges: [head] });
    const { after } = repository.push({ by: 'alice', to: evil });
    expect((await get(world, `/commits/${after}/pulls`)).body).toMatchObject([
      { number: pull, merge_commit_sha: after },
    ]);
    expect((await get(world, `/pulls/${pull}`)).body).toMatchObject({ merged: true, head: { sha: head } });
    expect(types((await get(world, '/activity?ref=main')).body)).toEqual(['push']);
  }));

test('commits that are pushed by hand belong to no pull request, or to one that only contains them', () =>
  inWorld(async (world) => {
    const { people, repository } = world.github;
    people.add('alice');
    const { after: straight } = repository.push({ by: 'alice' });
    expect((await get(world, `/commits/${straight}/pulls`)).body).toEqual([]);
    const { after: below } = repository.push({ branch: 'ask', by: 'alice', commits: [{ message: 'below' }] });
    repository.push({ branch: 'ask', by: 'alice', commits: [{ message: 'above' }] });
    const pull = repository.pull({ from: 'ask', by: 'alice' });
    repository.push({ by: 'alice', to: below });
    expect((await get(world, `/commits/${below}/pulls`)).body).toMatchObject([{ number: pull, merged_at: null }]);
  }));

test('reviews stay with their commit', () =>
  inWorld(async (world) => {
    const { repository, people } = world.github;
    const { pull, head } = ask(world);
    const first = repository.review(pull, { by: 'bob' });
    repository.review(pull, { by: 'octocat', state: 'CHANGES_REQUESTED', commit: null });
    repository.review(pull, { by: 'octocat', state: 'PENDING' });
    await world.advance(60_000);
    const { after } = repository.push({ branch: 'ask', by: 'bob', commits: [{ author: 'alice' }] });
    repository.dismiss(pull, first, 'alice');
    people.delete('octocat');
    const { body } = await get(world, `/pulls/${pull}/reviews`);
    expect(body).toMatchObject([
      { id: first, state: 'DISMISSED', commit_id: head },
      { state: 'CHANGES_REQUESTED', commit_id: null, user: null },
      { state: 'PENDING' },
    ]);
    expect(body).not.toMatchObject([{}, {}, { submitted_at: expect.anything() }]);
    expect((await get(world, `/pulls/${pull}`)).body).toMatchObject({ head: { sha: after }, commits: 3 });
    // Only the activity shows the account that pushed.
    expect((await get(world, `/commits/${after}`)).body).toMatchObject({ author: { login: 'alice' } });
    expect((await get(world, '/activity?ref=ask')).body).toMatchObject([{ actor: { login: 'bob' } }, {}]);
  }));

test('a changed base is an event of the pull request', () =>
  inWorld(async (world) => {
    const { repository } = world.github;
    const { pull, head } = ask(world);
    repository.push({ branch: 'stack', by: 'alice', to: head });
    repository.push({ branch: 'stack', by: 'alice' });
    const stacked = repository.pull({ from: 'stack', into: 'ask', by: 'alice' });
    repository.merge(pull, { by: 'alice' });
    repository.deleteBranch('ask', 'alice');
    repository.retarget(stacked, 'main', 'bob');
    expect((await get(world, `/pulls/${stacked}`)).body).toMatchObject({
      base: { ref: 'main' },
      state: 'open',
      commits: 1,
    });
    expect((await get(world, `/issues/${stacked}/events`)).body).toMatchObject([
      { event: 'automatic_base_change_succeeded', actor: { login: 'alice' } },
      { event: 'base_ref_changed', actor: { login: 'bob' }, created_at: expect.any(String) },
    ]);
    expect((await get(world, `/issues/${pull}/events`)).body).toMatchObject([
      { event: 'merged', commit_id: head },
      { event: 'closed' },
    ]);
  }));

test('a pull request of a fork outlives the fork, and its branch has no activity here', () =>
  inWorld(async (world) => {
    const { people, repository } = world.github;
    const mallory = people.add('mallory');
    repository.push({ branch: 'mallory:ask', by: 'mallory' });
    const pull = repository.pull({ from: 'mallory:ask', by: 'mallory' });
    const head = async (): Promise<unknown> => (await get(world, `/pulls/${pull}`)).body;
    expect(await head()).toMatchObject({
      head: {
        label: 'mallory:ask',
        ref: 'ask',
        user: { id: mallory.id },
        repo: { fork: true, full_name: 'mallory/infra' },
      },
    });
    expect((await get(world, '/activity?ref=ask')).body).toEqual([]);
    repository.deleteFork('mallory');
    people.delete('mallory');
    expect(await head()).toMatchObject({ user: null, head: { label: 'mallory:ask', repo: null, user: null } });
  }));

test('no more than 250 commits of a pull request are shown, in pages', () =>
  inWorld(async (world) => {
    const { repository } = world.github;
    const commits = Array.from({ length: 251 }, (_, at) => ({ message: String(at) }));
    repository.push({ branch: 'long', by: 'octocat', commits });
    const pull = repository.pull({ from: 'long', by: 'octocat' });
    expect((await get(world, `/pulls/${pull}`)).body).toMatchObject({ commits: 251 });
    const last = await get(world, `/pulls/${pull}/commits?per_page=100&page=3`);
    expect(last.body).toMatchObject({ length: 50 });
    expect(nextOf(last)).toBeUndefined();
  }));
