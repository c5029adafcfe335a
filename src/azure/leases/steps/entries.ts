import type { Constants } from './constants.ts';

/** One who holds a grant, as a record of ours names it. */
export interface Entry {
  readonly holder: string;
  /** The end of the lease, in milliseconds since the epoch, a whole minute. */
  readonly end: number;
  readonly keepAfterJob: boolean;
}

/** Whether an entry counts: until its end and a margin. */
function isLive({ end }: Entry, date: number, { margin }: Constants): boolean {
  return date < end + margin;
}

/** @param ended holders whose jobs are known to have ended: their entries count no more */
export function counts(entry: Entry, ended: readonly string[], date: number, constants: Constants): boolean {
  return isLive(entry, date, constants) && !ended.includes(entry.holder);
}

/** Both, each holder once. */
export function union(some: readonly Entry[], more: readonly Entry[]): readonly Entry[] {
  const known = new Set(some.map(({ holder }) => holder));
  return [...some, ...more.filter(({ holder }) => !known.has(holder))];
}
