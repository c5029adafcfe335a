/* A Deny, and a policy that limits every Allow, refuse a request that other policies allow. Source: IAM user guide, troubleshoot access denied error messages. */
const denies = /explicit deny(?: in (?:an?|the) (?<kind>[\w -]*?(?:policy|boundary)))?/iu;
/** An Allow that is missing in the role's own policies, or in its trust, can be added: those do not count. */
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
  /** True if the cause may pass, so that the same change is submitted once more. */
  readonly passing: boolean;
}

/**
 * FailureReason texts that were seen live, matched loosely. Source: docs/design/aws.md#failure-reasons,
 * terraform-provider-aws#38247.
 */
const failureRules: readonly FailureRule[] = [
  {
    pattern: /unexpected internal service exception/iu,
    hint: 'AWS gives no cause. The step submitted the change twice. Try again later, then ask AWS support with the request ID.',
    passing: true,
  },
  {
    pattern: /explicit deny|control policy|\b403\b.*iam:|not authorized to perform: iam:/isu,
    hint: 'IAM in the target account refuses what Identity Center does there. Ask the owners of the account, and the owners of the control policies over it.',
    passing: false,
  },
  {
    pattern: /\b404\b.*assignee.*not found|not found in directory/isu,
    hint: 'The principal does not exist in the identity store any more. Check principal, and check whether SCIM has recreated it with a new ID.',
    passing: false,
  },
  {
    pattern: /obtaining permissions to manage your AWS account/iu,
    hint: 'The account is suspended, closed or not ready yet. Check its state in AWS Organizations.',
    passing: false,
  },
  {
    pattern:
      /customer.?managed|not supported policy|policy.*(?:not found|does not exist|not attachable)|NoSuchEntity/isu,
    hint: 'The permission set names a customer managed policy that does not exist in that account. Create it there with the same name and path, then run the step again.',
    passing: false,
  },
  {
    pattern: /quota|limit.*exceeded|LimitExceeded/isu,
    hint: 'A quota is reached: IAM roles per account (1,000) or permission sets provisioned per account (500).',
    passing: false,
  },
];

/**
 * In the management account, and only there, AWS uses the caller's own permissions. Source:
 * docs/design/aws.md#the-management-account-as-a-target.
 */
const ofManagement: FailureRule = {
  pattern: /\b403\b.*iam:|not authorized to perform: iam:/isu,
  hint: 'The target is the management account, where AWS changes IAM with the permissions of the caller. Choose another target. For this one, use a role that does nothing else, with the iam: actions in docs/permissions.md, "The management account".',
  passing: false,
};

/**
 * Advice on an operation's FailureReason, and whether to submit the operation once more.
 *
 * @param isOwner true if the target is known to be the account that owns the instance
 */
export function explainFailureReason(
  reason: string,
  isOwner: boolean,
): { readonly hint: string | null; readonly passing: boolean } {
  const rules = isOwner && refusingPolicy(reason) === null ? [ofManagement, ...failureRules] : failureRules;
  const rule = rules.find(({ pattern }) => pattern.test(reason));
  return { hint: rule?.hint ?? null, passing: rule?.passing ?? false };
}
