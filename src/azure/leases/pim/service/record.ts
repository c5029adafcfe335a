import { lifetimesMs } from '#access/durations';
import type { Assignment } from '#access/grant';
import { jobHolder } from '#access/leases/names';
import type { Origin } from '#access/leases/liveness';
import { minuteMs } from '#access/clock';
import {
  entryGrammar,
  entryOf,
  grantDigest,
  headGrammar,
  recordHead,
  recordMark,
  writeEntry,
} from '../../records/record-entry.ts';
import type { Entry } from '../../steps/entries.ts';
import { lastSegment } from '#azure/resolve/ids';

/** Holder in the justification of a request. */
export interface PimRecord extends Entry {
  /** The holder that this one replaces, `null` where there is none. */
  readonly replaces: string | null;
}

const digestLength = 12;
const form = new RegExp(`${headGrammar(digestLength)} ${entryGrammar}(?: for (?<replaces>${jobHolder}))?\\]$`, 'u');

/** A record that was copied to another grant does not prove itself. */
function digestOf({ principal, role, target }: Assignment): string {
  return grantDigest([target.id, lastSegment(role.id), principal.id], digestLength);
}

/** The reason for people, and the holder for later joiners. The maximum length is not documented; this is short. */
export function writeJustification(grant: Assignment, asked: PimRecord, origin: Origin, reason: string | null): string {
  const replaced = asked.replaces === null ? '' : ` for ${asked.replaces}`;
  const record = `${recordHead(digestOf(grant))} ${writeEntry(asked)}${replaced}]`;
  return [...(reason === null ? [] : [reason.replaceAll('[', '(')]), whoInWords(origin), record].join(' ');
}

function whoInWords({ repository, runId, attempt, job }: Origin): string {
  return `(${repository}, run ${runId}, attempt ${attempt}, job ${job})`;
}

/**
 * The record at the end of a justification; `null` where there is none, it belongs to another grant, or it names an end
 * time that no lease can have.
 *
 * @param date now, in milliseconds since the epoch
 */
export function readJustification(text: string, grant: Assignment, date: number): PimRecord | null {
  const groups = form.exec(text)?.groups;
  if (groups === undefined || text.indexOf(recordMark) !== text.lastIndexOf(recordMark)) return null;
  const entry = entryOf(groups);
  if (groups['digest'] !== digestOf(grant) || entry.end > date + lifetimesMs.longest + minuteMs) return null;
  return { ...entry, replaces: groups['replaces'] ?? null };
}
