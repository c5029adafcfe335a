/**
 * Policies of docs/policies as parts of the CloudFormation template: what the examples name stands there as parameters,
 * pseudo parameters and resources of the stack.
 */
import { Document, Scalar, YAMLMap, YAMLSeq } from 'yaml';

/** The accounts of the examples in which access is leased. */
const accounts: readonly string[] = ['123456789012', '777788889999', '012345678901'];
const accountArn = 'arn:aws:sso:::account/';
/** A permission set that access files own, in the examples. */
const ownedSet = /:permissionSet\/[^/]+\/ps-[0-9a-f]{16}$/u;

/** What the examples have, and what stands for it in the stack; the first that fits is taken. */
const names: readonly (readonly [string, string])[] = [
  ['arn:aws:iam::111122223333:role/access-ender', '${Ender.Arn}'],
  ['arn:aws:sqs:us-east-1:111122223333:access-ender-failures', '${DeadLetterQueue.Arn}'],
  ['us-east-1', '${AWS::Region}'],
  ['111122223333', '${AWS::AccountId}'],
  ['444455556666', '${ManagementAccount}'],
  ['ssoins-72231a2b3c4d5e6f', '${InstanceId}'],
  ['d-90679a1b2c', '${IdentityStoreId}'],
  ['schedule/cloud-access', 'schedule/${ScheduleGroupName}'],
  ['schedule-group/cloud-access', 'schedule-group/${ScheduleGroupName}'],
  ['octo-org/infra', '${Repository}'],
  ['74901', '${RepositoryId}'],
  ['production-access', '${GrantEnvironment}'],
  ['lease-end', '${LeaseEndEnvironment}'],
  ['refs/heads/main', 'refs/heads/${DefaultBranch}'],
];
/** The condition that a parameter may take away: the workflows that grant. */
const ofWorkflows = ':job_workflow_ref';
/** What must not be left of an example. */
const ofExample = /\d{12}|ssoins-|ps-[0-9a-f]|\bd-[0-9a-f]{10}|octo-org|us-east-1|\bcloud-access\b(?!-lease)/u;

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

/**
 * A policy as YAML, without indentation.
 * @throws where something of the examples has no parameter
 */
export function cloudFormation(text: string): string {
  const { Statement: statements, ...head } = JSON.parse(text) as { readonly Statement: readonly Statement[] };
  // CloudFormation reads YAML 1.1, in which a bare date is no text.
  const document = new Document(null, { version: '1.1' });
  const policy = { ...head, Statement: statements.map(statement) };
  document.contents = document.createNode(policy);
  return document.toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: false }).trimEnd();
}

function statement(given: Statement): unknown {
  const parts = Object.entries(given).map(([key, value]: [string, unknown]) => [
    key,
    key === 'Resource' ? resources(given) : substituted(value),
  ]);
  return Object.fromEntries(parts) as unknown;
}

function resources({ Action, Resource = [] }: Statement): unknown {
  const arns = [Resource].flat();
  // What may be leased is narrowed where leases are taken only: what was leased must remain to be ended.
  const grants = [Action].flat().includes('sso:CreateAccountAssignment');
  if (grants && arns.every((arn) => /:permissionSet\/[^/]+\/\*$/u.test(arn))) return tagged('!Ref', 'PermissionSets');
  const [, ...moreSets] = arns.filter((arn) => ownedSet.test(arn));
  const kept = arns.filter((arn) => !isOneOf(arn, accounts.slice(1)) && !moreSets.includes(arn));
  const values = kept.map((arn) => {
    if (ownedSet.test(arn)) return list('!Join', [',', tagged('!Ref', 'FilePermissionSets')]);
    return isOneOf(arn, accounts) ? allAccounts() : substituted(arn);
  });
  if (kept.length < arns.length) return list('!Split', [',', list('!Join', [',', values])]);
  return Array.isArray(Resource) ? values : values[0];
}

function isOneOf(arn: string, ids: readonly string[]): boolean {
  return ids.some((id) => arn === `${accountArn}${id}`);
}

/** The ARNs of all accounts in one text, with commas between them: CloudFormation cannot map a list. */
function allAccounts(): unknown {
  const ids = list('!Join', [`,${accountArn}`, tagged('!Ref', 'Accounts')]);
  ids.flow = true;
  const map = new YAMLMap();
  map.set('Ids', ids);
  return list('!Sub', [`${accountArn}\${Ids}`, map]);
}

function substituted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(substituted);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, it]) => [key, key.endsWith(ofWorkflows) ? pinned() : substituted(it)]),
    );
  return typeof value === 'string' ? named(value) : value;
}

function pinned(): YAMLSeq {
  return list('!If', ['PinsWorkflows', tagged('!Ref', 'GrantWorkflows'), tagged('!Ref', 'AWS::NoValue')]);
}

function named(text: string): unknown {
  const now = names.reduce((sum, [example, name]) => sum.replaceAll(example, name), text);
  if (ofExample.test(now) || now.includes('${}'))
    throw new Error(`"${text}" has something that no parameter stands for`);
  if (!now.includes('${')) return now;
  const whole = /^\$\{(?<name>[\w:]+)(?<attribute>\.\w+)?\}$/u.exec(now)?.groups;
  if (whole === undefined) return tagged('!Sub', now);
  const { name = '', attribute } = whole;
  return attribute === undefined ? tagged('!Ref', name) : tagged('!GetAtt', `${name}${attribute}`);
}

function tagged(tag: string, text: string): Scalar {
  const scalar = new Scalar(text);
  scalar.tag = tag;
  return scalar;
}

function list(tag: string, items: readonly unknown[]): YAMLSeq {
  const seq = new YAMLSeq();
  seq.tag = tag;
  for (const item of items) seq.add(typeof item === 'string' ? new Scalar(item) : item);
  return seq;
}
