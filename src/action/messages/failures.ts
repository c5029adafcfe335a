import { several } from '#access/words';

/* What is said of a step that ended without results. */

export const nothingChanged = 'nothing was changed';
export const nothingReleased = 'nothing was released';
export const canceled = 'canceled';
export const internalError = 'internal error';

export const faultCount = (count: number): string => `${several(count, 'fault')}:`;
export const moreFaults = 'More faults';
export const moreInLog = 'See the log for more.';
export const furtherFaults = (count: number): string => `${count} more: see the log.`;
export const furtherFaultsTitle = (count: number): string => `${count} more`;
export const details = 'Details';
export const summaryNotWritten = (why: string): string => `Could not write the job summary: ${why}`;

export const canceledUnchanged = (message: string): string => `${message}. Nothing was changed.`;
export const bug = (product: string, what: string): string => `This is a bug in ${product}: ${what}`;
export const reportBug = 'Report it with the debug log of this step: run the job again with debug logging enabled.';

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
