import type { components } from '@octokit/openapi-types';

import { nodeId, time } from '../ids.ts';
import type { Pull, PullEvent, Repository, Review } from '../repository/model.ts';
import type { Shaping } from './commit-shapes.ts';
import { wholeRepositoryShape } from './repository-shape.ts';
import { userShape } from './user-shape.ts';

type Schemas = components['schemas'];
type Branch = Schemas['pull-request-simple']['head'];

/** GitHub's description has no place for the repository of a deleted fork, which is null; nor for a deleted author. */
type PullShape = Omit<Schemas['pull-request-simple'], 'head'> & {
  readonly head: Omit<Branch, 'repo'> & { readonly repo: Branch['repo'] | null };
};

/** A pull request as lists show it. */
export function pullShape(pull: Pull, state: Repository, shaping: Shaping): PullShape {
  const { number, title, createdAt, closedAt, merged } = pull;
  const { repository, people, addresses } = shaping;
  const repo = `${addresses.api}/repos/${repository}`;
  const [url, html, issue] = [
    `${repo}/pulls/${number}`,
    `${addresses.web}/${repository}/pull/${number}`,
    `${repo}/issues/${number}`,
  ];
  const links = {
    ...{ comments_url: `${issue}/comments`, review_comments_url: `${url}/comments`, commits_url: `${url}/commits` },
    ...{ review_comment_url: `${repo}/pulls/comments{/number}`, statuses_url: `${repo}/statuses/${pull.headSha}` },
  };
  return {
    ...{ url, ...links, id: 1_900_000_000 + number, node_id: nodeId('PR', number), html_url: html, issue_url: issue },
    ...{ diff_url: `${html}.diff`, patch_url: `${html}.patch`, number, locked: false, title, body: null },
    state: closedAt === null ? 'open' : 'closed',
    user: userShape(people.withId(pull.authorId), addresses),
    ...{ labels: [], milestone: null, assignee: null, draft: false, auto_merge: null },
    created_at: time(createdAt),
    updated_at: time(closedAt ?? createdAt),
    closed_at: closedAt === null ? null : time(closedAt),
    merged_at: merged === null ? null : time(merged.at),
    // Of an open one a test merge, which is on no branch.
    merge_commit_sha: merged?.sha ?? pull.headSha.replace(/^./u, 'f'),
    head: headShape(pull, state, shaping),
    base: {
      ...branchShape(pull.base, pull.baseSha, state, shaping),
      repo: wholeRepositoryShape(contextOf(state), addresses),
    },
    author_association: 'CONTRIBUTOR',
    _links: {
      ...{ self: { href: url }, html: { href: html }, issue: { href: issue } },
      ...{ comments: { href: links.comments_url }, review_comments: { href: links.review_comments_url } },
      ...{ review_comment: { href: links.review_comment_url }, commits: { href: links.commits_url } },
      statuses: { href: links.statuses_url },
    },
  };
}

/** Properties that only the request for a single pull request shows. */
export function pullDetails(
  { merged, closedAt }: Pull,
  counts: { readonly commits: number; readonly files: number },
  { people, addresses }: Shaping,
): Omit<Schemas['pull-request'], keyof Schemas['pull-request-simple']> {
  return {
    merged: merged !== null,
    mergeable: closedAt === null ? true : null,
    mergeable_state: closedAt === null ? 'clean' : 'unknown',
    merged_by: merged === null ? null : userShape(people.withId(merged.byId), addresses),
    ...{ comments: 0, review_comments: 0, maintainer_can_modify: false, additions: 0, deletions: 0 },
    ...{ commits: counts.commits, changed_files: counts.files },
  };
}

function headShape({ head, headSha }: Pull, state: Repository, shaping: Shaping): PullShape['head'] {
  const [owner = '', branch = ''] = head.split(':');
  if (!head.includes(':'))
    return {
      ...branchShape(head, headSha, state, shaping),
      repo: wholeRepositoryShape(contextOf(state), shaping.addresses),
    };
  const account = shaping.people.find(owner);
  const user = userShape(account, shaping.addresses);
  const name = `${owner}/${state.name.split('/')[1] ?? ''}`;
  const fork = { ...contextOf(state), repository: name, repositoryId: String(80_000 + (account?.id ?? 0)) };
  const repo = state.lostForks.has(owner)
    ? null
    : { ...wholeRepositoryShape({ ...fork, ownerId: String(account?.id ?? 0) }, shaping.addresses), fork: true };
  return { label: head, ref: branch, sha: headSha, user, repo };
}

function branchShape(ref: string, sha: string, state: Repository, { addresses }: Shaping): Omit<Branch, 'repo'> {
  const [login = ''] = state.name.split('/');
  const user = userShape({ id: Number(state.ownerId), login, type: 'Organization' }, addresses);
  return { label: `${login}:${ref}`, ref, sha, user };
}

export function contextOf({ name, id, ownerId, defaultBranch }: Repository): {
  readonly repository: string;
  readonly repositoryId: string;
  readonly ownerId: string;
  readonly defaultBranch: string;
} {
  return { repository: name, repositoryId: id, ownerId, defaultBranch };
}

export function reviewShape(review: Review, pull: Pull, shaping: Shaping): Schemas['pull-request-review'] {
  const { id, userId, state, body, commit, at } = review;
  const { repository, people, addresses } = shaping;
  const url = `${addresses.api}/repos/${repository}/pulls/${pull.number}`;
  const html = `${addresses.web}/${repository}/pull/${pull.number}#pullrequestreview-${id}`;
  return {
    ...{ id, node_id: nodeId('PRR', id), user: userShape(people.withId(userId), addresses), body, state },
    ...{ html_url: html, pull_request_url: url, author_association: 'MEMBER' },
    _links: { html: { href: html }, pull_request: { href: url } },
    ...(state === 'PENDING' ? {} : { submitted_at: time(at) }),
    commit_id: commit,
  };
}

export function eventShape(
  { event, at, actorId }: PullEvent,
  pull: Pull,
  { repository, people, addresses }: Shaping,
): Pick<
  Schemas['issue-event'],
  'id' | 'node_id' | 'url' | 'event' | 'commit_id' | 'commit_url' | 'created_at' | 'actor'
> {
  const id = 30_000_000_000 + pull.number * 1000 + pull.events.findIndex((it) => it.event === event && it.at === at);
  // The head that was merged, not the merge [docs:issue-event-types].
  const commit = event === 'merged' ? pull.headSha : null;
  const repo = `${addresses.api}/repos/${repository}`;
  return {
    ...{ id, node_id: nodeId('EV', id), url: `${repo}/issues/events/${id}`, event, created_at: time(at) },
    ...{ commit_id: commit, commit_url: commit === null ? null : `${repo}/commits/${commit}` },
    actor: userShape(people.withId(actorId), addresses),
  };
}
