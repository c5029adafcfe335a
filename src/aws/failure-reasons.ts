/* A Deny, and a policy that bounds every Allow, refuse whatever others allow. Source: IAM user guide, troubleshoot access denied error messages. */
const denies = /explicit deny(?: in (?:an?|the) (?<kind>[\w -]*?(?:policy|boundary)))?/iu;
/** What is missing in the role's own policies, or in what trusts it, an Allow does mend. */
const bounds = /because no (?<kind>(?!identity-based|resource-based|role trust)[\w -]+? (?:policy|boundary)) allows/iu;
const controls = /(?<kind>(?:service|resource) control policy)/iu;

/** The kind of policy that refuses a request, such as `permissions boundary`; `null` where an Allow may be missing. */
export function refusingPolicy(message: string): string | null {
  const found = [denies, bounds, controls].map((it) => it.exec(message)).find((it) => it !== null);
  return found === undefined ? null : (found.groups?.['kind'] ?? 'policy');
}

interface FailureRule {
  readonly pattern: RegExp;
  readonly hint: string;
  /** Whether submitting the same change once more is worth it. */
  readonly passing: boolean;
}

/**
 * FailureReason texts that were seen live, matched loosely. Source: docs/design/aws.md#failure-reasons,
 * terraform-provider-aws#38247.
 */
const failureRules: readonly FailureRule[] = [
  {
    pattern: /unexpected internal service exception/iu,
    hint: 'AWS gives no cause for this; it was submitted twice. Try again later, then ask AWS support with the request id.',
    passing: true,
  },
  {
    pattern: /explicit deny|control policy|\b403\b.*iam:|not authorized to perform: iam:/isu,
    hint: 'IAM in the target account refuses what Identity Center does there: ask the people who own the account, and those who own the control policies over it.',
    passing: false,
  },
  {
    pattern: /\b404\b.*assignee.*not found|not found in directory/isu,
    hint: 'The principal does not exist in the identity store any more: check principal, and that SCIM has not recreated it under a new id.',
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

/** Only there are the caller's own rights asked. Source: docs/design/aws.md#the-management-account-as-a-target. */
const ofManagement: FailureRule = {
  pattern: /\b403\b.*iam:|not authorized to perform: iam:/isu,
  hint: 'The target is the management account, where AWS does the IAM work with the caller’s own rights. Choose another target; for this one use a role that does nothing else, with the iam: actions of docs/permissions.md “The management account”.',
  passing: false,
};

/**
 * What an operation's FailureReason means, and whether to submit it once more.
 *
 * @param isOwner whether the target is known to be the account that owns the instance
 */
export function explainFailureReason(
  reason: string,
  isOwner: boolean,
): { readonly hint: string | null; readonly passing: boolean } {
  const rules = isOwner && refusingPolicy(reason) === null ? [ofManagement, ...failureRules] : failureRules;
  const rule = rules.find(({ pattern }) => pattern.test(reason));
  return { hint: rule?.hint ?? null, passing: rule?.passing ?? false };
}
