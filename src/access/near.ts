import { oddCharactersIn } from './odd-characters.ts';

/**
 * Names that a person may have meant, best first, at most `most`: by edit distance, letter case ignored.
 *
 * @param tolerance how many letters of a name may differ
 */
export function nearMatches(
  wanted: string,
  known: readonly string[],
  most = 3,
  tolerance: (name: string) => number = twoOrAThird,
): readonly string[] {
  const target = wanted.toLowerCase();
  return known
    .map((name) => ({ name, distance: editDistance(target, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= tolerance(name))
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, most)
    .map(({ name }) => name);
}

function twoOrAThird(name: string): number {
  return Math.max(2, Math.floor(name.length / 3));
}

/** Sentences behind one that says that a name is nobody's: names that are near, and what in it is not seen. */
export function closeTo(wanted: string, known: readonly string[]): string {
  const near = nearMatches(wanted, known);
  return (near.length === 0 ? '' : ` Close: ${near.join(', ')}.`) + oddCharactersIn(wanted);
}

function editDistance(one: string, other: string): number {
  const [a, b] = [Array.from(one), Array.from(other)];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.entries()) {
    const next = [i + 1];
    for (const [j, another] of b.entries()) {
      const replaced = (row[j] ?? 0) + (letter === another ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
