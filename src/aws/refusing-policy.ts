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

/** What to do about it: it is not for the role to get around. */
export function refusedByPolicy(kind: string, operation: string): string {
  const still = operation === 'sso:DeleteAccountAssignment' ? 'The access is still there. ' : '';
  const other = operation.startsWith('sso:') && still === '' ? ', or choose another role or target' : '';
  return (
    `${still}${/^[aeiou]/iu.test(kind) ? 'An' : 'A'} ${kind} refuses it, and no further Allow helps. ` +
    `The people who set it decide whether this job is meant to do this: ask them${other}.`
  );
}
