import { describe, expect, test } from '@jest/globals';

import { lastDecisive, pullFault, reviewFault, type OfUser } from '../../../src/action/approval/judging.ts';
import type { PullRequest } from '../../../src/action/approval/pull-request.ts';
import type { User } from '../../../src/action/github/users.ts';

const user = (id: string, isUser = true): User => ({ id, login: `login-${id}`, isUser });
const [author, approver, other] = [user('1'), user('2'), user('3')];
const sha = 'a'.repeat(40);

const approval: OfUser = {
  user: approver,
  state: 'APPROVED',
  commit: sha,
  at: 1_000,
  comment: 'fine',
  url: 'https://github.example/review',
};
const pull: PullRequest = {
  number: '7',
  author,
  headSha: sha,
  mergedAt: 2_000,
  reviews: [approval],
  commits: [{ sha, author, committer: other }],
  pushers: [author],
  retargetedAt: [],
  files: new Map(),
};

describe('a review', () => {
  test('of the last commit, before the merge, by another person counts (P12)', () => {
    expect(reviewFault(approval, pull, null)).toBeNull();
    expect(reviewFault(approval, pull, new Set(['2']))).toBeNull();
  });

  test.each<[string, Partial<PullRequest>, Partial<OfUser>, string]>([
    ['by the author', { author: approver }, {}, 'wrote or pushed'],
    ['by the author of the last commit', { pushers: [author, approver] }, {}, 'wrote or pushed'],
    ['by the author of a commit', { commits: [{ sha, author: approver, committer: other }] }, {}, 'wrote or pushed'],
    ['by the committer of a commit', { commits: [{ sha, author, committer: approver }] }, {}, 'wrote or pushed'],
    ['of an older commit', {}, { commit: 'b'.repeat(40) }, 'another commit'],
    ['of a commit that is gone', {}, { commit: null }, 'another commit'],
    ['after the merge', {}, { at: 2_001 }, 'after the merge'],
    ['that was never submitted', {}, { at: null }, 'after the merge'],
    ['before the base was changed', { retargetedAt: [1_500] }, {}, 'before its base branch'],
    ['by a bot', {}, { user: user('2', false) }, 'is a bot or an App'],
  ])('%s does not count (P12)', (_, more, review, fault) => {
    expect(reviewFault({ ...approval, ...review }, { ...pull, ...more }, null)).toContain(fault);
  });

  test('by an account that approvers does not name does not count, with any login (P12)', () => {
    expect(reviewFault({ ...approval, user: { ...approver, id: '9' } }, pull, new Set(['2']))).toBe(
      'approvers does not name login-2#9',
    );
  });
});

describe('the reviews of a pull request', () => {
  test('are the last of each account that decides something (P12)', () => {
    const reviews = [
      approval,
      { ...approval, user: other },
      { ...approval, state: 'COMMENTED' },
      { ...approval, user: other, state: 'DISMISSED' },
      { ...approval, user: null },
      { ...approval, user: author, state: 'PENDING' },
    ];
    expect(lastDecisive({ ...pull, reviews }).map(({ user: { id }, state }) => [id, state])).toEqual([
      ['2', 'APPROVED'],
      ['3', 'DISMISSED'],
    ]);
  });

  test("prove nothing where an account behind it is unknown or is not a person's (P12)", () => {
    expect(pullFault(pull)).toBeNull();
    expect(pullFault({ ...pull, author: null })).toContain('a deleted account, is not a person');
    expect(pullFault({ ...pull, author: user('1', false) })).toContain('is not a person');
    for (const pusher of [null, user('3', false)])
      expect(pullFault({ ...pull, pushers: [author, pusher] })).toContain('does not show that a person pushed');
    for (const unknown of [{ author: null }, { committer: null }])
      expect(pullFault({ ...pull, commits: [{ sha, author, committer: other, ...unknown }] })).toContain(
        'whose email belongs to no account',
      );
  });
});
