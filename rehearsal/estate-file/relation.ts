import type { Estate } from '../estate.ts';
import type { Mapping } from '../shape.ts';
import type { Fault, Path } from './shape-faults.ts';

/** Relations of parts of an estate; checked only where the parts themselves are valid. */
export interface Relation<T> {
  /** Its subject: `users.*.id` is the ID of every user. */
  readonly at: readonly string[];
  /** Other values that it reads. */
  readonly reads: readonly string[];
  /** Fault of a value in an estate. */
  readonly says: (estate: Estate) => (value: T) => string | null;
}

export function relationFaults({ at, says }: Relation<never>, estate: Estate): readonly Fault[] {
  const saysOf = says(estate);
  const places = at.flatMap((pattern) => placesAt(estate, pattern));
  return places.flatMap(({ value, path }) => {
    const said = saysOf(value as never);
    return said === null ? [] : [{ path, says: said }];
  });
}

interface Place {
  readonly value: unknown;
  readonly path: Path;
}

/** All values at a pattern. */
function placesAt(whole: unknown, pattern: string): readonly Place[] {
  const step = ({ value, path }: Place, part: string): readonly Place[] => {
    if (part === '*') return (value as readonly unknown[]).map((it, index) => ({ value: it, path: [...path, index] }));
    const its = (value as Mapping)[part];
    return its === undefined ? [] : [{ value: its, path: [...path, part] }];
  };
  return pattern
    .split('.')
    .reduce<readonly Place[]>(
      (places, part) => places.flatMap((place) => step(place, part)),
      [{ value: whole, path: [] }],
    );
}

export function relation<T>(
  at: readonly string[],
  reads: readonly string[],
  says: (estate: Estate) => (value: T) => string | null,
): Relation<T> {
  return { at, reads, says };
}

/** Values that must be among those of others. */
export function among(at: readonly string[], others: readonly string[]): Relation<string> {
  return relation<string>(at, others, (estate) => {
    const known = new Set(others.flatMap((pattern) => placesAt(estate, pattern).map(({ value }) => value)));
    const words = others.map((pattern) => pattern.replaceAll('.*', '[]')).join(' or ');
    return (value) => (known.has(value) ? null : `${value} is not among ${words}`);
  });
}

/** Values that must be unique. */
export function unique(...at: readonly string[]): Relation<string> {
  return uniqueBy<string>(at, [], (value) => [value.toLowerCase(), value]);
}

/** @param of what no two may have in common, and how it is said */
export function uniqueBy<T>(
  at: readonly string[],
  reads: readonly string[],
  of: (value: T, estate: Estate) => readonly [key: string, said: string],
): Relation<T> {
  return relation(at, reads, (estate) => {
    const seen = new Set<string>();
    return (value) => {
      const [key, said] = of(value, estate);
      if (seen.has(key)) return `${said} is there twice`;
      seen.add(key);
      return null;
    };
  });
}

/** Names that must belong to exactly one thing. */
export function naming(
  kind: string,
  at: readonly string[],
  reads: readonly string[],
  find: (estate: Estate, named: string) => readonly unknown[],
): Relation<string> {
  return relation<string>(at, reads, (estate) => (named) => {
    const { length } = find(estate, named);
    if (length === 0) return `there is no ${kind} ${named} in this estate`;
    return length === 1 ? null : `${length} in this estate are called ${named}: write the id of the ${kind}`;
  });
}
