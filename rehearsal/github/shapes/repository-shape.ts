import type { components } from '@octokit/openapi-types';

import type { RunContext } from '../../runner/context.ts';
import type { Addresses } from '../addresses.ts';
import { userShape } from './user-shape.ts';

type Schemas = components['schemas'];

type Minimal = Omit<Schemas['minimal-repository'], 'license' | 'permissions'>;

/** A repository inside a run: mostly addresses. */
export function repositoryShape(
  { repository, repositoryId, ownerId }: Pick<RunContext, 'repository' | 'repositoryId' | 'ownerId'>,
  { api, web }: Addresses,
): Minimal {
  const [login = '', name = ''] = repository.split('/');
  const url = `${api}/repos/${repository}`;
  return {
    id: Number(repositoryId),
    node_id: `R_${repositoryId}`,
    name,
    full_name: repository,
    owner: userShape({ id: Number(ownerId), login, type: 'Organization' }, { api, web }),
    private: true,
    html_url: `${web}/${repository}`,
    description: null,
    fork: false,
    url,
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
    hooks_url: `${url}/hooks`,
  };
}

/** A repository in the response to its own request. */
export function wholeRepositoryShape(
  context: Pick<RunContext, 'repository' | 'repositoryId' | 'ownerId' | 'defaultBranch'>,
  addresses: Addresses,
): Schemas['repository'] {
  const { repository, defaultBranch } = context;
  const time = '2026-01-26T19:01:12Z';
  const counts = { forks: 0, forks_count: 0, stargazers_count: 0, watchers: 0, watchers_count: 0, size: 108 };
  const allowed = { has_issues: true, has_projects: true, has_wiki: false, has_pages: false, has_downloads: true };
  return {
    ...{ ...repositoryShape(context, addresses), ...counts, ...allowed, open_issues: 0, open_issues_count: 0 },
    clone_url: `${addresses.web}/${repository}.git`,
    git_url: `git:${addresses.web.replace(/^https:/, '')}/${repository}.git`,
    ssh_url: `git@github.com:${repository}.git`,
    svn_url: `${addresses.web}/${repository}`,
    ...{ mirror_url: null, homepage: null, language: null, license: null },
    ...{ archived: false, disabled: false, visibility: 'private', default_branch: defaultBranch },
    ...{ created_at: time, updated_at: time, pushed_at: time },
  };
}
