import type { Constants } from './constants.ts';

/** A holder of a grant in a record. */
export interface Entry {
  readonly holder: string;
  /** The end of the lease, in milliseconds since the epoch, a whole minute. */
  readonly end: number;
  readonly keepAfterJob: boolean;
}

/** True if an entry counts: until its end and the margin. */
function isLive({ end }: Entry, date: number, { margin }: Constants): boolean {
  return date < end + margin;
}

/** @param ended holders whose jobs are known to have ended: their entries no longer count */
export function counts(entry: Entry, ended: readonly string[], date: number, constants: Constants): boolean {
  return isLive(entry, date, constants) && !ended.includes(entry.holder);
}

/** The end of the last holder, in milliseconds since the epoch; `null` without holders. */
export function lastEnd(entries: readonly Entry[]): number | null {
  return entries.length === 0 ? null : Math.max(...entries.map(({ end }) => end));
}

/** Entries of both lists, each holder once. */
export function union(some: readonly Entry[], more: readonly Entry[]): readonly Entry[] {
  const known = new Set(some.map(({ holder }) => holder));
  return [...some, ...more.filter(({ holder }) => !known.has(holder))];
}
