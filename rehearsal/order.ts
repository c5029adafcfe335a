import { createHash } from 'node:crypto';

/** Some of a list in an order of the cloud's own, and whether there is more behind them. */
export interface Stretch<T> {
  readonly items: readonly T[];
  /** The place of the last item; null for none. */
  readonly last: string | null;
  readonly more: boolean;
}

interface Placed<T> {
  readonly item: T;
  readonly place: string;
}

/**
 * The next `count` items after a place. The keys do not show the order, which stays the same through all changes of the
 * list. A page of a long list costs one look at each item, not a sort of them all.
 */
export function stretch<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string,
  after: string | null,
  count: number,
): Stretch<T> {
  const first: Placed<T>[] = [];
  let behind = 0;
  for (const item of items) {
    const place = placeOf(keyOf(item));
    if (after !== null && place <= after) continue;
    behind += 1;
    if (count > 0) insert(first, { item, place }, count);
  }
  return {
    items: first.map(({ item }) => item),
    last: first.at(-1)?.place ?? null,
    more: behind > first.length,
  };
}

/** Keeps the first `count` in order. */
function insert<T>(sorted: Placed<T>[], placed: Placed<T>, count: number): void {
  const last = sorted.at(-1);
  if (sorted.length === count && last !== undefined && placed.place >= last.place) return;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.place ?? '') < placed.place) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, placed);
  if (sorted.length > count) sorted.pop();
}

const places = new Map<string, string>();
const MOST_PLACES = 100_000;

/** Hashing is what pages of long lists would spend their time on. */
function placeOf(key: string): string {
  let place = places.get(key);
  if (place === undefined) {
    place = digest(key);
    if (places.size >= MOST_PLACES) places.clear();
    places.set(key, place);
  }
  return place;
}

export function digest(value: string): string {
  return createHash('sha1').update(value).digest('hex').slice(0, 16);
}
