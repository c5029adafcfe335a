import type { Budget } from '../access/clock.ts';
import { Refusal } from '../access/errors.ts';

export interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly next: string | undefined;
}

/** Reads one page: the first, or the one that a token names. */
export type ReadPage<T> = (nextToken: string | undefined, budget: Budget) => Promise<Page<T>>;

/** A paginated list that is read page by page, as far as somebody asks; an error leaves it where it was. */
export interface Pager<T> {
  readonly isDone: () => boolean;
  /** The items that were read so far. */
  readonly items: readonly T[];
  readonly pagesRead: () => number;
  /** Reads one more page, with one request. */
  next(budget: Budget): Promise<void>;
}

/** More pages than any list has: accounts come by twenty, and an organization has thousands. */
const mostPages = 10_000;

/** @param action the list's name in IAM, for the error of one that does not end */
export function createPager<T>(action: string, read: ReadPage<T>): Pager<T> {
  const items: T[] = [];
  const tokens = new Set<string>();
  let next: string | undefined;
  let pages = 0;
  let done = false;

  return {
    isDone: () => done,
    items,
    pagesRead: () => pages,
    async next(budget) {
      if (done) return;
      const page = await read(next, budget);
      for (const item of page.items ?? []) items.push(item);
      pages += 1;
      // A page may be empty and still have a successor; an empty token names none.
      done = page.next === undefined || page.next === '';
      if (page.next === undefined || done) return;
      if (tokens.has(page.next) || pages >= mostPages) throw endless(action);
      tokens.add(page.next);
      next = page.next;
    },
  };
}

/** Reads what is left of a list. */
export async function readAll<T>(pager: Pager<T>, budget: Budget): Promise<readonly T[]> {
  while (!pager.isDone()) await pager.next(budget);
  return pager.items;
}

/** All items of a paginated list. */
export function pages<T>(action: string, budget: Budget, read: ReadPage<T>): Promise<readonly T[]> {
  return readAll(createPager(action, read), budget);
}

function endless(action: string): Refusal {
  return new Refusal(
    `AWS’s list for ${action} led back to a page that was read already, or has more than ${mostPages} pages, so that it has no end.`,
    'Run the step again; if it stays, ask AWS support.',
  );
}
