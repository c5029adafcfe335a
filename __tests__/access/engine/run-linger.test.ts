import { describe, expect, test } from '@jest/globals';

import type { Change } from '../../../src/access/cloud.ts';
import { cancelled, createEngine, type Engine, type EngineOptions } from './engine.ts';
import { epoch } from '../fake-clock.ts';
import { assignmentsOn, cloudError, keyOf } from '../fixtures.ts';

const denied = cloudError('denied');
const throttled = cloudError('throttled');

/** Changes that take longer than their time limit, on places of their own, three at once. */
function createSlow(many: number, over: EngineOptions = {}): Engine {
  return createEngine({
    grants: assignmentsOn(many, many),
    limits: { inFlight: 100, outstanding: { create: 3 } },
    laneOf: ({ grant }) => grant.target.id,
    course: { takes: 40_000 },
    timeoutMs: 25_000,
    latency: 50,
    ...over,
  });
}

describe('a change that has exceeded its time limit and still runs', () => {
  test('keeps its place until it has ended: the next ones are not refused for it', async () => {
    const { results, cloud, clock } = createSlow(6);
    const all = await results();
    for (const { outcome } of all)
      expect(outcome).toMatchObject({ status: 'IN_PROGRESS', requestId: expect.any(String) });
    expect(cloud.crowded).toEqual([]);
    expect(cloud.starts).toHaveLength(6);
    // The first three have ended by then, and the run noticed it soon.
    for (const { at } of cloud.starts.slice(3)) {
      expect(at - epoch).toBeGreaterThanOrEqual(40_000);
      expect(at - epoch).toBeLessThanOrEqual(43_000);
    }
    for (const { startedAt, endedAt } of all) expect(endedAt - startedAt).toBeLessThanOrEqual(25_001);
    expect(clock.pending()).toBe(0);
  });

  test('and no other change waits for its place: the run is over at the time limit', async () => {
    const { results, cloud, clock } = createSlow(3);
    expect((await results()).every(({ outcome }) => outcome.status === 'IN_PROGRESS')).toBe(true);
    expect(clock.elapsed()).toBeLessThanOrEqual(26_000);
    expect(clock.pending()).toBe(0);
    const before = { ...cloud.calls };
    await clock.during(clock.sleep(60_000, new AbortController().signal));
    expect(cloud.calls).toEqual(before);
  });

  test('keeps its place for another time limit at most', async () => {
    const { results, cloud, clock } = createSlow(4, { course: { takes: 3_600_000 } });
    const all = await results();
    expect(all.map(({ outcome }) => outcome.status)).toEqual(['IN_PROGRESS', 'IN_PROGRESS', 'IN_PROGRESS', 'FAILED']);
    expect(all[3]?.outcome).toMatchObject({ failure: { kind: 'throttled' }, changed: false });
    const [first] = cloud.starts.slice(3);
    expect((first?.at ?? 0) - epoch).toBeGreaterThanOrEqual(49_000);
    expect((first?.at ?? 0) - epoch).toBeLessThanOrEqual(52_000);
    expect(clock.elapsed()).toBeLessThanOrEqual(78_000);
    expect(clock.pending()).toBe(0);
  });

  test('frees its place when it leaves the list of operations in progress, before its result is known', async () => {
    const { results, cloud } = createSlow(300, {
      limits: { inFlight: 100, outstanding: { create: 30 } },
      course: { takes: 30_000 },
    });
    await results();
    expect(cloud.crowded).toEqual([]);
    for (const { at } of cloud.starts.slice(30, 60)) expect(at - epoch).toBeLessThanOrEqual(32_000);
  });

  test('is polled for no longer than the run lasts', async () => {
    const { results, clock } = createSlow(4, {
      limits: { inFlight: 100, outstanding: { create: 2 } },
      course: ({ grant }) => ({ takes: grant.target.id === 't-0' ? 3_600_000 : 20_000 }),
      answers: ({ grant }) => (grant.target.id === 't-3' ? { kind: 'refuse', error: denied } : null),
    });
    const all = await results();
    expect(all.map(({ outcome }) => outcome.status)).toEqual(['IN_PROGRESS', 'SUCCEEDED', 'SUCCEEDED', 'FAILED']);
    expect(clock.elapsed()).toBeLessThanOrEqual(45_000);
    expect(clock.pending()).toBe(0);
  });

  test('keeps its lane, too', async () => {
    const { results, cloud } = createSlow(2, { grants: assignmentsOn(2, 1) });
    await results();
    expect(cloud.crowded).toEqual([]);
    expect(cloud.starts).toHaveLength(2);
  });

  test('is left alone by a cancellation, which ends everything at once', async () => {
    const { results, cancelAt, clock, cloud } = createSlow(6);
    cancelAt(30_000);
    const all = await results();
    expect(clock.elapsed()).toBe(30_000);
    expect(clock.pending()).toBe(0);
    expect(cloud.starts).toHaveLength(3);
    for (const { outcome } of all.slice(0, 3)) expect(outcome.status).toBe('IN_PROGRESS');
    for (const { outcome } of all.slice(3))
      expect(outcome).toMatchObject({ status: 'FAILED', reason: `Not started: ${cancelled.message}.` });
  });

  test('frees its place where it cannot be followed', async () => {
    const { results, cloud } = createSlow(6, {
      course: { takes: 3_000 },
      // The caller is not allowed to read the first three.
      failing: {
        ask: (about) => (about.some(({ target }) => ['t-0', 't-1', 't-2'].includes(target.id)) ? denied : null),
      },
    });
    const all = await results();
    expect(cloud.starts).toHaveLength(6);
    for (const { outcome } of all.slice(0, 3)) expect(outcome.status).toBe('IN_PROGRESS');
    for (const { outcome } of all.slice(3)) expect(outcome.status).toBe('SUCCEEDED');
  });
});

describe('an operation in progress when a run begins', () => {
  test('is either seen by the list or, ended, by the read after it: nothing is started twice', async () => {
    const grants = assignmentsOn(60, 60);
    const { results, cloud } = createEngine({ grants, limits: { inFlight: 100, outstanding: {} }, latency: 1_000 });
    for (const [index, grant] of grants.entries()) {
      const theirs: Change = { kind: 'create', grant, seen: null };
      cloud.startElsewhere(theirs, `theirs-${index}`, { takes: 100 * index });
    }
    const all = await results();
    expect(all.every(({ outcome }) => outcome.status === 'SUCCEEDED')).toBe(true);
    expect(cloud.starts.map(({ grant }) => keyOf(grant))).toEqual([]);
  });

  test('is followed before anything else is started: its place in the cloud is taken', async () => {
    const grants = assignmentsOn(12, 12);
    const { results, cloud } = createEngine({
      grants,
      limits: { inFlight: 100, outstanding: { create: 3 } },
      latency: 50,
    });
    for (const grant of grants.slice(9))
      cloud.startElsewhere({ kind: 'create', grant, seen: null }, `theirs of ${keyOf(grant)}`, { takes: 20_000 });
    const all = await results();
    expect(all.every(({ outcome }) => outcome.status === 'SUCCEEDED')).toBe(true);
    expect(cloud.crowded).toEqual([]);
    expect(cloud.starts).toHaveLength(9);
  });

  test('a list that fails in passing is not needed: the start shows it', async () => {
    let finds = 0;
    const { results, cloud } = createEngine({
      grants: assignmentsOn(5, 5),
      failing: { find: () => ((finds += 1) === 1 ? throttled : null) },
    });
    expect((await results()).every(({ outcome }) => outcome.status === 'SUCCEEDED')).toBe(true);
    expect(cloud.starts).toHaveLength(5);
  });

  test('and cannot be listed causes one warning, and is not requested again', async () => {
    const { results, cloud, log } = createEngine({ grants: assignmentsOn(30, 30), failing: { find: () => denied } });
    expect((await results()).every(({ outcome }) => outcome.status === 'SUCCEEDED')).toBe(true);
    expect(log.at('warning')).toHaveLength(1);
    expect(cloud.calls.find).toBe(1);
  });

  test('is not looked for in a dry run', async () => {
    const { run, cloud } = createEngine({ grants: assignmentsOn(5, 5) });
    await run({ dryRun: true });
    expect(cloud.calls).toMatchObject({ find: 0, read: 1 });
  });
});
