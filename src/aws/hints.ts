import type { FailureKind } from '#access/errors';
import { hintBy, type HintRule } from '#access/hints';
import { refusingPolicy } from './failure-reasons.ts';

interface Answer {
  readonly kind: FailureKind;
  /** Such as `sso:CreateAccountAssignment`. */
  readonly operation: string;
  readonly code: string;
  readonly message: string;
  /** Set only for causes in KMS. */
  readonly reason: string | null;
  readonly accounts: Accounts;
}

/** Whose request it was, and who owns the instance; `null` where it is not known. */
export interface Accounts {
  readonly caller: string | null;
  readonly owner: string | null;
}

type Rule = HintRule<Answer>;

/** Source: docs/design/aws.md#names-and-accounts, AWS Organizations API reference. */
const whoMayAsk = 'AWS Organizations answers only the management account and accounts that it has delegated to.';

const exchange = 'sts:AssumeRoleWithWebIdentity';

/** A rule for what STS answers to an ID token; where it speaks of the trust policy, `refused-sign-in.ts` has the words. */
function onExchange(pattern: RegExp, hint: string): Rule {
  return {
    applies: ({ operation, code, message }) => operation === exchange && pattern.test(`${code}: ${message}`),
    hint: hint,
  };
}

/**
 * None of these is the role's fault, and none is mended in its trust policy. Source: STS API reference,
 * AssumeRoleWithWebIdentity; aws-actions/configure-aws-credentials#348 and aws/aws-cli#7194 for the messages.
 */
const exchangeRules: readonly Rule[] = [
  onExchange(
    /No OpenIDConnect provider found/iu,
    'The account of aws-role-to-assume has no identity provider for this issuer. Check the account in the ARN; if it is the right one, make the provider there, with exactly this issuer as its URL (docs/setup-by-hand.md, step 1).',
  ),
  onExchange(
    /\baudience\b/iu,
    'The identity provider in the account of the role does not list the audience of the token. Set aws-audience to one that it lists, or leave aws-audience out and add the default of the partition (sts.amazonaws.com, in China sts.amazonaws.com.cn) to the audiences of the provider.',
  ),
  onExchange(
    /thumbprint/iu,
    'The identity provider in the account of the role has the thumbprint of another certificate than the issuer shows now. Check with whoever runs the issuer that the new certificate is theirs, then renew the thumbprint of the provider (aws iam update-open-id-connect-provider-thumbprint).',
  ),
  onExchange(
    /^RegionDisabled/u,
    'STS is switched off in this Region for the account that the message names: its administrator switches it on, in the account settings of IAM. aws-region has to stay the home Region of Identity Center.',
  ),
  onExchange(
    /^(?:ExpiredToken|IDPRejectedClaim)|not valid yet/u,
    'The ID token was not valid any more, or not yet, when AWS read it. Each try takes a new one, so that something delays the requests, or the clock of the issuer is off: run the step again.',
  ),
  onExchange(
    /^InvalidIdentityToken/u,
    'AWS cannot read the token as one of the issuer. See whether something between the runner and AWS changes requests (HTTPS_PROXY, AWS_ENDPOINT_URL), then run the step again.',
  ),
  onExchange(
    /^PackedPolicyTooLarge/u,
    'This step sends no policy: what the identity provider in the account of the role maps from claims to session tags or context keys is too large. Map fewer.',
  ),
  onExchange(
    /^(?:ValidationError|MalformedPolicyDocument)/u,
    'This step sends role, session name and token, and no policy: compare aws-role-to-assume and aws-role-session-name with IAM.',
  ),
];

/** A policy that refuses is not for the role to get around. */
function refusedByPolicy(kind: string, operation: string): string {
  const still = operation === 'sso:DeleteAccountAssignment' ? 'The access is still there. ' : '';
  const other = operation.startsWith('sso:') && still === '' ? ', or choose another role or target' : '';
  return (
    `${still}${/^[aeiou]/iu.test(kind) ? 'An' : 'A'} ${kind} refuses it, and no further Allow helps. ` +
    `The people who set it decide whether this job is meant to do this: ask them${other}.`
  );
}

/**
 * Identity Center answers the account that owns the instance and the one that it has delegated to. Source:
 * cloudquery/cloudquery#10844; IAM Identity Center user guide, delegated administration.
 */
function orElsewhere({ accounts: { caller, owner } }: Answer): string {
  if (caller === null || caller === owner) return '';
  return owner === null
    ? ` The role is in account ${caller}: no policy helps if that is neither the management account nor a delegated administrator.`
    : ` The role is in account ${caller}, and the instance belongs to ${owner}: if ${caller} is not its delegated administrator either, no policy helps, and the role has to be in one of the two.`;
}

/**
 * What to do about a refused request, the most specific rule first. Source: docs/design/aws.md#errors,
 * docs/design/aws.md#delegated-administrators.
 */
const rules: readonly Rule[] = [
  ...exchangeRules,
  {
    applies: ({ kind, message }) => kind === 'denied' && refusingPolicy(message) !== null,
    hint: ({ message, operation }) => refusedByPolicy(refusingPolicy(message) ?? '', operation),
  },
  {
    applies: ({ reason }) => reason?.startsWith('KMS_') ?? false,
    hint:
      'The instance is encrypted with a customer managed KMS key: allow the role kms:Decrypt on it, with kms:ViaService ' +
      'sso.*.amazonaws.com and identitystore.*.amazonaws.com, and check that the key is enabled.',
  },
  {
    // Source: AWS Account Management reference guide, enable or disable Regions.
    applies: ({ kind, code, message }) =>
      kind === 'denied' &&
      /UnrecognizedClient|InvalidClientTokenId|token included in the request is invalid/u.test(`${code} ${message}`),
    hint: 'AWS does not know these credentials in the Region of aws-region: check aws-region, and that the Region is enabled in the account of the role. Credentials of an earlier step may also be expired, incomplete or of another partition.',
  },
  {
    applies: ({ kind, code }) => kind === 'denied' && /Expired|InvalidToken|TokenRefreshRequired/u.test(code),
    hint: 'The credentials are expired, incomplete or of another partition. Set aws-role-to-assume, or run configure-aws-credentials right before this step.',
  },
  {
    // Source: IAM user guide, troubleshoot signed requests.
    applies: ({ kind, code }) =>
      kind !== 'skewed' && /^(?:InvalidSignature|IncompleteSignature|SignatureDoesNotMatch)/u.test(code),
    hint:
      'The signature does not fit the request as AWS received it: something changes requests on the way, such as a proxy or an endpoint (HTTPS_PROXY, AWS_ENDPOINT_URL). ' +
      'Credentials that an earlier step left may also be mixed of two: run that step again right before this one.',
  },
  {
    applies: ({ code }) => code === 'CredentialsProviderError',
    hint: 'The job has no AWS credentials. Set aws-role-to-assume (and permissions: id-token: write), or run configure-aws-credentials before this step.',
  },
  {
    // Source: docs/design/aws.md#roles-of-a-schedule.
    applies: ({ kind, message }) => kind === 'invalid' && /\bexecution role\b/iu.test(message),
    hint:
      'The role of aws-scheduler-role-arn has to trust scheduler.amazonaws.com, as docs/policies/lease-execution-trust.json does, and to be in the account of the job’s role: ' +
      'aws:SourceAccount is that account, aws:SourceArn the ARN of the schedule group (not of a schedule) in aws-region. A role that was made a moment ago may not be known yet.',
  },
  {
    applies: ({ kind, message }) => kind === 'denied' && message.includes('perform: iam:PassRole'),
    hint: 'Allow the job’s role iam:PassRole on the role of aws-scheduler-role-arn, with iam:PassedToService scheduler.amazonaws.com; docs/permissions.md has the policy.',
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation === 'scheduler:CreateScheduleGroup',
    hint: ({ operation }) =>
      `Allow the role ${operation}, or make the group of aws-scheduler-group once: aws scheduler create-schedule-group --name <group>.`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation === 'sso:DescribeInstance',
    hint: (answer) =>
      `Give aws-identity-store-id as its ARN: it names the account that owns the instance, whose own assignments are refused by default. Or allow the role sso:DescribeInstance.${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation === 'organizations:DescribeOrganization',
    hint: ({ operation }) =>
      `Give aws-identity-store-id as its ARN: it names the management account, which organizational units leave out. Or allow the role ${operation}.`,
  },
  {
    applies: ({ kind, operation }) =>
      kind === 'denied' && /^organizations:(?:List|Describe)Accounts?$/u.test(operation),
    hint: (answer) =>
      `Give account ids instead of names, or allow the role ${answer.operation}. ${whoMayAsk}${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation.startsWith('organizations:'),
    hint: (answer) =>
      'Give account ids, or allow the role what organizational units require: organizations:ListRoots, ' +
      `organizations:ListOrganizationalUnitsForParent and organizations:ListAccountsForParent. ${whoMayAsk}${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && /^identitystore:Describe(?:User|Group)$/u.test(operation),
    hint: (answer) =>
      `List ids in allowed-principals, or allow the role ${answer.operation}: what allowed-principals names is compared with the name that a principal has now.${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation === 'scheduler:ListSchedules',
    hint: 'Allow the role scheduler:ListSchedules on "*": that action takes no narrower resource.',
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation.startsWith('scheduler:'),
    hint: ({ operation }) =>
      `Allow the role ${operation} on the schedules of the group of aws-scheduler-group (arn:aws:scheduler:<Region>:<account>:schedule/<group>/*), in the Region of Identity Center.`,
  },
  {
    applies: ({ kind, operation }) => kind === 'not-found' && operation.startsWith('scheduler:'),
    hint: 'The schedule group of aws-scheduler-group is not there (any more): check its name, and that nobody deletes it.',
  },
  {
    applies: ({ kind, operation }) => kind === 'quota' && operation.startsWith('scheduler:'),
    hint: 'A quota of EventBridge Scheduler is reached: of schedule groups (500 a Region) or of schedules. `operation: sweep` deletes records that stand for nothing any more.',
  },
  {
    // The owner is bound by no rule of delegated administration.
    applies: ({ kind, message, operation, accounts: { caller, owner } }) =>
      kind === 'denied' &&
      /(?:Create|Delete)AccountAssignment$/u.test(operation) &&
      !message.includes(`perform: ${operation}`) &&
      (caller === null || caller !== owner),
    hint: (answer) =>
      `From a delegated administrator account AWS allows neither assignments in the management account nor the use of permission sets that are provisioned there.${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && /(?:Create|Delete)AccountAssignment$/u.test(operation),
    hint: (answer) =>
      'Check role and target: the policy of the job’s role bounds what this job may grant. If this very grant is meant, ' +
      `allow the role ${answer.operation}, with this instance, permission set and account as resources, all three; docs/permissions.md has the policies. ` +
      `Those for leases allow it only of permission sets with the tag cloud-access-lease: allowed, and whoever sets that tag decides what can be leased.${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind, message, operation }) => kind === 'denied' && message.includes(`perform: ${operation}`),
    hint: (answer) =>
      `Allow the role ${answer.operation}; docs/permissions.md has the policy for each operation. Account assignment calls need the ` +
      `instance, the permission set and the account as resources, all three. If the policy has it, see whether the Region fences it.${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind }) => kind === 'denied',
    hint: (answer) =>
      `Check aws-region: Identity Center answers only in its home Region. If it is right, allow the role ${answer.operation}.${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'not-found' && operation.startsWith('sso:'),
    hint: 'Something in the request does not exist there: check aws-region (Identity Center answers only in its home Region), aws-instance-arn, role, principal and target.',
  },
  {
    applies: ({ kind, operation }) => kind === 'not-found' && operation.startsWith('identitystore:'),
    hint: 'No such identity store in this Region: check aws-identity-store-id and aws-region, or leave out aws-identity-store-id to have it looked up.',
  },
  {
    applies: ({ kind, operation }) => kind === 'not-found' && operation.startsWith('organizations:'),
    hint: 'No such account or organizational unit in this organization: check the ids in target.',
  },
  {
    applies: ({ code }) => code === 'AWSOrganizationsNotInUseException',
    hint: 'The account of the role is in no organization: give account ids instead of names and organizational units.',
  },
  {
    applies: ({ kind }) => kind === 'quota',
    hint: 'A quota of IAM Identity Center is reached. The likely ones: permission sets provisioned per account (500), groups per permission set and account (100, fixed), IAM roles per account (1,000).',
  },
  {
    applies: ({ kind }) => kind === 'invalid',
    hint: 'AWS finds a value malformed although it has the documented shape: compare the ids in the log with the console.',
  },
  {
    applies: ({ kind, operation }) => kind === 'throttled' && /^(?:organizations|scheduler|sts):/u.test(operation),
    hint: 'Others ask the same service at the same time: set max-requests-per-second lower, or run less at once (a `concurrency:` group helps).',
  },
  {
    applies: ({ kind }) => kind === 'throttled',
    hint: 'All callers of IAM Identity Center in the organization share 20 requests a second: run less at once (a `concurrency:` group helps), or give it a longer timeout.',
  },
  {
    applies: ({ kind, operation }) => kind === 'busy' && operation.startsWith('scheduler:'),
    hint: 'Somebody else changes the same schedule just now: run the step again.',
  },
  {
    applies: ({ kind }) => kind === 'busy',
    hint: 'Identity Center runs one operation at a time per account, 15 creations and 3 provisionings in all: give it a longer timeout, or run less at once (a `concurrency:` group helps).',
  },
  {
    applies: ({ kind }) => kind === 'skewed',
    hint: 'The runner’s clock is minutes off: let it be set by NTP.',
  },
  {
    applies: ({ kind }) => kind === 'unreachable',
    hint: 'Check the network from the runner to the endpoint: HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS and aws-region.',
  },
  {
    applies: ({ code }) => code.startsWith('HTTP '),
    hint: 'That is no answer of AWS: something between the runner and AWS may have made it. Check HTTPS_PROXY, NO_PROXY and aws-region.',
  },
];

export function hintFor(answer: Answer): string {
  return hintBy(rules, answer, 'AWS');
}
