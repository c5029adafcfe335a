import type { Budget } from '#access/clock';
import { watchGrowth } from '#access/answers';
import { endless } from '#access/messages/requests';
import { Incomplete, whole, type Answered } from './documented.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** The answer to a list call; each call has its items in a member of its own name. */
type ListAnswer<K extends string, T> = Answered &
  Readonly<Partial<Record<K, readonly T[] | undefined>>> & { readonly NextToken?: string | undefined };

/**
 * The page in an answer. AWS may leave out a list that is empty (aws-sdk-js-v3#3648), but never the request ID: an answer
 * with neither is not AWS's and proves nothing, least of all that the list is empty. Nor does a list prove anything if an
 * item lacks a member that will be compared.
 */
export function pageOf<K extends string, T>(
  answer: ListAnswer<K, T>,
  name: K,
  compared: readonly (keyof T & string)[] = [],
): Page<T> {
  const { NextToken: next, $metadata } = answer;
  const items: readonly T[] | undefined = answer[name];
  if (items === undefined && !$metadata.requestId) throw new Incomplete(name, answer);
  const found: readonly T[] = items ?? [];
  for (const item of found) for (const member of compared) whole(item[member], `${name}.${member}`, answer);
  // A page may be empty and still have a successor; an empty token names none.
  return { items: found, next: next === '' ? undefined : next };
}

/** Reads one page: the first, or the one that a token names. */
type ReadPage<T> = (nextToken: string | undefined, budget: Budget) => Promise<Page<T>>;

/** A paginated list that is read page by page, only as far as needed; an error leaves it where it was. */
export interface Pager<T> {
  readonly isDone: () => boolean;
  /** The items that were read so far. */
  readonly items: readonly T[];
  readonly pagesRead: () => number;
  /** Reads one more page, with one request. */
  next(budget: Budget): Promise<void>;
}

/** @param action the list's name in IAM, for the error of one that does not end */
export function createPager<T>(action: string, read: ReadPage<T>): Pager<T> {
  const items: T[] = [];
  let next: string | undefined;
  let pages = 0;
  let done = false;
  const growth = watchGrowth();

  return {
    isDone: () => done,
    items,
    pagesRead: () => pages,
    async next(budget) {
      if (done) return;
      const page = await read(next, budget);
      for (const item of page.items) items.push(item);
      pages += 1;
      done = page.next === undefined;
      if (page.next === undefined) return;
      if (growth.isEndless(page.items.length, page.next)) throw endless('AWS', action);
      next = page.next;
    },
  };
}

/** Reads the rest of a list. */
export async function readAll<T>(pager: Pager<T>, budget: Budget): Promise<readonly T[]> {
  while (!pager.isDone()) await pager.next(budget);
  return pager.items;
}

/** All items of a paginated list. */
export function pages<T>(action: string, budget: Budget, read: ReadPage<T>): Promise<readonly T[]> {
  return readAll(createPager(action, read), budget);
}
