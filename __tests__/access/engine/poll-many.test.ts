import { getEventListeners } from 'node:events';

import { describe, expect, test } from '@jest/globals';

import type { FailureKind } from '../../../src/access/errors.ts';
import type { Course } from './fake-operations.ts';
import { cloudError } from '../fixtures.ts';
import { each, setUp, states } from './poll-rig.ts';

describe('many in flight', () => {
  test('are followed with one list, and only operations that have left it are polled', async () => {
    const { all, cloud } = setUp(each(40, (index) => 3_000 + 250 * index));
    expect(states(await all())).toEqual(['SUCCEEDED']);
    const asked = cloud.sizes.ask.reduce((sum, size) => sum + size, 0);
    expect(asked).toBe(40);
    expect(cloud.calls.ask).toBeLessThanOrEqual(10);
    // Thirteen seconds, with up to two lists a second.
    expect(cloud.calls.running).toBeLessThanOrEqual(30);
  });

  test('make room as soon as they have left the list, before it is known how they ended', async () => {
    const courses = each(30, (index) => 2_000 + 500 * index);
    const { all, leftAt, backAt } = setUp(courses);
    await all();
    for (const [index, { takes = 0 }] of courses.entries()) {
      expect(leftAt.get(index)).toBeGreaterThanOrEqual(takes);
      expect(leftAt.get(index)).toBeLessThanOrEqual(takes + 1_000);
      expect(backAt.get(index)).toBeGreaterThanOrEqual(leftAt.get(index) ?? Infinity);
      expect(backAt.get(index)).toBeLessThanOrEqual(takes + 15_000);
    }
  });

  test('report the result of each: one that FAILED does not fail another (P1)', async () => {
    const courses = each(20, () => 5_000).map((course, index): Course =>
      index % 4 === 0 ? { ...course, ending: { state: 'FAILED', reason: `no luck, ${index}` } } : course,
    );
    const ended = await setUp(courses).all();
    for (const [index, operation] of ended.entries()) {
      expect(operation.requestId).toBe(`op-${index}`);
      expect(operation).toMatchObject(
        index % 4 === 0 ? { state: 'FAILED', reason: `no luck, ${index}` } : { state: 'SUCCEEDED' },
      );
    }
  });

  test('that end together are asked about together', async () => {
    const { all, cloud } = setUp(each(50, () => 8_000));
    await all();
    expect(cloud.calls.ask).toBeLessThanOrEqual(3);
  });

  test('that are not listed yet have not ended', async () => {
    const late = each(10, () => 9_000).map((course) => ({ ...course, listedAfter: 1_500 }));
    const { all, leftAt, cloud } = setUp(late);
    await all();
    for (const at of leftAt.values()) expect(at).toBeGreaterThanOrEqual(9_000);
    expect(cloud.sizes.ask.reduce((sum, size) => sum + size, 0)).toBe(10);
  });

  test('that the list never shows are asked about, again and again until they end', async () => {
    const unseen = each(10, () => 20_000).map((course) => ({ ...course, listedAfter: 3_600_000 }));
    const { all, backAt } = setUp(unseen);
    expect(states(await all())).toEqual(['SUCCEEDED']);
    for (const at of backAt.values()) expect(at).toBeLessThanOrEqual(26_000);
  });

  test('say nothing of their own in the log: the counts do', async () => {
    const { all, log } = setUp(each(10, () => 60_000));
    await all();
    expect(log.at('info')).toEqual([]);
  });
});

describe('a list that cannot be had', () => {
  test('for want of a permission: each is asked about, not too often', async () => {
    const { all, cloud, clock } = setUp(
      each(30, (index) => 4_000 + 500 * index),
      { unlistable: true },
    );
    expect(states(await all())).toEqual(['SUCCEEDED']);
    expect(cloud.calls.running).toBeLessThanOrEqual(2);
    const asked = cloud.sizes.ask.reduce((sum, size) => sum + size, 0);
    expect(asked).toBeLessThanOrEqual((15 * clock.elapsed()) / 1_000);
  });

  test.each<FailureKind>(['throttled', 'busy', 'skewed', 'unavailable', 'unreachable'])(
    'for a moment (%s) is requested again',
    async (kind) => {
      const rig = setUp(
        each(20, () => 15_000),
        {
          failing: { running: () => (rig.clock.elapsed() < 9_000 ? cloudError(kind) : null) },
        },
      );
      expect(states(await rig.all())).toEqual(['SUCCEEDED']);
      expect(rig.cloud.sizes.ask.reduce((sum, size) => sum + size, 0)).toBe(20);
      for (const at of rig.leftAt.values()) expect(at).toBeGreaterThanOrEqual(15_000);
    },
  );

  test.each<FailureKind>(['denied', 'invalid', 'quota', 'other'])(
    'for good (%s) counts as none: each operation is polled by itself',
    async (kind) => {
      const { all } = setUp(
        each(10, () => 6_000),
        { failing: { running: () => cloudError(kind) } },
      );
      expect(states(await all())).toEqual(['SUCCEEDED']);
    },
  );
});

describe('an answer about one of many', () => {
  test.each<FailureKind>(['denied', 'invalid', 'other'])("that is %s is its own, and no other's", async (kind) => {
    const error = cloudError(kind);
    const { follow, clock, cloud } = setUp(
      each(10, () => 5_000),
      {
        failingToTell: (requestId) => (requestId === 'op-3' ? error : null),
      },
    );
    const all = await clock.during(Promise.allSettled(cloud.operations.map((_, index) => follow(index))));
    for (const [index, it] of all.entries())
      expect(it).toMatchObject(index === 3 ? { reason: error } : { value: { state: 'SUCCEEDED' } });
  });

  test('that is not found for half a minute is not known yet, and is waited for', async () => {
    const rig = setUp(
      each(10, () => 5_000),
      {
        failingToTell: (requestId) =>
          requestId === 'op-3' && rig.clock.elapsed() < 25_000 ? cloudError('not-found') : null,
      },
    );
    expect(states(await rig.all())).toEqual(['SUCCEEDED']);
    expect(rig.backAt.get(3)).toBeGreaterThanOrEqual(25_000);
    expect(rig.backAt.get(4)).toBeLessThanOrEqual(10_000);
  });

  test.each<FailureKind>(['throttled', 'unavailable', 'unreachable'])('that is %s is requested again', async (kind) => {
    const rig = setUp(
      each(10, () => 5_000),
      {
        failing: { ask: () => (rig.clock.elapsed() < 12_000 ? cloudError(kind) : null) },
      },
    );
    expect(states(await rig.all())).toEqual(['SUCCEEDED']);
    for (const at of rig.leftAt.values()) expect(at).toBeLessThanOrEqual(6_000);
  });
});

describe('one of many that need not be followed', () => {
  test('returns its last seen state, and the others are followed to their ends', async () => {
    const { follow, clock, enough, leftAt, backAt } = setUp(each(10, () => 30_000));
    const all = Promise.all(Array.from({ length: 10 }, (_, index) => follow(index)));
    clock.at(5_000, () => {
      enough.add(3);
    });
    const operations = await clock.during(all);
    expect(operations[3]?.state).toBe('IN_PROGRESS');
    expect(backAt.get(3)).toBeLessThanOrEqual(7_000);
    expect(leftAt.has(3)).toBe(false);
    expect(operations.filter(({ state }) => state === 'SUCCEEDED')).toHaveLength(9);
  });
});

describe('the time limit of one of many', () => {
  test('is its own: it returns its last seen state, the others continue', async () => {
    const { follow, clock } = setUp(each(10, () => 60_000));
    const one = follow(0, 7_000);
    const others = Promise.all(Array.from({ length: 9 }, (_, index) => follow(index + 1)));
    expect(await clock.during(one)).toMatchObject({ state: 'IN_PROGRESS' });
    expect(clock.elapsed()).toBeLessThanOrEqual(7_001);
    expect(states(await clock.during(others))).toEqual(['SUCCEEDED']);
  });

  test('passes also while the list hangs', async () => {
    const { follow, clock } = setUp(
      each(10, () => 60_000),
      { latency: 30_000 },
    );
    const one = follow(0, 7_000);
    const others = Promise.all(Array.from({ length: 9 }, (_, index) => follow(index + 1)));
    expect(await clock.during(one)).toMatchObject({ state: 'IN_PROGRESS' });
    expect(clock.elapsed()).toBeLessThanOrEqual(7_001);
    expect(states(await clock.during(others))).toEqual(['SUCCEEDED']);
  });

  test('does not leave unknown what had ended in time', async () => {
    const { follow, clock } = setUp(each(10, (index) => (index === 0 ? 8_000 : 60_000)));
    const one = follow(0, 10_000);
    const others = Promise.all(Array.from({ length: 9 }, (_, index) => follow(index + 1)));
    expect(await clock.during(one)).toMatchObject({ state: 'SUCCEEDED' });
    await clock.during(others);
  });

  test('a cancellation ends all at once, wherever they wait, and leaves nothing behind', async () => {
    for (const at of [100, 5_100, 5_700, 6_300, 7_900]) {
      const { cancelAt, cloud, follow, clock, signal } = setUp(each(30, (index) => 5_000 + (index % 2) * 20_000));
      cancelAt(at);
      const all = Promise.allSettled(cloud.operations.map((_, index) => follow(index)));
      await clock.during(all);
      expect(clock.elapsed()).toBe(at);
      expect(clock.pending()).toBe(0);
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    }
  });
});
