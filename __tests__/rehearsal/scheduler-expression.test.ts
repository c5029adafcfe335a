import { describe, expect, test } from '@jest/globals';

import { endOf, nextDue, parseExpression } from '../../rehearsal/aws/scheduler/expression.ts';
import type { Schedule } from '../../rehearsal/aws/scheduler/schedule.ts';

const NOON = Date.UTC(2026, 10, 2, 12, 0);
const MINUTE = 60_000;

function schedule(expression: string, more: Partial<Schedule> = {}): Schedule {
  return {
    accountId: '111122223333',
    region: 'us-east-1',
    group: 'default',
    name: 'one',
    arn: '',
    expression,
    timezone: 'UTC',
    state: 'ENABLED',
    target: { arn: '', roleArn: '', maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 },
    windowMinutes: null,
    actionAfterCompletion: 'NONE',
    createdAt: NOON - MINUTE,
    modifiedAt: NOON,
    ...more,
  };
}

describe('an expression', () => {
  test.each([
    ['rate(1 minute)', { kind: 'rate', everyMs: MINUTE }],
    ['rate(5 minutes)', { kind: 'rate', everyMs: 5 * MINUTE }],
    ['rate(2 hours)', { kind: 'rate', everyMs: 120 * MINUTE }],
    ['rate(1 day)', { kind: 'rate', everyMs: 1440 * MINUTE }],
    ['at(2026-11-02T12:00:00)', { kind: 'at', time: NOON }],
    ['cron(0 12 * * ? *)', { kind: 'cron' }],
    ['rate(0 minutes)', null],
    ['rate(-1 minutes)', null],
    ['rate(5 seconds)', null],
    ['at(2026-13-02T12:00:00)', null],
    ['at(2026-11-02T12:00:00Z)', null],
    ['every minute', null],
  ])('%s', (text, expected) => {
    expect(parseExpression(text)).toEqual(expected);
  });
});

describe('a rate', () => {
  test('is due at its StartDate and then in its interval, to the EndDate inclusive', () => {
    const timer = schedule('rate(5 minutes)', { startsAt: NOON + 3 * MINUTE, endsAt: NOON + 13 * MINUTE });
    expect(nextDue(timer, NOON)).toBe(NOON + 3 * MINUTE);
    expect(nextDue(timer, NOON + 3 * MINUTE)).toBe(NOON + 3 * MINUTE);
    expect(nextDue(timer, NOON + 3 * MINUTE + 1)).toBe(NOON + 8 * MINUTE);
    expect(nextDue(timer, NOON + 13 * MINUTE)).toBe(NOON + 13 * MINUTE);
    expect(nextDue(timer, NOON + 13 * MINUTE + 1)).toBeUndefined();
    expect(endOf(timer)).toBe(NOON + 13 * MINUTE);
  });

  test('without a StartDate is due at once, without an EndDate forever', () => {
    const timer = schedule('rate(5 minutes)');
    expect(nextDue(timer, NOON)).toBe(NOON);
    expect(nextDue(timer, NOON + 365 * 1440 * MINUTE + 1)).toBe(NOON + (365 * 1440 + 5) * MINUTE);
    expect(endOf(timer)).toBeUndefined();
  });
});

test('a time is due once, with any start and end', () => {
  const once = schedule('at(2026-11-02T12:00:00)', { startsAt: NOON + MINUTE, endsAt: NOON - MINUTE });
  expect([nextDue(once, NOON), nextDue(once, NOON + 1), endOf(once)]).toEqual([NOON, undefined, NOON]);
  expect(nextDue(schedule('cron(0 12 * * ? *)'), NOON)).toBeUndefined();
});
