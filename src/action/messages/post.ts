import { several } from '#access/words';

/* The post step, and the state that the main step saves for it */

export const altered = 'it was altered or cut';
export const otherVersion = 'another version of this action wrote it: main and post must have the same version';
export const grantsAltered = 'the list of its grants was altered or cut';
export const progressAltered = 'the progress of its leases was altered or cut';

/** For state whose leases are unknown. */
export const endListedLeases = (why: string): string =>
  `${why}. The log of the main step lists its leases. End them with \`operation: sweep\` or \`operation: revoke\``;

/** @param end who ends the access, and when */
export const concerns = (why: string, grants: number, end: string): string =>
  `${why}. It concerns ${several(grants, 'grant')} of this step: ${end}`;

export const noSignIn = 'The saved state names no sign-in.';
export const reportIt = 'Report this with the log of the main step.';

export const checksOff = (variable: string): string =>
  `${variable} is 0, which switches certificate checks off. This step ignores it.`;

/** @param signal such as `SIGTERM` */
export const canceled = (signal: string): string => `The step was canceled (${signal})`;
