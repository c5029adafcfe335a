import { optionsOf, type Program, type Said } from './programs.ts';

interface Environment {
  readonly reviewers: readonly { readonly type: string; readonly id: number }[];
  readonly preventSelfReview: boolean;
  /** Names of branches; null: any. */
  readonly branches: string[] | null;
}

/** A repository as GitHub has it, and who is signed in. */
export interface Github {
  readonly administrator: boolean;
  readonly login: string;
  readonly prefix: string | null;
  /** Whether the plan has required reviewers. */
  readonly reviewers: boolean;
  readonly environments: Map<string, Environment>;
  /** A path, and what is answered instead. */
  readonly refusal?: { readonly path: string; readonly answer: Said };
}

export function github(more: Partial<Github> = {}): Github {
  return {
    administrator: true,
    login: 'alice-octo',
    prefix: 'repo:octo-org/infra',
    reviewers: true,
    environments: new Map(),
    ...more,
  };
}

const missing: Said = { code: 1, out: '{"message":"Not Found"}', err: 'gh: Not Found (HTTP 404)\n' };
const line = (text: string | number | boolean): Said => ({ code: 0, out: `${text}\n` });
const ids: Readonly<Record<string, number>> = { 'users/octocat': 583231, 'orgs/octo-org/teams/security': 77 };

/**
 * The GitHub CLI, as far as the scripts go: `gh api` with the answers that its --jq makes of GitHub's.
 * Source: REST API: repositories, deployment environments, deployment branch policies, Actions OIDC.
 */
export function gh(world: Github): Program {
  return ({ args, input }) => {
    const [api, ...rest] = args;
    const method = rest[0] === '--method' ? rest.splice(0, 2)[1] : 'GET';
    const [path = '', ...more] = rest;
    const { options } = optionsOf(['api', ...more]);
    if (api !== 'api') return { code: 1, err: `unknown command ${String(api)}\n` };
    if (world.refusal?.path === `${String(method)} ${path}`) return world.refusal.answer;
    if (path in ids) return line(ids[path] ?? 0);
    if (path === 'user') return line(world.login);
    const at = /^repos\/octo-org\/infra(?:\/(?<rest>.*))?$/u.exec(path);
    if (at === null) return missing;
    const of = at.groups?.['rest'] ?? '';
    if (of === '') return line(['octo-org/infra', 'main', world.administrator].join('\t'));
    if (of === 'actions/oidc/customization/sub') return line(world.prefix ?? '');
    return environment(world, of, method ?? '', options, input);
  };
}

function environment(
  world: Github,
  path: string,
  method: string,
  options: Readonly<Record<string, string>>,
  input: string,
): Said {
  const [, name = '', policies] = path.split('/');
  const found = world.environments.get(name);
  if (method === 'PUT') return made(world, name, input);
  if (found === undefined) return missing;
  if (policies !== undefined) {
    if (found.branches === null) return missing;
    if (method === 'POST') found.branches.push((options['f'] ?? '').replace(/^name=/u, ''));
    return line(found.branches.length);
  }
  return line(`${reviewersOf(found)} ${found.branches === null ? 'any' : 'custom'}`);
}

function reviewersOf({ reviewers, preventSelfReview }: Environment): string {
  if (reviewers.length === 0) return 'open';
  return preventSelfReview ? 'reviewed' : 'self';
}

function made(world: Github, name: string, input: string): Said {
  const asked = JSON.parse(input) as {
    readonly prevent_self_review?: boolean;
    readonly reviewers?: Environment['reviewers'];
    readonly deployment_branch_policy: { readonly custom_branch_policies: boolean };
  };
  world.environments.set(name, {
    reviewers: world.reviewers ? (asked.reviewers ?? []) : [],
    preventSelfReview: asked.prevent_self_review ?? false,
    branches: asked.deployment_branch_policy.custom_branch_policies ? [] : null,
  });
  return { code: 0, out: '{}' };
}
