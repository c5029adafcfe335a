import { describe, expect, test } from '@jest/globals';

import { dispensable, type Budget } from '../../../src/access/clock.ts';
import { Cancelled, CloudError, Refusal, type FailureKind } from '../../../src/access/errors.ts';
import { createRequests, type Requests } from '../../../src/access/engine/requests.ts';
import { failure } from '../fixtures.ts';
import { createFakeClock, epoch, type FakeClock } from '../fake-clock.ts';
import { createFakeLog, type FakeLog } from '../fake-log.ts';

/** Error that a transport throws here: `classify` reads its `kind`. */
class RawError extends Error {
  readonly kind: FailureKind;
  constructor(kind: FailureKind, message = kind as string) {
    super(message);
    this.kind = kind;
  }
}

interface Rig {
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly requests: Requests;
  readonly budget: Budget;
  readonly controller: AbortController;
  /** Time of each try, in milliseconds since the clock's epoch. */
  readonly tries: readonly number[];
  readonly read: (...answers: readonly (string | Error)[]) => Promise<string>;
  /** The same within `dispensable` time. */
  readonly readIfEasy: (...answers: readonly (string | Error)[]) => Promise<string>;
  readonly once: (...answers: readonly (string | Error)[]) => Promise<string>;
}

function setUp(timeoutMs = 120_000, quota = { perSecond: 20, burst: 3 }): Rig {
  const clock = createFakeClock();
  const log = createFakeLog();
  const controller = new AbortController();
  const tries: number[] = [];
  const requests = createRequests({
    clock,
    log,
    random: () => 0.5,
    quotas: { test: quota },
    requestsPerSecond: null,
    requestIdOf: () => 'aws-req-7',
    classify: (error, operation) => {
      if (error instanceof RawError) return failure(error.kind, { operation, message: error.message });
      const name = error instanceof Error ? error.name : 'Unknown';
      return failure(name === 'TimeoutError' ? 'unreachable' : 'other', {
        operation,
        code: name,
        message: String(error),
        requestId: null,
      });
    },
  });
  const budget: Budget = { until: epoch + timeoutMs, signal: controller.signal };
  const sending = (answers: readonly (string | Error)[]) => ({
    operation: 'test:Read',
    quota: 'test',
    budget,
    send: async () => {
      tries.push(clock.elapsed());
      const answer = answers[tries.length - 1] ?? answers.at(-1) ?? '';
      await Promise.resolve();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return {
    clock,
    log,
    requests,
    budget,
    controller,
    tries,
    read: (...answers) => clock.during(requests.read(sending(answers))),
    readIfEasy: (...answers) => clock.during(requests.read({ ...sending(answers), budget: dispensable(budget) })),
    once: (...answers) => clock.during(requests.once(sending(answers))),
  };
}

/** Never answers; ends only when the caller aborts it. */
const silence = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('aborted by the transport'));
    });
  });

describe('read', () => {
  test.each<FailureKind>(['throttled', 'busy', 'replicating', 'unknown-role', 'unavailable', 'unreachable'])(
    '%s is tried again, and each try is logged',
    async (kind) => {
      const { read, tries, log } = setUp();
      expect(await read(new RawError(kind), new RawError(kind), 'answer')).toBe('answer');
      expect(tries).toHaveLength(3);
      expect(log.at('info')).toHaveLength(2);
      expect(log.at('info')[0]).toMatch(
        /^test:Read answered .*Exception: .* \(request ID aws-req-1\)\. Trying again in .* s\.$/u,
      );
    },
  );

  test.each<FailureKind>(['exists', 'denied', 'not-found', 'invalid', 'quota', 'other'])(
    '%s is final',
    async (kind) => {
      const { read, tries } = setUp();
      await expect(read(new RawError(kind))).rejects.toMatchObject({ failure: { kind, operation: 'test:Read' } });
      expect(tries).toHaveLength(1);
    },
  );

  test('that could be done without is given up after ten seconds of faults of the service', async () => {
    const { readIfEasy, tries, clock } = setUp();
    await expect(readIfEasy(new RawError('unavailable', 'the last word'))).rejects.toThrow(/the last word/u);
    expect(tries.length).toBeGreaterThan(3);
    expect(clock.elapsed()).toBeLessThanOrEqual(10_000);
  });

  test.each<FailureKind>(['throttled', 'unreachable'])(
    'that could be done without is tried as long as any other where it is %s: that says nothing of the service',
    async (kind) => {
      const { readIfEasy, clock } = setUp();
      await expect(readIfEasy(new RawError(kind))).rejects.toMatchObject({ failure: { kind } });
      expect(clock.elapsed()).toBeGreaterThan(60_000);
    },
  );

  test('each kind of failure has its own tries and waits', async () => {
    const { read, tries } = setUp();
    const throttled = Array.from({ length: 5 }, () => new RawError('throttled'));
    const unknown = Array.from({ length: 3 }, () => new RawError('unknown-role'));
    expect(await read(...throttled, ...unknown, 'answer')).toBe('answer');
    expect(tries).toHaveLength(9);
  });

  test('a role that stays unknown is final after four tries', async () => {
    const { read, tries } = setUp();
    await expect(read(new RawError('unknown-role'))).rejects.toMatchObject({ failure: { kind: 'unknown-role' } });
    expect(tries).toHaveLength(4);
  });

  test('gives up within the budget, with the last answer', async () => {
    const { read, clock } = setUp(60_000);
    await expect(read(new RawError('unavailable', 'the last word'))).rejects.toThrow(/the last word/u);
    expect(clock.elapsed()).toBeLessThanOrEqual(60_000);
    expect(clock.elapsed()).toBeGreaterThan(45_000);
  });

  test('keeps the raw error as the cause', async () => {
    const raw = new RawError('denied');
    const error: unknown = await setUp()
      .read(raw)
      .catch((it: unknown) => it);
    expect(error).toBeInstanceOf(CloudError);
    expect((error as CloudError).cause).toBe(raw);
  });

  test.each([new Refusal('no', 'hint'), new Cancelled('stop')])(
    '%s was put into words further in, and passes through',
    async (error) => {
      const { read, tries } = setUp();
      await expect(read(error)).rejects.toBe(error);
      expect(tries).toHaveLength(1);
    },
  );

  test('a canceled wait between two tries ends at once, with the reason', async () => {
    const { read, controller, clock } = setUp();
    const reason = new Cancelled('stop');
    clock.at(400, () => {
      controller.abort(reason);
    });
    await expect(read(new RawError('throttled'))).rejects.toBe(reason);
    expect(clock.elapsed()).toBe(400);
  });
});

describe('once', () => {
  test.each<FailureKind>(['throttled', 'busy', 'unavailable', 'unreachable', 'denied'])(
    '%s is reported after exactly one try',
    async (kind) => {
      const { once, tries } = setUp();
      await expect(once(new RawError(kind))).rejects.toMatchObject({ failure: { kind } });
      expect(tries).toHaveLength(1);
    },
  );

  test('a request without answer is given up after 10 s, as unreachable', async () => {
    const { requests, clock, budget } = setUp();
    const sent = requests.once({ operation: 'test:Start', quota: 'test', budget, send: silence });
    await expect(clock.during(sent)).rejects.toMatchObject({
      failure: { kind: 'unreachable', message: expect.stringContaining('no answer within 10 s') },
    });
    expect(clock.elapsed()).toBe(10_000);
  });

  test.each(['after 10 s', 'with the cancellation'])('one that heeds no signal is not waited for: %s', async (end) => {
    const { requests, clock, budget, controller } = setUp();
    const deaf = (): Promise<string> => new Promise(() => undefined);
    const reason = new Cancelled('stop');
    if (end === 'with the cancellation')
      clock.at(3_000, () => {
        controller.abort(reason);
      });
    const sent = requests.once({ operation: 'test:Start', quota: 'test', budget, send: deaf });
    await expect(clock.during(sent)).rejects.toThrow(end === 'after 10 s' ? 'no answer within 10 s' : reason.message);
    expect(clock.elapsed()).toBe(end === 'after 10 s' ? 10_000 : 3_000);
  });

  test('a short budget shortens that, to one second at least', async () => {
    const { requests, clock, budget } = setUp(300);
    const sent = requests.once({ operation: 'test:Start', quota: 'test', budget, send: silence });
    await expect(clock.during(sent)).rejects.toMatchObject({ failure: { kind: 'unreachable' } });
    expect(clock.elapsed()).toBe(1_000);
  });

  test("a cancellation while it is out ends it with the reason, not with the transport's error", async () => {
    const { requests, clock, budget, controller } = setUp();
    const reason = new Cancelled('stop');
    clock.at(2_000, () => {
      controller.abort(reason);
    });
    const sent = requests.once({ operation: 'test:Start', quota: 'test', budget, send: silence });
    await expect(clock.during(sent)).rejects.toBe(reason);
    expect(clock.elapsed()).toBe(2_000);
  });

  test('a request that is too late is not sent, however much time there is for an answer', async () => {
    const { clock, requests, budget } = setUp();
    let sent = 0;
    const send = (sendBy: number): Promise<string> =>
      requests.once({
        operation: 'test:Create',
        quota: 'test',
        budget: { ...budget, sendBy },
        send: () => {
          sent += 1;
          return Promise.resolve('done');
        },
      });
    await clock.during(clock.sleep(5_000, budget.signal));
    await expect(send(5_000)).rejects.toMatchObject({ failure: { code: 'NotSent', kind: 'throttled' } });
    expect(sent).toBe(0);
    await expect(send(5_001)).resolves.toBe('done');
  });

  test('nothing goes out after a cancellation', async () => {
    const { once, controller, tries } = setUp();
    controller.abort(new Cancelled('stop'));
    await expect(once('answer')).rejects.toThrow('stop');
    expect(tries).toEqual([]);
  });
});
