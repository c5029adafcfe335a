import { loadJq } from 'jq-wasm';
import type { Program, Said } from './programs.ts';

const jq = await loadJq();

interface Environment {
  readonly reviewers: readonly { readonly type: string; readonly id: number }[];
  readonly preventSelfReview: boolean;
  /** Whether administrators may go past its rules. */
  readonly bypass: boolean;
  /** Patterns of names of branches; null: any; 'protected': those that are. */
  readonly branches: string[] | 'protected' | null;
  /** Minutes. */
  readonly waits?: number;
  /** Apps that are asked before a job may start. */
  readonly apps?: readonly string[];
}

/** A run that somebody started by hand. */
interface Run {
  readonly id: number;
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** How often somebody has looked at it: at first it is not in the list, then it runs, then it is over. */
  looks: number;
}

/** A repository as GitHub has it, and who is signed in. */
export interface Github {
  readonly administrator: boolean;
  readonly login: string;
  /** Of its token; null: one that shows none. */
  readonly scopes: string | null;
  readonly prefix: string | null;
  /** What the subject is made of; null: as GitHub does. */
  readonly claims: readonly string[] | null;
  /** The same of the organization, for repositories that have an empty list. */
  readonly organizationClaims: readonly string[];
  /** Who may not read the repository: logins, and teams by their slugs. */
  readonly outsiders: readonly string[];
  /** Ids of reviewers that an environment is made without, and nothing is said of it. */
  readonly dropped: readonly number[];
  /** Whether the plan has required reviewers. */
  readonly reviewers: boolean;
  /** What becomes of can_admins_bypass in a request. */
  readonly bypass: 'taken' | 'refused' | 'ignored';
  readonly environments: Map<string, Environment>;
  /** Commits of octo-org/cloud-access. */
  readonly commits: readonly string[];
  readonly runs: Run[];
  /** How often a workflow is not known yet. */
  unknown: number;
  /** How a sweep ends: the first, the next, and so on; the last one is all further ones'. */
  readonly sweep: string | readonly string[];
  /** How the run of a lease stands after a while. */
  readonly lease: string;
  /** Whether any branch is protected. */
  readonly isProtected: boolean;
  /** A path, and what is answered instead. */
  readonly refusal?: { readonly path: string; readonly answer: Said };
}

export function github(more: Partial<Github> = {}): Github {
  return {
    administrator: true,
    login: 'alice-octo',
    scopes: 'gist, read:org, repo, workflow',
    prefix: 'repo:octo-org/infra',
    claims: null,
    organizationClaims: ['repo', 'context'],
    outsiders: [],
    dropped: [],
    reviewers: true,
    bypass: 'taken',
    environments: new Map(),
    commits: ['0123456789abcdef0123456789abcdef01234567'],
    runs: [],
    unknown: 0,
    sweep: 'success',
    lease: 'waiting',
    isProtected: false,
    ...more,
  };
}

/** An environment as somebody may have left it. */
export function environment(more: Partial<Environment> = {}): Environment {
  return { reviewers: [], preventSelfReview: false, bypass: true, branches: null, ...more };
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** JSON, or what -f makes of its fields. */
  readonly body: Readonly<Record<string, unknown>>;
}
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const found = (body: unknown): Answer => ({ status: 200, body });
const wrong = (status: number, message: string): Answer => ({ status, body: { message } });
const missing = wrong(404, 'Not Found');
const people: Readonly<Record<string, number>> = { octocat: 583231, 'alice-octo': 1 };
const teams: Readonly<Record<string, number>> = { security: 77 };
const nameOf = (of: Readonly<Record<string, number>>, id: number): string =>
  Object.entries(of).find(([, it]) => it === id)?.[0] ?? 'somebody';

/**
 * The GitHub CLI, as far as the scripts go: `gh api`. Its --jq is carried out by jq on GitHub's answers.
 * Source: REST API: repositories, collaborators, teams, deployment environments, branch policies and protection rules, Actions OIDC, workflows
 * and workflow runs. can_admins_bypass is not documented in requests: google/go-github#2725,
 * integrations/terraform-provider-github#1804.
 */
export function gh(world: Github): Program {
  return ({ args, input }) => {
    const asked = requestOf(args, input);
    if (asked === null) return { code: 1, err: `unknown command ${args.join(' ')}\n` };
    const { method, path, filter } = asked;
    if (world.refusal?.path === `${method} ${path}`) return world.refusal.answer;
    const { status, body } = answer(world, asked);
    if (status >= 400) {
      const { message } = body as { readonly message: string };
      return { code: 1, out: JSON.stringify(body), err: `gh: ${message} (HTTP ${status})\n` };
    }
    const head = asked.include ? headOf(world) : '';
    if (filter === '') return { code: 0, out: head + JSON.stringify(body) };
    const { stdout, stderr, exitCode } = jq.raw(body as object, filter, ['--raw-output']);
    return { code: exitCode === 0 ? 0 : 1, out: head + (stdout === '' ? '' : `${stdout}\n`), err: stderr };
  };
}
function headOf({ scopes }: Github): string {
  const lines = [
    'HTTP/2.0 200 OK',
    'Server: github.com',
    ...(scopes === null ? [] : [`X-Oauth-Scopes: ${scopes}`]),
    '',
    '',
  ];
  return lines.join('\r\n');
}

/** As `gh help api` says. */
function requestOf(
  [api, ...args]: readonly string[],
  input: string,
): (Request & { readonly filter: string; readonly include: boolean }) | null {
  if (api !== 'api') return null;
  const given: { method?: string; filter?: string; path?: string; json?: boolean; include?: boolean } = {};
  const fields: Record<string, unknown> = {};
  for (let at = 0; at < args.length; at += 1) {
    const [arg = '', next = ''] = args.slice(at);
    if (arg === '--include') {
      given.include = true;
      continue;
    }
    if (arg === '--method') given.method = next;
    else if (arg === '--jq') given.filter = next;
    else if (arg === '--input' && next === '-') given.json = true;
    else if (arg === '-f') put(fields, next);
    else if (arg.startsWith('-') || given.path !== undefined) return null;
    else given.path = arg;
    if (arg.startsWith('-')) at += 1;
  }
  const url = new URL(given.path ?? '', 'https://api.github.com/');
  return {
    method: given.method ?? (Object.keys(fields).length === 0 ? 'GET' : 'POST'),
    path: url.pathname.slice(1),
    query: url.searchParams,
    body: given.json === true ? (JSON.parse(input) as Record<string, unknown>) : fields,
    filter: given.filter ?? '',
    include: given.include ?? false,
  };
}
/** No fields within fields: older GitHub CLIs take `inputs[who]` for a name. */
function put(fields: Record<string, unknown>, field: string): void {
  const at = field.indexOf('=');
  fields[field.slice(0, at)] = field.slice(at + 1);
}

/** What GitHub answers. */
export function answer(world: Github, asked: Request): Answer {
  const [kind = '', owner = '', ...rest] = asked.path.split('/');
  if (asked.path === 'user') return found({ login: world.login });
  if (kind === 'users') return known(people, owner);
  if (kind === 'orgs') return organization(world, rest);
  if (asked.path.startsWith('repos/octo-org/cloud-access/commits/')) return commit(world, rest[2] ?? '');
  if (!/^repos\/octo-org\/infra(?:$|\/)/iu.test(asked.path)) return missing;
  const [, what, ...of] = rest;
  switch (what) {
    case undefined:
      return found({
        full_name: 'octo-org/infra',
        id: 74901,
        default_branch: 'main',
        permissions: { admin: world.administrator },
      });
    case 'environments':
      return environmentOf(world, of, asked);
    case 'actions':
      return actions(world, of, asked);
    case 'collaborators':
      return found({ permission: world.outsiders.includes(of[0] ?? '') ? 'none' : 'read' });
    case 'branches':
      return found(world.isProtected ? [{ name: 'main' }] : []);
    default:
      return missing;
  }
}

function known(of: Readonly<Record<string, number>>, name: string): Answer {
  return name in of ? found({ id: of[name] }) : missing;
}
function organization(world: Github, [what, slug = '', repositories]: readonly string[]): Answer {
  if (what === 'actions') return found({ include_claim_keys: world.organizationClaims });
  if (repositories === undefined || !(slug in teams)) return known(teams, slug);
  return world.outsiders.includes(slug) ? missing : { status: 204, body: '' };
}
function commit({ commits }: Github, sha: string): Answer {
  return commits.includes(sha) ? found({ sha }) : wrong(422, `No commit found for SHA: ${sha}`);
}

function environmentOf(world: Github, [name = '', what]: readonly string[], { method, body }: Request): Answer {
  if (method === 'PUT') return made(world, name, body);
  if (method === 'DELETE') return world.environments.delete(name) ? { status: 204, body: '' } : missing;
  const it = world.environments.get(name);
  if (it === undefined) return missing;
  if (what === 'deployment_protection_rules')
    return found({
      custom_deployment_protection_rules: (it.apps ?? []).map((slug) => ({ enabled: true, app: { slug } })),
    });
  if (what === undefined) return found(shown(it));
  if (!Array.isArray(it.branches)) return missing;
  if (method === 'POST') it.branches.push(String(body['name']));
  return found({ total_count: it.branches.length, branch_policies: it.branches.map((branch) => ({ name: branch })) });
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

function made(world: Github, name: string, body: Request['body']): Answer {
  const asked = body as {
    readonly can_admins_bypass?: boolean;
    readonly prevent_self_review?: boolean;
    readonly reviewers?: Environment['reviewers'];
    readonly deployment_branch_policy: { readonly custom_branch_policies: boolean };
  };
  if (world.bypass === 'refused' && asked.can_admins_bypass !== undefined)
    return wrong(422, 'Invalid request.\n\n"can_admins_bypass" is not a permitted key.');
  world.environments.set(name, {
    reviewers: world.reviewers ? (asked.reviewers ?? []).filter(({ id }) => !world.dropped.includes(id)) : [],
    preventSelfReview: asked.prevent_self_review ?? false,
    bypass: world.bypass === 'taken' ? (asked.can_admins_bypass ?? true) : true,
    branches: asked.deployment_branch_policy.custom_branch_policies ? [] : null,
  });
  return found({});
}

function actions(world: Github, [kind = '', name = '', what]: readonly string[], asked: Request): Answer {
  if (kind === 'oidc')
    return found({
      use_default: world.claims === null,
      ...(world.claims === null ? {} : { include_claim_keys: world.claims }),
      ...(world.prefix === null ? {} : { sub_claim_prefix: world.prefix }),
    });
  if (kind === 'runs') return run(world, Number(name));
  if (what === 'dispatches') return started(world, name, asked.body);
  const all = world.runs.filter((it) => it.workflow === name);
  // A workflow that nobody has pushed yet is not known; here one that has never run is taken for that.
  if (!asked.query.has('actor') && all.length === 0) return missing;
  const own = asked.query.has('actor')
    ? all.filter((it) => asked.query.get('actor') === world.login && seen(it))
    : [...all];
  return found({
    workflow_runs: own.reverse().map((it) => ({
      id: it.id,
      html_url: `https://github.com/octo-org/infra/actions/runs/${it.id}`,
      display_title: `${world.login}: access for ${it.inputs['who'] ?? ''}, ${it.inputs['incident'] ?? ''}`,
      ...stateOf(world, it),
    })),
  });
}

function seen(it: Run): boolean {
  it.looks += 1;
  return it.looks > 1;
}

function started(world: Github, workflow: string, { ref, inputs }: Request['body']): Answer {
  if (world.unknown > 0) {
    world.unknown -= 1;
    return missing;
  }
  if (ref !== 'main') return wrong(422, `No ref found for: ${String(ref)}`);
  world.runs.push({
    id: 7000 + world.runs.length,
    workflow,
    inputs: (inputs ?? {}) as Run['inputs'],
    looks: 0,
  });
  return { status: 204, body: '' };
}

function run(world: Github, id: number): Answer {
  const it = world.runs.find((one) => one.id === id);
  if (it === undefined) return missing;
  it.looks += 1;
  return found(stateOf(world, it));
}
function stateOf(world: Github, it: Run): { readonly status: string; readonly conclusion: string | null } {
  const nth = world.runs.filter(({ workflow }) => workflow === it.workflow).indexOf(it);
  const ends = [world.sweep].flat();
  const name = it.workflow.startsWith('incident-access')
    ? it.looks < 3
      ? 'queued'
      : world.lease
    : it.looks < 5
      ? 'in_progress'
      : (ends[nth] ?? ends.at(-1) ?? '');
  const isGoing = ['queued', 'waiting', 'in_progress'].includes(name);
  return isGoing ? { status: name, conclusion: null } : { status: 'completed', conclusion: name };
}
