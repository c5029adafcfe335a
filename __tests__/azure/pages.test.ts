import { describe, expect, test } from '@jest/globals';

import type { AzureSession } from '../../src/azure/session.ts';
import { follow, pagesAt } from '../../src/azure/pages.ts';
import { epoch } from '../access/fake-clock.ts';

const budget = { until: epoch, signal: new AbortController().signal };

/** A session that returns its pages in order, and records the requested ones. */
function book(...pages: readonly unknown[]) {
  const asked: string[] = [];
  const get: AzureSession['get'] = async (_action, path, _budget, understand) => {
    asked.push(path);
    return Promise.resolve(pages[asked.length - 1]).then(understand);
  };
  const session = { get } as unknown as AzureSession;
  return { asked, read: () => pagesAt(session, 'x/read', '/first', budget, () => true) };
}

describe('pagesAt', () => {
  test('has all items in order; a page can follow an empty one', async () => {
    const { asked, read } = book(
      { value: [{ a: 1 }, { a: 2 }], nextLink: '/b' },
      { value: [], nextLink: '/c' },
      { value: [{ a: 3 }] },
    );
    expect(await read()).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
    expect(asked).toEqual(['/first', '/b', '/c']);
  });

  test.each([null, undefined])('ends where nextLink is %p', async (nextLink) => {
    const { asked, read } = book({ value: [{}], nextLink });
    expect(await read()).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });

  test('is an error where a page leads back to an earlier one, and does not loop', async () => {
    const { asked, read } = book({ value: [], nextLink: '/b' }, { value: [], nextLink: '/b' });
    await expect(read()).rejects.toThrow(/names a page again/u);
    expect(asked).toEqual(['/first', '/b']);
  });

  test('is an error where there is always another page', async () => {
    const asked: unknown[] = [];
    const pages = follow('x/read', (next) => {
      asked.push(next);
      return Promise.resolve({ items: [], next: `/${asked.length}` });
    });
    await expect(pages).rejects.toThrow(/longer than any list/u);
    expect(asked).toHaveLength(201);
  });

  test.each([null, {}, { value: null }, { value: {} }, { value: [5] }, []])(
    'is an error where a page is not a list: %j',
    async (page) => {
      await expect(book(page).read()).rejects.toThrow(Error);
    },
  );
});
