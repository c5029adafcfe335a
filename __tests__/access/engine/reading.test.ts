import { getEventListeners } from 'node:events';

import { describe, expect, test } from '@jest/globals';

import type { Budget } from '../../../src/access/clock.ts';
import type { Grant } from '../../../src/access/grant.ts';
import { createReading, type Reading } from '../../../src/access/engine/reading.ts';
import { createFakeCloud, type FakeCloud, type FakeCloudOptions } from '../fake-cloud.ts';
import { createFakeClock, epoch, type FakeClock } from '../fake-clock.ts';
import { assignmentOf, assignmentsOn, cloudError } from '../fixtures.ts';

interface Rig {
  readonly clock: FakeClock;
  readonly cloud: FakeCloud;
  readonly reading: Reading;
  /** Grants that may continue, and since when. */
  readonly went: ReadonlyMap<Grant, number>;
  readonly expectAll: (grants: readonly Grant[]) => void;
  readonly together: (grant: Grant, signal?: AbortSignal) => Promise<void>;
  readonly soon: () => Promise<void>;
}

const never = new AbortController().signal;
const budget: Budget = { until: epoch + 600_000, signal: never };
const place = ({ target }: Grant): string => target.id;

function setUp(grants: readonly Grant[], over: Partial<FakeCloudOptions> = {}, most = 600): Rig {
  const clock = createFakeClock();
  const cloud = createFakeCloud({ clock, grants, standing: 'current', readTogether: place, ...over });
  const reading = createReading(cloud, clock, most);
  const went = new Map<Grant, number>();
  return {
    clock,
    cloud,
    reading,
    went,
    expectAll: (expected) => {
      for (const grant of expected) reading.expect(grant);
    },
    together: async (grant, signal = never) => {
      await reading.together(grant, signal);
      went.set(grant, clock.elapsed());
    },
    soon: () => clock.during(clock.sleep(0, never)),
  };
}

describe('reading', () => {
  test('those that come together share one call', async () => {
    const grants = assignmentsOn(50, 10);
    const { clock, cloud, reading } = setUp(grants);
    const all = await clock.during(Promise.all(grants.map((it) => reading.read(it, budget))));
    expect(all.every(({ standing }) => standing === 'current')).toBe(true);
    expect(cloud.sizes.read).toEqual([50]);
  });

  test('one alone is read without waiting for others', async () => {
    const [grant = assignmentOf(1)] = assignmentsOn(1, 1);
    const { clock, cloud, reading } = setUp([grant], {}, 1);
    expect(await reading.read(grant, budget)).toMatchObject({ standing: 'current' });
    expect(clock.elapsed()).toBe(0);
    expect(cloud.sizes.read).toEqual([1]);
  });

  test('an unreadable place hides nothing of the others', async () => {
    const grants = assignmentsOn(9, 3);
    const denied = cloudError('denied', { operation: 'test:Read' });
    const { clock, reading } = setUp(grants, {
      failing: { read: (about) => (about.some(({ target }) => target.id === 't-1') ? denied : null) },
    });
    const all = await clock.during(Promise.allSettled(grants.map((it) => reading.read(it, budget))));
    for (const [index, { target }] of grants.entries())
      expect(all[index]).toMatchObject(target.id === 't-1' ? { reason: denied } : { value: { standing: 'current' } });
  });

  test('a bug of this action fails every caller, and the read is not repeated', async () => {
    const grants = assignmentsOn(4, 2);
    const bug = new TypeError('a bug');
    const { clock, cloud, reading } = setUp(grants, { failing: { read: () => bug } });
    const all = await clock.during(Promise.allSettled(grants.map((it) => reading.read(it, budget))));
    expect(all).toEqual(grants.map(() => ({ status: 'rejected', reason: bug })));
    expect(cloud.calls.read).toBe(1);
  });
});

describe('waiting for the others of the same request', () => {
  const [a, b, c] = [assignmentOf(1, 'one'), assignmentOf(2, 'one'), assignmentOf(3, 'one')] as const;
  const d = assignmentOf(4, 'two');
  const grants: readonly Grant[] = [a, b, c, d];

  test('the last one releases all, without a wait for other places', async () => {
    const { expectAll, went, together, soon, clock } = setUp(grants);
    expectAll(grants);
    void together(a);
    void together(b);
    await soon();
    expect(went.size).toBe(0);
    await clock.during(clock.sleep(5_000, never));
    void together(c);
    await soon();
    expect([...went]).toEqual([
      [a, 5_000],
      [b, 5_000],
      [c, 5_000],
    ]);
    void together(d);
    await soon();
    expect(went.get(d)).toBe(5_000);
    expect(clock.pending()).toBe(0);
  });

  test('one that will not come is not waited for', async () => {
    const { expectAll, reading, went, together, soon } = setUp(grants);
    expectAll(grants);
    void together(a);
    void together(b);
    reading.arrived(d);
    await soon();
    expect(went.size).toBe(0);
    reading.arrived(c);
    await soon();
    expect(went.size).toBe(2);
  });

  /** Number of places, with two grants on each, and how long the first waits for the second. */
  test.each([
    [1, 5_000],
    [2, 6_000],
    [40, 120_000],
    [1_000, 900_000],
  ])('with %d places no grant waits longer than %d ms for another: a few are read often', async (places, longest) => {
    const many = assignmentsOn(2 * places, places);
    const { expectAll, clock, together, went } = setUp(many);
    expectAll(many);
    const [first = a, second = a] = many;
    await clock.during(together(first));
    expect(clock.elapsed()).toBe(longest);
    if (places > 1) await clock.during(together(second));
    expect(went.size).toBe(Math.min(2, places));
    expect(clock.pending()).toBe(0);
  });

  test('a later one waits with the first, and then a new group begins', async () => {
    const { expectAll, clock, together, went } = setUp(grants);
    expectAll(grants);
    await clock.during(Promise.all([together(a), clock.sleep(2_000, never).then(() => together(b))]));
    expect(went.get(b)).toBe(went.get(a));
    expect(clock.elapsed()).toBe(6_000);
    await clock.during(together(c));
    expect(clock.elapsed()).toBe(6_000);
    expect(clock.pending()).toBe(0);
  });

  test('an unexpected grant, or one that comes twice, does not wait', async () => {
    const { reading, clock, together } = setUp(grants);
    reading.expect(a);
    reading.expect(b);
    await clock.during(together(d));
    const first = together(a);
    await clock.during(together(a));
    expect(clock.elapsed()).toBe(0);
    reading.arrived(b);
    await clock.during(first);
    expect(clock.elapsed()).toBe(0);
  });

  test('a hundred are enough', async () => {
    const many = assignmentsOn(250, 1);
    const { expectAll, clock, together, soon, went } = setUp(many);
    expectAll(many);
    const all = many.slice(0, 249).map((it) => together(it));
    await soon();
    expect(went.size).toBe(200);
    await clock.during(Promise.all(all));
    expect(went.size).toBe(249);
  });

  test('a cancellation ends the wait at once, and leaves no timer and no listener', async () => {
    const { expectAll, clock, together } = setUp(grants);
    const controller = new AbortController();
    const reason = new Error('cancelled');
    expectAll(grants);
    clock.at(2_000, () => {
      controller.abort(reason);
    });
    const all = [a, b].map((it) => together(it, controller.signal));
    expect(await clock.during(Promise.allSettled(all))).toEqual(all.map(() => ({ status: 'rejected', reason })));
    expect(clock.elapsed()).toBe(2_000);
    expect(clock.pending()).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('with a signal that is already aborted there is no wait', async () => {
    const { expectAll, clock, together } = setUp(grants);
    expectAll(grants);
    await clock.during(together(a, AbortSignal.abort(new Error('stop'))));
    expect(clock.elapsed()).toBe(0);
  });

  test('closing releases all', async () => {
    const { expectAll, reading, clock, together, soon, went } = setUp(grants);
    expectAll(grants);
    void together(a);
    reading.close();
    await soon();
    expect(went.size).toBe(1);
    expect(clock.pending()).toBe(0);
  });
});
