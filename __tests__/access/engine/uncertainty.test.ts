import { describe, expect, test } from '@jest/globals';

import type { Cloud } from '../../../src/access/cloud.ts';
import { isGreen } from '../../../src/access/outcome.ts';
import { Refusal, type FailureKind } from '../../../src/access/errors.ts';
import { atOnce, cancelled, createEngine } from './engine.ts';
import { refuse, type Answer } from '../fake-cloud.ts';
import { cloudError } from '../fixtures.ts';

const lost: Answer = { kind: 'lose', error: cloudError('unreachable', { requestId: null }) };
const lostFiveTimes = Array.from({ length: 5 }, () => lost);
const neverCarriedOut: readonly Answer[] = lostFiveTimes.map(({ error }) => ({ kind: 'refuse', error }));
/** Only reads can show what became of a call here, and they lag by a minute. */
const blind = { ...atOnce, readLag: 60_000 } as const;

describe('a lost answer where nothing is listed and reads lag', () => {
  test('is followed by the same request, which finds it done', async () => {
    const { result, cloud } = createEngine({ ...blind, answers: [lost] });
    expect((await result()).outcome).toMatchObject({ status: 'SUCCEEDED', changed: true });
    expect(cloud.starts).toHaveLength(2);
  });

  test.each<FailureKind>(['denied', 'invalid', 'quota'])(
    'stays unknown where the same request is then refused (%s): the first can have been carried out',
    async (kind) => {
      const { result, cloud } = createEngine({ ...blind, answers: [lost, refuse(kind)] });
      const got = await result();
      expect(cloud.truth()).toBe('current');
      expect(got.outcome).toMatchObject({
        status: 'IN_PROGRESS',
        requestId: null,
        reason: expect.stringContaining(kind),
      });
      expect(isGreen(got, true)).toBe(false);
    },
  );

  test('stays unknown where nothing more can be sent, as without a sign-in', async () => {
    const refusal: Answer = { kind: 'refuse', error: new Refusal('The sign-in is refused.', 'Look at the trust.') };
    const { outcome } = createEngine({ ...blind, answers: [lost, refusal] });
    expect(await outcome()).toMatchObject({ status: 'IN_PROGRESS', requestId: null });
  });

  test('stays unknown where it is canceled while a later try waits', async () => {
    const { outcome, cancelAt } = createEngine({ ...blind, answers: [lost, refuse('throttled')], random: () => 0.9 });
    cancelAt(7_600);
    expect(await outcome()).toMatchObject({
      status: 'IN_PROGRESS',
      requestId: null,
      reason: `${lost.error.message}. Its result is unknown, because looking for it failed: ${cancelled.message}.`,
    });
  });

  test('is not in doubt where operations can be listed and none is listed', async () => {
    const notCarriedOut: Answer = { kind: 'refuse', error: cloudError('unreachable', { requestId: null }) };
    const { outcome } = createEngine({ answers: [notCarriedOut, refuse('denied')] });
    expect(await outcome()).toMatchObject({ status: 'FAILED', changed: false, failure: { kind: 'denied' } });
  });

  test('is looked for no faster than looking goes: where turns are rare, others need them', async () => {
    const notCarriedOut: Answer = { kind: 'refuse', error: cloudError('unreachable', { requestId: null }) };
    const times: number[] = [];
    const engine = createEngine({
      answers: [notCarriedOut],
      latency: 3_000,
      failing: {
        find: () => {
          times.push(engine.clock.elapsed());
          return null;
        },
      },
    });
    expect(await engine.outcome()).toMatchObject({ status: 'SUCCEEDED', changed: true });
    // The first list was for operations in progress before the start.
    const looks = times.slice(1);
    // One list at once, and one when the time to wait is over.
    expect(looks).toHaveLength(2);
    expect((looks[1] ?? 0) - (looks[0] ?? 0)).toBeGreaterThanOrEqual(7_500);
  });

  test('is not in doubt for longer than reads can lag: a later refusal is FAILED', async () => {
    const notCarriedOut: Answer = { kind: 'refuse', error: cloudError('unreachable', { requestId: null }) };
    const { outcome } = createEngine({
      ...atOnce,
      visibleWithinMs: 10_000,
      random: () => 1,
      answers: [notCarriedOut, refuse('replicating'), refuse('denied')],
    });
    expect(await outcome()).toMatchObject({ status: 'FAILED', changed: false, failure: { kind: 'denied' } });
  });

  test('that a read finds reports the ID from the read', async () => {
    const { result } = createEngine({ ...atOnce, readLag: 1_000, answers: [lost] });
    expect(await result()).toMatchObject({ outcome: { status: 'SUCCEEDED', changed: true }, seen: atOnce.seen });
  });

  test('and an answer that came and could not be read keeps its request ID', async () => {
    const unreadable: Answer = { kind: 'lose', error: cloudError('unavailable', { requestId: 'req-7' }) };
    const { outcome } = createEngine({ ...atOnce, answers: [unreadable] });
    expect(await outcome()).toMatchObject({
      status: 'SUCCEEDED',
      changed: true,
      requestId: 'req-7',
      remark: expect.stringContaining('could not be read'),
    });
  });
});

describe('an answer that is lost five times where nothing is listed', () => {
  test('is waited for until reads would show it: it is there', async () => {
    const { result, cloud, clock } = createEngine({ ...blind, answers: lostFiveTimes });
    expect(await result()).toMatchObject({
      outcome: {
        status: 'SUCCEEDED',
        changed: true,
        requestId: null,
        remark: expect.stringContaining(lost.error.message),
      },
      seen: blind.seen,
    });
    expect(cloud.starts).toHaveLength(5);
    expect(clock.elapsed()).toBeGreaterThanOrEqual(blind.readLag);
  });

  test('is FAILED where nothing shows for as long as reads may lag', async () => {
    const { outcome, cloud, clock } = createEngine({ ...blind, answers: neverCarriedOut });
    expect(await outcome()).toMatchObject({ status: 'FAILED', changed: false, failure: { kind: 'unreachable' } });
    expect(cloud.truth()).toBe('absent');
    const last = cloud.starts.at(-1)?.at ?? 0;
    expect(clock.now() - last).toBeGreaterThanOrEqual(blind.visibleWithinMs);
  });

  test('stays unknown where there is no time to check', async () => {
    const { result, cloud, clock } = createEngine({ ...blind, answers: lostFiveTimes, timeoutMs: 100_000 });
    const got = await result();
    expect(cloud.truth()).toBe('current');
    expect(got.outcome).toMatchObject({ status: 'IN_PROGRESS', requestId: null });
    expect(isGreen(got, true)).toBe(false);
    expect(clock.elapsed()).toBeLessThanOrEqual(100_000);
  });

  test('stays unknown where it is canceled meanwhile', async () => {
    const { outcome, cancelAt, cloud } = createEngine({ ...blind, answers: neverCarriedOut });
    cancelAt(60_000);
    expect(await outcome()).toMatchObject({
      status: 'IN_PROGRESS',
      requestId: null,
      reason: expect.stringContaining(lost.error.message),
    });
    expect(cloud.starts).toHaveLength(5);
  });

  test('and whose last look fails stays unknown, however long that took', async () => {
    const engine = createEngine({ ...blind, answers: lostFiveTimes, timeoutMs: 3_600_000 });
    const { cloud, clock } = engine;
    const read = cloud.read.bind(cloud);
    const slowToFail: Cloud['read'] = async (grants, budget) => {
      const last = cloud.starts[4]?.at ?? Number.POSITIVE_INFINITY;
      if (clock.now() < last + 8_000) return read(grants, budget);
      await clock.sleep(300_000, budget.signal);
      throw cloudError('unavailable');
    };
    Object.assign(cloud, { read: slowToFail });
    expect(await engine.outcome()).toMatchObject({ status: 'IN_PROGRESS', requestId: null });
    expect(cloud.truth()).toBe('current');
  });
});
