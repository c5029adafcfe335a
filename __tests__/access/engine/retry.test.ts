import { describe, expect, test } from '@jest/globals';

import type { FailureKind } from '../../../src/access/errors.ts';
import { createRetries, delayBeforeRetry, isUncertain } from '../../../src/access/engine/retry.ts';
import { failure } from '../fixtures.ts';

const passing = ['busy', 'throttled', 'skewed', 'replicating', 'unknown-role', 'unavailable', 'unreachable'] as const;
const final = ['exists', 'denied', 'not-found', 'invalid', 'quota', 'other'] as const;
const always = (value: number) => () => value;
const justBelowOne = 1 - Number.EPSILON;

describe('delayBeforeRetry', () => {
  test.each(passing)('%s is tried again', (kind) => {
    expect(delayBeforeRetry(failure(kind), 1, always(0.5))).toBeGreaterThan(0);
  });

  test.each(final)('%s is final after every try', (kind) => {
    for (const tries of [1, 2, 10]) expect(delayBeforeRetry(failure(kind), tries, always(0.5))).toBeNull();
  });

  test.each(final)('%s is final even where the cloud names a time to wait', (kind) => {
    expect(delayBeforeRetry(failure(kind, { retryAfterMs: 1_000 }), 1, always(0.5))).toBeNull();
  });

  test.each([
    ['busy', 2_000, 30_000],
    ['throttled', 1_000, 20_000],
    ['unavailable', 500, 10_000],
    ['unreachable', 500, 10_000],
  ] as const)('%s backs off from %d ms to %d ms, full jitter', (kind, base, cap) => {
    expect(delayBeforeRetry(failure(kind), 1, always(justBelowOne))).toBe(base);
    expect(delayBeforeRetry(failure(kind), 2, always(justBelowOne))).toBe(2 * base);
    expect(delayBeforeRetry(failure(kind), 3, always(justBelowOne))).toBe(4 * base);
    expect(delayBeforeRetry(failure(kind), 3, always(0))).toBe(0);
    for (const tries of [20, 100, 5_000]) {
      expect(delayBeforeRetry(failure(kind), tries, always(justBelowOne))).toBe(cap);
    }
  });

  test('replicating backs off from 4 s to 10 s and is worth any number of tries', () => {
    const delays = [1, 2, 3, 100].map((tries) => delayBeforeRetry(failure('replicating'), tries, always(justBelowOne)));
    expect(delays).toEqual([4_000, 8_000, 10_000, 10_000]);
  });

  test('unknown-role is worth four tries: within a quarter of a minute it is known, or it is wrong', () => {
    const delays = [1, 2, 3, 4, 5].map((tries) =>
      delayBeforeRetry(failure('unknown-role'), tries, always(justBelowOne)),
    );
    expect(delays).toEqual([2_000, 4_000, 8_000, null, null]);
    expect(delayBeforeRetry(failure('unknown-role', { retryAfterMs: 1_000 }), 4, always(0.5))).toBeNull();
  });

  test('the delay that the cloud requests is a lower bound, also above the cap', () => {
    expect(delayBeforeRetry(failure('throttled', { retryAfterMs: 7_000 }), 1, always(0.1))).toBe(7_000);
    expect(delayBeforeRetry(failure('throttled', { retryAfterMs: 90_000 }), 1, always(0.1))).toBe(90_000);
    expect(delayBeforeRetry(failure('throttled', { retryAfterMs: 10 }), 5, always(0.5))).toBe(8_000);
  });
});

describe('isUncertain', () => {
  test.each<[FailureKind, boolean]>([
    ['unavailable', true],
    ['unreachable', true],
    ['throttled', false],
    ['busy', false],
    ['skewed', false],
    ['replicating', false],
    ['unknown-role', false],
    ['exists', false],
    ['denied', false],
    ['not-found', false],
    ['invalid', false],
    ['quota', false],
    ['other', false],
  ])('%s: %s', (kind, uncertain) => {
    expect(isUncertain(failure(kind))).toBe(uncertain);
  });
});

describe('createRetries', () => {
  test('counts each request by itself, until one succeeds', () => {
    const retries = createRetries(always(justBelowOne));
    expect(retries.delayAfter(failure('busy'), 'create')).toBe(2_000);
    expect(retries.delayAfter(failure('busy'), 'create')).toBe(4_000);
    expect(retries.delayAfter(failure('busy'), 'write')).toBe(2_000);
    retries.forget('create');
    expect(retries.delayAfter(failure('busy'), 'create')).toBe(2_000);
    expect(retries.delayAfter(failure('busy'), 'write')).toBe(4_000);
    expect(retries.delayAfter(failure('denied'), 'write')).toBeNull();
  });
});
