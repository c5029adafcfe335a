import { describe, expect, test } from '@jest/globals';

import { isChanged, isGreen } from '../../../src/access/outcome.ts';
import { atOnce, createEngine, seen } from './engine.ts';
import { cloudError } from '../fixtures.ts';

const ineffective = { ...atOnce.course, ending: { state: 'SUCCEEDED', effective: false } } as const;

describe('a change that is carried out at once', () => {
  test('is reported as carried out and read back, and its operation is never polled', async () => {
    const { result, cloud, log, started } = createEngine(atOnce);
    expect(await result()).toMatchObject({
      outcome: { status: 'SUCCEEDED', changed: true, requestId: 'own-1', remark: null },
      seen,
    });
    expect(log.at('info').slice(-2)).toEqual([
      'Carried out Start-create: request ID own-1.',
      expect.stringMatching(/^Verified by reading back: .* is there\.$/u),
    ]);
    expect(log.lines.join('\n')).not.toMatch(/Started|SUCCEEDED after/u);
    expect(started).toEqual(['own-1']);
    expect(cloud.calls.ask).toBe(0);
  });

  test('reports the ID of the assignment before it is read back', async () => {
    const { run, startedOn, cancelAt } = createEngine({ ...atOnce, readLag: 60_000 });
    cancelAt(1);
    const [result] = (await run()).results;
    expect(startedOn).toEqual([seen.assignmentId]);
    expect(result).toMatchObject({
      outcome: { status: 'IN_PROGRESS', requestId: 'own-1' },
      seen: { assignmentId: seen.assignmentId },
    });
  });

  test('is reported as started where the cloud continues after the answer', async () => {
    const { outcome, log } = createEngine();
    await outcome();
    expect(log.at('info')).toContain('Started Start-create: request ID own-1.');
    expect(log.lines.join('\n')).not.toContain('Carried out');
  });

  test('is not reported as carried out where the answer is FAILED', async () => {
    const { outcome, log } = createEngine({
      course: { takes: 0, ending: { state: 'FAILED', reason: 'no such principal' } },
    });
    expect(await outcome()).toMatchObject({ status: 'FAILED', reason: 'no such principal' });
    expect(log.lines.join('\n')).toContain('own-1');
    expect(log.lines.join('\n')).not.toContain('Carried out');
  });

  test.each([
    ['assign', 'absent', 'Not visible yet'],
    ['revoke', 'current', 'Still listed'],
  ] as const)('%s: reads that lag by a minute are waited for, and said so', async (operation, standing, words) => {
    const { outcome, log, clock } = createEngine({ ...atOnce, standing, readLag: 60_000 });
    expect(await outcome({ operation })).toMatchObject({ status: 'SUCCEEDED', changed: true, requestId: 'own-1' });
    expect(clock.elapsed()).toBeGreaterThanOrEqual(60_000);
    expect(log.at('info').filter((line) => line.startsWith(`${words}. Reading again in `)).length).toBeGreaterThan(5);
  });

  test.each([
    [5_000, 3_500],
    [15_500, 15_500],
    [120_000, 119_500],
  ])('that no read shows is FAILED and changed after %d ms at most', async (visibleWithinMs, waited) => {
    const { result, clock } = createEngine({ ...atOnce, visibleWithinMs, course: ineffective });
    const got = await result();
    expect(got.outcome).toMatchObject({ status: 'FAILED', changed: true, requestId: 'own-1' });
    expect(clock.elapsed()).toBe(waited);
    expect(got.seen).toMatchObject({ assignmentId: seen.assignmentId });
  });

  test('is waited for beyond a spent time limit: it is done, and only seeing it is left', async () => {
    const { outcome } = createEngine({ ...atOnce, timeoutMs: 1_000, readLag: 60_000 });
    expect(await outcome()).toMatchObject({ status: 'SUCCEEDED', changed: true });
  });

  test('is not FAILED where the read-back is refused: it is reported as done and not verified, with the hint of the read', async () => {
    let reads = 0;
    const { result } = createEngine({
      ...atOnce,
      failing: {
        read: () => {
          reads += 1;
          return reads > 1 ? cloudError('denied', { operation: 'test:Read' }) : null;
        },
      },
    });
    const got = await result();
    expect(got.outcome).toMatchObject({
      status: 'IN_PROGRESS',
      requestId: 'own-1',
      reason: expect.stringContaining('test:Read answered deniedException'),
      hint: expect.stringMatching(/was made but not verified.* what to do about denied$/u),
    });
    expect(isGreen(got, true)).toBe(false);
  });

  test('is FAILED where the read shows another value, and reports the value', async () => {
    const { outcome } = createEngine({
      ...atOnce,
      standing: 'conflicting',
      course: ineffective,
      readsAtFirst: { standing: 'absent', until: 1 },
    });
    expect(await outcome()).toMatchObject({
      status: 'FAILED',
      changed: true,
      reason: expect.stringContaining('showed it with a difference: It is there with a lock on it.'),
    });
  });
});

describe('with wait: false', () => {
  test.each([
    ['assign', 'absent'],
    ['revoke', 'current'],
    ['assign', 'outdated'],
  ] as const)('%s of %s access that a read shows at once is SUCCEEDED', async (operation, standing) => {
    const { result, cloud, clock } = createEngine({ ...atOnce, standing, wait: false });
    const got = await result({ operation });
    expect(got.outcome).toMatchObject({ status: 'SUCCEEDED', changed: true, requestId: 'own-1' });
    expect(isGreen(got, false)).toBe(true);
    expect(cloud.calls.read).toBe(2);
    expect(clock.elapsed()).toBe(0);
  });

  test.each([
    ['assign', 'absent', 'did not show the grant'],
    ['revoke', 'current', 'still showed the grant'],
    ['assign', 'outdated', 'still showed the old version: t-1'],
  ] as const)(
    '%s of %s access that no read shows yet is IN_PROGRESS, and green',
    async (operation, standing, words) => {
      const { result, log, cloud, clock } = createEngine({ ...atOnce, standing, readLag: 30_000, wait: false });
      const got = await result({ operation });
      expect(got).toMatchObject({
        outcome: {
          status: 'IN_PROGRESS',
          requestId: 'own-1',
          reason: expect.stringMatching(`was accepted; a first read ${words}\\.$`),
        },
        seen: { assignmentId: seen.assignmentId },
      });
      expect(isGreen(got, false)).toBe(true);
      expect(isChanged(got)).toBe(true);
      expect(log.lines.join('\n')).not.toContain('Verified');
      expect(cloud.remarkedOn).toMatchObject([{ changed: true, verified: false }]);
      expect(clock.elapsed()).toBe(0);
    },
  );
});
