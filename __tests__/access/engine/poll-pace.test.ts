import { describe, expect, test } from '@jest/globals';

import { each, setUp, states, type Rig } from './poll-rig.ts';

describe('how long an ended operation waits for others, to be polled together', () => {
  /** The number of all operations, and the resulting longest wait. */
  test.each([
    [10, 1_000],
    [200, 4_000],
    [600, 12_000],
    [10_000, 12_000],
  ])('of %d in all: %d ms', async (most, patience) => {
    const rig = setUp(
      each(10, (index) => (index === 0 ? 5_000 : 60_000)),
      { most },
    );
    await rig.all();
    const waited = (rig.backAt.get(0) ?? 0) - (rig.leftAt.get(0) ?? 0);
    expect(waited).toBeGreaterThanOrEqual(patience - 10);
    expect(waited).toBeLessThanOrEqual(patience + 10);
  });

  test('as long as others run: the last ones do not wait', async () => {
    const rig = setUp(each(10, (index) => 5_000 + 100 * index));
    await rig.all();
    for (const at of rig.backAt.values()) expect(at).toBeLessThanOrEqual(7_100);
  });
});

describe('looking takes a part of the requests only', () => {
  test.each([500, 1_000, 3_000])('a list that takes %d ms comes in a third of the time', async (latency) => {
    const rig = setUp(
      each(20, () => 120_000),
      { latency },
    );
    expect(states(await rig.all())).toEqual(['SUCCEEDED']);
    expect(rig.cloud.calls.running).toBeLessThanOrEqual(rig.clock.elapsed() / (3 * latency) + 3);
    expect(rig.cloud.calls.running).toBeGreaterThanOrEqual(8);
  });

  test('one slow list does not make it look away: the next one comes soon after', async () => {
    let lists = 0;
    const rig = setUp(
      each(20, (index) => 70_000 + 1_000 * index),
      {
        through: (cloud, clock) => ({
          ...cloud,
          async running(operations, within) {
            lists += 1;
            if (lists === 2) await clock.sleep(60_000, within.signal);
            return cloud.running(operations, within);
          },
        }),
      },
    );
    expect(states(await rig.all())).toEqual(['SUCCEEDED']);
    for (const [index, at] of rig.leftAt) expect(at - (70_000 + 1_000 * index)).toBeLessThanOrEqual(20_000);
  });

  test('many are looked at twice a second, a few about once', async () => {
    const lists = async (many: number): Promise<number> => {
      const rig = setUp(each(many, () => 30_000));
      await rig.all();
      return rig.cloud.calls.running;
    };
    expect(await lists(30)).toBeGreaterThanOrEqual(55);
    expect(await lists(30)).toBeLessThanOrEqual(65);
    expect(await lists(5)).toBeGreaterThanOrEqual(27);
    expect(await lists(5)).toBeLessThanOrEqual(36);
  });
});

describe('one or two that take long', () => {
  const gap = ({ cloud: { asked } }: Rig): number =>
    Math.max(...asked.slice(1).map((time, index) => time - (asked[index] ?? 0)));

  test('are asked about every few seconds in the end', async () => {
    const rig = setUp(each(1, () => 120_000));
    await rig.all();
    expect(gap(rig)).toBeGreaterThan(3_000);
    expect(rig.cloud.asked.length).toBeLessThan(60);
  });

  test('and once a second where others wait for them', async () => {
    const rig = setUp(each(2, () => 120_000));
    rig.urgent.add(0).add(1);
    await rig.all();
    expect(gap(rig)).toBeLessThanOrEqual(1_000);
    for (const at of rig.backAt.values()) expect(at).toBeLessThanOrEqual(121_000);
  });

  test('also from the moment at which a caller begins to wait', async () => {
    const rig = setUp(each(1, () => 120_000));
    rig.clock.at(110_000, () => {
      rig.urgent.add(0);
    });
    await rig.all();
    expect(rig.backAt.get(0)).toBeLessThanOrEqual(121_000);
  });
});
