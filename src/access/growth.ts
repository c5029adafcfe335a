/** More than any list has: accounts come by twenty, and an organization has thousands. */
const mostPages = 5_000;
/** Clouds answer an empty page here and there, and then go on. */
const mostEmptyPages = 200;
/** Of anything, in one list. */
const mostItems = 100_000;

/** Watches a list grow that is read page by page: one that does not end may neither take the whole run nor all memory. */
export interface Growth {
  /** Counts a page in; whether the list is longer by now than any list is. */
  isEndless(items: number): boolean;
}

export function watchGrowth(): Growth {
  let pages = 0;
  let empty = 0;
  let all = 0;
  return {
    isEndless(items) {
      pages += 1;
      empty = items === 0 ? empty + 1 : 0;
      all += items;
      return pages > mostPages || empty > mostEmptyPages || all > mostItems;
    },
  };
}
