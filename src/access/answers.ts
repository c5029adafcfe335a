import { longerThan } from './messages/requests.ts';
import { pipeline, Transform, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

const mebibyte = 1024 * 1024;

/** Maximum length of an answer, in bytes. The longest lists of the clouds have some megabytes. */
const longestAnswer = 16 * mebibyte;

/** An answer that is too long; the rest of it is not read. */
export class TooLong extends Error {
  override readonly name = 'TooLong';

  constructor(longest: number) {
    super(longerThan(longest / mebibyte));
  }
}

/** The same stream, which fails when it gets longer than that, in bytes. */
export function bounded(body: Readable, longest: number = longestAnswer): Readable {
  let length = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      length += chunk.length;
      if (length > longest) pass(new TooLong(longest));
      else pass(null, chunk);
    },
  });
  // Its error comes out of what is returned.
  return pipeline(body, counting, () => undefined);
}

/** All of a stream as text, unless it is too long. @param longest in bytes */
export function readText(body: Readable, longest?: number): Promise<string> {
  return text(bounded(body, longest));
}

/** Maximum number of pages: accounts come by twenty, and an organization has thousands. */
const mostPages = 5_000;
/** Maximum number of empty pages in a row: clouds send some in between. */
const mostEmptyPages = 200;
/** Maximum number of items in one list. */
const mostItems = 100_000;

/** Watches a list that is read page by page: an endless one must use neither the whole run nor all memory. */
interface Growth {
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
