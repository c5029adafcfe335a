import { describe, expect, test } from '@jest/globals';

import type { Change } from '../../src/access/cloud.ts';
import type { FailureKind } from '../../src/access/errors.ts';
import { findOpposite, findRunning, findSince, isOperation } from '../../src/access/find.ts';
import { create, createEngine, remove } from './engine.ts';
import { cloudError, provisioning } from './fake-cloud.ts';

function setUp(error: Error | null = null) {
  const engine = createEngine({ failing: { find: () => error } });
  const { clock, track, budget, tools } = engine;
  return {
    ...engine,
    running: (change = create) => clock.during(findRunning(change, track, budget, tools)),
    since: (time: number) => clock.during(findSince(create, time, track, budget, tools)),
    opposite: (change: Change = create) => clock.during(findOpposite(change, track, budget, tools)),
  };
}

describe('finding operations', () => {
  test('nothing runs: none', async () => {
    const { running, opposite } = setUp();
    expect(await running()).toBe('none');
    expect(await opposite()).toBe('none');
  });

  test('what runs is given back, the very change or its opposite', async () => {
    const { running, opposite, cloud } = setUp();
    cloud.somebody(create, 'created', {});
    cloud.somebody(remove, 'removed', {});
    expect(await running(create)).toMatchObject({ requestId: 'created' });
    expect(await opposite(create)).toMatchObject({ requestId: 'removed' });
    expect(await running(remove)).toMatchObject({ requestId: 'removed' });
    expect(await opposite(remove)).toMatchObject({ requestId: 'created' });
    expect(isOperation(await running())).toBe(true);
  });

  test('nothing undoes a push, so nothing is asked', async () => {
    const { opposite, cloud } = setUp();
    expect(await opposite({ kind: 'provision', grant: provisioning, seen: null })).toBe('none');
    expect(cloud.calls.find).toBe(0);
  });

  test('what has ended is found only with a time to look back to', async () => {
    const { running, since, cloud, clock } = setUp();
    cloud.somebody(create, 'theirs', { takes: 0 });
    expect(await running()).toBe('none');
    expect(await since(clock.now())).toMatchObject({ requestId: 'theirs', state: 'SUCCEEDED' });
    expect(await since(clock.now() + 1)).toBe('none');
  });

  test('what is known to have ended is not found again', async () => {
    const { since, cloud, clock, track } = setUp();
    cloud.somebody(create, 'theirs', { takes: 0 });
    track.ended.add('theirs');
    expect(await since(clock.now())).toBe('none');
  });

  test.each<FailureKind>(['denied', 'unavailable', 'other'])(
    '%s: unreadable, with one warning that says code and hint',
    async (kind) => {
      const { running, since, clock, log } = setUp(cloudError(kind));
      expect(await running()).toBe('unreadable');
      expect(await since(clock.now())).toBe('unreadable');
      expect(log.at('warning')).toEqual([
        expect.stringMatching(
          new RegExp(`${kind}Exception: it is ${kind} \\(request id aws-req-1\\)\\. what to do about ${kind}$`, 'u'),
        ),
      ]);
    },
  );

  test.each<FailureKind>(['throttled', 'busy', 'unreachable', 'exists', 'invalid', 'quota'])(
    '%s is an error',
    async (kind) => {
      const error = cloudError(kind);
      await expect(setUp(error).running()).rejects.toBe(error);
    },
  );

  test('an error that is not the cloud’s passes through', async () => {
    const error = new TypeError('a bug');
    await expect(setUp(error).running()).rejects.toBe(error);
  });
});
