import { Refusal } from '#access/errors';
import { sentence } from '#access/words';

/** Texts about access files and inventories. */
export const noSubscriptionForGroup = (line: string): Refusal =>
  new Refusal(
    `"${line}" names a resource group, but azure-subscription-id is not set.`,
    'Set azure-subscription-id to the subscription of the resource group, or use the full scope /subscriptions/<ID>/resourceGroups/<name>.',
  );

export const directoryUnread = (error: string): string =>
  `Could not look up the principals in the directory: ${sentence(error)} It is unknown which of them exist.`;

export const noDirectory = 'This cloud has no Microsoft Graph, so it is unknown which principals exist.';

export const schedulesUnread = (scope: string, error: string): string =>
  `Could not read what Privileged Identity Management governs at ${scope}: ${sentence(error)}`;

export const eligibleUnread = (scope: string, error: string): string =>
  `Could not read the eligible assignments at ${scope}: ${sentence(error)}`;

export const groupsUnread = (principal: string, scope: string, error: string): string =>
  `Could not read the access of ${principal} through groups at ${scope}: ${sentence(error)}`;

/* Why an assignment stays. */

export const isInherited = (scope: string): string => `It is inherited from ${scope}.`;
export const isOfPim = 'Privileged Identity Management governs it.';
export const isLeased = 'A lease of this action holds it.';
export const hasAlteredRecord =
  'The lease record in its description was copied or changed by hand, so it might be a lease.';
export const isOwn = 'The identity that removes holds it.';
export const isOfOwnGroup = 'The identity that removes is a member of this group.';
export const ownGroupsUnread = (error: string): string =>
  `It is unknown whether the identity that removes is a member of this group: ${sentence(error)}`;
export const removerUnknown =
  'It is unknown whether the identity that removes holds it, because the directory does not show which service principal plan-for names.';
export const isLastOwner = (scope: string): string =>
  `It is the last Owner of ${scope}, or one of several that would all go.`;
export const mightBeLastOwner = (scope: string): string =>
  `It might be the last Owner of ${scope}: the directory does not say whether the other Owners exist.`;
export const isDenied = (name: string, scope: string): string =>
  `The deny assignment "${name}" at ${scope}, which Azure protects, covers it.`;
export const roleUnread =
  'The permissions of its role could not be read (requires Microsoft.Authorization/roleDefinitions/read), so the role might be able to hand out access.';

/* Right before a removal. */

export const isGoneBefore = 'It was already gone when it was read again.';
export const goneAndListed = (): Refusal =>
  new Refusal(
    'Azure answers that the role assignment does not exist, and lists it. Nothing is removed.',
    'Run the step again.',
  );
export const isLeasedNow = 'A lease of it was taken after it was listed.';
export const isChangedNow = 'It was changed after it was listed.';
