import type { RoleAssignment } from '@azure/arm-authorization';
import { lifetimesMs } from '#access/durations';
import { lastSegment } from '../../resolve/ids.ts';
import { entryGrammar, entryOf, grantDigest, headGrammar, recordHead, recordMark, writeEntry } from './record-entry.ts';
import { constants } from '../steps/constants.ts';
import type { Entry } from '../steps/entries.ts';

/** Which role assignment a record belongs to: copied to another one it proves nothing. */
export interface RecordPlace {
  readonly scope: string;
  /** GUID of the role definition. */
  readonly role: string;
  readonly principal: string;
  /** The assignment's own name. */
  readonly name: string;
}

/**
 * What a description says. `none`: nothing of ours. `altered`: something that looks like a record of ours and does not
 * prove itself: it was copied from elsewhere, or changed by hand. `text` is what stands before the record.
 */
export type Described =
  | { readonly is: 'none' | 'altered' }
  | { readonly is: 'record'; readonly text: string; readonly entries: readonly Entry[] };

/**
 * The longest description that is written, in characters. The service's own limit is documented nowhere: a lease that
 * would go beyond this is refused. Source: docs/design/leases.md#records-on-azure.
 */
export const longestDescription = 1_000;

const digestLength = 10;
const entryPattern = new RegExp(`^${entryGrammar}$`, 'u');
const recordPattern = new RegExp(`^(?:(?<text>.*)\\n)?${headGrammar(digestLength)}(?<entries>[^\\]\\n]*)\\]$`, 'su');

/** A description with a record as its last line. */
export function writeRecord(text: string, entries: readonly Entry[], place: RecordPlace): string {
  const words = entries.map((entry) => ` ${writeEntry(entry)}`);
  const record = `${recordHead(digestOf(place))}${words.join('')}]`;
  return text === '' ? record : `${text}\n${record}`;
}

/**
 * Reads a description from its end. Whatever does not parse to the letter, stands there twice, belongs to another
 * assignment, or names an end that no lease has, proves nothing.
 *
 * @param date now, in milliseconds since the epoch
 */
export function readRecord(description: string, place: RecordPlace, date: number): Described {
  const parts = recordPattern.exec(description)?.groups;
  const entries = parts === undefined ? null : entriesIn(parts['entries'] ?? '');
  if (parts === undefined || entries === null) return { is: description.includes(recordMark) ? 'altered' : 'none' };
  const latest = date + lifetimesMs.longest + constants.margin;
  const text = parts['text'] ?? '';
  const proves =
    parts['digest'] === digestOf(place) && entries.every(({ end }) => end <= latest) && !text.includes(recordMark);
  return proves ? { is: 'record', text, entries } : { is: 'altered' };
}

/** `null` where one of them is none, or names a holder twice. */
function entriesIn(text: string): readonly Entry[] | null {
  if (text === '') return [];
  const [first, ...words] = text.split(' ');
  const found = words.map((word) => entryPattern.exec(word)?.groups);
  if (first !== '' || !found.every((it) => it !== undefined)) return null;
  const entries = found.map(entryOf);
  return new Set(entries.map(({ holder }) => holder)).size === entries.length ? entries : null;
}

function digestOf({ scope, role, principal, name }: RecordPlace): string {
  return grantDigest([scope, role, principal, name], digestLength);
}

/** What the description of a role assignment says of leases. @param date now, in milliseconds since the epoch */
export function recordIn(row: RoleAssignment, date: number): Described {
  const { description, scope = '', roleDefinitionId = '', principalId = '', name } = row;
  const place = {
    scope,
    role: lastSegment(roleDefinitionId),
    principal: principalId,
    name: name ?? lastSegment(row.id ?? ''),
  };
  return readRecord(description ?? '', place, date);
}

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
