import { several } from '#access/words';

/** The name that annotations and summaries begin with. */
export const product = 'cloud-access';

/* The request, at the beginning of the log. */

export const requested = (what: string, lines: readonly string[]): string => `Requested: ${what}: ${lines.join(', ')}.`;
export const requestedMany = (what: string, count: number): string => `Requested: ${what}: ${several(count, 'line')}.`;
export const dryRunOf = (operation: string): string => `dry run of ${operation}`;
export const leaseOfId = 'the lease of lease-id';
export const everyLease = 'every lease';
export const everything = 'everything';
export const withRows = (path: string, rows: number): string => `${path} (${several(rows, 'row')})`;
export const reason = (text: string): string => `Reason: ${text}`;

export const noLifetime = (dryRun: boolean): string =>
  `This step sets no lifetime, so the access ${dryRun ? 'would be' : 'is'} permanent and only a revoke ends it. To end it after two hours, set \`lifetime: 2h\`. To confirm permanent access and remove this notice, set \`lifetime: permanent\`.`;

/* What the log, the annotations and the summary say about results. */

export const nothingToDo = 'Nothing to do';
export const nothingPlanned = 'Plan: nothing to do';
export const planOnly = 'This is a plan. Nothing was changed.';
export const whatToDo = 'What to do:';
export const advice = (hint: string): string => `${whatToDo} ${hint}`;

/** @param counts such as `2 would be granted`; empty where there is nothing to do */
export const dryRunEnded = (counts: string): string => `Dry run: ${counts || 'nothing to do'}. Nothing was changed.`;
export const ended = (grants: number, counts: string): string => `${several(grants, 'grant')}: ${counts}.`;
export const changed = 'Changed.';
export const alreadySo = 'No change was necessary.';
export const requestIds = 'Request IDs';
export const requestId = (id: string): string => `Request ID: ${id}`;
export const notAnnotated = (count: number): string =>
  `${several(count, 'more grant')} ${count === 1 ? 'has' : 'have'} no annotation. The log has a line for each.`;

/** In the log. */
export const releaseInLog = (leaseId: string): string =>
  `To release this lease before its end, use \`operation: release\` with lease-id \`${leaseId}\`.`;

/* The parts of a summary. */

export const releaseWithId = 'To release this lease before its end, use `operation: release` with this lease ID:';
/** @param workflow its file name in `setup/workflows` */
export const releaseWithWorkflow = (workflow: string): string =>
  `If your repository has the workflow \`${workflow}\`, run this command instead:`;
export const releaseCommand = (workflow: string, repository: string, leaseId: string): string =>
  `gh workflow run ${workflow} --repo ${repository} --field lease-id=${leaseId}`;

export const extraLeft = (count: number): string => `${count} extra left`;
export const requestTo = (cloud: string): string => `Request to ${cloud}`;
export const noRoomForRows = (count: number): string => `${several(count, 'more row')} did not fit. See results-file.`;
export const moreReasons = (count: number): string => several(count, 'more reason');
export const noRoomForReasons = (count: number): string =>
  `${several(count, 'more reason')} did not fit. See results-file.`;
export const details = (count: number): string => several(count, 'detail');

export const attempt = (run: string, number: string): string => `#${run}, attempt ${number}`;
/** @param id of the account; empty where the runner names none @param by who ran a run of `actor` last */
export const starter = (actor: string, id: string, by: string): string => {
  const notes = [...(id === '' ? [] : [`ID ${id}`]), ...(by === '' || by === actor ? [] : [`run again by ${by}`])];
  return notes.length === 0 ? actor : `${actor} (${notes.join(', ')})`;
};
export const defaultPortal = ' (default address)';

export const outputsNotWritten = (why: string): string => `The outputs could not be written: ${why}`;
export const resultsNotWritten = (why: string): string => `results-file could not be written: ${why}`;
