import { found, missing, nameOf, nothing, paged, people, teams, wrong, type Answer, type Request } from './answers.ts';
import type { Github } from './github.ts';

export interface Environment {
  readonly reviewers: readonly { readonly type: string; readonly id: number }[];
  readonly preventSelfReview: boolean;
  /** Whether administrators may go past its rules. */
  readonly bypass: boolean;
  /** Patterns of names of branches; null: any; 'protected': those that are. */
  readonly branches: string[] | 'protected' | null;
  /** Patterns of names of tags, beside those of branches. */
  readonly tags?: string[];
  /** Minutes. */
  readonly waits?: number;
  /** Apps that are asked before a job may start. */
  readonly apps?: string[];
  /** Names of secrets. */
  readonly secrets?: readonly string[];
}

/** An environment as somebody may have left it. */
export function environment(more: Partial<Environment> = {}): Environment {
  return { reviewers: [], preventSelfReview: false, bypass: true, branches: null, ...more };
}

/** One whose rules are good: who approves, and main only. */
export function approved(more: Partial<Environment> = {}): Environment {
  const reviewers = [{ type: 'User', id: 583231 }];
  return environment({ reviewers, preventSelfReview: true, bypass: false, branches: ['main'], ...more });
}

/** Source: REST API, deployment environments, deployment branch policies, deployment protection rules. */
export function environmentOf(world: Github, [name = '', what, id]: readonly string[], asked: Request): Answer {
  if (what === undefined && asked.method === 'PUT') return made(world, name, asked.body);
  if (what === undefined && asked.method === 'DELETE') return world.environments.delete(name) ? nothing : missing;
  const it = world.environments.get(name);
  if (it === undefined) return missing;
  switch (what) {
    case undefined:
      return found(shown(it));
    case 'deployment_protection_rules':
      return rules(it, id, asked);
    case 'deployment-branch-policies':
      return Array.isArray(it.branches) ? policies(world, it.branches, it.tags ?? [], id, asked) : missing;
    case 'secrets':
    case 'variables':
      return found({ [what]: (what === 'secrets' ? (it.secrets ?? []) : []).map((one) => ({ name: one })) });
    default:
      return missing;
  }
}

/** One that stays the same when others go. */
const idOf = (text: string): number => Buffer.from(text).reduce((sum, it) => (sum * 31 + it) % 99991, 7);

function rules({ apps = [] }: Environment, id: string | undefined, { method }: Request): Answer {
  if (method === 'DELETE') return takenOut(apps, (it) => String(idOf(it)) === id) ? nothing : missing;
  return found({
    custom_deployment_protection_rules: apps.map((slug) => ({ id: idOf(slug), enabled: true, app: { slug } })),
  });
}
function takenOut(all: string[], is: (one: string) => boolean): boolean {
  const at = all.findIndex(is);
  return at >= 0 && all.splice(at, 1).length === 1;
}

function policies(world: Github, branches: string[], tags: string[], id: string | undefined, asked: Request): Answer {
  const policy = (
    type: string,
    name: string,
  ): { readonly id: number; readonly name: string; readonly type: string } => ({
    id: idOf(`${type} ${name}`),
    name,
    type,
  });
  if (asked.method === 'POST') branches.push(String(asked.body['name']));
  if (asked.method === 'DELETE') {
    const is = (type: string) => (name: string) => String(policy(type, name).id) === id;
    return takenOut(branches, is('branch')) || takenOut(tags, is('tag')) ? nothing : missing;
  }
  const all = [...branches.map((name) => policy('branch', name)), ...tags.map((name) => policy('tag', name))];
  return paged(asked, all, world.pageSize, (some) => ({ total_count: all.length, branch_policies: some }));
}

function shown({ reviewers, preventSelfReview, bypass, branches, waits = 0 }: Environment): unknown {
  const reviews = {
    type: 'required_reviewers',
    prevent_self_review: preventSelfReview,
    reviewers: reviewers.map(({ type, id }) => ({
      type,
      reviewer: type === 'Team' ? { id, slug: nameOf(teams, id) } : { id, login: nameOf(people, id) },
    })),
  };
  return {
    can_admins_bypass: bypass,
    deployment_branch_policy:
      branches === null
        ? null
        : { protected_branches: branches === 'protected', custom_branch_policies: branches !== 'protected' },
    protection_rules: [
      ...(waits === 0 ? [] : [{ type: 'wait_timer', wait_timer: waits }]),
      ...(reviewers.length === 0 ? [] : [reviews]),
      ...(branches === null ? [] : [{ type: 'branch_policy' }]),
    ],
  };
}

/** What is left out is taken away, but for apps, secrets and the policies of branches. */
function made(world: Github, name: string, body: Request['body']): Answer {
  const asked = body as {
    readonly can_admins_bypass?: boolean;
    readonly prevent_self_review?: boolean;
    readonly wait_timer?: number;
    readonly reviewers?: Environment['reviewers'];
    readonly deployment_branch_policy: { readonly custom_branch_policies: boolean };
  };
  if (world.bypass === 'refused' && asked.can_admins_bypass !== undefined)
    return wrong(422, 'Invalid request.\n\n"can_admins_bypass" is not a permitted key.');
  const before = world.environments.get(name);
  const branches = Array.isArray(before?.branches) ? before.branches : [];
  world.environments.set(name, {
    ...before,
    reviewers: world.reviewers ? (asked.reviewers ?? []).filter(({ id }) => !world.dropped.includes(id)) : [],
    preventSelfReview: asked.prevent_self_review ?? false,
    bypass: world.bypass === 'taken' ? (asked.can_admins_bypass ?? true) : true,
    branches: asked.deployment_branch_policy.custom_branch_policies ? branches : null,
    ...(asked.wait_timer === undefined
      ? before?.waits === undefined
        ? {}
        : { waits: 0 }
      : { waits: asked.wait_timer }),
  });
  return found({});
}
