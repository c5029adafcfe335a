import { minuteInWords } from '../clock.ts';
import type { Words } from '../grant.ts';
import type { Guarantee, LeaseReport } from '../outcome.ts';
import { capital } from '../words.ts';

export const nothingEndsIt = 'The access is permanent.';

const unknownEnd = 'Its end time is unknown.';
const onlySweep = 'If no sweep runs, nothing ends the access.';

/** When access ends, and who guarantees it. Without an ID it is another holder's lease. */
export function endInWords(lease: LeaseReport, { ender }: Words): string {
  const { state, id, expiresAt, endsAtLatest, guarantee, keepAfterJob, isOverdue } = lease;
  if (isOverdue === true) return onlySweep;
  const leaseEnds = (end: number): string =>
    `The lease ends ${keepAfterJob ? '' : 'with this job, and '}at ${minuteInWords(end)} at the latest`;
  switch (guarantee) {
    case null:
      return state === 'permanent' ? nothingEndsIt : unknownEnd;
    case 'post-step':
      return 'The access ends with this job. Nothing else ends it.';
    case 'sweep': {
      if (state === 'shared' && expiresAt !== null) {
        const last = 'when the last holder releases it, or at the first sweep after the last end time';
        return id === null
          ? `The access has holders until ${minuteInWords(expiresAt)}. It ends ${last}.`
          : `${leaseEnds(expiresAt)}. The access has other holders too: it ends ${last}.`;
      }
      const late = expiresAt === null ? 'a sweep' : `the first sweep after ${minuteInWords(expiresAt)}`;
      return keepAfterJob
        ? `The access ends at ${late}. If no sweep runs, nothing ends it.`
        : `The access ends with this job. If the job dies, ${late} ends it, and nothing does if no sweep runs.`;
    }
    case 'platform':
    case 'scheduler': {
      if (endsAtLatest === null) return unknownEnd;
      const latest = minuteInWords(endsAtLatest);
      if (expiresAt === null || id === null) return `${capital(ender)} ends the access at ${latest} at the latest.`;
      return state === 'shared'
        ? `${leaseEnds(expiresAt)}. The access has other holders too: ${ender} ends it at ${latest} at the latest.`
        : `${leaseEnds(endsAtLatest)} (guaranteed by ${ender}).`;
    }
  }
}

/** The holder's own end time in a table cell, and who guarantees it. */
export function endInBrief(
  { state, expiresAt, endsAtLatest, guarantee, keepAfterJob, isOverdue }: LeaseReport,
  { ender }: Words,
): string {
  const end = expiresAt ?? endsAtLatest;
  const at = end === null ? '' : minuteInWords(end);
  if (isOverdue === true) return `overdue since ${at}`;
  switch (guarantee) {
    case null:
      return state === 'permanent' ? 'never' : '–';
    case 'post-step':
      return 'with this job only';
    case 'sweep':
      return [at === '' ? '' : `first sweep after ${at}`, keepAfterJob ? '' : 'or with this job']
        .filter((it) => it !== '')
        .join(', ');
    case 'platform':
    case 'scheduler':
      return `${at} (${ender})${keepAfterJob || expiresAt === null ? '' : ', or with this job'}`;
  }
}

/** A clause after `It concerns …:`, about leases whose grants the post step cannot read. */
export function endOfUnknown(guarantee: Guarantee): string {
  switch (guarantee) {
    case 'platform':
      return 'the cloud ends each lease at its end time; `operation: list` shows the leases, and `operation: revoke` ends the access earlier';
    case 'scheduler':
      return 'each lease ends by its own timer, or by `operation: sweep`; `operation: list` shows the leases';
    case 'sweep':
      return '`operation: sweep` ends the leases, and nothing does if no sweep runs; `operation: list` shows the leases';
    case 'post-step':
      return 'nothing else ends the leases: find them in the log of the main step, and end the access with `operation: revoke`';
  }
}

/**
 * A lease that was not released, or perhaps not: who ends it, and how to end it now.
 *
 * @param end of the lease, in milliseconds since the epoch; `null` if unknown
 */
export function mayBeThere(guarantee: Guarantee, end: number | null, { ender }: Words): string {
  const after = end === null ? 'its end time' : minuteInWords(end);
  const stillThere = 'The access might still exist';
  const revoke = 'To end it earlier, use `operation: revoke`.';
  const sweepOrRevoke = 'To end it earlier, use `operation: sweep` or `operation: revoke`.';
  switch (guarantee) {
    case 'post-step':
      return `${stillThere}, and nothing else ends it. End it with \`operation: revoke\`.`;
    case 'sweep':
      return `${stillThere}: the first sweep after ${after} ends it, and nothing does if no sweep runs. ${sweepOrRevoke}`;
    case 'scheduler':
      return `${stillThere}: ${ender} ends it soon after ${after}, unless others hold it longer. ${sweepOrRevoke}`;
    case 'platform':
      return `${stillThere}: ${ender} ends it at ${after}, unless others hold it longer. ${revoke}`;
  }
}
