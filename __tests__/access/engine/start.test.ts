import { describe, expect, test } from '@jest/globals';

import type { Change, Operation } from '../../../src/access/cloud.ts';
import { Refusal, type FailureKind } from '../../../src/access/errors.ts';
import { awaitOpposite, start } from '../../../src/access/engine/start.ts';
import { cancelled, create, createEngine, remove, type Engine, type EngineOptions } from './engine.ts';
import { refuse, type Answer } from '../fake-cloud.ts';
import { cloudError, lost, provisioning } from '../fixtures.ts';

function setUp(
  answers: readonly Answer[],
  options: EngineOptions = {},
): Engine & { readonly begin: (change?: Change) => ReturnType<typeof start> } {
  const engine = createEngine({ answers, ...options });
  const { clock, budget, track, tools } = engine;
  return { ...engine, begin: (change = create) => clock.during(start({ ...tools, change, budget, track })) };
}

const notCarriedOut: Answer = { kind: 'refuse', error: lost };

describe('start', () => {
  test('an accepted change is reported at once, with its request ID', async () => {
    const { begin, started, track, cloud } = setUp([]);
    expect(await begin()).toMatchObject({ kind: 'operation', operation: { requestId: 'own-1', state: 'IN_PROGRESS' } });
    expect(started).toEqual(['own-1']);
    expect(track.uncertain).toBe(false);
    expect(cloud.starts).toHaveLength(1);
  });

  test.each<FailureKind>(['busy', 'throttled'])(
    '%s is refused, so it is tried again until it is accepted',
    async (kind) => {
      const { begin, cloud, clock } = setUp([refuse(kind), refuse(kind), { kind: 'accept' }]);
      expect(await begin()).toMatchObject({ kind: 'operation', operation: { requestId: 'own-1' } });
      expect(cloud.starts).toHaveLength(3);
      expect(clock.elapsed()).toBeGreaterThan(0);
    },
  );

  test.each<FailureKind>(['denied', 'not-found', 'invalid', 'quota', 'other'])(
    '%s is final: one call, and the error itself',
    async (kind) => {
      const error = cloudError(kind);
      const { begin, cloud, track } = setUp([{ kind: 'refuse', error }]);
      await expect(begin()).rejects.toBe(error);
      expect(cloud.starts).toHaveLength(1);
      expect(track.uncertain).toBe(false);
    },
  );

  test('a refusal that outlives the deadline is thrown within the deadline, and nothing is uncertain', async () => {
    const { begin, clock, track, cloud } = setUp(
      Array.from({ length: 100 }, () => refuse('busy')),
      { timeoutMs: 120_000 },
    );
    await expect(begin()).rejects.toMatchObject({ failure: { kind: 'busy' } });
    expect(clock.elapsed()).toBeLessThanOrEqual(120_000);
    expect(clock.elapsed()).toBeGreaterThan(80_000);
    expect(track.uncertain).toBe(false);
    expect(cloud.truth()).toBe('absent');
  });

  test('a delay that the cloud requests and that is longer than the deadline is not waited for', async () => {
    const error = cloudError('throttled', { retryAfterMs: 400_000 });
    const { begin, clock } = setUp([{ kind: 'refuse', error }]);
    await expect(begin()).rejects.toBe(error);
    expect(clock.elapsed()).toBe(0);
  });

  test("an error that is not the cloud's passes through and leaves the change uncertain", async () => {
    const error = new TypeError('a bug');
    const { begin, track } = setUp([{ kind: 'refuse', error }]);
    await expect(begin()).rejects.toBe(error);
    expect(track.uncertain).toBe(true);
  });

  test('a refusal by this action, as from a sign-in on the way, means that nothing was sent', async () => {
    const error = new Refusal('AWS does not allow this job to assume the role', 'the trust policy');
    const { begin, track } = setUp([{ kind: 'refuse', error }]);
    await expect(begin()).rejects.toBe(error);
    expect(track.uncertain).toBe(false);
  });

  describe('a lost answer', () => {
    test.each<FailureKind>(['unreachable', 'unavailable'])(
      '(%s) to a change that was carried out is found as an operation, and not started again',
      async (kind) => {
        const { begin, cloud, started, log } = setUp([{ kind: 'lose', error: cloudError(kind), takes: 20_000 }]);
        expect(await begin()).toMatchObject({ kind: 'operation', operation: { requestId: 'own-1' } });
        expect(started).toEqual(['own-1']);
        expect(cloud.starts).toHaveLength(1);
        expect(log.lines.join('\n')).toContain('It may have succeeded. Checking.');
      },
    );

    test('is found as an operation that has ended since', async () => {
      const { begin, cloud } = setUp([{ kind: 'lose', error: lost, lostFor: 10_000, takes: 1_000 }], {
        readLag: 60_000,
      });
      expect(await begin()).toMatchObject({ kind: 'operation', operation: { requestId: 'own-1', state: 'SUCCEEDED' } });
      expect(cloud.starts).toHaveLength(1);
    });

    test('is found by its effect where no list shows it', async () => {
      const { begin, cloud } = setUp([{ kind: 'lose', error: lost, takes: 1_500, listedAfter: 3_600_000 }]);
      expect(await begin()).toMatchObject({ kind: 'done', changed: true });
      expect(cloud.starts).toHaveLength(1);
    });

    test('is found by its effect where the list cannot be read', async () => {
      const { begin, cloud, log } = setUp([{ kind: 'lose', error: lost, takes: 1_500 }], {
        failing: { find: () => cloudError('denied', { operation: 'test:List' }) },
      });
      expect(await begin()).toMatchObject({ kind: 'done', changed: true });
      expect(cloud.starts).toHaveLength(1);
      expect(log.at('warning').length).toBeGreaterThan(0);
    });

    test('to a change that was not carried out is followed by exactly one more start', async () => {
      const { begin, cloud, started } = setUp([notCarriedOut]);
      expect(await begin()).toMatchObject({ kind: 'operation', operation: { requestId: 'own-1' } });
      expect(cloud.starts).toHaveLength(2);
      expect(started).toEqual(['own-1']);
    });

    test.each([600, 2_000, 3_400, 5_000, 7_000])(
      'is looked for long enough to see an operation that is listed after %d ms (P2)',
      async (listedAfter) => {
        const { begin, cloud } = setUp([{ kind: 'lose', error: lost, takes: 30_000, listedAfter }]);
        expect(await begin()).toMatchObject({ kind: 'operation', operation: { requestId: 'own-1' } });
        expect(cloud.starts).toHaveLength(1);
      },
    );

    test('is looked for to the end where a list on the way could not be read: the last one shows it', async () => {
      let looked = 0;
      const { begin, cloud } = setUp([notCarriedOut], {
        failing: { find: () => ((looked += 1) === 1 ? cloudError('unavailable', { operation: 'test:List' }) : null) },
      });
      expect(await begin()).toMatchObject({ kind: 'operation', operation: { requestId: 'own-1' } });
      expect(cloud.starts).toHaveLength(2);
    });

    test('stays unknown where the deadline leaves no time to look (P2)', async () => {
      const { begin, cloud, track } = setUp([notCarriedOut], { timeoutMs: 300 });
      await expect(begin()).rejects.toBe(lost);
      expect(track.uncertain).toBe(true);
      expect(cloud.starts).toHaveLength(1);
    });

    test('stops after the fifth lost answer', async () => {
      const { begin, cloud, track } = setUp(Array.from({ length: 20 }, () => notCarriedOut));
      await expect(begin()).rejects.toBe(lost);
      expect(cloud.starts).toHaveLength(5);
      expect(track.uncertain).toBe(false);
    });

    test('while looking, an error of the read leaves it unknown (P2)', async () => {
      const denied = cloudError('denied', { operation: 'test:Read' });
      const { begin, track } = setUp([{ kind: 'lose', error: lost, listedAfter: 3_600_000 }], {
        failing: { read: () => denied },
      });
      await expect(begin()).rejects.toBe(denied);
      expect(track.uncertain).toBe(true);
    });

    test('to a push, which no read can show, is found as an operation', async () => {
      const push: Change = { kind: 'provision', grant: provisioning, seen: null };
      const { begin, cloud } = setUp([{ kind: 'lose', error: lost, takes: 20_000, listedAfter: 2_000 }], {
        grant: provisioning,
        standing: 'current',
      });
      expect(await begin(push)).toMatchObject({ kind: 'operation', operation: { requestId: 'own-1' } });
      expect(cloud.starts).toHaveLength(1);
    });

    test('with an unreadable list is not started a second time before the first can have ended (P2)', async () => {
      // Operations take 2 to 15 s; nothing but the effect can be seen here.
      const { begin, cloud } = setUp([{ kind: 'lose', error: lost, takes: 14_000 }], {
        failing: { find: () => cloudError('denied', { operation: 'test:List' }) },
      });
      await begin().catch(() => undefined);
      expect(cloud.starts).toHaveLength(1);
    });
  });

  describe('a conflict', () => {
    test('that comes from the opposite is waited out, then the change is made', async () => {
      const { begin, cloud, log } = setUp([refuse('busy')], { standing: 'current' });
      cloud.startElsewhere(remove, 'theirs', { takes: 8_000 });
      expect(await begin()).toMatchObject({ kind: 'operation', operation: { requestId: 'own-1' } });
      expect(cloud.starts[1]?.at).toBeGreaterThan((cloud.starts[0]?.at ?? 0) + 7_999);
      expect(log.at('info').join('\n')).toContain(
        'Waiting for Start-remove, which is in progress for this grant: request ID theirs.',
      );
    });

    test("with another job's operation for the same change is adopted, and reported", async () => {
      const { begin, cloud, started } = setUp([refuse('busy')]);
      cloud.startElsewhere(create, 'theirs', { takes: 20_000 });
      expect(await begin()).toMatchObject({ kind: 'operation', operation: { requestId: 'theirs' } });
      expect(cloud.starts).toHaveLength(1);
      expect(started).toEqual(['theirs']);
    });

    test('with an unreadable list is tried again', async () => {
      const { begin, cloud } = setUp([refuse('busy'), refuse('busy')], {
        failing: { find: () => cloudError('denied', { operation: 'test:List' }) },
      });
      expect(await begin()).toMatchObject({ kind: 'operation', operation: { requestId: 'own-1' } });
      expect(cloud.starts).toHaveLength(3);
    });
  });

  describe('a removal that is answered with not-found', () => {
    test('is done where the grant is not there', async () => {
      const { begin } = setUp([refuse('not-found')], { standing: 'absent' });
      expect(await begin(remove)).toMatchObject({
        kind: 'done',
        changed: false,
        remark: expect.stringContaining('not-foundException'),
      });
    });

    test('is an error where the grant is still there', async () => {
      const error = cloudError('not-found');
      const { begin, cloud } = setUp([{ kind: 'refuse', error }], { standing: 'current' });
      await expect(begin(remove)).rejects.toBe(error);
      expect(cloud.starts).toHaveLength(1);
    });
  });

  test.each([
    ['before a retry', [refuse('throttled')], 200, false],
    ['while the start call is out', [{ kind: 'silence' }], 200, true],
    ['while looking for a lost answer', [{ kind: 'lose', error: lost, listedAfter: 60_000, takes: 60_000 }], 200, true],
  ] satisfies [string, Answer[], number, boolean][])(
    'a cancellation %s ends it at once',
    async (_when, answers, at, uncertain) => {
      const { begin, cancelAt, clock, track } = setUp(answers);
      cancelAt(at);
      await expect(begin()).rejects.toBe(cancelled);
      expect(clock.elapsed()).toBe(at);
      expect(track.uncertain).toBe(uncertain);
    },
  );
});

describe('awaitOpposite', () => {
  const theirs: Operation = {
    change: remove,
    requestId: 'theirs',
    call: 'Start-remove',
    assignmentId: null,
    state: 'IN_PROGRESS',
  };

  test('a running opposite is followed to its end', async () => {
    const { clock, budget, tools, cloud, log } = createEngine({ standing: 'current' });
    cloud.startElsewhere(remove, 'theirs', { takes: 12_000 });
    expect(await clock.during(awaitOpposite(theirs, { ...tools, budget }))).toMatchObject({
      state: 'SUCCEEDED',
      requestId: 'theirs',
    });
    expect(clock.elapsed()).toBeGreaterThanOrEqual(12_000);
    expect(log.at('info')[0]).toContain('request ID theirs');
  });

  test('an operation that outlives the deadline is returned as in progress', async () => {
    const { clock, budget, tools, cloud } = createEngine({ standing: 'current', timeoutMs: 10_000 });
    cloud.startElsewhere(remove, 'theirs', { takes: 60_000 });
    expect(await clock.during(awaitOpposite(theirs, { ...tools, budget }))).toMatchObject({ state: 'IN_PROGRESS' });
    expect(clock.elapsed()).toBeLessThanOrEqual(10_000);
  });
});
