import { describe, expect, test } from '@jest/globals';

import type { FailureKind } from '../../src/access/errors.ts';
import { findRunning, isOperation } from '../../src/access/find.ts';
import { create, createEngine } from './engine.ts';
import { cloudError } from './fake-cloud.ts';

function setUp(error: Error | null = null) {
  const engine = createEngine({ failing: { find: () => error } });
  const { clock, budget, tools } = engine;
  return { ...engine, find: (since: number | null = null) => clock.during(findRunning(create, since, budget, tools)) };
}

describe('findRunning', () => {
  test('nothing runs: none', async () => {
    expect(await setUp().find()).toBe('none');
  });

  test('what runs is given back', async () => {
    const { find, cloud } = setUp();
    cloud.somebody(create, 'theirs', {});
    const found = await find();
    expect(isOperation(found) && found.requestId).toBe('theirs');
  });

  test('what has ended is found only with a time to look back to', async () => {
    const { find, cloud, clock } = setUp();
    cloud.somebody(create, 'theirs', { takes: 0 });
    expect(await find()).toBe('none');
    expect(await find(clock.now())).toMatchObject({ requestId: 'theirs', state: 'SUCCEEDED' });
    expect(await find(clock.now() + 1)).toBe('none');
  });

  test.each<FailureKind>(['denied', 'unavailable', 'other'])('%s: unreadable, with one warning that says code and hint', async (kind) => {
    const { find, log } = setUp(cloudError(kind));
    expect(await find()).toBe('unreadable');
    expect(log.at('warning')).toEqual([
      expect.stringMatching(new RegExp(`${kind}Exception: it is ${kind} \\(request id aws-req-1\\)\\. what to do about ${kind}$`, 'u')),
    ]);
  });

  test.each<FailureKind>(['throttled', 'busy', 'unreachable', 'invalid', 'quota'])('%s is an error', async (kind) => {
    const error = cloudError(kind);
    await expect(setUp(error).find()).rejects.toBe(error);
  });

  test('an error that is not the cloud’s passes through', async () => {
    const error = new TypeError('a bug');
    await expect(setUp(error).find()).rejects.toBe(error);
  });
});
