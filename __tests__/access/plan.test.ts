import { describe, expect, test } from '@jest/globals';

import type { Standing } from '../../src/access/cloud.ts';
import { everywhere, isReached, oppositeOf, planStep } from '../../src/access/plan.ts';
import { assignment, provisioning } from './fake-cloud.ts';

const seen = (standing: Standing) => ({ standing, outdated: [] });
const all = { ...provisioning, target: { id: everywhere, name: null } };

describe('planStep', () => {
  test.each([
    ['assign', 'absent', 'create'],
    ['assign', 'outdated', 'update'],
    ['assign', 'current', 'keep'],
    ['revoke', 'absent', 'keep'],
    ['revoke', 'outdated', 'remove'],
    ['revoke', 'current', 'remove'],
  ] as const)('%s of what is %s: %s', (operation, standing, action) => {
    expect(planStep(operation, assignment, seen(standing))).toEqual({ action, grant: assignment });
  });

  test.each(['outdated', 'current'] as const)('provision always pushes what is %s, named or everywhere', (standing) => {
    expect(planStep('provision', provisioning, seen(standing))).toEqual({ action: 'provision', grant: provisioning });
    expect(planStep('provision', all, seen(standing))).toEqual({ action: 'provision', grant: all });
  });

  test('provision where it is not provisioned is refused, with what to do: nothing is widened', () => {
    expect(planStep('provision', provisioning, seen('absent'))).toEqual({
      action: 'refuse',
      grant: provisioning,
      reason: expect.stringContaining('not provisioned there'),
      hint: expect.stringContaining('operation: assign'),
    });
  });

  test('provision everywhere, and nowhere provisioned, changes nothing', () => {
    expect(planStep('provision', all, seen('absent'))).toEqual({ action: 'keep', grant: all });
  });
});

describe('isReached', () => {
  test.each([
    ['create', 'current', true],
    ['create', 'outdated', false],
    ['create', 'absent', false],
    ['update', 'current', true],
    ['update', 'outdated', false],
    ['provision', 'current', true],
    ['provision', 'outdated', false],
    ['provision', 'absent', false],
    ['remove', 'absent', true],
    ['remove', 'outdated', false],
    ['remove', 'current', false],
  ] as const)('%s and %s: %s', (kind, standing, reached) => {
    expect(isReached(kind, seen(standing))).toBe(reached);
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
