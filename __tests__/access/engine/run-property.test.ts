import { getEventListeners } from 'node:events';

import { describe, expect, test } from '@jest/globals';

import type { ChangeKind } from '../../../src/access/cloud.ts';
import type { Result } from '../../../src/access/outcome.ts';
import { createEngine, type Engine } from './engine.ts';
import { mostAtOnce, type Stored } from './fake-operations.ts';
import { keyOf } from '../fixtures.ts';
import { seeds } from './seeded.ts';
import { makeWorld, noTrouble, type World } from './worlds.ts';

const kinds: readonly ChangeKind[] = ['create', 'update', 'remove', 'provision'];

function byLane(operations: readonly Stored[], { options }: World): ReadonlyMap<string, readonly Stored[]> {
  const lanes = new Map<string, Stored[]>();
  for (const it of operations) {
    const lane = options.laneOf?.(it.change) ?? null;
    if (lane !== null) lanes.set(lane, [...(lanes.get(lane) ?? []), it]);
  }
  return lanes;
}

/** Rules that hold for every run. */
function expectOrder(world: World, { cloud, clock, budget }: Engine, results: readonly Result[]): void {
  const { limits, grants } = world;
  // Every grant gets its outcome, in the order in which they were resolved.
  expect(results.map(({ grant }) => keyOf(grant))).toEqual(grants.map(keyOf));
  // Never more than the limits, never two in one lane.
  expect(cloud.crowded).toEqual([]);
  expect(mostAtOnce(cloud.operations)).toBeLessThanOrEqual(limits.inFlight);
  for (const kind of kinds)
    expect(mostAtOnce(cloud.operations, (it) => it === kind)).toBeLessThanOrEqual(limits.outstanding[kind] ?? Infinity);
  for (const lane of byLane(cloud.operations, world).values()) expect(mostAtOnce(lane)).toBeLessThanOrEqual(1);
  // Nothing is effective twice, and nothing is tried again but what may pass.
  for (const { grant } of results) {
    const own = cloud.operations.filter((it) => keyOf(it.change.grant) === keyOf(grant));
    expect(own.filter(({ ending }) => ending.state === 'SUCCEEDED').length).toBeLessThanOrEqual(1);
    expect(own.length).toBeLessThanOrEqual(2);
    if (own.length === 2) expect(own[0]?.ending).toMatchObject({ state: 'FAILED', passing: true });
  }
  // None of its work continues in the background.
  expect(clock.pending()).toBe(0);
  expect(getEventListeners(budget.signal, 'abort').length).toBeLessThanOrEqual(8);
}

/** True if the cloud really is in the state that a result reports. */
function expectTruth({ operation }: World, { cloud }: Engine, { grant, outcome, action }: Result): void {
  const truth = cloud.truth(grant);
  const wanted = operation === 'revoke' ? 'absent' : 'current';
  switch (outcome.status) {
    case 'SUCCEEDED':
      expect(truth).toBe(wanted);
      return;
    case 'FAILED':
      expect(truth).not.toBe(wanted);
      expect(outcome.changed).toBe(false);
      expect(action === 'refuse' || outcome.reason !== '').toBe(true);
      return;
    case 'IN_PROGRESS':
    case 'PENDING_APPROVAL':
      throw new Error(`failed without a time limit: ${outcome.reason}`);
  }
}

describe('any world', () => {
  test.each(seeds(60))('without trouble (seed %d): all is done, and doing it again changes nothing', async (seed) => {
    const world = makeWorld(seed, noTrouble);
    const engine = createEngine(world.options);
    const { operation } = world;
    const results = await engine.results({ operation });
    expectOrder(world, engine, results);
    for (const result of results) {
      expectTruth(world, engine, result);
      expect(result.outcome.status).toBe(result.action === 'refuse' ? 'FAILED' : 'SUCCEEDED');
    }

    const changed = results.filter(({ outcome }) => outcome.status === 'SUCCEEDED' && outcome.changed);
    const { starts } = engine.cloud;
    expect(starts).toHaveLength(changed.length);
    const again = await engine.results({ operation });
    expect(again.every(({ action }) => action === 'keep' || action === 'refuse')).toBe(true);
    expect(again.filter(({ action }) => action === 'refuse')).toHaveLength(
      results.filter(({ action }) => action === 'refuse').length,
    );
    expect(starts).toHaveLength(changed.length);
  });

  test.each(seeds(60))('full of trouble (seed %d): each grant ends as it really is (P1)', async (seed) => {
    const world = makeWorld(seed, { refused: 0.25, denied: 0.05, failed: 0.15, lost: 0.1 });
    const engine = createEngine(world.options);
    const results = await engine.results({ operation: world.operation });
    expectOrder(world, engine, results);
    for (const result of results) expectTruth(world, engine, result);
  });

  test.each(seeds(40))('canceled at any time (seed %d): the results report nothing false (P2)', async (seed) => {
    const world = makeWorld(seed, { refused: 0.2, denied: 0, failed: 0.1, lost: 0.05 });
    const engine = createEngine(world.options);
    const at = 700 + 331 * seed;
    engine.cancelAt(at);
    const { clock, cloud } = engine;
    const results = await engine.results({ operation: world.operation }).catch(() => []);
    if (clock.elapsed() < at) return;
    expect(clock.elapsed()).toBe(at);
    expectOrder(world, engine, results.length === 0 ? world.grants.map(nothing) : results);
    for (const { grant, outcome } of results) {
      const own = cloud.operations.filter((it) => keyOf(it.change.grant) === keyOf(grant));
      const runs = own.find(({ begunAt, takes }) => begunAt + takes > clock.now());
      if (runs !== undefined) expect(outcome.status).toBe('IN_PROGRESS');
      if (outcome.status === 'FAILED') expect(own.every(({ ending }) => ending.state === 'FAILED')).toBe(true);
      if (own.length === 0 && outcome.status === 'IN_PROGRESS') expect(wasOut(engine, grant)).toBe(true);
    }
  });
});

function nothing(grant: Result['grant']): Result {
  const outcome = { status: 'SUCCEEDED', changed: false, requestId: null, remark: null } as const;
  return { grant, action: 'keep', outcome, seen: null, lease: null, startedAt: 0, endedAt: 0 };
}

/** True if a start call of this grant was unanswered when the run ended. */
function wasOut({ cloud }: Engine, grant: Result['grant']): boolean {
  return cloud.startsOut.has(keyOf(grant));
}
