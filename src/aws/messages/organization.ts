import { Refusal } from '#access/errors';
import { several } from '#access/words';

/* Accounts, organizational units, the management account and the instance. */

const exactNames = 'Names are compared exactly, including letter case.';
const ownerInArn =
  'Set aws-identity-store-id to the ARN of the identity store, which contains the ID of the owner account.';

/* Accounts */

/** @param near names that may be meant, behind the sentence. @param hint one of those below */
export const noAccountNamed = (name: string, near: string, hint: string): Refusal =>
  new Refusal(`No account in the organization is named "${name}".${near}`, hint);

export const nameIsNumber =
  'Look up the 12-digit account ID and write it in quotes. YAML reads an unquoted value as a number and can drop or change digits.';

export const correctName = (text: string): string =>
  `Correct the line "${text}", or use the 12-digit account ID. ${exactNames}`;

/** @param those ids with states */
export const severalAccountsNamed = (name: string, those: readonly string[], text: string): Refusal =>
  new Refusal(
    `${those.length} accounts are named "${name}": ${those.join(', ')}.`,
    `Use the ID of the one that you mean, in quotes, instead of "${text}".`,
  );

export const accountNotActive = (account: string, state: string): Refusal =>
  new Refusal(
    `Account ${account} is ${state}, so nothing can be assigned there.`,
    'Choose another target, or reactivate the account.',
  );

/** @param accounts each with its state, in a clause */
export const skippedAccounts = (accounts: string): string => `Skipped accounts that are not ACTIVE: ${accounts}.`;

/** In place of a state: `123456789012 is not in the organization`. */
export const notInOrganization = 'not in the organization';

/* Organizational units */

export const noUnitWithId = (text: string, id: string): Refusal =>
  new Refusal(
    `"${text}": the organization has no organizational unit with the ID ${id}.`,
    'Correct the ID, or use the path below the root, for example ou:/Workloads/Production.',
  );

export const severalUnitsAt = (text: string, ids: readonly string[]): Refusal =>
  new Refusal(
    `"${text}": ${ids.length} organizational units have this path: ${ids.join(', ')}.`,
    'Use the ID of the one that you mean, as ou:<ID>.',
  );

/** @param near names that may be meant, and what is there, behind the sentence */
export const noUnitAt = (text: string, path: string, near: string): Refusal =>
  new Refusal(
    `"${text}": no organizational unit has the path ${path}.${near}`,
    `Correct the path, or use the ID, as ou:<ID>. A path begins below the root and leaves out the name of the root. ${exactNames}`,
  );

export const belowRoot = (units: string): string => ` Below the root: ${units}.`;

export const belowUnit = (path: string, units: string): string => ` ${path} exists. Below it: ${units}.`;

export const noRoot = (): Refusal =>
  new Refusal('AWS Organizations shows no root of the organization.', 'Use account IDs instead of paths.');

/* What `target` selects */

export const exclusionMatchesNothing = (text: string): Refusal =>
  new Refusal(
    `The exclusion "!${text}" matches no account that target selects.`,
    'Correct or remove it. An exclusion that matches nothing may be a typing error.',
  );

/** @param id of an account that a line excludes */
export const exclusionUnchecked = (id: string): string =>
  `Could not check whether ${id} is an account of the organization. It is excluded.`;

const neverInactive = 'Accounts that are not ACTIVE are never included.';

/** @param parts what was selected and left out, in a sentence each */
export const noAccountLeft = (parts: readonly string[]): Refusal =>
  new Refusal(
    `No account is left in target. ${parts.join(' ')}`,
    `Correct target. The management account is included only if a line names it by its ID or name. For assign, the same is true of the accounts of this step's own roles. ${neverInactive}`,
  );

/** @param pushed the accounts that have the permission sets. @param excluded the lines that exclude */
export const noAccountLeftOfAll = (pushed: number, excluded: readonly string[]): Refusal =>
  new Refusal(
    `No account is left in target. ${selected([`"all" (${several(pushed, 'account')})`])}${excluded.length === 0 ? '' : ` ${excludedOnes(excluded.map((line) => `"${line}"`))}`}`,
    `Correct target. ${neverInactive}`,
  );

export const selected = (lines: readonly string[]): string => `Selected: ${lines.join(', ')}.`;

export const excludedOnes = (lines: readonly string[]): string => `Excluded: ${lines.join(', ')}.`;

const onlyIfNamed = 'It is included only if a line names it by its ID or name.';

export const managementLeftOut = (account: string): string =>
  `Left out: the management account ${account}. ${onlyIfNamed}`;

/** @param what one of `ownIdentities` */
export const ownAccountLeftOut = (account: string, what: string): string =>
  `Left out: the account ${account}, which has ${what}. ${onlyIfNamed}`;

export const managementUnknown = (): Refusal =>
  new Refusal(
    "Could not determine which account is the organization's management account. A line with ou: leaves it out.",
    ownerInArn,
  );

/* What a push finds there */

/** @param accounts a list of them */
export const nothingProvisionedTo = (accounts: string): string =>
  `No permission set is provisioned to ${accounts}. Nothing to push there.`;

/** @param count number of permission sets that were checked */
export const noneOutdated = (count: number, hasExclusions: boolean): string => {
  const checked = count === 1 ? 'one permission set. It is not' : `${count} permission sets. None is`;
  return `Checked ${checked} outdated on any account${hasExclusions ? ' that is not excluded' : ''}.`;
};

export const noAccountHasIt = 'No account has a selected permission set. Nothing to push.';

/** @param why what the request was answered, without a full stop */
export const managementUnasked = (why: string): string =>
  `Could not determine the management account. A push to it may fail. ${why}.`;

/** @param why likewise */
export const statesUnasked = (why: string): string =>
  `Could not determine which accounts are not ACTIVE. A push to them may fail. ${why}.`;

/* Privileged grants */

export const ownIdentities = {
  ender: 'the role that ends leases',
  assumed: 'the role that this step assumes',
  signedIn: 'the identity that this step signs in as',
} as const;

export const mayBeManagement = (): Refusal =>
  new Refusal(
    "Could not determine whether the target is the organization's management account, where grants are refused by default.",
    'Set aws-identity-store-id to the ARN of the identity store, which contains the ID of the owner account. Only if this grant was reviewed as one that can be in the management account, set allow-privileged: true.',
  );

export const inManagementAccount = (id: string): Refusal =>
  new Refusal(
    `The target ${id} is the organization's management account, where grants are refused by default.`,
    'Choose another target. Only if you mean exactly this grant and it was reviewed, set allow-privileged: true in a step that grants nothing else.',
  );

/** @param what one of `ownIdentities` */
export const inOwnAccount = (id: string, what: string): Refusal =>
  new Refusal(
    `The target ${id} is the account that has ${what}. Grants there are refused by default, because IAM permissions there can give control of it.`,
    'Choose another target. Only if you mean exactly this grant, it gives no IAM permissions and it was reviewed, set allow-privileged: true in a step that grants nothing else.',
  );

/* The instance. Each is shown with its name, state, owner and identity store */

export const otherOwner = (given: string, owner: string): Refusal =>
  new Refusal(
    `aws-identity-store-id names the account ${given}, but the account ${owner} owns the instance.`,
    `Correct the account in the ARN: ${owner}.`,
  );

export const otherRegion = (primary: string, region: string): string =>
  `The primary Region of the instance is ${primary}, not ${region}. Assignments are made in ${primary}.`;

export const usingInstance = (instance: string): string => `Using the instance ${instance}.`;

export const severalInstances = (instances: readonly string[]): Refusal =>
  new Refusal(
    `Several Identity Center instances are possible: ${instances.join('; ')}.`,
    'Set aws-instance-arn to the one that you mean.',
  );

/** @param account that the role is in, `null` where it is not known */
export const noInstanceVisible = (region: string, account: string | null): Refusal =>
  new Refusal(
    `No Identity Center instance is visible in ${region}.`,
    'Set aws-region to the Region where Identity Center is enabled. In every other Region, AWS answers with an empty list. ' +
      `The role must be in the management account or in the delegated administrator account.${account === null ? '' : ` It is in ${account}.`}`,
  );

const visible = (instances: readonly string[]): string => `Visible: ${instances.join('; ')}.`;

export const noInstanceActive = (region: string, instances: readonly string[]): Refusal =>
  new Refusal(
    `No Identity Center instance in ${region} is ACTIVE. ${visible(instances)}`,
    'Wait until it is ACTIVE, or set aws-instance-arn.',
  );

export const noInstanceWithStore = (region: string, store: string, instances: readonly string[]): Refusal =>
  new Refusal(
    `No instance in ${region} has the identity store ${store}. ${visible(instances)}`,
    'Correct or remove aws-identity-store-id.',
  );
