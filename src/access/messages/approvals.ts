/* Faults of the inputs about approvals. */

import { enumerated } from '../words.ts';

const quoted = (lines: readonly string[]): string => enumerated(lines.map((line) => `"${line}"`));

export const notApprovalKinds = (lines: readonly string[], known: readonly string[]): string =>
  `${quoted(lines)} cannot be proven. Use ${enumerated(known)}, one per line, or only none.`;

export const notApprovers = (lines: readonly string[]): string =>
  `Not an approver: ${quoted(lines)}. Use a login, # and the numeric ID of the account, one per line, or only any.`;
