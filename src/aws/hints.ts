import type { FailureKind } from '../access/errors.ts';
import { hintBy, type HintRule } from '../access/hints.ts';

interface Answer {
  readonly kind: FailureKind;
  /** Such as `sso:CreateAccountAssignment`. */
  readonly operation: string;
  readonly code: string;
  readonly message: string;
  /** Set only for causes in KMS. */
  readonly reason: string | null;
}

type Rule = HintRule<Answer>;

/** Source: aws-identity-center §6, AWS Organizations API reference. */
const whoMayAsk = 'AWS Organizations answers only the management account and accounts that it has delegated to.';

/** What to do about a refused request, the most specific rule first. Source: aws-identity-center §3, §5. */
const rules: readonly Rule[] = [
  {
    applies: ({ reason }) => reason?.startsWith('KMS_') ?? false,
    hint: () =>
      'The instance is encrypted with a customer managed KMS key: allow the role kms:Decrypt on it, with kms:ViaService ' +
      'sso.*.amazonaws.com and identitystore.*.amazonaws.com, and check that the key is enabled.',
  },
  {
    applies: ({ kind, message }) => kind === 'denied' && /service control policy/iu.test(message),
    hint: () =>
      'A service control policy of the organization denies it: an IAM policy cannot allow what an SCP denies.',
  },
  {
    applies: ({ kind, code }) =>
      kind === 'denied' &&
      /Expired|UnrecognizedClient|InvalidSignature|InvalidClientTokenId|SignatureDoesNotMatch/u.test(code),
    hint: () =>
      'The credentials are expired, incomplete or of another partition. Set aws-role-to-assume, or run configure-aws-credentials right before this step.',
  },
  {
    applies: ({ code }) => code === 'CredentialsProviderError',
    hint: () =>
      'The job has no AWS credentials. Set aws-role-to-assume (and permissions: id-token: write), or run configure-aws-credentials before this step.',
  },
  {
    // Source: aws-scheduler, the two roles.
    applies: ({ kind, message }) => kind === 'invalid' && /\bexecution role\b/iu.test(message),
    hint: () =>
      'The role of aws-scheduler-role-arn has to trust scheduler.amazonaws.com, as docs/policies/lease-execution-trust.json does, and to be in the account of the job’s role: ' +
      'aws:SourceAccount is that account, aws:SourceArn the ARN of the schedule group (not of a schedule) in aws-region. A role that was made a moment ago may not be known yet.',
  },
  {
    applies: ({ kind, message }) => kind === 'denied' && message.includes('perform: iam:PassRole'),
    hint: () =>
      'Allow the job’s role iam:PassRole on the role of aws-scheduler-role-arn, with iam:PassedToService scheduler.amazonaws.com; docs/permissions.md has the policy.',
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation === 'scheduler:CreateScheduleGroup',
    hint: ({ operation }) =>
      `Allow the role ${operation}, or make the group of aws-scheduler-group once: aws scheduler create-schedule-group --name <group>.`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation === 'sso:DescribeInstance',
    hint: () =>
      'Allow the role sso:DescribeInstance, or give aws-identity-store-id as its ARN: it names the account that owns the instance, whose own assignments are refused by default.',
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation === 'organizations:DescribeOrganization',
    hint: ({ operation }) =>
      `Allow the role ${operation}, or give aws-identity-store-id as its ARN: it names the management account, which organizational units leave out.`,
  },
  {
    applies: ({ kind, operation }) =>
      kind === 'denied' && /^organizations:(?:List|Describe)Accounts?$/u.test(operation),
    hint: ({ operation }) => `Allow the role ${operation}, or give account ids instead of names. ${whoMayAsk}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation.startsWith('organizations:'),
    hint: () =>
      'Organizational units take organizations:ListRoots, organizations:ListOrganizationalUnitsForParent and ' +
      `organizations:ListAccountsForParent: allow the role these, or give account ids. ${whoMayAsk}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && /^identitystore:Describe(?:User|Group)$/u.test(operation),
    hint: ({ operation }) =>
      `Allow the role ${operation}: what allowed-principals names is compared with the name that a principal has now. Or list ids there.`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation === 'scheduler:ListSchedules',
    hint: () => 'Allow the role scheduler:ListSchedules on "*": that action takes no narrower resource.',
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation.startsWith('scheduler:'),
    hint: ({ operation }) =>
      `Allow the role ${operation} on the schedules of the group of aws-scheduler-group (arn:aws:scheduler:<Region>:<account>:schedule/<group>/*), in the Region of Identity Center.`,
  },
  {
    applies: ({ kind, operation }) => kind === 'not-found' && operation.startsWith('scheduler:'),
    hint: () =>
      'The schedule group of aws-scheduler-group is not there (any more): check its name, and that nobody deletes it.',
  },
  {
    applies: ({ kind, operation }) => kind === 'quota' && operation.startsWith('scheduler:'),
    hint: () =>
      'A quota of EventBridge Scheduler is reached: of schedule groups (500 a Region) or of schedules. `operation: sweep` deletes records that stand for nothing any more.',
  },
  {
    applies: ({ kind, message, operation }) =>
      kind === 'denied' &&
      /(?:Create|Delete)AccountAssignment$/u.test(operation) &&
      message.includes(`perform: ${operation}`),
    hint: ({ operation }) =>
      `Allow the role ${operation}, with the instance, the permission set and the account as resources, all three; docs/permissions.md has the policies. ` +
      'Those for leases allow it only of permission sets with the tag cloud-access-lease: allowed: is it tagged? If all of that is there, see whether an SCP or the Region fences it.',
  },
  {
    applies: ({ kind, message, operation }) => kind === 'denied' && message.includes(`perform: ${operation}`),
    hint: ({ operation }) =>
      `Allow the role ${operation}; docs/permissions.md has the policy for each operation. Account assignment calls need the ` +
      'instance, the permission set and the account as resources, all three. If the policy has it, see whether an SCP or the Region fences it.',
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && /(?:Create|Delete)AccountAssignment$/u.test(operation),
    hint: () =>
      'From a delegated administrator account AWS allows neither assignments in the management account nor the use of permission sets that are provisioned there.',
  },
  {
    applies: ({ kind }) => kind === 'denied',
    hint: ({ operation }) =>
      `Allow the role ${operation}, and check aws-region: Identity Center answers only in its home Region.`,
  },
  {
    applies: ({ kind, operation }) => kind === 'not-found' && operation.startsWith('sso:'),
    hint: () =>
      'Something in the request does not exist there: check aws-region (Identity Center answers only in its home Region), aws-instance-arn, role, principal and target.',
  },
  {
    applies: ({ kind, operation }) => kind === 'not-found' && operation.startsWith('identitystore:'),
    hint: () =>
      'No such identity store in this Region: check aws-identity-store-id and aws-region, or leave out aws-identity-store-id to have it looked up.',
  },
  {
    applies: ({ kind, operation }) => kind === 'not-found' && operation.startsWith('organizations:'),
    hint: () => 'No such account or organizational unit in this organization: check the ids in target.',
  },
  {
    applies: ({ code }) => code === 'AWSOrganizationsNotInUseException',
    hint: () =>
      'The account of the role is in no organization: give account ids instead of names and organizational units.',
  },
  {
    applies: ({ kind }) => kind === 'quota',
    hint: () =>
      'A quota of IAM Identity Center is reached. The likely ones: permission sets provisioned per account (500), groups per permission set and account (100, fixed), IAM roles per account (1,000).',
  },
  {
    applies: ({ kind }) => kind === 'invalid',
    hint: () =>
      'AWS finds a value malformed although it has the documented shape: compare the ids in the log with the console.',
  },
  {
    applies: ({ kind, operation }) => kind === 'throttled' && /^(?:organizations|scheduler|sts):/u.test(operation),
    hint: () =>
      'Others ask the same service at the same time: set max-requests-per-second lower, or run less at once (a `concurrency:` group helps).',
  },
  {
    applies: ({ kind }) => kind === 'throttled',
    hint: () =>
      'All callers of IAM Identity Center in the organization share 20 requests a second: run less at once (a `concurrency:` group helps), or give it a longer timeout.',
  },
  {
    applies: ({ kind, operation }) => kind === 'busy' && operation.startsWith('scheduler:'),
    hint: () => 'Somebody else changes the same schedule just now: run the step again.',
  },
  {
    applies: ({ kind }) => kind === 'busy',
    hint: () =>
      'Identity Center runs one operation at a time per account, 15 creations and 3 provisionings in all: give it a longer timeout, or run less at once (a `concurrency:` group helps).',
  },
  {
    applies: ({ kind }) => kind === 'skewed',
    hint: () => 'The runner’s clock is minutes off: let it be set by NTP.',
  },
  {
    applies: ({ kind }) => kind === 'unreachable',
    hint: () =>
      'Check the network from the runner to the endpoint: HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS and aws-region.',
  },
  {
    applies: ({ code }) => code.startsWith('HTTP '),
    hint: () =>
      'That is no answer of AWS: something between the runner and AWS may have made it. Check HTTPS_PROXY, NO_PROXY and aws-region.',
  },
];

export function hintFor(answer: Answer): string {
  return hintBy(rules, answer, 'AWS');
}

interface FailureRule {
  readonly pattern: RegExp;
  readonly hint: string;
  /** Whether submitting the same change once more is worth it. */
  readonly passing: boolean;
}

/** FailureReason texts that were seen live, matched loosely. Source: aws-identity-center §3, terraform-provider-aws#38247. */
const failureRules: readonly FailureRule[] = [
  {
    pattern: /unexpected internal service exception/iu,
    hint: 'AWS gives no cause for this; it was submitted twice. Try again later, then ask AWS support with the request id.',
    passing: true,
  },
  {
    pattern: /\b404\b.*assignee.*not found|not found in directory/isu,
    hint: 'The principal does not exist in the identity store any more: check principal, and that SCIM has not recreated it under a new id.',
    passing: false,
  },
  {
    pattern: /\b403\b.*iam:|not authorized to perform: iam:/isu,
    hint: 'The target is the management account, where AWS does the IAM work with the caller’s own rights: the role needs the iam: actions named in docs/permissions.md “The management account”.',
    passing: false,
  },
  {
    pattern: /obtaining permissions to manage your AWS account/iu,
    hint: 'The account is suspended or closed, or not yet ready: look at its state in AWS Organizations.',
    passing: false,
  },
  {
    pattern:
      /customer.?managed|not supported policy|policy.*(?:not found|does not exist|not attachable)|NoSuchEntity/isu,
    hint: 'The permission set names a customer managed policy that does not exist in that account: create it there (same name and path), then run the step again.',
    passing: false,
  },
  {
    pattern: /quota|limit.*exceeded|LimitExceeded/isu,
    hint: 'A quota is reached: IAM roles per account (1,000) or permission sets provisioned per account (500).',
    passing: false,
  },
];

/** What an operation's FailureReason means, and whether to submit it once more. */
export function explainFailureReason(reason: string): { readonly hint: string | null; readonly passing: boolean } {
  const rule = failureRules.find(({ pattern }) => pattern.test(reason));
  return { hint: rule?.hint ?? null, passing: rule?.passing ?? false };
}
