import { escapedBreak } from './list-shapes.ts';
import { easilyMissed, noComment, noLineBreak, similar } from './messages/values.ts';
import { atAGlance, inSight, oddCharactersIn } from './odd-characters.ts';

/**
 * Names that a person may have meant, best first, at most `most`: by edit distance, as they look at a glance.
 *
 * @param tolerance how many letters of a name may differ
 */
export function nearMatches(
  wanted: string,
  known: readonly string[],
  most = 3,
  tolerance: (name: string) => number = twoOrAThird,
): readonly string[] {
  const target = atAGlance(wanted);
  return known
    .map((name) => ({ name, distance: editDistance(target, atAGlance(name)) }))
    .filter(({ name, distance }) => distance <= tolerance(name))
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, most)
    .map(({ name }) => name);
}

function twoOrAThird(name: string): number {
  return Math.max(2, Math.floor(name.length / 3));
}

/** An object of a cloud that a name may mean. */
export interface Candidate {
  readonly name: string;
  readonly id: string;
  /** Further difference from another object of that name, such as its state. */
  readonly note?: string | undefined;
}

/** Sentences that follow one about a name that no object has: similar names, and likely mistakes in this one. */
export function closeTo(wanted: string, known: readonly Candidate[]): string {
  const named = known.filter(({ name }) => name !== '');
  const near = nearMatches(wanted, [...new Set(named.map(({ name }) => name))]);
  const found = near.flatMap((name) => named.filter((it) => it.name === name)).slice(0, mostCandidates);
  const close = found.length === 0 ? '' : similar(found.map((it) => candidate(it, wanted)));
  const twin = near.find((name) => isTwin(name, wanted) && isOdd(name, wanted));
  const missed = twin === undefined ? '' : easilyMissed(inSight(twin, wanted));
  return close + missed + mistakesIn(wanted);
}

const mostCandidates = 5;

/** `"payments-prod" (123456789012, SUSPENDED)`. */
export function candidate({ name, id, note }: Candidate, beside = ''): string {
  const more = [...(id === name ? [] : [id]), ...(note === undefined ? [] : [note])].join(', ');
  return more === '' ? inSight(name, beside) : `${inSight(name, beside)} (${more})`;
}

function isTwin(name: string, wanted: string): boolean {
  return atAGlance(name) === atAGlance(wanted) && name.toLowerCase() !== wanted.toLowerCase();
}

function isOdd(name: string, wanted: string): boolean {
  return name !== name.trim() || inSight(name, wanted) !== `"${name}"`;
}

/** Sentences about parts of a name that are allowed, but usually mistakes. */
function mistakesIn(wanted: string): string {
  const lineBreak = escapedBreak.exec(wanted)?.[0];
  return [
    oddCharactersIn(wanted),
    lineBreak === undefined ? '' : noLineBreak(lineBreak),
    /\s#/u.test(wanted) ? noComment : '',
  ].join('');
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
