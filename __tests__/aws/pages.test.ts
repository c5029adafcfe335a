import { describe, expect, test } from '@jest/globals';

import { eachItem, pages } from '../../src/aws/pages.ts';

const book = [
  { items: [1, 2], next: 'b' },
  { items: undefined, next: 'c' },
  { items: [], next: 'd' },
  { items: [3], next: '' },
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
  test('all items in order; an empty page may have a successor, an empty token has none', async () => {
    const { read, asked } = reader();
    expect(await pages(read)).toEqual([1, 2, 3]);
    expect(asked).toEqual([undefined, 'b', 'c', 'd']);
  });
});

describe('eachItem', () => {
  test('who stops asking, stops the pages', async () => {
    const { read, asked } = reader();
    for await (const item of eachItem(read)) if (item === 2) break;
    expect(asked).toEqual([undefined]);
  });
});
