import { describe, expect, test } from '@jest/globals';

import { Refusal } from '../../../src/access/errors.ts';
import { distinctBy } from '../../../src/access/distinct.ts';
import { gather, groupBy } from '../../../src/azure/resolve/gather.ts';
import { remembered, rememberedFor } from '../../../src/access/remembered.ts';

const budget = { until: 0, signal: new AbortController().signal };

describe('gather', () => {
  const later = async <T>(value: T, turns: number): Promise<T> => {
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    return value;
  };
  const refuse = async (message: string, turns: number): Promise<string> => {
    await later(null, turns);
    throw new Refusal(message, 'hint');
  };

  test('has every result in the order of the questions, refusals too', async () => {
    const { found, refusals } = await gather([refuse('x', 9), later('a', 5), refuse('y', 1), later('b', 0)]);
    expect(found).toEqual(['a', 'b']);
    expect(refusals.map(({ message }) => message)).toEqual(['x', 'y']);
  });

  test('passes on any other error', async () => {
    await expect(gather([refuse('x', 0), Promise.reject(new Error('other'))])).rejects.toThrow('other');
  });

  test('accepts a list as one value', async () => {
    expect((await gather([later([1, 2], 0)])).found).toEqual([[1, 2]]);
  });
});

test('distinctBy keeps the first of each key, groupBy all, both in order', () => {
  const items = ['b1', 'a1', 'b2', 'a2'];
  const first = (it: string): string => it.charAt(0);
  expect(distinctBy(items, first)).toEqual(['b1', 'a1']);
  expect(groupBy(items, first)).toEqual([
    ['b1', 'b2'],
    ['a1', 'a2'],
  ]);
});

describe('remembered values', () => {
  test('are made once, for all callers meanwhile and later', async () => {
    let made = 0;
    const get = remembered(() => Promise.resolve((made += 1)));
    expect(await Promise.all([get(budget), get(budget)])).toEqual([1, 1]);
    expect(await get(budget)).toBe(1);
  });

  test('are made again after a failure', async () => {
    let tries = 0;
    const get = remembered(() => ((tries += 1) === 1 ? Promise.reject(new Error('first')) : Promise.resolve(tries)));
    await expect(get(budget)).rejects.toThrow('first');
    expect(await get(budget)).toBe(2);
  });

  test('are the same for a text in any letter case, and are requested in its first spelling', async () => {
    const asked: string[] = [];
    const get = rememberedFor((of) => {
      asked.push(of);
      return Promise.resolve(asked.length);
    });
    expect([await get('A', budget), await get('a', budget), await get('b', budget)]).toEqual([1, 1, 2]);
    expect(asked).toEqual(['A', 'b']);
  });
});
