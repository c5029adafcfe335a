import { loadJq } from 'jq-wasm';
import { found, members, missing, nothing, paged, people, teams, wrong, type Answer, type Request } from './answers.ts';
import { branchOf, ruleset, type Protection, type Ruleset } from './branches.ts';
import { environmentOf, type Environment } from './environments.ts';
import type { Program, Said } from './programs.ts';

export { approved, environment } from './environments.ts';
export { protection, ruleset } from './branches.ts';

const jq = await loadJq();

/** A run that somebody started by hand. */
interface Run {
  readonly id: number;
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Who started it; left out: who is signed in. */
  readonly actor?: string;
  /** How often somebody has looked at it: at first it is not in the list, then it runs, then it is over. */
  looks: number;
}

/** A repository as GitHub has it, and who is signed in. */
export interface Github {
  readonly administrator: boolean;
  readonly defaultBranch: string;
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
  /** Commits and tags of octo-org/cloud-access. */
  readonly commits: readonly string[];
  readonly runs: Run[];
  /** How often a workflow is not known yet. */
  unknown: number;
  /** How a sweep ends: the first, the next, and so on; the last one is all further ones'. */
  readonly sweep: string | readonly string[];
  /** How the run of a lease stands after a while. */
  readonly lease: string;
  readonly rulesets: Ruleset[];
  /** The classic kind, by branch. */
  readonly protections: Readonly<Record<string, Protection>>;
  /** Rights of workflows that name none. */
  workflowRights: { readonly default_workflow_permissions: string; readonly can_approve_pull_request_reviews: boolean };
  /** Workflows that were disabled. */
  readonly disabled: Set<string>;
  /** Of what comes in pages, how much is on one. */
  readonly pageSize: number;
  /** A path, and what is answered instead. */
  readonly refusal?: { readonly path: string; readonly answer: Said };
}

/** Without isProtected its main branch requires a review. */
export function github(more: Partial<Github> & { readonly isProtected?: boolean } = {}): Github {
  return {
    administrator: true,
    defaultBranch: 'main',
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
    rulesets: more.isProtected === false ? [] : [ruleset()],
    protections: {},
    workflowRights: { default_workflow_permissions: 'read', can_approve_pull_request_reviews: false },
    disabled: new Set(),
    pageSize: 100,
    ...more,
  };
}

/**
 * The GitHub CLI, as far as the scripts go: `gh api`. Its --jq is carried out by jq on GitHub's answers.
 * Source: REST API: repositories, collaborators, teams, deployment environments, branch policies and protection rules, Actions OIDC, workflows
 * and workflow runs. can_admins_bypass is not documented in requests: google/go-github#2725,
 * integrations/terraform-provider-github#1804.
 */
export function gh(world: Github): Program {
  return ({ args, input }) => {
    if (args[0] === 'workflow') return enabled(world, args);
    const asked = requestOf(args, input);
    if (asked === null) return { code: 1, err: `unknown command ${args.join(' ')}\n` };
    const { method, path, filter } = asked;
    if (world.refusal?.path === `${method} ${path}`) return world.refusal.answer;
    const { status, body, next } = answer(world, asked);
    if (status >= 400) {
      const { message } = body as { readonly message: string };
      return { code: 1, out: JSON.stringify(body), err: `gh: ${message} (HTTP ${status})\n` };
    }
    const head = asked.include ? headOf(world) : '';
    if (filter === '') return { code: 0, out: head + JSON.stringify(body) };
    const { stdout, stderr, exitCode } = jq.raw(body as object, filter, ['--raw-output']);
    const out = head + (stdout === '' ? '' : `${stdout}\n`);
    if (exitCode !== 0) return { code: 1, out, err: stderr };
    if (!asked.paginate || next === undefined) return { code: 0, out };
    // Each page is filtered by itself.
    const rest = gh(world)({ args: ['api', '--paginate', next, '--jq', filter], input: '' });
    return { ...rest, out: out + (rest.out ?? '') };
  };
}
function enabled({ disabled }: Github, args: readonly string[]): Said {
  const [, verb, file = '', option, repository] = args;
  const isKnown = verb === 'enable' && option === '--repo' && repository === 'octo-org/infra';
  return isKnown && disabled.delete(file) ? { code: 0 } : { code: 1, err: `could not enable ${args.join(' ')}\n` };
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
): (Request & { readonly filter: string; readonly include: boolean; readonly paginate: boolean }) | null {
  if (api !== 'api') return null;
  const given: {
    method?: string;
    filter?: string;
    path?: string;
    json?: boolean;
    include?: boolean;
    paginate?: boolean;
  } = {};
  const fields: Record<string, unknown> = {};
  for (let at = 0; at < args.length; at += 1) {
    const [arg = '', next = ''] = args.slice(at);
    if (arg === '--include' || arg === '--paginate') {
      given[arg === '--include' ? 'include' : 'paginate'] = true;
      continue;
    }
    if (arg === '--method') given.method = next;
    else if (arg === '--jq') given.filter = next;
    else if (arg === '--input' && next === '-') given.json = true;
    else if (arg === '-f' || arg === '-F') put(fields, next, arg === '-F');
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
    paginate: given.paginate ?? false,
  };
}
/** No fields within fields: older GitHub CLIs take `inputs[who]` for a name. */
function put(fields: Record<string, unknown>, field: string, isTyped: boolean): void {
  const at = field.indexOf('=');
  const value = field.slice(at + 1);
  fields[field.slice(0, at)] = isTyped && ['true', 'false'].includes(value) ? value === 'true' : value;
}

/** What GitHub answers. */
export function answer(world: Github, asked: Request): Answer {
  const [kind = '', owner = '', ...rest] = asked.path.split('/');
  if (asked.path === 'user') return known(people, world.login);
  if (kind === 'users') return known(people, owner);
  if (kind === 'orgs') return organization(world, rest, asked);
  if (asked.path === 'repos/octo-org/cloud-access/contents/.github/workflows/notice.yml') return noticeOf(world, asked);
  if (!/^repos\/octo-org\/infra(?:$|\/)/iu.test(asked.path)) return missing;
  const [, what, ...of] = rest.map(decodeURIComponent);
  switch (what) {
    case undefined:
      return found({
        full_name: 'octo-org/infra',
        id: 74901,
        default_branch: world.defaultBranch,
        permissions: { admin: world.administrator },
      });
    case 'environments':
      return environmentOf(world, of, asked);
    case 'actions':
      return actions(world, of, asked);
    case 'collaborators':
      return found({ permission: world.outsiders.includes(of[0] ?? '') ? 'none' : 'read' });
    case 'branches':
    case 'rules':
    case 'rulesets':
      return branchOf(world, what, of, asked);
    default:
      return missing;
  }
}

function known(of: Readonly<Record<string, number>>, name: string): Answer {
  return name in of ? found({ id: of[name], login: name }) : missing;
}
function organization(world: Github, [what, slug = '', repositories]: readonly string[], asked: Request): Answer {
  if (what === 'actions') return found({ include_claim_keys: world.organizationClaims });
  if (repositories === undefined || !(slug in teams)) return known(teams, slug);
  if (repositories === 'members')
    return paged(
      asked,
      members.map((login) => ({ id: people[login], login })),
      world.pageSize,
    );
  return world.outsiders.includes(slug) ? missing : nothing;
}
function noticeOf({ commits }: Github, { query }: Request): Answer {
  const ref = query.get('ref') ?? '';
  return commits.includes(ref) ? found({ sha: 'b1ob' }) : wrong(404, `No commit found for the ref ${ref}`);
}

function actions(world: Github, [kind = '', name = '', what]: readonly string[], asked: Request): Answer {
  if (kind === 'oidc')
    return found({
      use_default: world.claims === null,
      ...(world.claims === null ? {} : { include_claim_keys: world.claims }),
      ...(world.prefix === null ? {} : { sub_claim_prefix: world.prefix }),
    });
  if (kind === 'permissions') {
    if (asked.method === 'PUT') world.workflowRights = asked.body as Github['workflowRights'];
    return asked.method === 'PUT' ? nothing : found(world.workflowRights);
  }
  if (kind === 'runs') return run(world, Number(name));
  if (what === undefined) return found({ state: world.disabled.has(name) ? 'disabled_inactivity' : 'active' });
  if (what === 'dispatches') return started(world, name, asked.body);
  const all = world.runs.filter((it) => it.workflow === name);
  // A workflow that nobody has pushed yet is not known; here one that has never run is taken for that.
  if (all.length === 0) return missing;
  const own = all.filter((it) => asked.query.get('actor') === (it.actor ?? world.login) && seen(it));
  return found({
    workflow_runs: own.reverse().map((it) => ({
      id: it.id,
      html_url: `https://github.com/octo-org/infra/actions/runs/${it.id}`,
      display_title: `${it.actor ?? world.login}: ${it.inputs['incident'] ?? ''}`,
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
  if (ref !== world.defaultBranch) return wrong(422, `No ref found for: ${String(ref)}`);
  world.runs.push({
    id: 7000 + world.runs.length,
    workflow,
    inputs: (inputs ?? {}) as Run['inputs'],
    looks: 0,
  });
  return nothing;
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
