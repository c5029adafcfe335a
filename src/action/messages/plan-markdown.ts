import { several } from '#access/words';

/* The plan as Markdown. Arguments are Markdown already. */

/** @param counts such as `2 to revoke, 1 to grant` */
export const planHeadline = (operation: string, cloud: string, counts: string): string =>
  `**Plan of ${operation} on ${cloud}: ${counts}**`;
export const nothingIsDoneYet = 'Nothing was changed yet.';
/** @param reason why no step carries the plan out as it is */
export const planRefused = (reason: string): string => `**This plan was refused:** ${reason}`;

export const sectionTitles = {
  remove: 'To revoke',
  extra: 'To revoke: in no row',
  expired: 'To revoke: in expired rows only',
  refuse: 'Refused',
  create: 'To grant',
  update: 'To update',
  provision: 'To provision',
  notices: 'Notices',
  settings: 'Settings',
} as const;

/** What the counts of the first line call each action. */
export const counted = {
  remove: 'to revoke',
  create: 'to grant',
  update: 'to update',
  provision: 'to provision',
  keep: 'unchanged',
  refuse: 'refused',
} as const;

export const noRoom = (count: number): string => `${several(count, 'more line')} did not fit. See the plan file.`;
export const appliedBy = (caller: string, directory: string): string => `Will be applied by ${caller} in ${directory}.`;
export const lasting = (lifetime: string): string => `Lifetime: ${lifetime}.`;
export const digestIs = (digest: string): string => `Digest: ${digest}`;
export const markdownNotWritten = (why: string): string => `plan-markdown could not be written: ${why}`;
