import { describe, expect, test } from '@jest/globals';

import type { Change, Limits } from '../../../src/access/cloud.ts';
import { createEngine, type Engine, type EngineOptions } from './engine.ts';
import { assignmentsOn } from '../fixtures.ts';
import { seeded, seeds } from './seeded.ts';

/** Limits as in Identity Center: one operation at a time per account, and a limit for some kinds. */
const limits: Limits = { inFlight: 100, outstanding: { create: 15, provision: 3 } };
const laneOf = ({ grant }: Change): string => grant.target.id;

interface Figures {
  readonly total: number;
  /** Least time that any order of the work could reach, in milliseconds. */
  readonly floor: number;
}

/** Operations of 2 to 15 s. */
function createBulk(seed: number, many: number, places: number, over: EngineOptions = {}): Engine {
  const random = seeded(seed);
  return createEngine({
    grants: assignmentsOn(many, places),
    limits,
    laneOf,
    readTogether: ({ target }) => target.id,
    course: () => ({ takes: 2_000 + Math.floor(random() * 13_000) }),
    latency: 100,
    random: seeded(seed + 1),
    timeoutMs: 3_600_000,
    mostTimers: 1_000_000,
    ...over,
  });
}

function figures({ cloud, clock }: Engine, slots: number): Figures {
  const lanes = new Map<string | null, number>();
  let sum = 0;
  for (const { change, takes } of cloud.operations) {
    const lane = cloud.laneOf(change);
    if (lane !== null) lanes.set(lane, (lanes.get(lane) ?? 0) + takes);
    sum += takes;
  }
  return { total: clock.elapsed(), floor: Math.max(sum / slots, ...lanes.values()) };
}

describe('the duration of many', () => {
  test.each(seeds(5))('creations on many accounts (seed %d): at most a tenth above the floor (Many)', async (seed) => {
    const engine = createBulk(seed, 600, 60);
    await engine.run();
    const { total, floor } = figures(engine, 15);
    expect(total).toBeLessThanOrEqual(1.1 * floor);
    expect(engine.cloud.crowded).toEqual([]);
  });

  test.each(seeds(5))('removals, of which an account takes one at a time (seed %d): likewise', async (seed) => {
    const engine = createBulk(seed, 600, 30, { standing: 'current' });
    await engine.run({ operation: 'revoke' });
    const { total, floor } = figures(engine, limits.inFlight);
    expect(total).toBeLessThanOrEqual(1.1 * floor);
    expect(engine.cloud.crowded).toEqual([]);
  });

  test('where one account has much more to do than the others it is never kept waiting', async () => {
    // A third of the work is on one of forty accounts.
    const grants = [...assignmentsOn(200, 40), ...assignmentsOn(300, 1).slice(200)];
    const engine = createBulk(7, 0, 1, { grants });
    await engine.run();
    const { total, floor } = figures(engine, 15);
    expect(total).toBeLessThanOrEqual(1.1 * floor);
  });

  test('without lanes', async () => {
    const engine = createBulk(3, 600, 1, { laneOf: () => null, limits: { inFlight: 20, outstanding: {} } });
    await engine.run();
    const { total, floor } = figures(engine, 20);
    expect(total).toBeLessThanOrEqual(1.1 * floor);
  });

  test('without a list of operations in progress, it is not much longer', async () => {
    const engine = createBulk(4, 300, 30, { unlistable: true });
    const results = await engine.results();
    const { total, floor } = figures(engine, 15);
    expect(results.every(({ outcome }) => outcome.status === 'SUCCEEDED')).toBe(true);
    expect(total).toBeLessThanOrEqual(1.3 * floor);
  });
});

describe('the number of requests for many', () => {
  test('about two calls for each change, one of them the start', async () => {
    const { run, cloud } = createBulk(1, 600, 60);
    await run();
    const { read, find, start, running, ask } = cloud.calls;
    expect(start).toBe(600);
    expect(find).toBe(1);
    expect(read + find + start + running + ask).toBeLessThanOrEqual(2.3 * 600 + 20);
  });

  test('calls and listeners grow with the grants and no faster (Many)', async () => {
    const calls = async (many: number): Promise<number> => {
      const { run, cloud } = createBulk(1, many, many / 10);
      await run();
      return Object.values(cloud.calls).reduce((sum, each) => sum + each, 0) / many;
    };
    const [few, several, lots] = [await calls(100), await calls(400), await calls(1_600)];
    expect(several).toBeLessThanOrEqual(1.1 * few);
    expect(lots).toBeLessThanOrEqual(1.1 * several);
  });

  test.each(['keep', 'at once'])('a grant that is already as requested needs no call of its own: %s', async (how) => {
    const over: EngineOptions =
      how === 'keep' ? {} : { course: { takes: 0, listedAfter: Number.POSITIVE_INFINITY }, visibleWithinMs: 120_000 };
    const { results, cloud, clock } = createBulk(1, 2_000, 100, { standing: 'current', ...over });
    const all = await results();
    expect(all.every(({ action, outcome }) => action === 'keep' && outcome.status === 'SUCCEEDED')).toBe(true);
    const { read, find, start, running, ask } = cloud.calls;
    // Two looks before and after the plan, both ways, and two reads.
    expect(read + find + start + running + ask).toBeLessThanOrEqual(5);
    expect(clock.elapsed()).toBeLessThan(2_000);
  });
});
