/** Maximum number of pages: accounts come by twenty, and an organization has thousands. */
const mostPages = 5_000;
/** Maximum number of empty pages in a row: clouds send some in between. */
const mostEmptyPages = 200;
/** Maximum number of items in one list. */
const mostItems = 100_000;

/** Watches a list that is read page by page: an endless one must use neither the whole run nor all memory. */
export interface Growth {
  /** Counts a page and the next one that it names. Returns whether that was read already, or the list is too long. */
  isEndless(items: number, next: string): boolean;
}

export function watchGrowth(): Growth {
  let pages = 0;
  let empty = 0;
  let all = 0;
  const named = new Set<string>();
  return {
    isEndless(items, next) {
      pages += 1;
      empty = items === 0 ? empty + 1 : 0;
      all += items;
      const isKnown = named.has(next);
      named.add(next);
      return isKnown || pages > mostPages || empty > mostEmptyPages || all > mostItems;
    },
  };
}
