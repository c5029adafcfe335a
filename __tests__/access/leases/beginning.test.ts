import { describe, expect, test } from '@jest/globals';

import { acrossLanes, createGate } from '../../../src/access/leases/beginning.ts';

/** Numbers of the callers that have entered, in order. */
async function entered(lanes: readonly (string | null)[]): Promise<{
  readonly inside: () => Promise<readonly number[]>;
  readonly leave: (index: number) => void;
}> {
  const gate = createGate();
  const order: number[] = [];
  for (const [index, lane] of lanes.entries()) void gate.enter(lane).then(() => order.push(index));
  const inside = async (): Promise<readonly number[]> => {
    await Promise.resolve();
    return [...order];
  };
  await inside();
  return {
    inside,
    leave: (index) => {
      gate.leave(lanes[index] ?? null);
    },
  };
}

const firstOf = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

describe('createGate', () => {
  test('admits sixty, and one more for each that leaves, in the order of their arrival', async () => {
    const { inside, leave } = await entered(Array.from({ length: 63 }, () => null));
    expect(await inside()).toEqual(firstOf(60));
    leave(7);
    expect(await inside()).toEqual(firstOf(61));
    leave(0);
    leave(60);
    expect(await inside()).toEqual(firstOf(63));
  });

  test('admits six into a lane, and a later one for another lane passes those that wait', async () => {
    const lanes = [...Array.from({ length: 9 }, () => 'one'), 'other', null];
    const { inside, leave } = await entered(lanes);
    expect(await inside()).toEqual([...firstOf(6), 9, 10]);
    leave(9);
    expect(await inside()).toEqual([...firstOf(6), 9, 10]);
    leave(3);
    expect(await inside()).toEqual([...firstOf(6), 9, 10, 6]);
  });
});

describe('acrossLanes', () => {
  test('begins with the first of each lane, then the second of each; what needs no lane comes first', () => {
    const items = ['a1', 'a2', 'a3', 'b1', 'b2', '-1', '-2', 'c1'];
    const laneOf = (item: string): string | null => (item.startsWith('-') ? null : item.slice(0, 1));
    expect(acrossLanes(items, laneOf)).toEqual(['a1', 'b1', '-1', '-2', 'c1', 'a2', 'b2', 'a3']);
  });
});
