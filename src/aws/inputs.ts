import { ok, wrong, type Parsed } from '#access/declaration';
import { audience, matching, optional, orNone, withDefault } from '#access/input-kinds';
import { notA } from '#access/messages/values';
import { operations, type OperationName } from '#access/request';
import { noIdentityStore, noRoleArn, scheduleGroupName } from './messages/inputs.ts';
import * as patterns from './resolve/patterns.ts';

/**
 * Limits over all of Identity Center's APIs. More than some hundred operations in flight would not be faster. Source:
 * docs/design/aws.md#quotas.
 */
export const quotas = { requestsPerSecond: 20, inFlight: 100 } as const;

/** The inputs about the sign-in and the Identity Center instance. */
export const ownInputs = {
  'aws-region': matching(patterns.region, 'Region', 'us-east-1'),
  // Without a role, the credentials that an earlier step left in the job.
  'aws-role-to-assume': orNone(
    optional(
      (value) => (patterns.roleArn.test(value) ? ok(value) : wrong(noRoleArn(value))),
      'arn:aws:iam::111122223333:role/access-broker',
      operations,
    ),
  ),
  'aws-role-session-name': {
    ...matching(patterns.sessionName, 'session name (2 to 64 of A-Z a-z 0-9 _ + = , . @ -)', 'access-broker-nightly'),
    needs: 'aws-role-to-assume',
  },
  'aws-audience': { ...audience('sts.amazonaws.com'), needs: 'aws-role-to-assume' },
  'aws-instance-arn': {
    ...matching(patterns.instanceArn, 'instance ARN', 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f'),
    setting: 'instanceArn',
  },
  'aws-identity-store-id': optional(parseIdentityStore, 'd-90679a1b2c', operations),
} as const;

/** The operations that have these inputs: for the others, the `lease-id` has the values. */
const withSchedules: readonly OperationName[] = ['assign', 'revoke', 'reconcile', 'sweep'];

/** The inputs about the end of leases, and the place of their records. */
export const schedulerInputs = {
  'aws-scheduler-role-arn': {
    ...matching(patterns.roleArn, 'role ARN', 'arn:aws:iam::111122223333:role/access-ender', withSchedules),
    setting: 'roleArn',
  },
  'aws-scheduler-group': {
    ...withDefault(
      'cloud-access',
      optional(parseGroups, 'cloud-access-payments', [...withSchedules, 'list', 'inventory']),
    ),
    setting: 'group',
    needs: 'aws-scheduler-role-arn',
  },
  'aws-scheduler-dead-letter-queue-arn': {
    ...matching(
      patterns.queueArn,
      'ARN of a standard SQS queue',
      'arn:aws:sqs:us-east-1:111122223333:access-ender-failures',
      withSchedules,
    ),
    setting: 'deadLetterQueueArn',
    needs: 'aws-scheduler-role-arn',
  },
} as const;

/** The inputs that only AWS has. */
export const inputs = { ...ownInputs, ...schedulerInputs } as const;

/** The lines that an input has, each once. */
export function linesIn(value: string): readonly string[] {
  const lines = value.split('\n').map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ''))];
}

/** One schedule group a line, joined again. */
function parseGroups(value: string): Parsed<string> {
  const groups = linesIn(value);
  const bad = groups.find((group) => !patterns.scheduleGroup.test(group));
  return bad === undefined ? ok(groups.join('\n')) : wrong(notA(scheduleGroupName, bad));
}

interface IdentityStore {
  readonly id: string;
  /** The account that owns the instance, where the ARN says it. */
  readonly account: string | null;
}

function parseIdentityStore(value: string): Parsed<IdentityStore> {
  const { id = '', account = '' } = patterns.identityStoreArn.exec(value)?.groups ?? {};
  if (id !== '') return ok({ id, account });
  return patterns.identityStoreId.test(value) ? ok({ id: value, account: null }) : wrong(noIdentityStore(value));
}
