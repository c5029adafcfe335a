import { Refusal } from './errors.ts';

/** More than any list has: accounts come by twenty, and an organization has thousands. */
const mostPages = 5_000;
/** Clouds answer an empty page here and there, and then go on. */
const mostEmptyPages = 200;
/** Of anything, in one list. */
const mostItems = 100_000;

/** Watches a list grow that is read page by page: one that does not end may neither take the whole run nor all memory. */
export interface Growth {
  /** Counts a page in, and what it names as the next one: whether that was read already, or the list is longer than any is. */
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

/** @param of the cloud, as people call it */
export function endless(of: string, action: string): Refusal {
  return new Refusal(
    `${of}’s list for ${action} led back to a page that was read already, or is longer than any list: it has no end.`,
    `Run the step again; if that does not help, ask ${of} support.`,
  );
}
