import { describe, expect, test } from '@jest/globals';

import type { FailureKind } from '../../../src/access/errors.ts';
import type { Result } from '../../../src/access/outcome.ts';
import { atOnce, createEngine, seen, type Engine, type EngineOptions } from './engine.ts';
import { refuse, type Answer } from '../fake-cloud.ts';
import { cloudError, conflict } from '../fixtures.ts';

const existing: EngineOptions = { ...atOnce, answers: [refuse('exists')] };

/** Another job made the grant a moment ago: reads do not show it for this many milliseconds. */
function setUp(
  options: EngineOptions & { readonly unseenFor?: number },
): Engine & { readonly assign: () => Promise<Result> } {
  const { unseenFor = 3_000, ...rest } = options;
  const engine = createEngine({ ...existing, readsAtFirst: { standing: 'absent', until: unseenFor }, ...rest });
  return { ...engine, assign: () => engine.result() };
}

const kinds = ({ cloud }: Engine): readonly string[] => cloud.starts.map(({ kind }) => kind);

describe('a creation of what exists', () => {
  test('that has the requested properties is done: nothing changed, and nothing more is sent', async () => {
    const engine = setUp({ standing: 'current' });
    expect(await engine.assign()).toMatchObject({
      outcome: {
        status: 'SUCCEEDED',
        changed: false,
        requestId: null,
        remark: expect.stringContaining('another job'),
      },
      seen,
    });
    expect(kinds(engine)).toEqual(['create']);
    expect(engine.started).toEqual([]);
    expect(engine.log.at('info').join('\n')).toContain('existsException: it is exists (request ID aws-req-1). Looking');
  });

  test('and is outdated, is updated under the ID that was seen', async () => {
    const engine = setUp({ standing: 'outdated' });
    expect(await engine.assign()).toMatchObject({
      action: 'update',
      outcome: { status: 'SUCCEEDED', changed: true, requestId: 'own-1' },
      seen,
    });
    expect(engine.cloud.starts).toMatchObject([
      { kind: 'create', seen: null },
      { kind: 'update', seen },
    ]);
    expect(engine.cloud.truth()).toBe('current');
    expect(engine.log.at('info').at(-1)).toContain('is up to date.');
    expect(engine.clock.elapsed()).toBeLessThan(5_000);
  });

  test("that is in conflict is refused in the cloud's words: nothing changed, and the read properties are kept", async () => {
    const engine = setUp({ standing: 'conflicting' });
    expect(await engine.assign()).toMatchObject({
      outcome: { status: 'FAILED', changed: false, ...conflict },
      seen,
    });
    expect(kinds(engine)).toEqual(['create']);
    expect(engine.cloud.truth()).toBe('conflicting');
    expect(engine.log.at('info').at(-1)).toContain('request ID aws-req-1');
    expect(engine.clock.elapsed()).toBeLessThan(5_000);
  });

  test('that no read shows is FAILED with the refusal, as soon as reads can lag no longer', async () => {
    const engine = setUp({ standing: 'current', unseenFor: Number.POSITIVE_INFINITY });
    expect(await engine.assign()).toMatchObject({
      outcome: {
        status: 'FAILED',
        changed: false,
        hint: 'what to do about exists',
        failure: { kind: 'exists', requestId: 'aws-req-1' },
      },
      seen: null,
    });
    expect(kinds(engine)).toEqual(['create']);
    expect(engine.clock.elapsed()).toBeGreaterThan(100_000);
    expect(engine.clock.elapsed()).toBeLessThanOrEqual(120_000);
  });

  test('is read for as long as reads can lag in this cloud, and no longer', async () => {
    const engine = setUp({ standing: 'current', unseenFor: 60_000, visibleWithinMs: 15_500 });
    expect((await engine.assign()).outcome.status).toBe('FAILED');
    expect(engine.clock.elapsed()).toBeLessThanOrEqual(15_500);
  });

  test('is looked for within the time limit', async () => {
    const engine = setUp({ standing: 'current', unseenFor: 60_000, timeoutMs: 10_000 });
    expect((await engine.assign()).outcome).toMatchObject({ status: 'FAILED', failure: { kind: 'exists' } });
    expect(engine.clock.elapsed()).toBeLessThanOrEqual(10_000);
  });

  test('is brought up to date once: an update of what exists goes round no second time', async () => {
    const engine = setUp({ standing: 'outdated', answers: [refuse('exists'), refuse('exists')] });
    expect((await engine.assign()).outcome).toMatchObject({ status: 'FAILED', failure: { kind: 'exists' } });
    expect(kinds(engine)).toEqual(['create', 'update']);
  });

  test('whose update is refused for a while is updated in the end', async () => {
    const engine = setUp({ standing: 'outdated', answers: [refuse('exists'), refuse('throttled'), refuse('busy')] });
    expect((await engine.assign()).outcome).toMatchObject({ status: 'SUCCEEDED', changed: true });
    expect(kinds(engine)).toEqual(['create', 'update', 'update', 'update']);
  });

  test.each<[FailureKind, FailureKind]>([
    ['denied', 'denied'],
    ['unavailable', 'exists'],
    ['unreachable', 'exists'],
    ['throttled', 'exists'],
  ])('that cannot be looked at (%s) is FAILED with what explains more: %s', async (kind, told) => {
    let reads = 0;
    const engine = setUp({
      standing: 'current',
      failing: {
        read: () => {
          reads += 1;
          return reads > 1 ? cloudError(kind, { operation: 'test:Read' }) : null;
        },
      },
    });
    expect((await engine.assign()).outcome).toMatchObject({
      status: 'FAILED',
      changed: false,
      failure: { kind: told },
    });
  });

  test("that can be the run's own, after a lost answer, counts as changed", async () => {
    const lost: Answer = { kind: 'lose', error: cloudError('unreachable', { requestId: null }) };
    const { result, cloud } = createEngine({ ...atOnce, readLag: 20_000, answers: [lost, refuse('exists')] });
    expect((await result()).outcome).toMatchObject({ status: 'SUCCEEDED', changed: true });
    expect(cloud.starts).toHaveLength(2);
  });
});
