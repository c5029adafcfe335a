import { Refusal } from '#access/errors';

/** The results that were found, in order, and all refusals. */
export interface Gathered<T> {
  readonly found: readonly T[];
  readonly refusals: readonly Refusal[];
}

/** Waits for all, so that one refusal hides no other (P8); any other error comes first. */
export async function gather<T>(work: readonly Promise<T>[]): Promise<Gathered<T>> {
  const all = await Promise.all(
    work.map((it) =>
      it.then(
        (value) => ({ found: [value], refusals: [] }),
        (error: unknown) => {
          if (error instanceof Refusal) return { found: [], refusals: [error] };
          throw error;
        },
      ),
    ),
  );
  return { found: all.flatMap(({ found }) => found), refusals: all.flatMap(({ refusals }) => refusals) };
}

/** Returns a refusal as a value, for `catch`; any other error passes through. */
export function orRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  throw error;
}

/** Results and refusals, each in order. */
export function sorted<T>(all: readonly (T | Refusal)[]): Gathered<T> {
  return {
    found: all.flatMap((it) => (it instanceof Refusal ? [] : [it])),
    refusals: all.flatMap((it) => (it instanceof Refusal ? [it] : [])),
  };
}

/** Items in groups of at most `most`, in order. */
export function inBatches<T>(items: readonly T[], most: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, index) =>
    items.slice(index * most, (index + 1) * most),
  );
}

/** Items grouped by a key, in order. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
