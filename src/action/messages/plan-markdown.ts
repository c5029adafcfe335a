import { several } from '#access/words';

/* The plan as Markdown. Arguments are Markdown already. */

/** @param counts such as `2 revoked, 1 granted` */
export const planHeadline = (operation: string, cloud: string, counts: string): string =>
  `**Plan of ${operation} on ${cloud}: ${counts}**`;
export const nothingIsDoneYet = 'Nothing was changed. Applying this plan would do the following.';

export const sectionTitles = {
  remove: 'Revoked',
  extra: 'Revoked: in no row',
  expired: 'Revoked: in expired rows only',
  refuse: 'Refused',
  create: 'Granted',
  update: 'Updated',
  provision: 'Provisioned',
  notices: 'Notices',
  settings: 'Settings',
} as const;

/** What the counts of the first line call each action. */
export const counted = {
  remove: 'revoked',
  create: 'granted',
  update: 'updated',
  provision: 'provisioned',
  keep: 'unchanged',
  refuse: 'refused',
} as const;

export const noRoom = (count: number): string => `${several(count, 'more line')} did not fit. See the plan file.`;
export const appliedBy = (caller: string, directory: string): string => `Will be applied by ${caller} in ${directory}.`;
export const lasting = (lifetime: string): string => `Lifetime: ${lifetime}.`;
export const digestIs = (digest: string): string => `Digest: ${digest}`;
export const markdownNotWritten = (why: string): string => `plan-markdown could not be written: ${why}`;
