import type { FailureKind } from '#access/errors';
import { hintBy, type HintRule } from '#access/hints';
import { capital, withArticle } from '#access/words';
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

/** The accounts of the caller and of the instance's owner; `null` where unknown. */
export interface Accounts {
  readonly caller: string | null;
  readonly owner: string | null;
}

type Rule = HintRule<Answer>;

/** Source: docs/design/aws.md#names-and-accounts, AWS Organizations API reference. */
const whoMayAsk =
  'AWS Organizations answers only the management account and the accounts to which it has delegated this.';

const exchange = 'sts:AssumeRoleWithWebIdentity';

/** A rule for STS's answers to an ID token; `refused-sign-in.ts` has the advice on the trust policy. */
function onExchange(pattern: RegExp, hint: string): Rule {
  return {
    applies: ({ operation, code, message }) => operation === exchange && pattern.test(`${code}: ${message}`),
    hint: hint,
  };
}

/**
 * None of these is a fault of the role, and none is fixed in its trust policy. Source: STS API reference,
 * AssumeRoleWithWebIdentity; aws-actions/configure-aws-credentials#348 and aws/aws-cli#7194 for the messages.
 */
const exchangeRules: readonly Rule[] = [
  onExchange(
    /No OpenIDConnect provider found/iu,
    'The account of aws-role-to-assume has no identity provider for this issuer. Check the account in the ARN. If it is correct, create the provider there, with exactly this issuer as its URL (docs/setup-by-hand.md, step 1).',
  ),
  onExchange(
    /\baudience\b/iu,
    'The identity provider in the account of the role does not list the audience of the token. Set aws-audience to one that it lists. Or remove aws-audience, and add the default of the partition (sts.amazonaws.com, in China sts.amazonaws.com.cn) to the audiences of the provider.',
  ),
  onExchange(
    /thumbprint/iu,
    'The identity provider in the account of the role has the thumbprint of a certificate that the issuer no longer uses. Ask the operator of the issuer whether the new certificate is theirs. If it is, update the thumbprint of the provider (aws iam update-open-id-connect-provider-thumbprint).',
  ),
  onExchange(
    /^RegionDisabled/u,
    'STS is deactivated in this Region for the account that the message names. Ask its administrator to activate it in the account settings of IAM. Keep the home Region of Identity Center in aws-region.',
  ),
  onExchange(
    /^(?:ExpiredToken|IDPRejectedClaim)|not valid yet/u,
    'The ID token had expired, or was not valid yet, when AWS read it. Each try uses a new token, so something delays the requests, or the clock of the issuer is wrong. Run the step again.',
  ),
  onExchange(
    /^InvalidIdentityToken/u,
    'AWS cannot read the token as one of the issuer. Check whether something between the runner and AWS changes requests (HTTPS_PROXY, AWS_ENDPOINT_URL), then run the step again.',
  ),
  onExchange(
    /^PackedPolicyTooLarge/u,
    'This step sends no policy. The session tags or context keys that the identity provider in the account of the role maps from claims are too large. Map fewer claims.',
  ),
  onExchange(
    /^(?:ValidationError|MalformedPolicyDocument)/u,
    'This step sends a role, a session name and a token, and no policy. Compare aws-role-to-assume and aws-role-session-name with IAM.',
  ),
];

/** Advice on a policy that refuses: the role must not get around it. */
function refusedByPolicy(kind: string, operation: string): string {
  const still = operation === 'sso:DeleteAccountAssignment' ? 'The access is still there. ' : '';
  const other = operation.startsWith('sso:') && still === '' ? ', or choose another role or target' : '';
  return (
    `${still}${capital(withArticle(kind))} refuses this request, and no further Allow helps. ` +
    `Ask the people who set the policy whether this job is meant to do this${other}.`
  );
}

/**
 * Identity Center answers only the account that owns the instance and its delegated administrator. Source:
 * cloudquery/cloudquery#10844; IAM Identity Center user guide, delegated administration.
 */
function orElsewhere({ accounts: { caller, owner } }: Answer): string {
  if (caller === null || caller === owner) return '';
  return owner === null
    ? ` The role is in account ${caller}. If that is neither the management account nor a delegated administrator, no policy helps.`
    : ` The role is in account ${caller}, and account ${owner} owns the instance. If ${caller} is not its delegated administrator either, no policy helps: move the role to one of these two accounts.`;
}

/**
 * Advice on a refused request, the most specific rule first. Source: docs/design/aws.md#errors,
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
      'The instance is encrypted with a customer managed KMS key. Allow the role kms:Decrypt on this key, with kms:ViaService ' +
      'sso.*.amazonaws.com and identitystore.*.amazonaws.com, and check that the key is enabled.',
  },
  {
    // Source: AWS Account Management reference guide, enable or disable Regions.
    applies: ({ kind, code, message }) =>
      kind === 'denied' &&
      /UnrecognizedClient|InvalidClientTokenId|token included in the request is invalid/u.test(`${code} ${message}`),
    hint: 'AWS does not know these credentials in the Region of aws-region. Check aws-region, and check that the Region is enabled in the account of the role. Credentials of an earlier step can also be expired, incomplete or of another partition.',
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
      'The signature does not match the request that AWS received. Check whether something changes requests on the way, such as a proxy or an endpoint (HTTPS_PROXY, AWS_ENDPOINT_URL). ' +
      'Credentials of an earlier step can also be a mix of two sets. In that case, run that step again right before this one.',
  },
  {
    applies: ({ code }) => code === 'CredentialsProviderError',
    hint: 'The job has no AWS credentials. Set aws-role-to-assume (and permissions: id-token: write), or run configure-aws-credentials before this step.',
  },
  {
    // Source: docs/design/aws.md#roles-of-a-schedule.
    applies: ({ kind, message }) => kind === 'invalid' && /\bexecution role\b/iu.test(message),
    hint:
      'The role of aws-scheduler-role-arn must be in the same account as the role of the job, and trust scheduler.amazonaws.com as in docs/policies/lease-execution-trust.json. ' +
      'There, aws:SourceAccount is that account, and aws:SourceArn is the ARN of the schedule group (not of a schedule) in aws-region. AWS can need a moment until it knows a new role.',
  },
  {
    applies: ({ kind, message }) => kind === 'denied' && message.includes('perform: iam:PassRole'),
    hint: 'Allow the role of the job iam:PassRole on the role of aws-scheduler-role-arn, with iam:PassedToService scheduler.amazonaws.com. docs/permissions.md has the policy.',
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation === 'scheduler:CreateScheduleGroup',
    hint: ({ operation }) =>
      `Allow the role ${operation}, or create the group of aws-scheduler-group once: aws scheduler create-schedule-group --name <group>.`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation === 'sso:DescribeInstance',
    hint: (answer) =>
      `Set aws-identity-store-id to the ARN of the identity store. It contains the account that owns the instance, where grants are refused by default. Or allow the role sso:DescribeInstance.${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation === 'organizations:DescribeOrganization',
    hint: ({ operation }) =>
      `Set aws-identity-store-id to the ARN of the identity store. It contains the management account, which lines with organizational units leave out. Or allow the role ${operation}.`,
  },
  {
    applies: ({ kind, operation }) =>
      kind === 'denied' && /^organizations:(?:List|Describe)Accounts?$/u.test(operation),
    hint: (answer) =>
      `Use account IDs instead of names, or allow the role ${answer.operation}. ${whoMayAsk}${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation.startsWith('organizations:'),
    hint: (answer) =>
      'Use account IDs, or allow the role the actions that organizational units require: organizations:ListRoots, ' +
      `organizations:ListOrganizationalUnitsForParent and organizations:ListAccountsForParent. ${whoMayAsk}${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && /^identitystore:Describe(?:User|Group)$/u.test(operation),
    hint: (answer) =>
      `Use IDs in allowed-principals, or allow the role ${answer.operation}. Names in allowed-principals are compared with the present name of the principal.${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation === 'scheduler:ListSchedules',
    hint: 'Allow the role scheduler:ListSchedules on "*". This action does not support resource-level permissions.',
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && operation.startsWith('scheduler:'),
    hint: ({ operation }) =>
      `Allow the role ${operation} on the schedules of the group of aws-scheduler-group (arn:aws:scheduler:<Region>:<account>:schedule/<group>/*), in the Region of Identity Center.`,
  },
  {
    applies: ({ kind, operation }) => kind === 'not-found' && operation.startsWith('scheduler:'),
    hint: 'The schedule group of aws-scheduler-group does not exist, or was deleted. Check its name, and make sure that it is not deleted again.',
  },
  {
    applies: ({ kind, operation }) => kind === 'quota' && operation.startsWith('scheduler:'),
    hint: 'A quota of EventBridge Scheduler is reached, either of schedule groups (500 in a Region) or of schedules. Run `operation: sweep`, which deletes stale records.',
  },
  {
    // The rules of delegated administration do not apply to the owner.
    applies: ({ kind, message, operation, accounts: { caller, owner } }) =>
      kind === 'denied' &&
      /(?:Create|Delete)AccountAssignment$/u.test(operation) &&
      !message.includes(`perform: ${operation}`) &&
      (caller === null || caller !== owner),
    hint: (answer) =>
      `From a delegated administrator account, AWS allows neither assignments in the management account nor the use of permission sets that are provisioned there.${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'denied' && /(?:Create|Delete)AccountAssignment$/u.test(operation),
    hint: (answer) =>
      'Check role and target: the policy of the role limits the grants of this job. If you mean exactly this grant, ' +
      `allow the role ${answer.operation}, with all three of this instance, permission set and account as resources. docs/permissions.md has the policies. ` +
      `The policies for leases allow it only for permission sets with the tag cloud-access-lease: allowed. A principal that can set this tag decides what can be leased.${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind, message, operation }) => kind === 'denied' && message.includes(`perform: ${operation}`),
    hint: (answer) =>
      `Allow the role ${answer.operation}. docs/permissions.md has the policy for each operation. Account assignment calls need ` +
      `all three of the instance, the permission set and the account as resources. If the policy allows it already, check whether a condition on the Region denies it.${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind }) => kind === 'denied',
    hint: (answer) =>
      `Check aws-region: Identity Center answers only in its home Region. If it is correct, allow the role ${answer.operation}.${orElsewhere(answer)}`,
  },
  {
    applies: ({ kind, operation }) => kind === 'not-found' && operation.startsWith('sso:'),
    hint: 'Something in the request does not exist there. Check aws-region (Identity Center answers only in its home Region), aws-instance-arn, role, principal and target.',
  },
  {
    applies: ({ kind, operation }) => kind === 'not-found' && operation.startsWith('identitystore:'),
    hint: 'This Region has no such identity store. Check aws-identity-store-id and aws-region, or remove aws-identity-store-id, so that the step looks it up.',
  },
  {
    applies: ({ kind, operation }) => kind === 'not-found' && operation.startsWith('organizations:'),
    hint: 'The organization has no such account or organizational unit. Check the IDs in target.',
  },
  {
    applies: ({ code }) => code === 'AWSOrganizationsNotInUseException',
    hint: 'The account of the role is not in an organization. Use account IDs instead of names and organizational units.',
  },
  {
    applies: ({ kind }) => kind === 'quota',
    hint: 'A quota of IAM Identity Center is reached. The likely ones are permission sets provisioned per account (500), groups per permission set and account (100, fixed) and IAM roles per account (1,000).',
  },
  {
    applies: ({ kind }) => kind === 'invalid',
    hint: 'AWS rejects a value as malformed, although it has the documented form. Compare the IDs in the log with the console.',
  },
  {
    applies: ({ kind, operation }) => kind === 'throttled' && /^(?:organizations|scheduler|sts):/u.test(operation),
    hint: 'Other callers use the same service at the same time. Lower max-requests-per-second, or run fewer steps at once (a `concurrency:` group helps).',
  },
  {
    applies: ({ kind }) => kind === 'throttled',
    hint: 'All callers of IAM Identity Center in the organization share 20 requests per second. Run fewer steps at once (a `concurrency:` group helps), or set a longer timeout.',
  },
  {
    applies: ({ kind, operation }) => kind === 'busy' && operation.startsWith('scheduler:'),
    hint: 'Another caller is changing the same schedule. Run the step again.',
  },
  {
    applies: ({ kind }) => kind === 'busy',
    hint: 'Identity Center runs one operation at a time per account, and 15 creations and 3 provisionings in total. Set a longer timeout, or run fewer steps at once (a `concurrency:` group helps).',
  },
  {
    applies: ({ kind }) => kind === 'skewed',
    hint: 'The clock of the runner is wrong by minutes. Synchronize it with NTP.',
  },
  {
    applies: ({ kind }) => kind === 'unreachable',
    hint: 'Check the network from the runner to the endpoint: HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS and aws-region.',
  },
  {
    applies: ({ code }) => code.startsWith('HTTP '),
    hint: 'This is not a response of AWS. A proxy or another device between the runner and AWS may have sent it. Check HTTPS_PROXY, NO_PROXY and aws-region.',
  },
];

export function hintFor(answer: Answer): string {
  return hintBy(rules, answer, 'AWS');
}
