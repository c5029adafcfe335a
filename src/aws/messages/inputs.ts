/* Faults of inputs. The name of the input is printed before each, an example after it. */

/** A hint beside a value of which a part is empty. */
const mayBeEmpty = 'An expression may be empty.';

/* Lines of `target` */

export const provisionOnly = (text: string): string => `"${text}" is allowed only with operation: provision.`;

export const leavesNoTarget = (text: string): string =>
  `"!${text}" would leave no target. Exclude accounts or organizational units instead.`;

export const notBesideOthers = (text: string): string =>
  `"${text}" cannot be combined with other lines, except exclusions (!…).`;

export const wildcardInTarget = (text: string): string =>
  `"${text}" has a wildcard, which only allowed-targets supports. Name each account, or the organizational unit that contains them.`;

export const namesNoAccount = (text: string): string =>
  `"${text}" names no account: nothing follows the prefix. ${mayBeEmpty}`;

export const accountArn = (text: string): string => `"${text}" contains an ARN. Use the account ID at its end.`;

export const unitAsAccount = (text: string): string =>
  `"${text}" has the ID of an organizational unit. Write ou: instead of account:.`;

export const unitWithoutPrefix = (text: string): string =>
  `"${text}" is the ID of an organizational unit. Write ou: before it.`;

export const namesNoUnit = (text: string): string =>
  `"${text}" names no organizational unit: nothing follows the prefix. ${mayBeEmpty}`;

/** @param root as it is written by its ID */
export const namesNoUnitOrRoot = (text: string, root: string): string =>
  `"${text}" names no organizational unit. ${mayBeEmpty} If you mean the root, use its ID, for example ${root}.`;

export const accountAsUnit = (text: string): string => `"${text}" has an account ID. Write it without ou:.`;

export const wildcardInUnit = (text: string): string =>
  `"${text}" has a * that is not part of a final /**. Name organizational units exactly.`;

export const emptyNameInPath = (text: string): string => `"${text}" has an empty name in its path. ${mayBeEmpty}`;

export const noUnitId = (text: string): string =>
  `"${text}" has no valid ID after ou:. The ID of an organizational unit looks like ou-a1b2-c3d4e5f6, that of the root like r-a1b2, in lower case.`;

export const noUnitPath = (text: string): string =>
  `"${text}" has neither an ID nor a path after ou:. A path begins with / below the root and leaves out the name of the root.`;

/** No account is proposed: which one was meant is unknown. */
const unquoted =
  'YAML reads an unquoted value as a number: it drops leading zeros and can turn the rest into a different number. Look up the account ID and write it in quotes.';

export const wrongDigits = (text: string): string =>
  `"${text}" has ${text.length} digits, and an account ID has 12. ${unquoted}`;

export const scientificNotation = (text: string): string => `"${text}" is a number in scientific notation. ${unquoted}`;

export const notDecimal = (text: string): string => `"${text}" is not a decimal number. ${unquoted}`;

export const moreThanDigits = (text: string): string =>
  `"${text}" has characters other than the 12 digits of an account ID.`;

export const noTarget = (text: string): string =>
  `"${text}" is not a target. Use a 12-digit account ID, account:<name>, ou:<ID> or ou:</path>.`;

/* Lines of `principal` and `role` */

const noType = (text: string): string => `"${text}" does not say whether it is a user or a group.`;

export const noPrincipalType = (text: string): string =>
  `${noType(text)} Write user: or group: before it, or set principal-type.`;

export const noPrincipalPrefix = (text: string): string => `${noType(text)} Write user: or group: before the name.`;

export const namesNoPrincipal = (text: string, type: string): string =>
  `"${text}" names no ${type}: nothing follows the prefix. ${mayBeEmpty}`;

export const nothingBeforeAt = (text: string): string => `"${text}" has nothing before its @. ${mayBeEmpty}`;

export const principalArn = (text: string): string => `"${text}" contains an ARN. Use the ID at its end.`;

export const everyRole = '"*" means every permission set. It is allowed only with operation: provision.';

export const iamArn = (text: string): string => `"${text}" is an IAM ARN. Use the name or the ARN of a permission set.`;

export const noPermissionSetArn = (text: string): string =>
  `"${text}" is not a permission set ARN. Such an ARN looks like arn:aws:sso:::permissionSet/ssoins-…/ps-… and is case-sensitive.`;

export const noPermissionSetName = (text: string): string =>
  `"${text}" is not a permission set name. A name has 1 to 32 characters: letters, digits and "+=,.@-_".`;

/** Names of the forms of IDs that no other cloud has, with their articles. */
export const forms = {
  arn: 'an ARN',
  account: 'a 12-digit number, like an account ID',
  unit: 'the ID of an organizational unit',
} as const;

/* Other inputs */

export const noRegion = 'This input is required, because neither AWS_REGION nor AWS_DEFAULT_REGION is set.';

export const badRegion = (region: string): string =>
  `AWS_REGION or AWS_DEFAULT_REGION is "${region}", which is not a Region.`;

export const noRoleArn = (value: string): string =>
  `"${value}" is not a role ARN. A bare name does not identify the account and partition of the role.`;

export const noIdentityStore = (value: string): string =>
  `"${value}" is neither the ID nor the ARN of an identity store.`;

export const noCaller = (text: string): string => `"${text}" is not the ARN of a role or user.`;

export const sweepNeedsRole = 'This input is required: a sweep recognizes its own schedules by this role.';

export const keepNeedsScheduler = (input: string): string =>
  `"true" requires ${input}. Without it, nothing ends the access after the job.`;

export const notWhereLeaseIs = (given: string, own: string): string =>
  `"${given}" differs from the lease-id, which names "${own}".`;

/* Files that AWS's tools share. `problem` is a predicate, such as `is a pipe` */

export const badFile = (path: string, problem: string): string => `"${path}" ${problem}.`;

export const badDefaultFile = (path: string, problem: string): string =>
  `This variable is not set, and the default file "${path}" ${problem}.`;

export const badFileInside = (path: string, inner: string, problem: string): string =>
  `"${path}" names "${inner}", which ${problem}.`;

export const setToFile = (variable: string): string => `Set ${variable} to a regular file.`;

export const setToFileOrUnset = (variable: string): string => `Set ${variable} to a regular file, or unset it.`;

export const nameRegularFile = (path: string): string => `Name a regular file in "${path}".`;

/** A noun, for a fault of the input. */
export const scheduleGroupName = 'name of a schedule group (1 to 64 of A-Z a-z 0-9 _ - .)';

export const oneGroupOnly =
  'Several schedule groups are possible only with access files and with inventory, which read the records of all of them. Every other step keeps its records in one.';
