import type { JournalEntry } from '../../rehearsal/journal.ts';

/** Most requests that arrived within so many milliseconds. */
export function mostWithin(requests: readonly JournalEntry[], ms: number): number {
  const times = requests.map(({ at }) => at);
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + ms).length));
}
