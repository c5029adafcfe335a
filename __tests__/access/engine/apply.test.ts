import { describe, expect, test } from '@jest/globals';

import { keepAsFound, makeChange } from '../../../src/access/engine/apply.ts';
import type { Change } from '../../../src/access/cloud.ts';
import type { Outcome } from '../../../src/access/outcome.ts';
import { cancelled, create, createEngine, remove, type Engine, type EngineOptions } from './engine.ts';
import { refuse, type Answer } from '../fake-cloud.ts';
import { failed } from './fake-operations.ts';
import { cloudError, provisioning } from '../fixtures.ts';

interface Applying extends Engine {
  readonly make: (change?: Change) => Promise<Outcome>;
  readonly keep: (change?: Change) => Promise<Outcome>;
}

function setUp(options: EngineOptions = {}): Applying {
  const engine = createEngine(options);
  const { clock, budget, track, tools } = engine;
  return {
    ...engine,
    make: (change = create) => clock.during(makeChange(null, { ...tools, change, budget, track })),
    keep: (change = create) => clock.during(keepAsFound({ ...tools, change, budget, track })),
  };
}

const push: Change = { kind: 'provision', grant: provisioning, seen: null };
const unreadable = () => cloudError('denied', { operation: 'test:List', hint: 'allow test:List' });

describe('makeChange', () => {
  test('starts, follows, reads back: SUCCEEDED, changed, with the request ID', async () => {
    const { make, cloud, track, started } = setUp();
    expect(await make()).toEqual({ status: 'SUCCEEDED', changed: true, requestId: 'own-1', remark: null });
    expect(cloud.truth()).toBe('current');
    expect(track.operation).toMatchObject({ requestId: 'own-1', state: 'SUCCEEDED' });
    expect(started).toEqual(['own-1']);
  });

  test('an answer that has already succeeded is not polled, and still read back', async () => {
    const { make, cloud } = setUp({ course: { takes: 0 } });
    expect(await make()).toMatchObject({ status: 'SUCCEEDED', requestId: 'own-1' });
    expect(cloud.calls.ask).toBe(0);
    expect(cloud.calls.read).toBe(1);
  });

  test('verified and absent is FAILED: SUCCEEDED of the cloud alone is never green', async () => {
    const { make } = setUp({ course: { ending: { state: 'SUCCEEDED', effective: false } } });
    expect(await make()).toMatchObject({ status: 'FAILED', changed: true, requestId: 'own-1' });
  });

  test("FAILED keeps the cloud's words, its hint and the request ID", async () => {
    const { make } = setUp({
      course: { ending: failed('the USER assignee was not found', { hint: 'check principal' }) },
    });
    expect(await make()).toEqual({
      status: 'FAILED',
      changed: false,
      requestId: 'own-1',
      reason: 'the USER assignee was not found',
      hint: 'check principal',
      failure: null,
    });
  });

  describe('deadline', () => {
    test('an operation that outlives it is IN_PROGRESS, with its request ID', async () => {
      const { make, clock } = setUp({ timeoutMs: 30_000, course: { takes: 600_000 } });
      expect(await make()).toMatchObject({
        status: 'IN_PROGRESS',
        requestId: 'own-1',
        reason: expect.stringContaining('Start-create'),
      });
      expect(clock.elapsed()).toBeLessThanOrEqual(30_000);
    });

    test('an adopted operation that outlives it is IN_PROGRESS, with its request ID', async () => {
      const { make, cloud } = setUp({ timeoutMs: 30_000 });
      cloud.startElsewhere(create, 'theirs', { takes: 600_000 });
      expect(await make()).toMatchObject({ status: 'IN_PROGRESS', requestId: 'theirs' });
      expect(cloud.starts).toEqual([]);
    });
  });

  describe('adoption', () => {
    test('a running operation for the same change is adopted: no start, changed', async () => {
      const { make, cloud, started, log } = setUp();
      cloud.startElsewhere(create, 'theirs', { takes: 5_000 });
      expect(await make()).toEqual({ status: 'SUCCEEDED', changed: true, requestId: 'theirs', remark: null });
      expect(cloud.starts).toEqual([]);
      expect(started).toEqual(['theirs']);
      expect(log.at('info')[0]).toContain('Adopted Start-create');
    });

    test('an adopted one that ends FAILED is followed by one start of our own', async () => {
      const { make, cloud } = setUp();
      cloud.startElsewhere(create, 'theirs', { takes: 5_000, ending: failed('out of luck') });
      expect(await make()).toMatchObject({ status: 'SUCCEEDED', changed: true, requestId: 'own-1' });
      expect(cloud.starts).toHaveLength(1);
    });

    test("fails where this run's own operation fails after the adopted one", async () => {
      const { make, cloud } = setUp({ course: { ending: failed('our own luck') } });
      cloud.startElsewhere(create, 'theirs', { takes: 5_000, ending: failed('their luck') });
      expect(await make()).toMatchObject({ status: 'FAILED', requestId: 'own-1', reason: 'our own luck' });
      expect(cloud.starts).toHaveLength(1);
    });

    test('one that was met by a conflict and ends FAILED is followed by one start of our own too', async () => {
      const { make, cloud, clock } = setUp({ answers: [refuse('busy')], latency: 100 });
      // It begins between our look and our start.
      clock.at(150, () => {
        cloud.startElsewhere(create, 'theirs', { takes: 10_000, ending: failed('their luck') });
      });
      expect(await make()).toMatchObject({ status: 'SUCCEEDED', changed: true, requestId: 'own-1' });
      expect(cloud.starts).toHaveLength(2);
    });

    test('an adopted push that had begun before the latest version was there is followed by one of our own', async () => {
      const { make, cloud } = setUp({ grant: provisioning, standing: 'outdated' });
      cloud.startElsewhere(push, 'theirs', { takes: 5_000, ending: { state: 'SUCCEEDED', effective: false } });
      expect(await make(push)).toMatchObject({ status: 'SUCCEEDED', requestId: 'own-1' });
      expect(cloud.starts).toHaveLength(1);
    });

    test('an unreadable list is a warning, and our own start follows', async () => {
      const { make, log } = setUp({ failing: { find: unreadable } });
      expect(await make()).toMatchObject({ status: 'SUCCEEDED', requestId: 'own-1' });
      expect(log.at('warning')).toEqual([
        expect.stringMatching(/could not be read, so none can be adopted\..*allow test:List/u),
      ]);
    });

    test('after an unreadable list nothing is started before a read is answered', async () => {
      const error = cloudError('unavailable');
      const { make, cloud } = setUp({ failing: { find: () => error, read: () => error } });
      await expect(make()).rejects.toBe(error);
      expect(cloud.starts).toEqual([]);
    });

    test('after an unreadable list a push is not started either before a read is answered, and never left out', async () => {
      const error = cloudError('unavailable');
      const down = setUp({
        grant: provisioning,
        standing: 'current',
        failing: { find: () => error, read: () => error },
      });
      await expect(down.make(push)).rejects.toBe(error);
      expect(down.cloud.starts).toEqual([]);
      const listless = setUp({ grant: provisioning, standing: 'current', failing: { find: () => error } });
      expect(await listless.make(push)).toMatchObject({ status: 'SUCCEEDED', changed: true, requestId: 'own-1' });
    });

    test('after an unreadable list, a change that a read shows as done is not started', async () => {
      const { make, cloud } = setUp({ standing: 'current', failing: { find: unreadable } });
      expect(await make()).toMatchObject({ status: 'SUCCEEDED', changed: false });
      expect(cloud.starts).toEqual([]);
    });

    test('a list that is refused for good reason ends it before anything was started', async () => {
      const error = cloudError('throttled');
      const { make, cloud } = setUp({ failing: { find: () => error } });
      await expect(make()).rejects.toBe(error);
      expect(cloud.starts).toEqual([]);
    });
  });

  describe('the opposite', () => {
    test('is waited for after a conflict, then the change is made', async () => {
      const { make, cloud } = setUp({ standing: 'current', answers: [refuse('busy'), refuse('busy')] });
      cloud.startElsewhere(remove, 'theirs', { takes: 9_000 });
      expect(await make()).toMatchObject({ status: 'SUCCEEDED', changed: true });
      expect(cloud.truth()).toBe('current');
    });
  });

  describe('a failure that passes', () => {
    test('is submitted again', async () => {
      const { make, cloud } = setUp({
        answers: [{ kind: 'accept', ending: failed('unexpected internal', { passing: true }) }],
      });
      expect(await make()).toMatchObject({ status: 'SUCCEEDED', requestId: 'own-2' });
      expect(cloud.starts).toHaveLength(2);
    });

    test('is not submitted again forever', async () => {
      const { make, cloud } = setUp({ course: { ending: failed('unexpected internal', { passing: true }) } });
      expect(await make()).toMatchObject({ status: 'FAILED', requestId: 'own-2', reason: 'unexpected internal' });
      expect(cloud.starts).toHaveLength(2);
    });

    test('is not taken for a second start whose answer was lost', async () => {
      // The first fails within the same second in which the second is started.
      const { make, cloud } = setUp({
        answers: [
          { kind: 'accept', takes: 0, ending: failed('unexpected internal', { passing: true }) },
          { kind: 'refuse', error: cloudError('unreachable') },
        ],
      });
      expect(await make()).toMatchObject({ status: 'SUCCEEDED', changed: true, requestId: 'own-2' });
      expect(cloud.starts).toHaveLength(3);
    });

    test.each([0, 1_000])(
      "is not submitted again where it took %d ms and the cloud's dates are rounded",
      async (takes) => {
        for (const adopted of [true, false]) {
          const first = { takes, ending: failed('unexpected internal', { passing: true }) };
          const lostAnswer: Answer = { kind: 'refuse', error: cloudError('unreachable') };
          const { make, cloud } = setUp({
            tolerance: 2_000,
            answers: adopted ? [lostAnswer] : [{ kind: 'accept', ...first }, lostAnswer],
          });
          if (adopted) cloud.startElsewhere(create, 'theirs', { ...first, takes: takes + 1 });
          expect(await make()).toMatchObject({
            status: 'SUCCEEDED',
            changed: true,
            requestId: adopted ? 'own-1' : 'own-2',
          });
        }
      },
    );

    test('is not submitted again where it does not pass', async () => {
      const { make, cloud } = setUp({ course: { ending: failed('no such principal') } });
      expect(await make()).toMatchObject({ status: 'FAILED', requestId: 'own-1' });
      expect(cloud.starts).toHaveLength(1);
    });
  });

  describe('a removal', () => {
    test('takes the grant away and sees that it is gone', async () => {
      const { make, cloud } = setUp({ standing: 'current' });
      expect(await make(remove)).toEqual({ status: 'SUCCEEDED', changed: true, requestId: 'own-1', remark: null });
      expect(cloud.truth()).toBe('absent');
    });

    test('that FAILED, and the grant is gone, is SUCCEEDED with a remark about it', async () => {
      const { make } = setUp({
        standing: 'current',
        course: { ending: failed('404 assignee not found', { effective: true }) },
      });
      expect(await make(remove)).toMatchObject({
        status: 'SUCCEEDED',
        changed: true,
        requestId: 'own-1',
        remark: expect.stringContaining('404 assignee not found'),
      });
    });

    test('that FAILED, and the grant is still there, is FAILED', async () => {
      const { make } = setUp({ standing: 'current', course: { ending: failed('not today') } });
      expect(await make(remove)).toMatchObject({ status: 'FAILED', reason: 'not today' });
    });

    test.each([
      ['denied', () => cloudError('denied', { operation: 'test:Read' })],
      ['unreachable', () => cloudError('unreachable', { operation: 'test:Read' })],
    ] as const)('that FAILED keeps its reason, hint and ID where the read-back is %s', async (_kind, error) => {
      const { outcome } = setUp({
        standing: 'current',
        course: { ending: failed('the cloud’s own reason', { hint: 'what to do' }) },
        failing: { read: failAfter(1, error) },
      });
      expect(await outcome({ operation: 'revoke' })).toMatchObject({
        status: 'FAILED',
        requestId: 'own-1',
        reason: expect.stringContaining('the cloud’s own reason'),
        hint: expect.stringContaining('what to do'),
      });
    });
  });

  describe('wait: false', () => {
    test('an accepted change is IN_PROGRESS with its ID, at once', async () => {
      const { make, clock, cloud } = setUp({ wait: false });
      expect(await make()).toEqual({
        status: 'IN_PROGRESS',
        requestId: 'own-1',
        reason: 'Start-create was accepted.',
        hint: null,
      });
      expect(clock.elapsed()).toBe(0);
      expect(cloud.calls.ask).toBe(0);
    });

    test('an adopted change is IN_PROGRESS with its ID, at once', async () => {
      const { make, clock, cloud } = setUp({ wait: false });
      cloud.startElsewhere(create, 'theirs', { takes: 60_000 });
      expect(await make()).toMatchObject({ status: 'IN_PROGRESS', requestId: 'theirs' });
      expect(clock.elapsed()).toBe(0);
    });

    test('a start that answers FAILED is FAILED', async () => {
      const { make } = setUp({ wait: false, course: { takes: 0, ending: failed('no such principal') } });
      expect(await make()).toMatchObject({ status: 'FAILED', requestId: 'own-1', reason: 'no such principal' });
    });

    test('a start that answers SUCCEEDED is read back once: a change that the read does not show is not SUCCEEDED', async () => {
      const { make, cloud, clock } = setUp({
        wait: false,
        course: { takes: 0, ending: { state: 'SUCCEEDED', effective: false } },
      });
      expect(await make()).toMatchObject({ status: 'IN_PROGRESS', requestId: 'own-1' });
      expect(cloud.calls.read).toBe(1);
      expect(clock.elapsed()).toBe(0);
    });
  });

  test('a cancellation while polling keeps the operation in the track', async () => {
    const { make, cancelAt, track } = setUp({ course: { takes: 60_000 } });
    cancelAt(5_000);
    await expect(make()).rejects.toBe(cancelled);
    expect(track).toMatchObject({ operation: { requestId: 'own-1', state: 'IN_PROGRESS' }, uncertain: false });
  });
});

describe('keepAsFound', () => {
  test('where nothing runs, nothing has to change', async () => {
    const { keep, cloud, clock } = setUp({ standing: 'current' });
    expect(await keep()).toEqual({ status: 'SUCCEEDED', changed: false, requestId: null, remark: null });
    expect(cloud.starts).toEqual([]);
    expect(clock.elapsed()).toBe(0);
  });

  test('a running operation for the same change is adopted', async () => {
    const { keep, cloud } = setUp({ standing: 'current' });
    cloud.startElsewhere(create, 'theirs', { takes: 4_000 });
    expect(await keep()).toMatchObject({ status: 'SUCCEEDED', changed: true, requestId: 'theirs' });
    expect(cloud.starts).toEqual([]);
  });

  test.each([0, 1_000, 3_000])(
    'a running opposite operation is waited for and then corrected, reads lagging by %d ms',
    async (readLag) => {
      const { keep, cloud } = setUp({ standing: 'current', readLag });
      cloud.startElsewhere(remove, 'theirs', { takes: 6_000 });
      const outcome = await keep();
      expect(outcome).toMatchObject({ status: 'SUCCEEDED', changed: true, requestId: 'own-1' });
      expect(cloud.truth()).toBe('current');
    },
  );

  test.each([0, 1_000, 3_000])(
    'a revoke that finds a creation running removes its access, reads lagging by %d ms',
    async (readLag) => {
      const { keep, cloud } = setUp({ standing: 'absent', readLag });
      cloud.startElsewhere(create, 'theirs', { takes: 6_000 });
      expect(await keep(remove)).toMatchObject({ status: 'SUCCEEDED', changed: true, requestId: 'own-1' });
      expect(cloud.truth()).toBe('absent');
    },
  );

  test('an opposite operation that FAILED changed nothing', async () => {
    const { keep, cloud } = setUp({ standing: 'current' });
    cloud.startElsewhere(remove, 'theirs', { takes: 6_000, ending: failed('no') });
    expect(await keep()).toMatchObject({ status: 'SUCCEEDED', changed: false });
    expect(cloud.starts).toEqual([]);
  });

  test('an opposite operation beyond the deadline is FAILED, not started, with its ID', async () => {
    const { keep, cloud, clock } = setUp({ standing: 'current', timeoutMs: 20_000 });
    cloud.startElsewhere(remove, 'theirs', { takes: 600_000 });
    expect(await keep()).toMatchObject({
      status: 'FAILED',
      changed: false,
      requestId: 'theirs',
      reason: expect.stringMatching(/^Not started: .*theirs/u),
    });
    expect(clock.elapsed()).toBeLessThanOrEqual(20_000);
    expect(cloud.starts).toEqual([]);
  });

  test.each([9_000, 9_500, 9_900, 10_000])(
    'an opposite operation that ended after %d of 10 s is not green by a read that lags',
    async (takes) => {
      const { keep, cloud } = setUp({ standing: 'current', timeoutMs: 10_000, readLag: 3_000 });
      cloud.startElsewhere(remove, 'theirs', { takes });
      const { status } = await keep().catch(() => ({ status: 'thrown' }));
      expect([status, cloud.truth()]).not.toEqual(['SUCCEEDED', 'absent']);
    },
  );

  describe('where both directions run', () => {
    test.each([0, 1_000, 3_000])(
      'is not green before the last operation has ended, reads lagging by %d ms',
      async (readLag) => {
        const { keep, cloud, clock } = setUp({ standing: 'current', readLag });
        cloud.startElsewhere(create, 'first', { takes: 3_000 });
        cloud.startElsewhere(remove, 'second', { takes: 9_000 });
        expect(await keep()).toMatchObject({ status: 'SUCCEEDED', changed: true });
        await clock.during(clock.sleep(60_000, new AbortController().signal));
        expect(cloud.truth()).toBe('current');
      },
    );

    test.each([0, 1_000, 3_000])(
      'is not green before that where the grant was absent at first, reads lagging by %d ms',
      async (readLag) => {
        const { make, cloud, clock } = setUp({ standing: 'absent', readLag });
        cloud.startElsewhere(create, 'first', { takes: 3_000 });
        cloud.startElsewhere(remove, 'second', { takes: 9_000 });
        expect(await make()).toMatchObject({ status: 'SUCCEEDED', changed: true });
        await clock.during(clock.sleep(60_000, new AbortController().signal));
        expect(cloud.truth()).toBe('current');
      },
    );

    test.each([9_000, 9_900])(
      'is not green from a read that lags, where the last operation ended after %d of 10 s',
      async (takes) => {
        for (const attempt of ['keep', 'make'] as const) {
          const { [attempt]: act, cloud } = setUp({
            standing: attempt === 'keep' ? 'current' : 'absent',
            timeoutMs: 10_000,
            readLag: 3_000,
          });
          cloud.startElsewhere(create, 'first', { takes: 3_000 });
          cloud.startElsewhere(remove, 'second', { takes });
          const { status } = await act().catch(() => ({ status: 'thrown' }));
          expect([status, cloud.truth()]).not.toEqual(['SUCCEEDED', 'absent']);
        }
      },
    );

    test('where both outlive the deadline, the adopted one is still in progress, under its own ID', async () => {
      const { make, cloud } = setUp({ standing: 'absent', timeoutMs: 20_000 });
      cloud.startElsewhere(create, 'first', { takes: 600_000 });
      cloud.startElsewhere(remove, 'second', { takes: 600_000 });
      expect(await make()).toMatchObject({ status: 'IN_PROGRESS', requestId: 'first' });
    });

    test('it is never green while the other outlives the deadline', async () => {
      for (const attempt of ['keep', 'make'] as const) {
        const { [attempt]: act, cloud } = setUp({
          standing: attempt === 'keep' ? 'current' : 'absent',
          timeoutMs: 20_000,
        });
        cloud.startElsewhere(create, 'first', { takes: 3_000 });
        cloud.startElsewhere(remove, 'second', { takes: 600_000 });
        expect((await act()).status).not.toBe('SUCCEEDED');
      }
    });
  });

  test('unreadable lists: one warning for each, and a later re-read takes their place', async () => {
    const { keep, cloud, clock, log } = setUp({ standing: 'current', failing: { find: unreadable } });
    expect(await keep()).toMatchObject({ status: 'SUCCEEDED', changed: false });
    expect(cloud.calls.read).toBe(1);
    expect(clock.elapsed()).toBeGreaterThanOrEqual(3_000);
    expect(log.at('warning')).toHaveLength(2);
  });

  test('unreadable lists: access that the second read does not show is made again', async () => {
    const { keep, cloud } = setUp({ standing: 'current', failing: { find: unreadable } });
    cloud.startElsewhere(remove, 'theirs', { takes: 2_000 });
    expect(await keep()).toMatchObject({ status: 'SUCCEEDED', changed: true, requestId: 'own-1' });
    expect(cloud.truth()).toBe('current');
  });

  test('when it ends with an error, none of its work continues in the background', async () => {
    let finds = 0;
    const error = cloudError('invalid', { operation: 'test:List' });
    const { keep, cloud, clock } = setUp({
      standing: 'current',
      failing: {
        find: () => {
          finds += 1;
          return finds === 2 ? error : null;
        },
      },
    });
    cloud.startElsewhere(remove, 'theirs', { takes: 120_000 });
    await expect(keep()).rejects.toBe(error);
    const asked = cloud.asked.length;
    await clock.during(clock.sleep(60_000, new AbortController().signal));
    expect(cloud.asked).toHaveLength(asked);
  });
});

/** Fails from the call after the first `good` ones on. */
function failAfter(good: number, error: () => Error): () => Error | null {
  let calls = 0;
  return () => {
    calls += 1;
    return calls > good ? error() : null;
  };
}
