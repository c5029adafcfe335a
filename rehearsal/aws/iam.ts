import { conditionsHold, wildcard, type ConditionBlock, type ConditionContext } from './conditions.ts';
import { Refusal } from './refusal.ts';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: ConditionBlock;
}

/** A resource that an action is checked against, with its own condition keys (its tags). */
export interface Resource {
  readonly arn: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Further condition keys of the action. */
  readonly keys?: ConditionContext;
}

/**
 * The first resource for which the policy does not allow the action; undefined when all are allowed.
 * Without a policy everything is allowed. A Deny wins over every Allow.
 */
export function deniedResource(
  policy: unknown,
  action: string,
  resources: readonly Resource[],
): { readonly arn: string; readonly explicit: boolean } | undefined {
  if (policy === undefined) return undefined;
  const statements = statementsOf(policy).filter((statement) => coversAction(statement, action));
  for (const resource of resources) {
    const matching = statements.filter((statement) => covers(statement, resource));
    const explicit = matching.some(({ Effect }) => Effect === 'Deny');
    if (explicit || !matching.some(({ Effect }) => Effect === 'Allow')) return { arn: resource.arn, explicit };
  }
  return undefined;
}

/** The refusal as the services word it. */
export function accessDenied(callerArn: string, action: string, resource: string, explicit = false): Refusal {
  const because = explicit
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`;
  return new Refusal(
    'AccessDeniedException',
    `User: ${callerArn} is not authorized to perform: ${action} on resource: ${resource} ${because}`,
  );
}

function statementsOf(policy: unknown): readonly Statement[] {
  const { Statement: statements } = policy as { readonly Statement: Statement | readonly Statement[] };
  return [statements].flat();
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}

/** Action names are compared without case. */
function coversAction({ Action, NotAction }: Statement, action: string): boolean {
  const matches = (pattern: string): boolean => wildcard(pattern, 'i').test(action);
  return Action === undefined ? !list(NotAction).some(matches) : list(Action).some(matches);
}

function covers({ Resource: resources, NotResource, Condition }: Statement, { arn, tags, keys }: Resource): boolean {
  const matches = (pattern: string): boolean => wildcard(pattern).test(arn);
  const named = resources === undefined ? !list(NotResource).some(matches) : list(resources).some(matches);
  const context: ConditionContext = {
    ...Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
    ...keys,
  };
  return named && conditionsHold(Condition, context);
}
