import { describe, expect, test } from '@jest/globals';

import { whileAnswered, type Budget } from '../../../src/access/clock.ts';
import { Cancelled, Refusal, type FailureKind } from '../../../src/access/errors.ts';
import { createRequests, type Requests, type RequestTools, type Sending } from '../../../src/access/engine/requests.ts';
import { createFakeClock, epoch, type FakeClock } from '../fake-clock.ts';
import { createFakeLog } from '../fake-log.ts';
import { failure } from '../fixtures.ts';

/** Error that a transport throws here: `classify` reads its `kind`. */
class RawError extends Error {
  readonly kind: FailureKind;
  constructor(kind: FailureKind) {
    super(kind);
    this.kind = kind;
  }
}

interface Rig {
  readonly clock: FakeClock;
  readonly requests: Requests;
  readonly budget: Budget;
  /** Sends so many at once in one bucket, and says when each went out, in milliseconds from then on. */
  readonly many: (count: number, over?: Partial<Sending<void>>) => Promise<readonly number[]>;
  /** Sends one that is answered with an error. */
  readonly refused: (error: Error, over?: Partial<Sending<void>>) => Promise<void>;
}

function setUp(over: Partial<RequestTools> = {}, timeoutMs = 3_600_000): Rig {
  const clock = createFakeClock();
  const requests = createRequests({
    clock,
    log: createFakeLog(),
    random: () => 0.5,
    quotas: { test: { perSecond: 10, burst: 2 }, other: { perSecond: 1, burst: 1 } },
    requestsPerSecond: null,
    requestIdOf: () => null,
    classify: (error, operation) => failure(error instanceof RawError ? error.kind : 'other', { operation }),
    ...over,
  });
  const budget: Budget = { until: epoch + timeoutMs, signal: new AbortController().signal };
  const sending = { operation: 'test:Read', quota: 'test', budget } as const;
  return {
    clock,
    requests,
    budget,
    async many(count, more = {}) {
      const began = clock.elapsed();
      const times: number[] = [];
      const send = async (): Promise<void> => {
        times.push(clock.elapsed() - began);
        await Promise.resolve();
      };
      const all = Array.from({ length: count }, () => requests.once({ ...sending, send, ...more }));
      await clock.during(Promise.allSettled(all));
      return times;
    },
    async refused(error, more = {}) {
      const send = (): Promise<void> => Promise.reject(error);
      await expect(clock.during(requests.once({ ...sending, send, ...more }))).rejects.toBeInstanceOf(Error);
    },
  };
}

describe('the pace', () => {
  test('all requests of one quota share it', async () => {
    expect(await setUp().many(5)).toEqual([0, 0, 100, 200, 300]);
  });

  test('quotas have their own', async () => {
    const rig = setUp();
    const [one, other] = await Promise.all([rig.many(4), rig.many(3, { quota: 'other' })]);
    expect(one).toEqual([0, 0, 100, 200]);
    expect(other).toEqual([0, 1_000, 2_000]);
  });

  test('one quota has a bucket for each of its holders, and one for those without', async () => {
    const rig = setUp();
    const all = await Promise.all([rig.many(3), rig.many(3, { bucket: 'one' }), rig.many(3, { bucket: 'two' })]);
    expect(all).toEqual(Array(3).fill([0, 0, 100]));
    expect((await rig.many(1, { bucket: 'one' }))[0]).toBeGreaterThan(0);
  });

  test('a throttle in one bucket does not slow the others', async () => {
    const rig = setUp();
    await rig.refused(new RawError('throttled'), { bucket: 'one' });
    expect(await rig.many(2, { bucket: 'one' })).toEqual([200, 400]);
    expect(await rig.many(2, { bucket: 'two' })).toEqual([0, 0]);
  });

  test('requests without a quota are not paced', async () => {
    expect(await setUp().many(50, { quota: 'none' })).toEqual(Array(50).fill(0));
  });

  test('requestsPerSecond lowers each bucket, and never raises one', async () => {
    const times = await setUp({ requestsPerSecond: 4 }).many(20);
    for (const from of times)
      expect(times.filter((time) => time >= from && time < from + 1_000).length).toBeLessThanOrEqual(4);
    expect(await setUp({ requestsPerSecond: 1_000 }).many(4)).toEqual([0, 0, 100, 200]);
  });

  test('a request whose turn comes after the time limit is not sent, and reports that', async () => {
    const { requests, clock, budget } = setUp({}, 1_050);
    let sent = 0;
    const send = (): Promise<void> => {
      sent += 1;
      return Promise.resolve();
    };
    const sending = { operation: 'test:Start', quota: 'test', budget, send };
    const answers = await clock.during(Promise.allSettled(Array.from({ length: 30 }, () => requests.once(sending))));
    // Two at once, and ten a second.
    expect(sent).toBe(12);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(12);
    expect(answers.at(-1)).toMatchObject({
      reason: { failure: { kind: 'throttled', code: 'NotSent', requestId: null, operation: 'test:Start' } },
    });
    expect(clock.elapsed()).toBeLessThanOrEqual(1_050);
  });

  test('slows down at the first throttled answer', async () => {
    const rig = setUp();
    await rig.refused(new RawError('throttled'));
    const times = await rig.many(10);
    expect(times.at(-1)).toBeGreaterThan(1.3 * ((await setUp().many(11)).at(-1) ?? 0));
  });

  // One busy place delays no other place.
  test.each([
    new RawError('busy'),
    new RawError('denied'),
    new RawError('unavailable'),
    new Refusal('no', 'hint'),
    new TypeError('a bug'),
  ])('does not slow down at %s', async (error) => {
    const rig = setUp();
    await rig.refused(error);
    expect(await rig.many(3)).toEqual([0, 100, 200]);
  });
});

describe("the cloud's report of the rest", () => {
  const saying = (...said: (number | null)[]): Partial<RequestTools> => ({ remainingOf: () => said.shift() ?? null });

  test('is heeded at once', async () => {
    const rig = setUp({ quotas: { test: { perSecond: 10, burst: 200 } }, ...saying(3) });
    expect(await rig.many(1)).toEqual([0]);
    expect(await rig.many(6)).toEqual([0, 0, 0, 100, 200, 300]);
  });

  test('concerns the bucket that was asked, and no other', async () => {
    const rig = setUp({ quotas: { test: { perSecond: 10, burst: 200 } }, ...saying(0) });
    await rig.many(1, { bucket: 'one' });
    expect(await rig.many(2, { bucket: 'two' })).toEqual([0, 0]);
    expect(await rig.many(2, { bucket: 'one' })).toEqual([100, 200]);
  });

  test('is reported through the signal of the request', async () => {
    const signals: AbortSignal[] = [];
    const sent: AbortSignal[] = [];
    const rig = setUp({
      remainingOf: (signal) => {
        signals.push(signal);
        return null;
      },
    });
    await rig.many(2, {
      send: (signal) => {
        sent.push(signal);
        return Promise.resolve();
      },
    });
    expect(signals).toEqual(sent);
    expect(signals[0]).not.toBe(signals[1]);
  });
});

describe('a budget that lasts while answers come', () => {
  const never = new AbortController().signal;

  test('ends after a time without an answer', () => {
    const clock = createFakeClock();
    expect(whileAnswered(120_000, 1_800_000, clock, never).until).toBe(epoch + 120_000);
  });

  test('continues with each answer, and ends at the latest at its limit', async () => {
    const clock = createFakeClock();
    const budget = whileAnswered(120_000, 300_000, clock, never);
    for (const [elapsed, until] of [
      [100_000, 220_000],
      [200_000, 300_000],
      [290_000, 300_000],
    ] as const) {
      await clock.during(clock.sleep(elapsed - clock.elapsed(), never));
      budget.onAnswer?.();
      expect(budget.until).toBe(epoch + elapsed + (until - elapsed));
    }
  });

  test('counts each good answer and no bad one', async () => {
    const rig = setUp();
    let answers = 0;
    const budget: Budget = { ...rig.budget, onAnswer: () => (answers += 1) };
    await rig.many(3, { budget });
    await rig.refused(new RawError('denied'), { budget });
    await rig.refused(new Cancelled('stop'), { budget });
    expect(answers).toBe(3);
  });

  test('carries a sweep over its quiet time, one slow page after the other', async () => {
    const { clock, requests } = setUp({ quotas: {} });
    const budget = whileAnswered(15_000, 3_600_000, clock, never);
    const page = (): Promise<void> =>
      requests.read({ operation: 'test:List', quota: 'none', budget, send: (signal) => clock.sleep(9_000, signal) });
    const sweep = async (): Promise<void> => {
      for (let pages = 0; pages < 10; pages += 1) await page();
    };
    await clock.during(sweep());
    expect(clock.elapsed()).toBe(90_000);
  });

  test('ends a sweep that gets no answer', async () => {
    const { clock, requests } = setUp({ quotas: {} });
    const budget = whileAnswered(120_000, 3_600_000, clock, never);
    const reading = requests.read({
      operation: 'test:List',
      quota: 'none',
      budget,
      send: () => Promise.reject(new RawError('unavailable')),
    });
    await expect(clock.during(reading)).rejects.toMatchObject({ failure: { kind: 'unavailable' } });
    expect(clock.elapsed()).toBeLessThanOrEqual(120_000);
  });
});

describe('a turn that is waited for before', () => {
  const send = (): Promise<void> => Promise.resolve();

  test("is the request's own: it does not wait for another", async () => {
    const rig = setUp();
    const turn = await rig.requests.turn({ quota: 'test' }, rig.budget);
    if (turn === null) throw new Error('no turn');
    // One is left in the bucket.
    const others = rig.many(3);
    const own = await rig.many(1, { budget: { ...rig.budget, turn } });
    expect([own, await others]).toEqual([[0], [0, 100, 200]]);
  });

  test('serves one request of its own quota only', async () => {
    const rig = setUp();
    const turn = await rig.requests.turn({ quota: 'test' }, rig.budget);
    if (turn === null) throw new Error('no turn');
    const budget = { ...rig.budget, turn };
    expect(await rig.many(2, { quota: 'other', budget })).toEqual([0, 1_000]);
    expect(await rig.many(4, { bucket: 'one', budget })).toEqual([0, 0, 100, 200]);
    expect(turn.counts('test ')).toBe(true);
    expect(await rig.many(1, { budget })).toEqual([0]);
    expect(turn.counts('test ')).toBe(false);
  });

  test('that is released goes to the next in the queue', async () => {
    const rig = setUp();
    const turns = [
      await rig.requests.turn({ quota: 'test' }, rig.budget),
      await rig.requests.turn({ quota: 'test' }, rig.budget),
    ];
    const waiting = rig.many(3);
    for (const turn of turns) {
      turn?.release();
      turn?.release();
    }
    expect(await waiting).toEqual([0, 0, 100]);
  });

  test('does not count once the cloud has throttled, and does not fill an empty bucket', async () => {
    const rig = setUp();
    const turn = await rig.requests.turn({ quota: 'test' }, rig.budget);
    if (turn === null) throw new Error('no turn');
    await rig.refused(new RawError('throttled'));
    expect(turn.counts('test ')).toBe(false);
    turn.release();
    // Half of the rate is others' now.
    expect((await rig.many(1))[0]).toBeGreaterThan(0);
  });

  test('does not come where the budget ends before', async () => {
    const rig = setUp();
    await rig.many(2, { send });
    const short = { ...rig.budget, until: rig.clock.now() + 50 };
    expect(await rig.clock.during(rig.requests.turn({ quota: 'test' }, short))).toBeNull();
  });
});

test('a request that is too late at its turn uses no turn of those behind it', async () => {
  const rig = setUp();
  await rig.many(2);
  const late = { ...rig.budget, sendBy: rig.clock.mono() + 50 };
  const [unsent, behind] = await Promise.all([rig.many(5, { budget: late }), rig.many(2)]);
  expect([unsent, behind]).toEqual([[], [100, 200]]);
});
