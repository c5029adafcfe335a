/* Answers of AWS that are not as documented, in place of AWS's own message: without a full stop. */

export const notAsDocumented = (member: string, fault: string): string =>
  `the response is not as documented: ${member} ${fault}`;

export const missingOrOfAnotherType = 'is missing or of another type';

export const neitherEnabledNorDisabled = 'is neither ENABLED nor DISABLED';

export const notJson = 'the response is not JSON';

export const notDocumentedJson = 'the response is not the documented JSON';

export const notOfThisService = 'the response is not one of this service';

export const noRequestId = 'the response has no request ID';

export const noReason = 'AWS gave no reason';

export const unknownPrincipalType = (principalId: string): string =>
  `the list shows ${principalId} as neither USER nor GROUP`;

export const checkInConsole =
  'Check the assignment in the console. A newer version of this action might support its type.';

/* A change that a delegated administrator is denied */

export const managementIsTarget = (owner: string): string =>
  `The target ${owner} is the management account, where a delegated administrator cannot assign access. Choose another target. For this one, assume a role in the management account itself that does nothing else.`;

export const provisionedInManagement = (owner: string): string =>
  `The permission set is provisioned in the management account ${owner}, so a delegated administrator cannot use it for any account. Use a separate permission set, or assume a role in the management account itself.`;

/** Logged if the records of leases are not read: a lease can then end access that is meant to be permanent. */
export const leasesUnchecked =
  'Without aws-scheduler-role-arn, this step does not check whether these grants are leased.';
