import { listed } from '#access/words';
import * as messages from '../messages/message.ts';
import { shortened, unmarked } from '../text.ts';
import type { AuditContext } from './results.ts';

/** Limit of a message in characters (code points). */
const mostCharacters = 280;
/** Room that is kept for the reason of a failure, and below which the reason of the access is left out. */
const roomForFailure = 80;
const shortestReason = 8;

/** Facts that a message has besides what happened. */
export type Told = Pick<AuditContext, 'reason' | 'approvals'>;

/** The same for a step that ended before it knew its grants. @param title such as `nothing was changed` */
export function failureMessage(title: string, why: string, told: Told): string {
  return sentenceOf(messages.notDone(title), told, why);
}

/** @param what of bounded length: the rest of the message is cut for it */
export function sentenceOf(what: string, { reason, approvals }: Told, why = ''): string {
  const logins = [...new Set(approvals.map(({ approver }) => unmarked(approver.login)))];
  const by = logins.length === 0 ? '' : messages.approvedBy(listed(logins, 1));
  const room = mostCharacters - Array.from(what + by).length - (why === '' ? 0 : roomForFailure) - 2;
  const note = reason === null || room < shortestReason ? '' : `, ${shortened(unmarked(reason), room)}`;
  return shortened(what + note + by + (why === '' ? '' : `: ${unmarked(why)}`), mostCharacters);
}
