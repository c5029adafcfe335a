import { minuteInWords } from '#access/clock';
import type { LeaseReport, Status } from '#access/outcome';

/* The sentences of the output `message`. They have no character that means something in a chat. */

/** A grant by names that mark up nothing; `who` is empty where a role is pushed. */
export interface Named {
  readonly who: string;
  readonly role: string;
  readonly where: string;
}

/** Said first, so that it is never cut. */
export const beginning: Readonly<Record<Status, string>> = {
  SUCCEEDED: '',
  PENDING_APPROVAL: 'Waiting for approval: ',
  IN_PROGRESS: 'Still in progress: ',
  FAILED: 'Failed: ',
};
export const dryRun = 'Dry run: ';
export const sweep = 'Sweep: ';

export const grant = ({ who, role, where }: Named): string => `${who === '' ? '' : `${who} with `}${role} on ${where}`;
export const has = ({ who, role, where }: Named, end: string): string => `${who} has ${role} on ${where}${end}`;
export const overdue = (named: Named): string => `The lease of ${grant(named)} is overdue: the access still exists`;
export const updated = (named: Named): string => `The assignment of ${grant(named)} was updated`;
export const ended = (named: Named): string => `The access of ${grant(named)} has ended`;
export const revoked = (named: Named): string => `The access of ${grant(named)} was revoked`;
export const released = (named: Named, end: string): string =>
  `The lease of ${grant(named)} was released, the access continues${end}`;
export const provisioned = ({ role, where }: Named): string => `${where} has the latest version of ${role}`;
export const unchanged = (named: Named): string => `No change was necessary: ${grant(named)}`;
export const would = (named: Named, what: string): string => `${grant(named)} ${what}`;

export const nothing = 'Nothing to do';

export const permanently = ' permanently';

/** `14:05 UTC`, with the date where that is another day. @param now of the report, both in milliseconds since the epoch */
export function time(ms: number, now: number): string {
  const [date, ...clock] = minuteInWords(ms).split(' ');
  return [...(date === minuteInWords(now).split(' ')[0] ? [] : [date]), ...clock].join(' ');
}

/** Begins with a blank; empty if unknown. @param at the end as `time` has it, `null` if unknown */
export function until({ did, state, guarantee, keepAfterJob }: LeaseReport, at: string | null): string {
  const isOwn = did === 'took' && !keepAfterJob;
  switch (guarantee) {
    case null:
      return state === 'permanent' ? permanently : '';
    case 'post-step':
      return ' until the job ends';
    case 'sweep': {
      const late = at === null ? 'a sweep' : `the first sweep after ${at}`;
      return isOwn ? ` until the job ends, or else ${late}` : ` until ${late}`;
    }
    case 'platform':
    case 'scheduler':
      if (at === null) return isOwn ? ' until the job ends' : '';
      return isOwn ? ` until the job ends, ${at} at the latest` : ` until ${at}`;
  }
}

export const approvedBy = (whom: string): string => `, approved by ${whom}`;
export const notDone = (title: string): string => `Failed, ${title}`;
