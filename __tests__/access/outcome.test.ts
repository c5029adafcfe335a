import { describe, expect, test } from '@jest/globals';

import { isChanged, isGreen, worstStatus, type Outcome, type Result, type Status } from '../../src/access/outcome.ts';
import { assignment } from './fixtures.ts';
import { epoch } from './fake-clock.ts';

const of = (outcome: Outcome): Result => ({
  grant: assignment,
  action: 'create',
  outcome,
  seen: null,
  lease: null,
  startedAt: epoch,
  endedAt: epoch,
});
const succeeded = (changed: boolean): Result => of({ status: 'SUCCEEDED', changed, requestId: 'r', remark: null });
const inProgress = (requestId: string | null): Result =>
  of({ status: 'IN_PROGRESS', requestId, reason: 'the time limit passed', hint: null });
const failed = (changed: boolean): Result =>
  of({ status: 'FAILED', changed, requestId: 'r', reason: 'no', hint: null, failure: null });

describe('worstStatus', () => {
  test.each<[readonly Result[], Status]>([
    [[succeeded(true)], 'SUCCEEDED'],
    [[inProgress('r')], 'IN_PROGRESS'],
    [[failed(false)], 'FAILED'],
    [[succeeded(true), inProgress('r'), succeeded(false)], 'IN_PROGRESS'],
    [[inProgress('r'), failed(false), succeeded(true)], 'FAILED'],
    [[failed(false), succeeded(true)], 'FAILED'],
  ])('%#', (results, worst) => {
    expect(worstStatus(results)).toBe(worst);
    expect(worstStatus(results.toReversed())).toBe(worst);
  });
});

describe('isChanged', () => {
  test('follows the outcome, and counts changes in progress', () => {
    expect(isChanged(succeeded(true))).toBe(true);
    expect(isChanged(succeeded(false))).toBe(false);
    expect(isChanged(failed(true))).toBe(true);
    expect(isChanged(failed(false))).toBe(false);
    expect(isChanged(inProgress('r'))).toBe(true);
    expect(isChanged(inProgress(null))).toBe(true);
  });
});

describe('isGreen', () => {
  test.each([true, false])('SUCCEEDED is, FAILED never is (wait: %s)', (wait) => {
    expect(isGreen(succeeded(true), wait)).toBe(true);
    expect(isGreen(succeeded(false), wait)).toBe(true);
    expect(isGreen(failed(true), wait)).toBe(false);
    expect(isGreen(failed(false), wait)).toBe(false);
  });

  test('IN_PROGRESS is only with wait: false, and only where the start was accepted', () => {
    expect(isGreen(inProgress('r'), true)).toBe(false);
    expect(isGreen(inProgress(null), true)).toBe(false);
    expect(isGreen(inProgress('r'), false)).toBe(true);
    expect(isGreen(inProgress(null), false)).toBe(false);
  });
});
