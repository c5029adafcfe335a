import type { Words } from '../grant.ts';
import { extraFails, nothingOwned, tooManyRemovals } from '../messages/files.ts';
import type { MaxRemovals } from './access-file.ts';
import { inWords, type Leftover } from './leftovers.ts';

/**
 * The most removals of a run; `null` where nothing bounds them. Of a number and a percentage the smaller holds.
 *
 * @param permanent number of permanent assignments inside `owns`; `null` where no file owns anything
 */
export function mostRemovals(bound: MaxRemovals | null, permanent: number | null): number | null {
  if (bound === null) return null;
  const { count, percent } = bound;
  if (percent === null) return count;
  if (permanent === null) throw nothingOwned();
  const share = Math.floor((permanent * percent) / 100);
  return count === null ? share : Math.min(count, share);
}

/** Refuses more removals than that, before any change (P11). */
export function refuseTooManyRemovals(removals: readonly Leftover[], most: number | null, words: Words): void {
  if (most === null || removals.length <= most) return;
  throw tooManyRemovals(most, inWords(removals, words));
}

/** Refuses extra assignments, before any change: `prune: fail`. */
export function refuseExtra(extra: readonly Leftover[], words: Words): void {
  if (extra.length > 0) throw extraFails(inWords(extra, words));
}
