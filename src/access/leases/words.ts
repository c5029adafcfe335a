import type { Words } from '../grant.ts';
import { minuteInWords } from '../times.ts';
import { capital } from '../words.ts';
import type { LeaseReport } from './report.ts';

/** When access ends and who guarantees it, in a sentence. */
export function endInWords(lease: LeaseReport, { ender }: Words): string {
  const { state, expiresAt, endsAtLatest, guarantee, keepAfterJob } = lease;
  const orWithJob = keepAfterJob ? '' : ', or with this job';
  switch (guarantee) {
    case null:
      return state === 'permanent' ? 'Permanent: nothing ends it.' : 'Nothing is known of its end.';
    case 'post-step':
      return 'Ends with this job, and nothing else ends it.';
    case 'sweep': {
      const late = expiresAt === null ? 'at a sweep' : `at the first sweep after ${minuteInWords(expiresAt)}`;
      return keepAfterJob
        ? `Ends ${late}; nothing ends it if no sweep runs.`
        : `Ends with this job; if the job dies, ${late}, and nothing ends it if no sweep runs.`;
    }
    case 'platform':
    case 'scheduler': {
      if (endsAtLatest === null) return 'Nothing is known of its end.';
      const latest = minuteInWords(endsAtLatest);
      if (expiresAt === null) return `${capital(ender)} ends it at ${latest} at the latest.`;
      return state === 'shared'
        ? `Held until ${minuteInWords(expiresAt)}${orWithJob}; others hold it too, and it ends at ${latest} at the latest (${ender} guarantees that).`
        : `Ends at ${latest} at the latest (${ender} guarantees that)${orWithJob}.`;
    }
  }
}

/** The same in a table's cell: one's own end, and by whom it is guaranteed. */
export function endInBrief(
  { state, expiresAt, endsAtLatest, guarantee, keepAfterJob }: LeaseReport,
  { ender }: Words,
): string {
  const end = expiresAt ?? endsAtLatest;
  const at = end === null ? '' : minuteInWords(end);
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
