import { several } from '#access/words';
import { product } from './report.ts';

/* What is said of a step that ended without results. */

export const nothingChanged = 'nothing was changed';
export const nothingReleased = 'nothing was released';
export const canceled = 'canceled';
export const internalError = 'internal error';

export const faultCount = (count: number): string => `${several(count, 'fault')}:`;
export const furtherFaultsTitle = (count: number): string => `${count} more`;
export const details = 'Details';
export const summaryNotWritten = (why: string): string => `Could not write the job summary: ${why}`;

export const canceledUnchanged = (message: string): string => `${message}. Nothing was changed.`;
export const bug = (what: string): string => `This is a bug in ${product}: ${what}`;
export const reportBug = 'Report it with the debug log of this step: run the job again with debug logging enabled.';

/* The post step, and the state that the main step saves for it. */

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
export const canceledBy = (signal: string): string => `The step was canceled (${signal})`;

/** @param why a clause */
export const notReleased = (why: string): string =>
  `Could not release the leases of this step: its saved state cannot be used, because ${why}.`;
export const releasing = (grants: number): string => `Releasing this step's leases of ${several(grants, 'grant')}.`;

/** @param isCertain whether it is certain that nothing was released */
export const leasesLeft = (grants: number, isCertain: boolean): string => {
  const leases = `This step's leases (${several(grants, 'grant')})`;
  const ends = 'The log of the main step shows when each ends.';
  return isCertain ? `${leases} were not released. ${ends}` : `${leases} might still exist. ${ends}`;
};
export const endNow = 'To end the access now, use `operation: sweep` or `operation: revoke`.';

/* Plans. */

export const planTooLarge =
  'The plan file is too large to be read as expected-plan. Use its digest as expected-plan, or split the step.';
export const planNotWritten = (why: string): string => `Could not write the plan: ${why}`;
export const choosePlanFile = 'Set `plan-file` to a path that this job can write to.';
