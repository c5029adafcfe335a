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
