import { describe, expect, test } from '@jest/globals';

import type { Change, Operation } from '../../../src/access/cloud.ts';
import { confirm } from '../../../src/access/engine/verify.ts';
import { create, createEngine, remove, cancelled, type EngineOptions } from './engine.ts';
import { epoch } from '../fake-clock.ts';
import type { Course } from './fake-operations.ts';
import { cloudError, provisioning } from '../fixtures.ts';

/** Confirms an operation that has just ended SUCCEEDED. */
function confirmed(change: Change, options: Omit<EngineOptions, 'course'> & { readonly course?: Course } = {}) {
  const engine = createEngine({ ...options, grant: change.grant });
  const { clock, cloud, tools, budget, track } = engine;
  cloud.startElsewhere(change, 'op-1', { takes: 0, ...options.course });
  const operation: Operation = {
    change,
    requestId: 'op-1',
    call: `Start-${change.kind}`,
    assignmentId: null,
    state: 'SUCCEEDED',
  };
  return { ...engine, confirming: () => clock.during(confirm(operation, { ...tools, budget, track })) };
}

describe('confirm', () => {
  test('a change that a read shows at once is verified with one read', async () => {
    const { confirming, cloud, log } = confirmed(create);
    expect(await confirming()).toEqual({ status: 'SUCCEEDED', changed: true, requestId: 'op-1', remark: null });
    expect(cloud.calls.read).toBe(1);
    expect(log.at('info').at(-1)).toContain('is there.');
  });

  test.each([create, remove])('a read that lags by 10 s is waited for ($kind)', async (change) => {
    const standing = change.kind === 'remove' ? 'current' : 'absent';
    const { confirming, clock } = confirmed(change, { standing, readLag: 10_000 });
    expect((await confirming()).status).toBe('SUCCEEDED');
    expect(clock.elapsed()).toBeGreaterThanOrEqual(10_000);
  });

  test.each([
    [create, 'did not show the grant', 'absent'],
    [remove, 'still showed the grant', 'current'],
  ] as const)(
    'a change that no read ever shows is FAILED and changed, never green (%j)',
    async (change, words, standing) => {
      const { confirming, clock } = confirmed(change, {
        standing,
        course: { ending: { state: 'SUCCEEDED', effective: false } },
      });
      const outcome = await confirming();
      expect(outcome).toMatchObject({ status: 'FAILED', changed: true, requestId: 'op-1' });
      expect(outcome).toHaveProperty('reason', expect.stringContaining(words));
      expect(outcome).toHaveProperty('hint', expect.any(String));
      expect(clock.elapsed()).toBeLessThanOrEqual(20_000);
    },
  );

  test('a push that left an old version behind says where', async () => {
    const push: Change = { kind: 'provision', grant: provisioning, seen: null };
    const { confirming } = confirmed(push, {
      standing: 'outdated',
      course: { ending: { state: 'SUCCEEDED', effective: false } },
    });
    expect(await confirming()).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('still showed the old version: t-1'),
    });
  });

  test('a spent budget does not turn a finished change into an unknown one', async () => {
    const { confirming, clock } = confirmed(create, { timeoutMs: 0, readLag: 5_000 });
    expect((await confirming()).status).toBe('SUCCEEDED');
    expect(clock.now()).toBeGreaterThan(epoch);
  });

  test("a read that is refused is the caller's to judge", async () => {
    const denied = cloudError('denied');
    const { confirming } = confirmed(create, { failing: { read: () => denied } });
    await expect(confirming()).rejects.toBe(denied);
  });

  test('a cancellation between two reads ends it at once', async () => {
    const { confirming, cancelAt, clock } = confirmed(create, { readLag: 60_000 });
    cancelAt(2_000);
    await expect(confirming()).rejects.toBe(cancelled);
    expect(clock.elapsed()).toBe(2_000);
  });
});
