import type { Check, JournalEntry } from '../journal.ts';

/** An IAM policy document that allows the checked actions, and no more. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Effect: 'Allow';
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
    readonly Condition?: unknown;
  }[];
}

/** A custom role of Azure, and where it was used. */
export interface CustomRole {
  readonly Name: string;
  readonly IsCustom: true;
  readonly Description: string;
  readonly Actions: readonly string[];
  readonly NotActions: readonly string[];
  readonly AssignableScopes: readonly string[];
}

/** The rights that AWS checked, or Azure; what AWS's Scheduler did by itself is its own role's. */
export function checksOf(requests: readonly JournalEntry[]): readonly Check[] {
  const own = requests.filter(({ schedule }) => schedule === undefined);
  return own.flatMap(({ checks }) => checks ?? []);
}

/** Actions with the same resources make one statement. */
export function awsPolicy(checks: readonly Check[]): PolicyDocument {
  const byAction = Map.groupBy(checks, ({ action }) => action);
  const needs = [...byAction].map(([action, those]) => {
    const on = distinct(those.map((it) => lasting(it.on)));
    return { action, on: reads.test(action) ? widened(on) : on };
  });
  const statements = Map.groupBy(needs, ({ action, on }) => `${action === passRole} ${on.join(' ')}`);
  return {
    Version: '2012-10-17',
    Statement: [...statements.values()].map((those) => ({
      Effect: 'Allow',
      Action: distinct(those.map(({ action }) => action)),
      Resource: those[0]?.on ?? [],
      ...(those.some(({ action }) => action === passRole)
        ? { Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } } }
        : {}),
    })),
  };
}

/** Actions without a change. */
const reads = /:(?:Describe|Get|List)/u;
/** This many of a kind are all of it. */
const mostNamed = 5;

/** To find a name it reads all there is: tomorrow there is more. */
function widened(arns: readonly string[]): readonly string[] {
  const kinds = Map.groupBy(arns, (arn) => arn.replace(/[^/]+$/u, ''));
  return [...kinds].flatMap(([kind, those]) => (those.length > mostNamed ? [`${kind}*`] : those));
}

const passRole = 'iam:PassRole';

/** The next run has other names for its schedules, and Identity Center names its own things in IAM. */
function lasting(arn: string): string {
  return arn.replace(
    /(?<before>:schedule\/[^/]+\/|:role\/aws-reserved\/sso\.amazonaws\.com\/|:saml-provider\/AWSSSO_).+$/u,
    '$<before>*',
  );
}

/**
 * Privileged Identity Management refuses an identity whose right to assign roles has a condition
 * (docs/design/azure.md#permissions).
 */
export function azureRole(checks: readonly Check[]): CustomRole {
  const actions = distinct(checks.map(({ action }) => action));
  return {
    Name: 'What this step needs',
    IsCustom: true,
    Description: actions.some((action) => action.includes('/roleAssignmentScheduleRequests/'))
      ? 'Assign it without a condition, which Privileged Identity Management would refuse: it can hand out any role there.'
      : 'Assign it with a condition that names the roles which may be granted.',
    Actions: actions,
    NotActions: [],
    AssignableScopes: distinct(checks.map(({ on }) => assignable(on))),
  };
}

/** A custom role is assignable in management groups and subscriptions, and at scopes in them. */
function assignable(scope: string): string {
  return (
    /^\/subscriptions\/[^/]+/iu.exec(scope)?.[0] ??
    /^\/providers\/Microsoft\.Management\/managementGroups\/[^/]+/iu.exec(scope)?.[0] ??
    scope
  );
}

/** Requests to Microsoft Graph need rights of the directory, which are not part of a role. */
export function directoryQuestions(requests: readonly JournalEntry[]): readonly string[] {
  return distinct(requests.filter(({ service }) => service === 'graph').map(({ operation }) => operation));
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
