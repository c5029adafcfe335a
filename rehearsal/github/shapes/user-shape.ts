import type { components } from '@octokit/openapi-types';

import type { Addresses } from '../addresses.ts';
import { nodeId } from '../ids.ts';
import type { Account } from '../people.ts';

type User = components['schemas']['simple-user'];

/** Null for an account that was deleted. */
export function userShape(account: Account, addresses: Addresses): User;
export function userShape(account: Account | undefined, addresses: Addresses): User | null;
export function userShape(account: Account | undefined, { api, web }: Addresses): User | null {
  if (account === undefined) return null;
  const { login, id, type } = account;
  const url = `${api}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: nodeId(type === 'Organization' ? 'O' : 'U', id),
    avatar_url: `${web}/${login}.png`,
    gravatar_id: '',
    url,
    html_url: `${web}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    site_admin: false,
  };
}

/** An account as its own page shows it. */
export function publicUserShape(account: Account, addresses: Addresses): components['schemas']['public-user'] {
  const unsaid = { name: null, company: null, blog: '', location: null, email: null, hireable: null, bio: null };
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 };
  const times = { created_at: '2011-01-25T18:44:36Z', updated_at: '2026-01-22T12:21:51Z' };
  return { ...userShape(account, addresses), ...unsaid, twitter_username: null, ...counts, ...times };
}
