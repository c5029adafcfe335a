import { describe, expect, test } from '@jest/globals';

import type { FailureKind } from '../../../src/access/errors.ts';
import { atOnce, createEngine } from './engine.ts';
import type { Answer } from '../fake-cloud.ts';
import { cloudError } from '../fixtures.ts';

const refuse = (kind: FailureKind, message = `it is ${kind}`): Answer => ({
  kind: 'refuse',
  error: cloudError(kind, { message }),
});
const many = (kind: FailureKind): readonly Answer[] =>
  Array.from({ length: 200 }, (_, index) => refuse(kind, `refused for the ${index + 1}th time`));
const longest = () => 1 - Number.EPSILON;

describe('a new principal is not known in all of the cloud yet', () => {
  test.each<FailureKind>(['replicating', 'unknown-role'])(
    '%s: the same change is sent until it is known',
    async (kind) => {
      const { outcome, cloud, log } = createEngine({ ...atOnce, answers: [refuse(kind), refuse(kind), refuse(kind)] });
      expect(await outcome()).toMatchObject({ status: 'SUCCEEDED', changed: true, requestId: 'own-1' });
      expect(cloud.starts.map(({ kind: started, seen }) => [started, seen])).toEqual(Array(4).fill(['create', null]));
      expect(log.at('info').filter((line) => line.includes('not known everywhere yet. Trying again in'))).toHaveLength(
        3,
      );
    },
  );

  test('replicating is waited out in steps of at most 10 s', async () => {
    const { outcome, cloud } = createEngine({
      ...atOnce,
      random: longest,
      answers: Array.from({ length: 5 }, () => refuse('replicating')),
    });
    await outcome();
    const [first = 0] = cloud.starts.map(({ at }) => at);
    expect(cloud.starts.map(({ at }) => at - first)).toEqual([0, 4_000, 12_000, 22_000, 32_000, 42_000]);
  });

  test('replicating until the deadline is FAILED with the last answer, its hint, and nothing changed', async () => {
    const { outcome, cloud, clock } = createEngine({ ...atOnce, timeoutMs: 60_000, answers: many('replicating') });
    const got = await outcome();
    const last = `refused for the ${cloud.starts.length}th time`;
    expect(cloud.starts.length).toBeGreaterThan(5);
    expect(got).toEqual({
      status: 'FAILED',
      changed: false,
      requestId: null,
      reason: `test:Start answered replicatingException: ${last} (request ID aws-req-1)`,
      hint: 'what to do about replicating',
      failure: expect.objectContaining({ kind: 'replicating', message: last }),
    });
    expect(clock.elapsed()).toBeLessThanOrEqual(60_000);
    expect(clock.elapsed()).toBeGreaterThan(45_000);
  });

  test.each([0, 0.5, longest()])('unknown-role is final after four tries, random at %d', async (random) => {
    const { outcome, cloud, clock } = createEngine({ ...atOnce, random: () => random, answers: many('unknown-role') });
    expect(await outcome()).toMatchObject({
      status: 'FAILED',
      changed: false,
      failure: { kind: 'unknown-role', message: 'refused for the 4th time' },
    });
    expect(cloud.starts).toHaveLength(4);
    expect(clock.elapsed()).toBeLessThanOrEqual(15_000);
  });

  test('a role that is as new as the principal gets its own tries', async () => {
    const waitedOut = Array.from({ length: 4 }, () => refuse('replicating'));
    const { outcome } = createEngine({ ...atOnce, answers: [...waitedOut, refuse('unknown-role')] });
    expect(await outcome()).toMatchObject({ status: 'SUCCEEDED', changed: true });
  });
});
