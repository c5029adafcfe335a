import type { components } from '@octokit/openapi-types';

import type { Addresses } from '../addresses.ts';
import { environmentIds, nodeId, numberFor, time, workflowId } from '../ids.ts';
import type { People } from '../people.ts';
import type { Approval, CustomRole, Environment, Repository, Role, Workflow } from '../repository/model.ts';
import { userShape } from './user-shape.ts';

type Schemas = components['schemas'];

/** Things with a name and IDs only, in an approval. */
function environmentNames(name: string, at: number, state: Repository, { api, web }: Addresses) {
  const { id, nodeId: node_id } = environmentIds(state.id, name);
  const escaped = encodeURIComponent(name);
  return {
    ...{ id, node_id, name, url: `${api}/repos/${state.name}/environments/${escaped}` },
    html_url: `${web}/${state.name}/deployments/activity_log?environments_filter=${escaped}`,
    ...{ created_at: time(at), updated_at: time(at) },
  };
}

export function environmentShape(
  environment: Environment,
  state: Repository,
  people: People,
  addresses: Addresses,
): Schemas['environment'] & { readonly can_admins_bypass?: boolean } {
  const { name, at, reviewers, preventsSelfReview, waitMinutes, branches, canAdminsBypass } = environment;
  const rule = (type: string) => {
    const id = numberFor(`${state.id} ${name} ${type}`);
    return { id, node_id: nodeId('GA', id), type };
  };
  const reviewing = reviewers.map((it) =>
    typeof it === 'number'
      ? { type: 'User' as const, ...shown(userShape(people.withId(it), addresses)) }
      : { type: 'Team' as const, reviewer: teamShape(it.team, state, addresses) },
  );
  return {
    ...environmentNames(name, at, state, addresses),
    ...(canAdminsBypass === undefined ? {} : { can_admins_bypass: canAdminsBypass }),
    protection_rules: [
      ...(waitMinutes === 0 ? [] : [{ ...rule('wait_timer'), wait_timer: waitMinutes }]),
      ...(reviewers.length === 0
        ? []
        : [{ ...rule('required_reviewers'), prevent_self_review: preventsSelfReview, reviewers: reviewing }]),
      ...(branches === null ? [] : [rule('branch_policy')]),
    ],
    deployment_branch_policy:
      branches === null
        ? null
        : { protected_branches: branches === 'protected', custom_branch_policies: branches === 'custom' },
  };
}

function shown<T>(reviewer: T | null): { readonly reviewer?: T } {
  return reviewer === null ? {} : { reviewer };
}

function teamShape(slug: string, { name }: Repository, { api, web }: Addresses): Schemas['team'] {
  const [org = ''] = name.split('/');
  const [id, url] = [numberFor(`team ${slug}`), `${api}/organizations/${numberFor(org)}/team/${numberFor(slug)}`];
  return {
    ...{ id, node_id: nodeId('T', id), name: slug, slug, description: null, privacy: 'closed', permission: 'pull' },
    ...{ url, html_url: `${web}/orgs/${org}/teams/${slug}`, members_url: `${url}/members{/member}` },
    ...{ repositories_url: `${url}/repos`, parent: null, type: 'organization' },
  };
}

/** GitHub's description always has a user; for a deleted account there can be none. */
export function approvalShape(
  { state, comment, environments, userId }: Approval,
  repository: Repository,
  people: People,
  addresses: Addresses,
): Omit<Schemas['environment-approvals'], 'user'> & { readonly user: Schemas['nullable-simple-user'] } {
  const named = environments.map((name) => {
    const known = repository.environments.get(name.toLowerCase());
    return environmentNames(known?.name ?? name, known?.at ?? 0, repository, addresses);
  });
  return { environments: named, state, comment, user: userShape(people.withId(userId), addresses) };
}

/** `permission` has only these values; `role_name` is the role itself [oas]. */
export function permissionShape(
  role: Role,
  user: Schemas['simple-user'] | null,
): Schemas['repository-collaborator-permission'] {
  const { name, base } = roleOf(role);
  const admin = base === 'admin';
  const push = admin || base === 'write';
  const permissions = {
    admin,
    maintain: push && role !== 'write',
    push,
    triage: push || role === 'triage',
    pull: base !== 'none',
  };
  return { permission: base, role_name: name, user: user === null ? null : { ...user, role_name: name, permissions } };
}

function roleOf(role: Role): Omit<CustomRole, 'base'> & { readonly base: CustomRole['base'] | 'none' } {
  if (typeof role !== 'string') return role;
  const base = {
    admin: 'admin',
    maintain: 'write',
    write: 'write',
    triage: 'read',
    read: 'read',
    none: 'none',
  } as const;
  return { name: role, base: base[role] };
}

export function workflowShape(
  { path, name, state, at }: Workflow,
  repository: string,
  { api, web }: Addresses,
): Schemas['workflow'] {
  const id = workflowId(repository, path);
  const file = path.split('/').at(-1) ?? '';
  return {
    ...{ id, node_id: nodeId('W', id), name, path, state, created_at: time(at), updated_at: time(at) },
    url: `${api}/repos/${repository}/actions/workflows/${id}`,
    html_url: `${web}/${repository}/blob/main/${path}`,
    badge_url: `${web}/${repository}/workflows/${encodeURIComponent(file)}/badge.svg`,
  };
}
