import { createHash } from 'node:crypto';
import type { Assignment } from '../../access/grant.ts';
import { toBase32Hex } from '../../access/leases/holder-name.ts';
import type { Origin } from '../../access/leases/origin.ts';
import { minuteMs } from '../../access/times.ts';
import { lastSegment } from '../patterns.ts';

/** Who asked, as the justification of a request names it. */
export interface PimRecord {
  readonly holder: string;
  /** The end of the lease, in milliseconds since the epoch, a whole minute. */
  readonly end: number;
  readonly keepAfterJob: boolean;
  readonly runId: string;
  readonly attempt: number;
  /** The holder that gave way to this one, `null` where none did. */
  readonly replaces: string | null;
}

/** What begins a record; user text that has it could be taken for one. */
export const recordMarker = '[cloud-access lease';

const form =
  /\[cloud-access lease v1 (?<digest>[0-9a-v]{12}): (?<holder>[0-9a-v]{20})@(?<end>[0-9a-z]{1,8})(?<keep>k?) (?<run>\d{1,20})\.(?<attempt>\d{1,9})(?: (?<replaces>[0-9a-v]{20}))?\]$/u;

/** A record that was copied to another grant does not prove itself. */
function digestOf({ principal, role, target }: Assignment): string {
  const text = [target.id, lastSegment(role.id), principal.id].join('\n').toLowerCase();
  return toBase32Hex(createHash('sha256').update(text).digest()).slice(0, 12);
}

/** Why, for a person, and for whom, for whoever joins later. How long it may be is not known; this is short. */
export function writeJustification(
  grant: Assignment,
  { holder, end, keepAfterJob, runId, attempt, replaces }: PimRecord,
  origin: Origin,
  reason: string | null,
): string {
  const record = [
    `${recordMarker} v1 ${digestOf(grant)}:`,
    `${holder}@${(end / minuteMs).toString(36)}${keepAfterJob ? 'k' : ''}`,
    `${runId}.${attempt}`,
    ...(replaces === null ? [] : [replaces]),
  ].join(' ');
  return [...(reason === null ? [] : [reason]), whoInWords(origin), `${record}]`].join(' ');
}

function whoInWords({ repository, runId, attempt, job, step }: Origin): string {
  return `(${repository}, run ${runId}, attempt ${attempt}, job ${job}, step ${step})`;
}

/** The record at the end of a justification; `null` for what is not ours, or is of another grant. */
export function readJustification(text: string, grant: Assignment): PimRecord | null {
  const groups = form.exec(text)?.groups;
  if (groups === undefined || text.indexOf(recordMarker) !== text.lastIndexOf(recordMarker)) return null;
  const { digest = '', holder = '', end = '', keep, run: runId = '', attempt = '', replaces = null } = groups;
  if (digest !== digestOf(grant)) return null;
  return {
    holder,
    end: Number.parseInt(end, 36) * minuteMs,
    keepAfterJob: keep === 'k',
    runId,
    attempt: Number(attempt),
    replaces,
  };
}

/** What a justification says of who asked, for a person; empty where it says nothing. */
export function wordsIn(text: string): string {
  return /\((?<who>[^()]*, run \d+, attempt \d+, job [^()]*)\) \[cloud-access lease/u.exec(text)?.groups?.['who'] ?? '';
}
