import { recordMark } from './record-entry.ts';

/** So much of the reason is kept in a description, in characters: the rest of the room is for holders. */
const longestReason = 120;

/** What a person reads in the description of what is made, and no part of which may look like the record of a lease. */
export function textOf(description: string | null, reason: string | null): string {
  const why = Array.from(reason ?? '')
    .slice(0, longestReason)
    .join('');
  return [description ?? '', why]
    .filter((it) => it !== '')
    .join(' ')
    .replaceAll(recordMark, '(cloud-access lease');
}
