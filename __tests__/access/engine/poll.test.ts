import { describe, expect, test } from '@jest/globals';

import type { Budget } from '../../../src/access/clock.ts';
import type { Cloud, Operation } from '../../../src/access/cloud.ts';
import type { FailureKind } from '../../../src/access/errors.ts';
import { createPoller, pollDelay } from '../../../src/access/engine/poll.ts';
import { createFakeCloud, type FakeCloudOptions } from '../fake-cloud.ts';
import { assignment, cloudError } from '../fixtures.ts';
import { createFakeClock, epoch } from '../fake-clock.ts';
import { createFakeLog } from '../fake-log.ts';

const change = { kind: 'create', grant: assignment, seen: null } as const;
const operation: Operation = {
  change,
  requestId: 'op-1',
  call: 'Start-create',
  assignmentId: null,
  state: 'IN_PROGRESS',
};
const never = new AbortController().signal;

function setUp(takes: number, over: Partial<FakeCloudOptions> = {}, random: () => number = () => 0.5) {
  const clock = createFakeClock();
  const cloud = createFakeCloud({ clock, grants: [assignment], standing: 'absent', ...over });
  cloud.startElsewhere(change, 'op-1', { takes });
  const log = createFakeLog();
  const poller = createPoller({ cloud, clock, random }, 1);
  return {
    clock,
    cloud,
    log,
    awaitEnd: (budget: Budget) => clock.during(poller.awaitEnd(operation, budget, log)),
    budget: (ms: number, signal = never): Budget => ({ until: epoch + ms, signal }),
  };
}

const gaps = (times: readonly number[]): readonly number[] =>
  times.slice(1).map((time, index) => time - (times[index] ?? 0));

describe('pollDelay', () => {
  const extremes = [0, 0.5, 1 - Number.EPSILON];

  test('the first wait is half a second', () => {
    for (const random of extremes) expect(pollDelay(0, () => random)).toBe(500);
  });

  test('for 20 s the waits are at most 1.1 s and never a busy loop', () => {
    for (let elapsed = 500; elapsed < 20_000; elapsed += 50) {
      for (const random of extremes) {
        const delay = pollDelay(elapsed, () => random);
        expect(delay).toBeLessThanOrEqual(1_100);
        expect(delay).toBeGreaterThanOrEqual(500);
      }
    }
  });

  test('then they grow to 5 s at most, with jitter', () => {
    for (let elapsed = 20_000; elapsed < 3_600_000; elapsed += 977) {
      const delays = extremes.map((random) => pollDelay(elapsed, () => random));
      expect(Math.max(...delays)).toBeLessThanOrEqual(5_000);
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(500);
      expect(new Set(delays).size).toBe(3);
    }
    expect(pollDelay(3_600_000, () => 1 - Number.EPSILON)).toBe(5_000);
  });
});

describe('awaitEnd', () => {
  test('asks after 0.5 s, then at most 1.1 s apart for 20 s, then at most 5 s apart', async () => {
    for (const random of [0, 0.5, 1 - Number.EPSILON]) {
      const { cloud, awaitEnd, budget } = setUp(240_000, {}, () => random);
      expect((await awaitEnd(budget(300_000))).state).toBe('SUCCEEDED');
      expect(cloud.asked[0]).toBe(500);
      const early = cloud.asked.filter((time) => time <= 20_000);
      expect(Math.max(...gaps(early))).toBeLessThanOrEqual(1_100);
      expect(early.length).toBeGreaterThanOrEqual(18);
      expect(Math.max(...gaps(cloud.asked))).toBeLessThanOrEqual(5_000);
    }
  });

  test('an operation that has ended is not asked about', async () => {
    const { clock, cloud, log } = setUp(0);
    const ended: Operation = { ...operation, state: 'SUCCEEDED' };
    const poller = createPoller({ cloud, clock, random: () => 0.5 }, 1);
    expect(await poller.awaitEnd(ended, { until: epoch, signal: never }, log)).toBe(ended);
    expect(cloud.asked).toEqual([]);
  });

  test("a FAILED operation has the cloud's words", async () => {
    const { awaitEnd, budget } = setUp(0, {
      course: { ending: { state: 'FAILED', reason: 'no such principal', hint: 'check principal' } },
    });
    expect(await awaitEnd(budget(60_000))).toMatchObject({
      state: 'FAILED',
      reason: 'no such principal',
      hint: 'check principal',
      requestId: 'op-1',
    });
  });

  test('a spent budget returns the last seen state, and does not overrun', async () => {
    const { clock, awaitEnd, budget } = setUp(600_000);
    expect((await awaitEnd(budget(60_000))).state).toBe('IN_PROGRESS');
    expect(clock.elapsed()).toBeLessThanOrEqual(60_000);
    expect(clock.elapsed()).toBeGreaterThanOrEqual(55_000);
  });

  test('says from time to time that it still waits', async () => {
    const { awaitEnd, budget, log } = setUp(60_000);
    await awaitEnd(budget(300_000));
    expect(log.lines.length).toBeGreaterThanOrEqual(2);
    expect(log.lines.length).toBeLessThanOrEqual(4);
    expect(log.lines[0]).toMatch(/^info: Start-create is IN_PROGRESS after 1[5-9] s\.$/u);
  });

  test.each<FailureKind>(['throttled', 'busy', 'unavailable', 'unreachable'])(
    'continues when a question ends in %s: the operation runs regardless',
    async (kind) => {
      const { clock, awaitEnd, budget } = setUp(50_000, {
        failing: { ask: () => (clock.elapsed() < 45_000 ? cloudError(kind) : null) },
      });
      expect((await awaitEnd(budget(120_000))).state).toBe('SUCCEEDED');
    },
  );

  test('a request ID that is unknown at first is asked about again', async () => {
    const { clock, awaitEnd, budget } = setUp(3_000, {
      failing: { ask: () => (clock.elapsed() < 29_000 ? cloudError('not-found') : null) },
    });
    expect((await awaitEnd(budget(120_000))).state).toBe('SUCCEEDED');
  });

  test('a request ID that stays unknown is an error after about 30 s', async () => {
    const unknown = cloudError('not-found');
    const { clock, awaitEnd, budget } = setUp(3_000, { failing: { ask: () => unknown } });
    await expect(awaitEnd(budget(120_000))).rejects.toBe(unknown);
    expect(clock.elapsed()).toBeGreaterThanOrEqual(30_000);
    expect(clock.elapsed()).toBeLessThanOrEqual(36_000);
  });

  test.each<FailureKind>(['replicating', 'unknown-role', 'exists', 'denied', 'invalid', 'quota', 'other'])(
    '%s is final',
    async (kind) => {
      const error = cloudError(kind);
      const { cloud, awaitEnd, budget } = setUp(3_000, { failing: { ask: () => error } });
      await expect(awaitEnd(budget(120_000))).rejects.toBe(error);
      expect(cloud.asked).toHaveLength(1);
    },
  );

  test('one slow answer does not make it look away: the next question comes soon after', async () => {
    const { clock, cloud, log, budget } = setUp(100_000);
    let asked = 0;
    const slowOnce: Cloud = {
      ...cloud,
      async ask(operations, within) {
        asked += 1;
        if (asked === 2) await clock.sleep(80_000, within.signal);
        return cloud.ask(operations, within);
      },
    };
    const poller = createPoller({ cloud: slowOnce, clock, random: () => 0.5 }, 1);
    const ended = await clock.during(poller.awaitEnd(operation, budget(300_000), log));
    expect(ended.state).toBe('SUCCEEDED');
    expect(clock.elapsed()).toBeLessThanOrEqual(130_000);
  });

  test('where answers take their time, questions are further apart: most requests are for others', async () => {
    const { cloud, awaitEnd, budget } = setUp(30_000, { latency: 1_000 });
    expect((await awaitEnd(budget(300_000))).state).toBe('SUCCEEDED');
    for (const gap of gaps(cloud.asked)) expect(gap).toBeGreaterThanOrEqual(4_000);
  });

  test("a canceled wait ends at once with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const { clock, awaitEnd, budget } = setUp(60_000);
    clock.at(7_250, () => {
      controller.abort(reason);
    });
    await expect(awaitEnd(budget(120_000, controller.signal))).rejects.toBe(reason);
    expect(clock.elapsed()).toBe(7_250);
  });
});
