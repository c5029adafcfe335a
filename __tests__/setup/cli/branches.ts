import { found, missing, paged, wrong, type Answer, type Request } from './answers.ts';
import type { Github } from './github.ts';

/** A ruleset that is active. */
export interface Ruleset {
  readonly name: string;
  readonly source: 'Repository' | 'Organization';
  readonly branches: readonly string[];
  /** How many reviews it requires; undefined: it has no rule of that kind. */
  readonly reviews?: number;
  /** Whether commits that follow take a review of their own. */
  readonly fresh: boolean;
  /** Who may bypass it; null: GitHub does not show that. */
  readonly bypass: readonly { readonly actor_type: string; readonly actor_id: number | null }[] | null;
}

export function ruleset(more: Partial<Ruleset> = {}): Ruleset {
  return { name: 'main', source: 'Repository', branches: ['main'], reviews: 1, fresh: true, bypass: [], ...more };
}

/** The classic kind, as GitHub shows it, of which this is read. */
export interface Protection {
  readonly enforce_admins: { readonly enabled: boolean };
  readonly allow_force_pushes: { readonly enabled: boolean };
  readonly required_pull_request_reviews?: {
    readonly required_approving_review_count: number;
    readonly dismiss_stale_reviews: boolean;
    readonly require_last_push_approval: boolean;
    readonly bypass_pull_request_allowances?: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
  };
}

export function protection(
  reviews: Partial<Required<Protection>['required_pull_request_reviews']> = {},
  more: Partial<Protection> = {},
): Protection {
  return {
    enforce_admins: { enabled: true },
    allow_force_pushes: { enabled: false },
    required_pull_request_reviews: {
      required_approving_review_count: 1,
      dismiss_stale_reviews: true,
      require_last_push_approval: false,
      ...reviews,
    },
    ...more,
  };
}

/** Source: REST API, branches, branch protection, rules; hub4j/github-api#2062 for a branch that has only rulesets. */
export function branchOf(world: Github, what: string, of: readonly string[], asked: Request): Answer {
  const { rulesets, protections } = world;
  const [first = '', second = ''] = of;
  if (what === 'rulesets')
    return asked.method === 'POST' ? added(world, asked.body) : one(rulesets[Number(first) - 1], first);
  if (what === 'rules') {
    const all = rulesets.flatMap((it, index) => (it.branches.includes(second) ? rulesOf(it, index + 1) : []));
    return paged(asked, all, world.pageSize);
  }
  if (first !== '') return second === 'protection' ? protectionOf(protections[first]) : missing;
  const names = [...new Set([...rulesets.flatMap((it) => it.branches), ...Object.keys(protections)])];
  const all = names.map((name) => ({ name }));
  return paged(asked, all, world.pageSize);
}
function protectionOf(it: Protection | undefined): Answer {
  return it === undefined ? wrong(404, 'Branch not protected') : found(it);
}

function rulesOf({ reviews, fresh, source }: Ruleset, id: number): readonly unknown[] {
  const from = { ruleset_id: id, ruleset_source_type: source, ruleset_source: 'octo-org' };
  const parameters = {
    required_approving_review_count: reviews,
    dismiss_stale_reviews_on_push: fresh,
    require_last_push_approval: false,
  };
  return [
    { type: 'deletion', ...from },
    ...(reviews === undefined ? [] : [{ type: 'pull_request', parameters, ...from }]),
  ];
}

function one(it: Ruleset | undefined, id: string): Answer {
  if (it === undefined) return missing;
  return found({ id: Number(id), name: it.name, ...(it.bypass === null ? {} : { bypass_actors: it.bypass }) });
}

/** All parameters of the rule are required. */
function added(world: Github, body: Request['body']): Answer {
  const asked = body as {
    readonly name?: string;
    readonly target: string;
    readonly enforcement?: string;
    readonly bypass_actors: NonNullable<Ruleset['bypass']>;
    readonly conditions: { readonly ref_name: { readonly include: readonly string[]; readonly exclude: unknown[] } };
    readonly rules: readonly { readonly type: string; readonly parameters?: Readonly<Record<string, unknown>> }[];
  };
  const parameters = asked.rules.find(({ type }) => type === 'pull_request')?.parameters ?? {};
  const isWhole = [
    'dismiss_stale_reviews_on_push',
    'require_code_owner_review',
    'require_last_push_approval',
    'required_approving_review_count',
    'required_review_thread_resolution',
  ].every((it) => it in parameters);
  const { include, exclude } = asked.conditions.ref_name;
  if (!isWhole || asked.name === undefined || asked.enforcement !== 'active' || asked.target !== 'branch')
    return wrong(422, 'Validation Failed');
  if (include.join() !== '~DEFAULT_BRANCH' || exclude.length > 0) return wrong(422, 'Validation Failed');
  world.rulesets.push(
    ruleset({
      name: asked.name,
      reviews: Number(parameters['required_approving_review_count']),
      fresh: parameters['dismiss_stale_reviews_on_push'] === true,
      bypass: asked.bypass_actors,
    }),
  );
  return { status: 201, body: {} };
}
