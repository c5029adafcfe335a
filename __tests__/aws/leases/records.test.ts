import { describe, expect, test } from '@jest/globals';

import { constants, never } from '../../../src/aws/leases/steps/constants.ts';
import {
  historySpan,
  isEnabledTimer,
  isLiveHold,
  isPermanentHold,
  isTimer,
  phaseOf,
  proofIn,
  wasJustDisabled,
  type Row,
} from '../../../src/aws/leases/steps/records.ts';
import { isBeyondAnyLease, rowOf } from '../../../src/aws/leases/records/rows.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const end = Date.parse('2026-11-21T22:00:00Z');

function row(more: Partial<Row> = {}): Row {
  return {
    kind: 'timer',
    end,
    holder: 'a'.repeat(20),
    enabled: true,
    created: end - 120 * minute,
    modified: end - 120 * minute,
    firesAt: null,
    foreign: false,
    otherRole: null,
    ...more,
  };
}
const hold = (more: Partial<Row> = {}): Row => row({ kind: 'hold', enabled: false, ...more });

describe('a hold', () => {
  test.each([
    [end - 1, true],
    [end + minute - 1, true],
    [end + minute, false],
  ])('counts until its end and a margin (%d: %s)', (date, counts) => {
    expect(isLiveHold(hold(), date, constants)).toBe(counts);
  });

  test('of a permanent assign counts forever', () => {
    expect(isLiveHold(hold({ end: never }), end + 400 * day, constants)).toBe(true);
    expect([isPermanentHold(hold({ end: never })), isPermanentHold(hold())]).toEqual([true, false]);
  });

  test('that is foreign or invalid does not count', () => {
    expect(isLiveHold(hold({ foreign: true }), end - minute, constants)).toBe(false);
    expect(isLiveHold(row(), end - minute, constants)).toBe(false);
    expect(isPermanentHold(hold({ end: never, foreign: true }))).toBe(false);
  });
});

describe('a timer', () => {
  const spentAt = end + 19 * minute;
  test.each([
    [end - minute - 1, 'ahead'],
    [end - minute, 'due'],
    [end, 'due'],
    [spentAt - 1, 'due'],
    [spentAt, 'spent'],
  ])('at %d is %s', (date, phase) => {
    expect(phaseOf(row(), date, constants)).toBe(phase);
  });

  test('is identified by when it fires, not by its name', () => {
    const later = row({ firesAt: end + 60 * minute });
    expect(phaseOf(later, spentAt, constants)).toBe('ahead');
    expect(phaseOf(later, spentAt + 60 * minute, constants)).toBe('spent');
  });

  test('that is disabled or foreign does not fire', () => {
    expect([
      isEnabledTimer(row()),
      isEnabledTimer(row({ enabled: false })),
      isEnabledTimer(row({ foreign: true })),
    ]).toEqual([true, false, false]);
    expect([isTimer(row({ enabled: false })), isTimer(hold())]).toEqual([true, false]);
  });

  test.each<[string, Partial<Row>, number, boolean]>([
    ['disabled long before its end', { enabled: false, modified: end - 30 * minute }, end, false],
    ['disabled near its end', { enabled: false, modified: end - 30_000 }, end, true],
    ['disabled after its end', { enabled: false, modified: end + minute }, end + 2 * minute, true],
    ['disabled so long ago that its call has arrived', { enabled: false, modified: end }, end + 3 * minute, false],
    ['that is armed', { modified: end }, end, false],
    ['no timer', { kind: 'hold', enabled: false, modified: end }, end, false],
  ])('%s: true if its call can be running', (_, more, date, may) => {
    expect(wasJustDisabled(row(more), date, constants)).toBe(may);
  });
});

describe('the proof of a list', () => {
  const spent = end + 30 * minute;
  test.each<[string, readonly Row[], number, string]>([
    ['nothing', [], end, 'none'],
    ['holds and dead timers', [hold(), row({ enabled: false })], end, 'none'],
    ['a foreign timer', [row({ foreign: true })], end - day, 'none'],
    ['an armed timer', [row()], end - 30 * minute, 'armed'],
    ['a due timer', [row()], end, 'armed'],
    ['a spent timer', [row()], spent, 'spent'],
    ['one that is spent and one that is ahead', [row(), row({ end: end + day, firesAt: end + day })], spent, 'armed'],
  ])('%s', (_, rows, date, proof) => {
    expect(proofIn(rows, date, constants)).toBe(proof);
  });

  test('history must lie between the oldest record and the first of the last firing', () => {
    const rows = [
      row({ created: end - 90 * minute }),
      hold({ created: end - 100 * minute }),
      row({ created: end - 80 * minute, firesAt: end + 5 * minute }),
      row({ created: 0, foreign: true, firesAt: end + day }),
      row({ enabled: false, firesAt: end + day }),
    ];
    expect(historySpan(rows)).toEqual({ after: end - 120 * minute, before: end + 5 * minute });
    expect(historySpan(rows.slice(0, 4))).toEqual({ after: end - 100 * minute, before: end + 5 * minute });
  });
});

describe('a row of a list', () => {
  const name = (at: number, letter: string): string =>
    `${'0'.repeat(24)}-${String(Math.floor(at / 1000)).padStart(10, '0')}-${'a'.repeat(20)}-${letter}`;
  const created = new Date(end - 60 * minute);

  test('is read from its name and state', () => {
    expect(rowOf({ Name: name(end, 't'), State: 'ENABLED', CreationDate: created }, constants)).toEqual(
      row({ created: created.getTime(), modified: created.getTime() }),
    );
    expect(rowOf({ Name: name(end, 's'), State: 'DISABLED', CreationDate: created }, constants)).toMatchObject({
      kind: 'mark',
      enabled: false,
    });
  });

  test.each(['', 'nightly-report', name(end, 'x'), `${name(end, 't')}x`, name(end, 't').toUpperCase()])(
    'of another name is not a record: %j',
    (other) => {
      expect(rowOf({ Name: other, State: 'ENABLED', CreationDate: created }, constants)).toBeNull();
    },
  );

  test('is foreign when its end is more than thirty days after its creation, except a permanent hold', () => {
    const at = (more: number): number => created.getTime() + 30 * day + more;
    const foreign = (more: number, letter = 't'): boolean | undefined =>
      rowOf({ Name: name(at(more), letter), State: 'ENABLED', CreationDate: created }, constants)?.foreign;
    expect([foreign(0), foreign(minute), foreign(2 * minute), foreign(2 * minute, 'h')]).toEqual([
      false,
      false,
      true,
      true,
    ]);
    const permanent = rowOf({ Name: name(never, 'h'), State: 'DISABLED', CreationDate: created }, constants);
    expect(permanent).toMatchObject({ end: never, foreign: false });
    expect(rowOf({ Name: name(never, 't'), State: 'ENABLED', CreationDate: created }, constants)?.foreign).toBe(true);
  });

  test("fires no later than the latest end of a lease, plus the spread of a step's timers", () => {
    const timer = row({ created: 0 });
    expect(isBeyondAnyLease(30 * day + 2 * 60 * minute, timer, constants)).toBe(false);
    expect(isBeyondAnyLease(31 * day, timer, constants)).toBe(true);
    expect(isBeyondAnyLease(31 * day, hold({ created: 0 }), constants)).toBe(false);
  });
});

test('the constants have the order that the protocol needs', () => {
  const { sendWithin, flight, settle, armMax, margin, createMax, sweepAge, window, fireWait, gcAge } = constants;
  expect(sendWithin + flight).toBeLessThan(settle);
  // The shortest lease is five minutes.
  expect(armMax + margin).toBeLessThan(5 * minute);
  expect(createMax + flight).toBeLessThan(sweepAge);
  expect(window + fireWait).toBeLessThan(gcAge);
});
