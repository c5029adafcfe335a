import { createHash } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import type { Lifetime } from '../../../src/access/request.ts';
import { create, keep, planOf, push, refuse, update } from './plans.ts';

const lease = (ms: number, keepAfterJob = false): Lifetime => ({ kind: 'lease', ms, keepAfterJob, onExisting: 'keep' });
const guid = '1A2B3C4D-1111-4222-8333-444455556666';

describe('documentPlan', () => {
  test('has the deciding settings, the changes, the kept grants and the refusals', () => {
    const plan = planOf([keep('p-3'), create('p-2'), refuse('p-4'), update('p-1')], { settings: { b: '2', a: '1' } });
    expect(plan).toEqual({
      schema: 1,
      kind: 'cloud-access-plan',
      cloud: 'sky',
      operation: 'assign',
      caller: 'caller-1',
      directory: 'directory-1',
      lifetime: 'permanent',
      'keep-after-job': false,
      settings: { a: '1', b: '2' },
      changes: [
        expect.objectContaining({ action: 'update', 'principal-id': 'p-1' }),
        {
          action: 'create',
          'principal-type': 'GROUP',
          'principal-id': 'p-2',
          'principal-name': 'Group p-2',
          'role-id': 'r-1',
          'role-name': '',
          'target-id': 't-1',
          'target-name': 'prod',
        },
      ],
      kept: [expect.objectContaining({ action: 'keep', 'principal-id': 'p-3' })],
      refused: [expect.objectContaining({ action: 'refuse', 'principal-id': 'p-4', reason: 'it has a condition' })],
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/u),
    });
    expect(Object.keys(plan.settings)).toEqual(['a', 'b']);
  });

  test('of a push has no principal', () => {
    expect(planOf([push('t-1')], { operation: 'provision' }).changes).toMatchObject([
      { action: 'provision', 'principal-type': '', 'principal-id': '', 'principal-name': '', 'target-id': 't-1' },
    ]);
  });

  test('says for how long, and whether that outlasts the job', () => {
    expect(planOf([], { lifetime: lease(5_400_000) })).toMatchObject({ lifetime: 'PT1H30M', 'keep-after-job': false });
    expect(planOf([], { lifetime: lease(86_400_000, true) })).toMatchObject({
      lifetime: 'P1D',
      'keep-after-job': true,
    });
  });

  test('has the caller who applies the plan', () => {
    expect(planOf([], { planFor: 'caller-2' }).caller).toBe('caller-2');
    expect(planOf([create('p')], { planFor: 'caller-2' }).digest).toBe(
      planOf([create('p')], { caller: 'caller-2' }).digest,
    );
  });
});

describe('the digest', () => {
  const steps = [create('p-2'), create('p-1', 'r-2', 't-9'), update('p-3')];
  const { digest } = planOf(steps, { settings: { z: '1', condition: 'x' } });

  test('is the hash of canonical JSON that every reader can compute (P10)', () => {
    const canonical =
      '{"caller":"caller-1","changes":[["GROUP","p-1","r-2","t-9","create"],["GROUP","p-2","r-1","t-1","create"],["GROUP","p-3","r-1","t-1","update"]],' +
      '"cloud":"sky","directory":"directory-1","keep-after-job":false,"lifetime":"permanent","operation":"assign","settings":{"condition":"x","z":"1"}}';
    expect(digest).toBe(`sha256:${createHash('sha256').update(canonical).digest('hex')}`);
  });

  test('is the same in any order, with any kept or refused grants, and with any names', () => {
    const settings = { condition: 'x', z: '1' };
    expect(planOf([...steps].reverse(), { settings }).digest).toBe(digest);
    expect(planOf([keep('p-7'), ...steps, refuse('p-8')], { settings }).digest).toBe(digest);
    const renamed = steps.map((step) => ({
      ...step,
      grant: { ...step.grant, role: { ...step.grant.role, name: 'Another' } },
    }));
    expect(planOf(renamed, { settings }).digest).toBe(digest);
  });

  test.each([
    ['another caller', { caller: 'caller-2' }],
    ['another directory', { directory: 'directory-2' }],
    ['another cloud', { cloud: 'sea' }],
    ['another operation', { operation: 'revoke' }],
    ['a lifetime', { lifetime: lease(7_200_000) }],
    ['another setting', { settings: { condition: 'y' } }],
    ['no setting', { settings: {} }],
  ] as const)('is another with %s', (_what, over) => {
    const common = { settings: { condition: 'x' } };
    expect(planOf(steps, { ...common, ...over }).digest).not.toBe(planOf(steps, common).digest);
  });

  test.each([
    ['one change more', [create('p-1'), create('p-2')]],
    ['none', []],
    ['another principal', [create('p-2')]],
    ['another role', [create('p-1', 'r-2')]],
    ['another target', [create('p-1', 'r-1', 't-2')]],
    ['another action', [update('p-1')]],
  ])('is another with %s', (_what, other) => {
    expect(planOf(other).digest).not.toBe(planOf([create('p-1')]).digest);
  });

  test('covers how long a lease lasts and whether it outlasts the job, and not how the time is written', () => {
    const of = (lifetime: Lifetime): string => planOf([create('p')], { lifetime }).digest;
    expect(of(lease(7_200_000))).toBe(of({ kind: 'lease', ms: 7_200_000, keepAfterJob: false, onExisting: 'fail' }));
    expect(of(lease(7_200_000))).not.toBe(of(lease(7_201_000)));
    expect(of(lease(7_200_000))).not.toBe(of(lease(7_200_000, true)));
  });

  test('takes GUIDs and paths in any letter case, and other IDs as they are', () => {
    const one = (principal: string, role: string, target: string): string =>
      planOf([create(principal, role, target)]).digest;
    expect(one(guid, '/x/Roles/R', '/Scopes/S')).toBe(one(guid.toLowerCase(), '/X/roles/r', '/scopes/s'));
    expect(one(`906712BAFC-${guid}`, 'r', 't')).toBe(one(`906712bafc-${guid.toLowerCase()}`, 'r', 't'));
    expect(one('p', 'role:A', 't')).not.toBe(one('p', 'role:a', 't'));
  });

  test('cannot be met by moving text from one member to its neighbour (P10)', () => {
    expect(planOf([create('a', 'bc')]).digest).not.toBe(planOf([create('ab', 'c')]).digest);
    expect(planOf([create('a","b', 'c')]).digest).not.toBe(planOf([create('a', 'b","c')]).digest);
  });

  test('of ten thousand changes is made in a moment', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => create(`p-${index}`));
    const began = performance.now();
    expect(planOf(many).changes).toHaveLength(10_000);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
