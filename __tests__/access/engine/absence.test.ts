import { describe, expect, test } from '@jest/globals';

import { atOnce, createEngine, remove } from './engine.ts';
import type { Answer } from '../fake-cloud.ts';
import { cloudError } from '../fixtures.ts';

const notFound: Answer = { kind: 'refuse', error: cloudError('not-found') };
const lostRemoval: Answer = { kind: 'lose', error: cloudError('unreachable', { requestId: null }) };
const options = { ...atOnce, standing: 'current' } as const;

describe('a removal that finds nothing to remove', () => {
  test('changed nothing where another job removed it, however long reads lag', async () => {
    const { outcome, cloud, clock } = createEngine({ ...options, readLag: 40_000, answers: [notFound] });
    cloud.startElsewhere(remove, 'theirs', atOnce.course);
    expect(await outcome({ operation: 'revoke' })).toMatchObject({
      status: 'SUCCEEDED',
      changed: false,
      remark: expect.stringMatching(/^It was already gone: .*not-foundException/u),
    });
    expect(cloud.starts).toHaveLength(1);
    expect(clock.elapsed()).toBeGreaterThanOrEqual(40_000);
  });

  test('changed it where an earlier try went unanswered, however long reads lag', async () => {
    const { outcome, cloud } = createEngine({ ...options, readLag: 40_000, answers: [lostRemoval, notFound] });
    expect(await outcome({ operation: 'revoke' })).toMatchObject({
      status: 'SUCCEEDED',
      changed: true,
      remark: expect.stringMatching(/^The answer to the call that removed it was lost: .*not-foundException/u),
    });
    expect(cloud.starts).toHaveLength(2);
    expect(cloud.truth()).toBe('absent');
  });

  test('is FAILED with the response where reads still show it', async () => {
    const { outcome, clock, cloud } = createEngine({ ...options, answers: [notFound] });
    expect(await outcome({ operation: 'revoke' })).toMatchObject({
      status: 'FAILED',
      changed: false,
      failure: { kind: 'not-found' },
    });
    expect(cloud.starts).toHaveLength(1);
    expect(clock.elapsed()).toBeLessThanOrEqual(120_000);
  });

  test("is FAILED with the cloud's answer, not with an error of this action, where the time limit passes meanwhile", async () => {
    const { outcome } = createEngine({ ...options, timeoutMs: 10_000, answers: [notFound] });
    expect(await outcome({ operation: 'revoke' })).toMatchObject({ status: 'FAILED', failure: { kind: 'not-found' } });
  });
});

describe('a revoke of access that the first read did not show', () => {
  test('removes the access that the second read shows', async () => {
    // Every call takes 100 ms: resolve, the first read (nothing), the lists, the second read (there it is).
    const { result, cloud } = createEngine({
      standing: 'current',
      seen: atOnce.seen,
      latency: 100,
      readsAtFirst: { standing: 'absent', until: 250 },
    });
    expect(await result({ operation: 'revoke' })).toMatchObject({
      action: 'remove',
      outcome: { status: 'SUCCEEDED', changed: true },
    });
    expect(cloud.starts).toMatchObject([{ kind: 'remove', seen: atOnce.seen }]);
  });

  test('asks nothing more where changes are carried out at once: no list could have missed one', async () => {
    const { outcome, cloud } = createEngine({ ...atOnce, standing: 'absent' });
    expect(await outcome({ operation: 'revoke' })).toMatchObject({ status: 'SUCCEEDED', changed: false });
    expect(cloud.calls).toMatchObject({ read: 1, start: 0 });
  });
});
