import { describe, expect, test } from '@jest/globals';

import { createPager, pageOf, pages, readAll } from '../../src/aws/pages.ts';
import { awsError, budget } from './fake-session.ts';

const book = [
  { items: [1, 2], next: 'b' },
  { items: [], next: 'c' },
  { items: [], next: 'd' },
  { items: [3], next: undefined },
];
function reader() {
  const asked: (string | undefined)[] = [];
  return {
    asked,
    read: (token: string | undefined) => {
      asked.push(token);
      return Promise.resolve(book[asked.length - 1] ?? { items: [], next: undefined });
    },
  };
}

describe('pages', () => {
  test('all items in order; a page can follow an empty one', async () => {
    const { read, asked } = reader();
    expect(await pages('sso:List', budget, read)).toEqual([1, 2, 3]);
    expect(asked).toEqual([undefined, 'b', 'c', 'd']);
  });

  test.each([
    ['the same token again', () => 'a'],
    ['a token of before', (token: string | undefined) => (token === 'a' ? 'b' : 'a')],
    ['ever new ones', (token: string | undefined) => String(Number(token ?? 0) + 1)],
  ])('a list without an end is refused: %s', async (_name, nextOf) => {
    let asked = 0;
    const read = (token: string | undefined) => {
      asked += 1;
      return Promise.resolve({ items: [], next: nextOf(token) });
    };
    await expect(pages('organizations:ListAccounts', budget, read)).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringContaining('organizations:ListAccounts'),
    });
    expect(asked).toBeLessThanOrEqual(10_000);
  });
});

describe('pageOf', () => {
  const $metadata = { httpStatusCode: 200, requestId: 'id' };

  test.each([
    ['items', { Ids: ['a'], $metadata }, { items: ['a'], next: undefined }],
    ['none, with an empty end', { Ids: [], $metadata }, { items: [], next: undefined }],
    ['none, without any end', { $metadata }, { items: [], next: undefined }],
    ['no list, but a further page', { NextToken: 'b', $metadata }, { items: [], next: 'b' }],
    [
      'an empty token, which names no page',
      { Ids: ['a'], NextToken: '', $metadata },
      { items: ['a'], next: undefined },
    ],
  ])('reads %s', (_name, answer, page) => {
    expect(pageOf(answer, 'Ids')).toEqual(page);
  });

  test.each([
    ['nothing that has a request id', { $metadata: { httpStatusCode: 200 } }, 'Rows'],
    ['an item without a member that is compared', { Rows: [{ Id: 'a' }, {}], $metadata }, 'Rows.Id'],
  ])("does not accept %s as AWS's response", (_name, answer: RowsAnswer, missing) => {
    expect(() => pageOf(answer, 'Rows', ['Id'])).toThrow(missing);
  });
});

interface RowsAnswer {
  readonly Rows?: readonly { readonly Id?: string }[];
  readonly NextToken?: string;
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId?: string };
}

describe('createPager', () => {
  test('reads only as far as the caller needs', async () => {
    const { read, asked } = reader();
    const pager = createPager('sso:List', read);
    expect(pager.isDone()).toBe(false);
    await pager.next(budget);
    expect({ items: pager.items, read: pager.pagesRead(), done: pager.isDone() }).toEqual({
      items: [1, 2],
      read: 1,
      done: false,
    });
    expect(asked).toEqual([undefined]);
    expect(await readAll(pager, budget)).toEqual([1, 2, 3]);
    await pager.next(budget);
    expect(asked).toHaveLength(4);
  });

  test('an error keeps its place: the next caller continues from there', async () => {
    const { read, asked } = reader();
    let broken = true;
    const pager = createPager('sso:List', (token) => {
      if (token !== 'b' || !broken) return read(token);
      broken = false;
      return Promise.reject(awsError('throttled'));
    });
    await expect(readAll(pager, budget)).rejects.toMatchObject({ failure: { kind: 'throttled' } });
    expect(pager.isDone()).toBe(false);
    expect(await readAll(pager, budget)).toEqual([1, 2, 3]);
    expect(asked).toEqual([undefined, 'b', 'c', 'd']);
  });
});
