import { describe, expect, test } from '@jest/globals';

import type { Seen, Standing } from '../../../src/access/cloud.ts';
import { everywhere, isReached, oppositeOf, planStep } from '../../../src/access/plan/plan.ts';
import { assignment, conflict, observe, provisioning } from '../fixtures.ts';

const seen: Seen = { assignmentId: 'a-1', principalType: 'GROUP' };
const read = (standing: Standing) => observe(standing, seen);
const all = { ...provisioning, target: { id: everywhere, name: null } };

describe('planStep', () => {
  test.each([
    ['assign', 'absent', 'create'],
    ['assign', 'current', 'keep'],
    ['revoke', 'absent', 'keep'],
    ['revoke', 'outdated', 'remove'],
    ['revoke', 'current', 'remove'],
    ['revoke', 'conflicting', 'remove'],
  ] as const)('%s of %s access: %s', (operation, standing, action) => {
    expect(planStep(operation, assignment, read(standing))).toEqual({
      action,
      grant: assignment,
      seen: standing === 'absent' ? null : seen,
    });
  });

  test('assign of an outdated assignment: update, with the properties to correct', () => {
    expect(planStep('assign', assignment, read('outdated'))).toEqual({
      action: 'update',
      grant: assignment,
      seen,
      outdated: ['t-1'],
    });
  });

  test("assign of an assignment with other properties is refused, in the cloud's words: no step changes it without a request", () => {
    expect(planStep('assign', assignment, read('conflicting'))).toEqual({
      action: 'refuse',
      grant: assignment,
      seen,
      ...conflict,
    });
  });

  test.each(['outdated', 'current'] as const)(
    'provision always pushes a permission set that is %s, named or everywhere',
    (standing) => {
      for (const grant of [provisioning, all]) {
        expect(planStep('provision', grant, read(standing))).toEqual({ action: 'provision', grant, seen });
      }
    },
  );

  test('provision where it is not provisioned is refused, with what to do: nothing is widened', () => {
    expect(planStep('provision', provisioning, read('absent'))).toEqual({
      action: 'refuse',
      grant: provisioning,
      seen: null,
      reason: expect.stringContaining('not provisioned there'),
      hint: expect.stringContaining('operation: assign'),
    });
  });

  test('provision everywhere, and nowhere provisioned, changes nothing', () => {
    expect(planStep('provision', all, read('absent'))).toEqual({ action: 'keep', grant: all, seen: null });
  });
});

describe('isReached', () => {
  test.each([
    ['create', 'current', true],
    ['create', 'outdated', false],
    ['create', 'absent', false],
    ['create', 'conflicting', false],
    ['update', 'current', true],
    ['update', 'outdated', false],
    ['update', 'conflicting', false],
    ['update', 'absent', false],
    ['provision', 'current', true],
    ['provision', 'outdated', false],
    ['provision', 'absent', false],
    ['remove', 'absent', true],
    ['remove', 'outdated', false],
    ['remove', 'conflicting', false],
    ['remove', 'current', false],
  ] as const)('%s and %s: %s', (kind, standing, reached) => {
    expect(isReached(kind, read(standing))).toBe(reached);
  });
});

describe('oppositeOf', () => {
  test.each([
    ['create', 'remove'],
    ['remove', 'create'],
    ['update', null],
    ['provision', null],
  ] as const)('of %s is %s', (kind, opposite) => {
    expect(oppositeOf(kind)).toBe(opposite);
  });
});
