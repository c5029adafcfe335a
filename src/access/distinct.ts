/** The first of each key, in order. */
export function distinctBy<T>(items: readonly T[], keyOf: (item: T) => unknown): readonly T[] {
  const kept = new Map<unknown, T>();
  for (const item of items) if (!kept.has(keyOf(item))) kept.set(keyOf(item), item);
  return [...kept.values()];
}
