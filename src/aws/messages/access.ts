import { Refusal } from '#access/errors';

/* What exists, for access files and inventories. `why` is what a request was answered. */

/** @param lines the lines of targets */
export const nothingSelected = (lines: readonly string[]): string =>
  `At present, ${lines.join(', ')} has no account that counts. Nothing there is listed or removed.`;

export const directoryUnread = (why: string): string =>
  `Could not read every principal in the identity store, so some are unknown: ${why}`;

export const membershipsUnread = (why: string): string =>
  `Could not read the groups of a user, so access through groups is not shown: ${why}`;

export const tagsUnread = (why: string): string =>
  `Could not read the tags of permission sets, so access that might be a lost lease is not marked: ${why}`;

/* Records of leases */

export const recordsUnread = (group: string, why: string): string =>
  `Could not read the records of leases in the schedule group ${group}, so leases look like permanent access: ${why}`;

export const groupUnknown = (group: string): string =>
  `The schedule group ${group} does not exist, so no lease is recorded there.`;

export const groupMissing = (group: string, region: string): Refusal =>
  new Refusal(
    `The schedule group ${group} does not exist in ${region}. Without the records of all leases, nothing is removed.`,
    'Correct aws-scheduler-group, or remove that line.',
  );

/** @param own the account of this step's identity. @param ender that of the role that ends leases */
export const recordsElsewhere = (group: string, own: string, ender: string): Refusal =>
  new Refusal(
    `This step signs in to the account ${own}, where the schedule group ${group} does not exist, but the role of aws-scheduler-role-arn is in the account ${ender}. Without the records of all leases, nothing is removed.`,
    'Sign in to the account in which leases are taken, or correct aws-scheduler-role-arn.',
  );

/* Why an assignment stays */

export const ownAccess = (caller: string): string => `The identity that removes has this access itself: ${caller}.`;

export const delegatedManagement = (owner: string): string =>
  `A delegated administrator cannot remove access in the management account ${owner}.`;

export const delegatedPermissionSet = (owner: string): string =>
  `A delegated administrator cannot remove it: the permission set is provisioned in the management account ${owner}.`;

export const throughGroup = (group: string): string => `The access comes from the group ${group}.`;

export const leasedNow = 'It has a lease by now.';

export const inChange = 'Another step is changing it.';

export const goneNow = 'It does not exist any more.';
