import type { RoleAssignment } from '@azure/arm-authorization';
import { lifetimesMs } from '#access/durations';
import { lastSegment } from '../../resolve/ids.ts';
import { entryGrammar, entryOf, grantDigest, headGrammar, recordHead, recordMark, writeEntry } from './record-entry.ts';
import { constants } from '../steps/constants.ts';
import type { Entry } from '../steps/entries.ts';

/** Role assignment that a record belongs to: a copy in another assignment proves nothing. */
export interface RecordPlace {
  readonly scope: string;
  /** GUID of the role definition. */
  readonly role: string;
  readonly principal: string;
  /** The assignment's own name. */
  readonly name: string;
}

/**
 * Parsed description. `none`: it has no record. `altered`: it looks like a record, but does not prove itself: it was copied
 * from elsewhere, or changed by hand. `text` is the part before the record.
 */
export type Described =
  | { readonly is: 'none' | 'altered' }
  | { readonly is: 'record'; readonly text: string; readonly entries: readonly Entry[] };

/**
 * Maximum length of a written description, in characters. The service's own limit is not documented: a lease that would
 * exceed this is refused. Source: docs/design/leases.md#records-on-azure.
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
 * Reads a description from its end. A record proves nothing if it does not parse to the letter, occurs twice, belongs to
 * another assignment, or names an end time that no lease can have.
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

/** `null` where an entry is invalid, or a holder occurs twice. */
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

/** Record in the description of a role assignment. @param date now, in milliseconds since the epoch */
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

/** Maximum length of the reason in a description, in characters: the rest of the room is for holders. */
const longestReason = 120;

/** Text for people in the description of a new assignment. No part of it can look like a record. */
export function textOf(description: string | null, reason: string | null): string {
  const why = Array.from(reason ?? '')
    .slice(0, longestReason)
    .join('');
  return [description ?? '', why]
    .filter((it) => it !== '')
    .join(' ')
    .replaceAll(recordMark, '(cloud-access lease');
}
