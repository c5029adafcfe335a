import { describe, expect, test } from '@jest/globals';

import type { Budget } from '../../../../src/access/clock.ts';
import type { Family } from '../../../../src/aws/family.ts';
import { isProvenByHistory } from '../../../../src/aws/leases/executor/history.ts';

const budget: Budget = { until: Infinity, signal: new AbortController().signal };
const span = { after: 10_400, before: 50_000 };

interface Past {
  readonly at: number;
  readonly key: string;
}

/** The status lists of one kind of operation, as AWS would give them, ten to a page. */
function past(entries: readonly Past[], more: { readonly undated?: number } = {}) {
  const described: string[] = [];
  const items = entries.map(({ at }, index) => ({ RequestId: `r${index}`, CreatedDate: new Date(at) }));
  const all = [...items, ...Array.from({ length: more.undated ?? 0 }, (_, index) => ({ RequestId: `u${index}` }))];
  const family: Pick<Family, 'list' | 'describe'> = {
    list: () => {
      let read = 0;
      const shown: (typeof all)[number][] = [];
      return {
        items: shown,
        isDone: () => read * 10 >= all.length && read > 0,
        pagesRead: () => read,
        next: () => {
          shown.push(...all.slice(read * 10, read * 10 + 10));
          read += 1;
          return Promise.resolve(shown);
        },
      } as unknown as ReturnType<Family['list']>;
    },
    describe: (id) => {
      described.push(id);
      return Promise.resolve({ key: entries[Number(id.slice(1))]?.key ?? '' }) as ReturnType<Family['describe']>;
    },
  };
  return { family: family as Family, described };
}

const ours = (at: number): Past => ({ at, key: 'ours' });
const other = (at: number): Past => ({ at, key: 'other' });

const proven = (made: readonly Past[], removed: readonly Past[]): Promise<boolean> =>
  isProvenByHistory('ours', span, past(made).family, past(removed).family, budget);

describe('history proves a lease', () => {
  test.each<[string, readonly Past[], readonly Past[], boolean]>([
    ['by a creation in its time, and deletions that reach back further', [ours(20_000)], [other(5_000)], true],
    ['by one of the oldest record’s second', [ours(10_000)], [other(5_000)], true],
    ['not by one before that', [ours(9_999)], [other(5_000)], false],
    ['not by one when the last timer had begun to fire', [ours(50_000)], [other(5_000)], false],
    ['not by a creation of another grant', [other(20_000)], [other(5_000)], false],
    ['not without any creation', [], [other(5_000)], false],
    ['not where it was deleted since', [ours(20_000)], [other(5_000), ours(30_000)], false],
    ['not where it was deleted in the same second', [ours(20_000)], [other(5_000), ours(20_000)], false],
    ['though it was deleted before', [ours(20_000)], [ours(5_000)], true],
    ['though others were deleted since', [ours(20_000)], [other(5_000), other(30_000)], true],
    ['not where deletions do not reach back that far', [ours(20_000)], [other(30_000)], false],
    ['not where no deletion is listed', [ours(20_000)], [], false],
    ['by the newest of several creations', [ours(12_000), ours(20_000)], [other(5_000), ours(15_000)], true],
    ['not by an older one than the last deletion', [ours(12_000)], [other(5_000), ours(15_000)], false],
  ])('%s', async (_, made, removed, is) => {
    await expect(proven(made, removed)).resolves.toBe(is);
  });

  test('not where the lists are longer than the step reads', async () => {
    const many = Array.from({ length: 120 }, (_, index) => other(5_000 + index));
    await expect(proven([ours(20_000)], many)).resolves.toBe(false);
    await expect(proven(many, [other(5_000)])).resolves.toBe(false);
  });

  test('requests no more operations than can match', async () => {
    const made = past([other(5_000), ours(20_000), other(60_000)]);
    const removed = past([other(5_000), other(30_000)]);
    await expect(isProvenByHistory('ours', span, made.family, removed.family, budget)).resolves.toBe(true);
    expect([made.described, removed.described]).toEqual([['r1'], ['r1']]);
  });

  test('skips entries without a date', async () => {
    const made = past([ours(20_000)], { undated: 3 });
    await expect(isProvenByHistory('ours', span, made.family, past([other(5_000)]).family, budget)).resolves.toBe(true);
  });
});
