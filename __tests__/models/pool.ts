/** A value with one object only: two that are equal are the same, and have the same number. */
export type Pooled<T> = T & { readonly id: number };

/** Keeps one object for each value, so that states are compared and packed by numbers. */
export interface Pool<T> {
  of(value: T): Pooled<T>;
  at(id: number): Pooled<T>;
  readonly size: () => number;
}

export function createPool<T extends object>(keyOf: (value: T) => string): Pool<T> {
  const byKey = new Map<string, Pooled<T>>();
  const all: Pooled<T>[] = [];
  return {
    of(value) {
      const key = keyOf(value);
      const known = byKey.get(key);
      if (known !== undefined) return known;
      const made: Pooled<T> = { ...value, id: all.length };
      byKey.set(key, made);
      all.push(made);
      return made;
    },
    at(id) {
      const it = all[id];
      if (it === undefined) throw new RangeError(`there is no ${id}`);
      return it;
    },
    size: () => all.length,
  };
}
