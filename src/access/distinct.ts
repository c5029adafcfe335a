import type { Identity } from './grant.ts';

/** The first of each key, in order. */
export function distinctBy<T>(items: readonly T[], keyOf: (item: T) => unknown): readonly T[] {
  const kept = new Map<unknown, T>();
  for (const item of items) if (!kept.has(keyOf(item))) kept.set(keyOf(item), item);
  return [...kept.values()];
}

/** The same, with the first name that one of them has: of two lines for one identity the name is worth keeping. */
export function distinctNamed<T extends Identity>(items: readonly T[], keyOf: (item: T) => unknown): readonly T[] {
  return [...Map.groupBy(items, keyOf).values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [{ ...first, name: first.name ?? others.find(({ name }) => name !== null)?.name ?? null }],
  );
}
