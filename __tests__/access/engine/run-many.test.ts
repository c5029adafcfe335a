import { describe, expect, test } from '@jest/globals';

import type { Change } from '../../../src/access/cloud.ts';
import type { FailureKind } from '../../../src/access/errors.ts';
import { worstStatus, type Result } from '../../../src/access/outcome.ts';
import { createEngine, type Engine, type EngineOptions } from './engine.ts';
import { refuse, type Answer } from '../fake-cloud.ts';
import { assignmentOf, assignmentsOn, cloudError, conflict, keyOf, lost } from '../fixtures.ts';

const limits = { inFlight: 100, outstanding: { create: 5 } } as const;
const laneOf = ({ grant }: Change): string => grant.target.id;

/** Creations on as many places, five at once, one at a time on each place. */
function createMany(many: number, places: number, over: EngineOptions = {}): Engine {
  return createEngine({ grants: assignmentsOn(many, places), limits, laneOf, latency: 50, ...over });
}

/** An answer for the changes on one place. */
const onPlace =
  (place: string, answer: (tries: number) => Answer | null) =>
  (change: Change, tries: number): Answer | null =>
    change.grant.target.id === place ? answer(tries) : null;

function split(results: readonly Result[], place: string): readonly [readonly Result[], readonly Result[]] {
  const isThere = ({ grant }: Result): boolean => grant.target.id === place;
  return [results.filter(isThere), results.filter((it) => !isThere(it))];
}

describe('one bad grant stops nothing', () => {
  test.each<FailureKind>(['denied', 'invalid', 'quota', 'not-found', 'other'])(
    "a start that is %s is FAILED with the cloud's answer, all others are done (Many)",
    async (kind) => {
      const { results } = createMany(40, 20, { answers: onPlace('t-7', () => refuse(kind)) });
      const all = await results();
      const [bad, good] = split(all, 't-7');
      expect(bad).toHaveLength(2);
      for (const { outcome } of bad) expect(outcome).toMatchObject({ status: 'FAILED', failure: { kind } });
      for (const { outcome } of good) expect(outcome).toMatchObject({ status: 'SUCCEEDED', changed: true });
      expect(worstStatus(all)).toBe('FAILED');
    },
  );

  test('and neither does one that ends FAILED, exists with other properties, or meets a bug of this action', async () => {
    const { results } = createMany(40, 40, {
      standing: ({ target }) => (target.id === 't-1' ? 'conflicting' : 'absent'),
      course: ({ grant: { target } }) =>
        target.id === 't-2' ? { ending: { state: 'FAILED', reason: 'no luck' } } : { takes: 4_000 },
      answers: onPlace('t-3', () => ({ kind: 'refuse', error: new TypeError('a bug') })),
    });
    const all = await results();
    expect(all[1]?.outcome).toMatchObject({ status: 'FAILED', reason: conflict.reason });
    expect(all[2]?.outcome).toMatchObject({ status: 'FAILED', reason: 'no luck' });
    // It was out when it happened.
    expect(all[3]?.outcome).toMatchObject({ status: 'IN_PROGRESS', reason: expect.stringContaining('a bug') });
    for (const [index, { outcome }] of all.entries())
      if (index === 0 || index > 3) expect(outcome.status).toBe('SUCCEEDED');
  });

  test('a denied read-back on one place leaves only those unknown', async () => {
    let started = false;
    const { results, cloud } = createMany(30, 10, {
      readTogether: ({ target }) => target.id,
      course: { takes: 4_000 },
      failing: {
        read: (about) => {
          const isPlace = about.some(({ target }) => target.id === 't-4');
          const error = started && isPlace ? cloudError('denied', { operation: 'test:Read' }) : null;
          started = true;
          return error;
        },
      },
    });
    const [bad, good] = split(await results(), 't-4');
    for (const { outcome } of bad)
      expect(outcome).toMatchObject({ status: 'IN_PROGRESS', requestId: expect.any(String) });
    for (const { outcome } of good) expect(outcome.status).toBe('SUCCEEDED');
    expect(cloud.starts).toHaveLength(30);
  });

  test('conflicts on one place delay no other place', async () => {
    const usual = createMany(60, 20);
    await usual.run();
    const { run, clock, cloud } = createMany(60, 20, {
      answers: onPlace('t-0', (tries) => (tries < 6 ? refuse('busy') : null)),
    });
    const { results } = await run();
    const elsewhere = split(results, 't-0')[1];
    expect(results.every(({ outcome }) => outcome.status === 'SUCCEEDED')).toBe(true);
    const last =
      Math.max(...elsewhere.map(({ endedAt }) => endedAt)) - Math.min(...elsewhere.map(({ startedAt }) => startedAt));
    expect(last).toBeLessThanOrEqual(1.5 * usual.clock.elapsed());
    expect(clock.elapsed()).toBeGreaterThan(last);
    expect(cloud.crowded).toEqual([]);
  });

  test.each([
    [40, 1],
    [40, 2],
    [400, 1],
    [400, 2],
  ])(
    'many do not delay one: on %d places, one that was refused %d times gets its turn in time',
    async (places, times) => {
      const { results, cloud } = createMany(400, places, {
        timeoutMs: 60_000,
        answers: onPlace('t-0', (tries) => (tries <= times ? refuse('busy') : null)),
      });
      const all = await results();
      expect(all.filter(({ outcome }) => outcome.status !== 'SUCCEEDED')).toEqual([]);
      expect(cloud.crowded).toEqual([]);
    },
  );

  test('and neither do many others that change many places', async () => {
    const usual = createMany(170, 85, {
      course: { takes: 2_000 },
      limits: { inFlight: 100, outstanding: { create: 15 } },
    });
    await usual.run();
    const { results, cloud } = createMany(200, 100, {
      course: { takes: 2_000 },
      limits: { inFlight: 100, outstanding: { create: 15 } },
    });
    for (let place = 0; place < 15; place += 1) {
      const theirs: Change = { kind: 'remove', grant: assignmentOf(1_000 + place, place), seen: null };
      cloud.startElsewhere(theirs, `theirs-${place}`, { takes: 60_000 });
    }
    const all = await results();
    expect(all.every(({ outcome }) => outcome.status === 'SUCCEEDED')).toBe(true);
    const free = all.filter(({ grant }) => Number(grant.target.id.slice(2)) >= 15);
    const began = Math.min(...all.map(({ startedAt }) => startedAt));
    expect(Math.max(...free.map(({ endedAt }) => endedAt)) - began).toBeLessThanOrEqual(2 * usual.clock.elapsed());
  });

  test('and neither does another job that works there for minutes', async () => {
    const { results, cloud, clock } = createMany(20, 10, { timeoutMs: 60_000 });
    const theirs = { kind: 'create', grant: assignmentOf(99, 0), seen: null } as const;
    cloud.startElsewhere(theirs, 'theirs', { takes: 600_000 });
    const all = await results();
    const [bad, good] = split(all, 't-0');
    for (const { outcome } of bad) expect(outcome).toMatchObject({ status: 'FAILED', failure: { kind: 'busy' } });
    for (const { outcome } of good) expect(outcome.status).toBe('SUCCEEDED');
    expect(Math.max(...good.map(({ endedAt, startedAt }) => endedAt - startedAt))).toBeLessThan(20_000);
    // One after the other, each with a minute of its own.
    expect(clock.elapsed()).toBeLessThanOrEqual(130_000);
  });
});

describe('existing operations and access', () => {
  test('operations in progress are adopted, each by its own grant, with one look', async () => {
    const { results, cloud, started } = createMany(30, 30);
    for (const place of [3, 5, 8]) {
      const theirs: Change = { kind: 'create', grant: assignmentOf(place), seen: null };
      cloud.startElsewhere(theirs, `theirs-${place}`, { takes: 20_000 });
    }
    const all = await results();
    for (const place of [3, 5, 8])
      expect(all[place]?.outcome).toMatchObject({ status: 'SUCCEEDED', changed: true, requestId: `theirs-${place}` });
    // The other jobs' operations use room too, so the cloud refused some of this run's at first.
    expect(cloud.operations).toHaveLength(30);
    expect(cloud.starts.filter(({ grant }) => ['t-3', 't-5', 't-8'].includes(grant.target.id))).toEqual([]);
    expect(cloud.calls.find).toBeLessThanOrEqual(8);
    expect(new Set(started).size).toBe(30);
  });

  test('a lost answer in the middle is found, and nothing is started twice', async () => {
    const { results, cloud } = createMany(40, 40, {
      answers: onPlace('t-20', (tries) => (tries === 1 ? { kind: 'lose', error: lost } : null)),
    });
    const all = await results();
    expect(all.every(({ outcome }) => outcome.status === 'SUCCEEDED' && outcome.changed)).toBe(true);
    expect(cloud.starts).toHaveLength(40);
    expect(cloud.operations).toHaveLength(40);
  });

  test('kept and changed grants run side by side, and the kept ones do not wait', async () => {
    const { results, cloud, clock } = createMany(300, 30, {
      standing: ({ target }) => (Number(target.id.slice(2)) < 15 ? 'current' : 'absent'),
    });
    const all = await results();
    const kept = all.filter(({ action }) => action === 'keep');
    expect(kept).toHaveLength(150);
    for (const { endedAt, startedAt, outcome } of kept) {
      expect(outcome).toMatchObject({ status: 'SUCCEEDED', changed: false });
      expect(endedAt - startedAt).toBeLessThan(2_000);
    }
    expect(cloud.starts).toHaveLength(150);
    expect(clock.elapsed()).toBeGreaterThan(60_000);
  });

  test('thousands that are kept are read again in parts, each place once', async () => {
    const reads: (readonly string[])[] = [];
    const { results } = createMany(6_000, 80, {
      standing: 'current',
      readTogether: ({ target }) => target.id,
      failing: {
        read: (about) => {
          reads.push(about.map(({ target }) => target.id));
          return null;
        },
      },
    });
    const all = await results();
    expect(all.filter(({ outcome }) => outcome.status !== 'SUCCEEDED' || outcome.changed)).toEqual([]);
    const [planned, ...again] = reads;
    expect(planned).toHaveLength(6_000);
    expect(Math.max(...again.map((places) => places.length))).toBeLessThanOrEqual(2_200);
    expect(again.flatMap((places) => [...new Set(places)])).toHaveLength(80);
  });

  test('a kept one that another job changes for long holds up only its own part', async () => {
    const { results, cloud } = createMany(6_000, 80, { standing: 'current', readTogether: ({ target }) => target.id });
    cloud.startElsewhere({ kind: 'remove', grant: assignmentOf(0, 0), seen: null }, 'theirs', { takes: 100_000 });
    const all = await results();
    const late = all.filter(({ startedAt }) => startedAt - (all[0]?.startedAt ?? 0) > 50_000);
    expect(all.filter(({ outcome }) => outcome.status !== 'SUCCEEDED')).toEqual([]);
    expect(late).toEqual([]);
  });

  test('a kept grant that another job removes is made again, in its own lane', async () => {
    const grants = [...assignmentsOn(12, 1)];
    const { results, cloud } = createEngine({
      grants,
      limits,
      laneOf,
      latency: 50,
      standing: (grant) => (keyOf(grant) === keyOf(assignmentOf(3, 0)) ? 'current' : 'absent'),
    });
    cloud.startElsewhere({ kind: 'remove', grant: assignmentOf(3, 0), seen: null }, 'theirs', { takes: 5_000 });
    const all = await results();
    expect(all.every(({ outcome }) => outcome.status === 'SUCCEEDED')).toBe(true);
    expect(cloud.truth(assignmentOf(3, 0))).toBe('current');
    expect(cloud.crowded).toEqual([]);
  });
});

describe('wait: false', () => {
  test('with more than fit at once: all are started, the last are not waited for', async () => {
    const { results, cloud } = createMany(40, 40, { wait: false, course: { takes: 10_000 } });
    const all = await results();
    expect(cloud.starts).toHaveLength(40);
    expect(cloud.crowded).toEqual([]);
    expect(all.every(({ outcome }) => outcome.status !== 'FAILED' && outcome.requestId !== null)).toBe(true);
    expect(all.filter(({ outcome }) => outcome.status === 'IN_PROGRESS').length).toBeGreaterThanOrEqual(1);
    expect(worstStatus(all)).toBe('IN_PROGRESS');
  });

  test('with fewer grants than there is room for, none waits', async () => {
    const { results, clock } = createMany(5, 5, { wait: false, course: { takes: 10_000 } });
    const all = await results();
    for (const { outcome } of all)
      expect(outcome).toMatchObject({ status: 'IN_PROGRESS', requestId: expect.any(String) });
    expect(clock.elapsed()).toBeLessThan(1_000);
  });

  test('several in one lane are all started', async () => {
    const { results, cloud } = createMany(6, 1, { wait: false, course: { takes: 10_000 } });
    const all = await results();
    expect(cloud.starts).toHaveLength(6);
    expect(all.every(({ outcome }) => outcome.status !== 'FAILED')).toBe(true);
    expect(cloud.crowded).toEqual([]);
  });

  test('a refused start is red among many too', async () => {
    const { results } = createMany(20, 20, { wait: false, answers: onPlace('t-19', () => refuse('denied')) });
    expect((await results())[19]?.outcome).toMatchObject({ status: 'FAILED', failure: { kind: 'denied' } });
  });
});
