import { createHash } from 'node:crypto';
import { lifetimesMs } from '../../access/durations.ts';
import type { Assignment } from '../../access/grant.ts';
import { toBase32Hex } from '../../access/leases/holder-name.ts';
import type { Origin } from '../../access/leases/origin.ts';
import { minuteMs } from '../../access/times.ts';
import { holderPattern } from '../leases/holder-names.ts';
import { recordMark } from '../leases/record-text.ts';
import { lastSegment } from '../resolve/patterns.ts';

/** Who asked, as the justification of a request names it. */
export interface PimRecord {
  readonly holder: string;
  /** The end of the lease, in milliseconds since the epoch, a whole minute. */
  readonly end: number;
  readonly keepAfterJob: boolean;
  /** The holder that gave way to this one, `null` where none did. */
  readonly replaces: string | null;
}

/** Minutes since 1970 have five digits in base 36 until the year 2084. */
const form = new RegExp(
  `\\[cloud-access lease v1 (?<digest>[0-9a-v]{12}): (?<holder>${holderPattern})@(?<end>[0-9a-z]{5})(?<keep>k?)(?: for (?<replaces>${holderPattern}))?\\]$`,
  'u',
);

/** A record that was copied to another grant does not prove itself. */
function digestOf({ principal, role, target }: Assignment): string {
  const text = [target.id, lastSegment(role.id), principal.id].join('\n').toLowerCase();
  return toBase32Hex(createHash('sha256').update(text).digest()).slice(0, 12);
}

/** Why, for a person, and for whom, for whoever joins later. How long it may be is not known; this is short. */
export function writeJustification(
  grant: Assignment,
  { holder, end, keepAfterJob, replaces }: PimRecord,
  origin: Origin,
  reason: string | null,
): string {
  const entry = `${holder}@${(end / minuteMs).toString(36)}${keepAfterJob ? 'k' : ''}`;
  const record = `${recordMark} v1 ${digestOf(grant)}: ${entry}${replaces === null ? '' : ` for ${replaces}`}]`;
  return [...(reason === null ? [] : [reason.replaceAll('[', '(')]), whoInWords(origin), record].join(' ');
}

function whoInWords({ repository, runId, attempt, job }: Origin): string {
  return `(${repository}, run ${runId}, attempt ${attempt}, job ${job})`;
}

/**
 * The record at the end of a justification; `null` for what is not ours, is of another grant, or names an end that no lease has.
 *
 * @param date now, in milliseconds since the epoch
 */
export function readJustification(text: string, grant: Assignment, date: number): PimRecord | null {
  const groups = form.exec(text)?.groups;
  if (groups === undefined || text.indexOf(recordMark) !== text.lastIndexOf(recordMark)) return null;
  const { digest, holder = '', end: minutes = '', keep, replaces } = groups;
  const end = Number.parseInt(minutes, 36) * minuteMs;
  if (digest !== digestOf(grant) || end > date + lifetimesMs.longest + minuteMs) return null;
  return { holder, end, keepAfterJob: keep === 'k', replaces: replaces ?? null };
}
