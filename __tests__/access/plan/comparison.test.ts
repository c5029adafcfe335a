import { describe, expect, test } from '@jest/globals';

import { comparePlans } from '../../../src/access/plan/comparison.ts';
import type { PlanDocument, PlannedChange, PlannedGrant } from '../../../src/access/plan/document.ts';
import type { Refusal } from '../../../src/access/errors.ts';
import { permanent, type Lifetime } from '../../../src/access/request.ts';
import { create, keep, planOf, push, refuse, update } from './plans.ts';

const byDocument = (now: PlanDocument, document: PlanDocument): Refusal | null =>
  comparePlans(now, { kind: 'document', path: 'plan.json', document });
const byDigest = (now: PlanDocument, { digest }: PlanDocument): Refusal | null =>
  comparePlans(now, { kind: 'digest', digest });

/** The legend of the signs comes first; these are the lines after it. */
function differences(refusal: Refusal | null): readonly string[] {
  const [legend, ...lines] = refusal?.details ?? [];
  expect(legend).toBe(
    '+ planned now but not reviewed, - reviewed but not planned now, ~ reviewed as another action, = reviewed under another name:',
  );
  return lines;
}

describe('a digest', () => {
  const reviewed = planOf([create('p-1'), create('p-2')]);

  test('demands equality', () => {
    expect(byDigest(planOf([create('p-2'), create('p-1'), keep('p-3')]), reviewed)).toBeNull();
    expect(byDigest(planOf([create('p-1'), keep('p-2')]), reviewed)).not.toBeNull();
    expect(byDigest(planOf([create('p-1'), create('p-2'), create('p-3')]), reviewed)).not.toBeNull();
    expect(byDigest(planOf([create('p-1'), create('p-2')], { caller: 'other' }), reviewed)).not.toBeNull();
  });

  test('shows both digests, the current plan, and the advice', () => {
    const now = planOf([create('p-1')]);
    const refusal = byDigest(now, reviewed);
    expect(refusal?.message).toContain(now.digest);
    expect(refusal?.message).toContain(reviewed.digest);
    expect(refusal?.hint).toContain('`dry-run: true`');
    expect(refusal?.details).toEqual([
      'The plan now, by caller-1:',
      '+ create GROUP "Group p-1" (p-1) with r-1 on "prod" (t-1)',
    ]);
  });
});

describe('the lifetime', () => {
  const lease = (ms: number, keepAfterJob: boolean): Lifetime => ({
    kind: 'lease',
    ms,
    keepAfterJob,
    onExisting: 'keep',
  });
  const plan = (lifetime: Lifetime): PlanDocument => planOf([create('p-1')], { lifetime });
  const reviewed = plan(lease(7_200_000, false));

  test('differs in a digest and in a document', () => {
    for (const other of [permanent, lease(7_260_000, false), lease(7_200_000, true)]) {
      expect(byDigest(plan(other), reviewed)).not.toBeNull();
      expect(byDocument(plan(other), reviewed)).not.toBeNull();
    }
    expect(byDigest(plan(lease(7_200_000, false)), reviewed)).toBeNull();
    expect(byDocument(plan(lease(7_200_000, false)), reviewed)).toBeNull();
  });

  test('is reported as before and as now', () => {
    const refusal = byDocument(plan(lease(86_400_000, true)), reviewed);
    expect(refusal?.message).toContain('lifetime differs, keep-after-job differs');
    expect(differences(refusal)).toEqual([
      'lifetime: PT2H was reviewed, and now it is P1D',
      'keep-after-job: false was reviewed, and now it is true',
    ]);
  });
});

describe('a document', () => {
  const reviewed = planOf([create('p-1'), create('p-2'), update('p-3'), keep('p-4')]);

  test('is met by the same plan, in any order and with any kept grants', () => {
    expect(byDocument(planOf([update('p-3'), keep('p-9'), create('p-2'), create('p-1')]), reviewed)).toBeNull();
  });

  test('accepts finished changes', () => {
    expect(byDocument(planOf([create('p-1'), keep('p-2'), keep('p-3'), keep('p-4')]), reviewed)).toBeNull();
    expect(byDocument(planOf([keep('p-1'), keep('p-2'), keep('p-3')]), reviewed)).toBeNull();
  });

  test('a change that is not in it is red, also one that was kept when it was reviewed', () => {
    const now = planOf([create('p-1'), create('p-2'), update('p-3'), create('p-4')]);
    const refusal = byDocument(now, reviewed);
    expect(refusal?.message).toBe('The plan is not the one that was reviewed in plan.json: 1 change was not reviewed.');
    expect(differences(refusal)).toEqual(['+ create GROUP "Group p-4" (p-4) with r-1 on "prod" (t-1)']);
    expect(refusal?.hint).toContain('have the new plan reviewed');
  });

  test('a change that is no longer planned is red, and so is one that is refused now', () => {
    const refusal = byDocument(planOf([create('p-1'), refuse('p-2')]), reviewed);
    expect(refusal?.message).toContain('2 reviewed changes are not planned now');
    expect(differences(refusal)).toEqual([
      '- create GROUP "Group p-2" (p-2) with r-1 on "prod" (t-1) (refused now: it has a condition)',
      '- update GROUP "Group p-3" (p-3) with r-1 on "prod" (t-1)',
    ]);
  });

  test('another action is red', () => {
    const refusal = byDocument(planOf([update('p-1'), create('p-2'), update('p-3')]), reviewed);
    expect(refusal?.message).toContain('1 was reviewed as another action');
    expect(differences(refusal)).toEqual([
      '~ update GROUP "Group p-1" (p-1) with r-1 on "prod" (t-1), reviewed as create',
    ]);
  });

  test("another principal's type, role or target is another grant", () => {
    for (const other of [create('p-1', 'r-2'), create('p-1', 'r-1', 't-2')]) {
      const refusal = byDocument(planOf([other]), planOf([create('p-1')]));
      expect(refusal?.message).toContain('1 change was not reviewed, 1 reviewed change is not planned now');
    }
  });

  test.each([
    ['caller', { caller: 'caller-2' }, 'caller: caller-1 was reviewed, and now it is caller-2'],
    ['directory', { directory: 'd-2' }, 'directory: directory-1 was reviewed, and now it is d-2'],
    ['cloud', { cloud: 'sea' }, 'cloud: sky was reviewed, and now it is sea'],
    ['operation', { operation: 'revoke' }, 'operation: assign was reviewed, and now it is revoke'],
    ['condition', { settings: { condition: 'x' } }, 'condition: none was reviewed, and now it is "x"'],
  ] as const)('a %s that differs is reported with both values', (name, over, line) => {
    const refusal = byDocument(planOf([], over), planOf([]));
    expect(refusal?.message).toContain(`${name} differs`);
    expect(differences(refusal)).toEqual([line]);
  });

  test('a removed or different setting is reported with both values', () => {
    const was = planOf([], { settings: { condition: 'x', description: 'a' } });
    expect(differences(byDocument(planOf([], { settings: { description: 'b' } }), was))).toEqual([
      'condition: "x" was reviewed, and now it is none',
      'description: "a" was reviewed, and now it is "b"',
    ]);
  });

  test('by another caller says how to plan for one', () => {
    expect(byDocument(planOf([], { caller: 'c' }), planOf([]))?.hint).toContain('`plan-for`');
    expect(byDocument(planOf([create('p')]), planOf([]))?.hint).not.toContain('`plan-for`');
  });

  test('a push to where it is outdated is done once it is not, and one that was not reviewed is red', () => {
    const target = [{ text: 'outdated', kind: 'outdated', value: 'outdated' }];
    const of = (...to: readonly string[]): PlanDocument =>
      planOf(to.map(push), { operation: 'provision', targets: target });
    expect(byDocument(of('t-1'), of('t-1', 't-2'))).toBeNull();
    expect(byDocument(of(), of('t-1', 't-2'))).toBeNull();
    expect(differences(byDocument(of('t-1', 't-3'), of('t-1', 't-2')))).toEqual(['+ provision "Reader" (r-1) on t-3']);
  });

  test('a push to a named place is always planned: one that is missing was left out', () => {
    const of = (...to: readonly string[]): PlanDocument => planOf(to.map(push), { operation: 'provision' });
    expect(differences(byDocument(of('t-1'), of('t-1', 't-2')))).toEqual(['- provision "Reader" (r-1) on t-2']);
  });

  test('that pushes to named places is another than one to where it is outdated', () => {
    const target = [{ text: 'outdated', kind: 'outdated', value: 'outdated' }];
    const [named, outdated] = [{}, { targets: target }].map((over) =>
      planOf([push('t-1')], { operation: 'provision', ...over }),
    ) as [PlanDocument, PlanDocument];
    expect(differences(byDocument(named, outdated))).toEqual(['target: "outdated" was reviewed, and now it is none']);
    expect(byDigest(named, outdated)).not.toBeNull();
  });

  test('differs in letter case only where that means something', () => {
    const path = (target: string): PlanDocument => planOf([create('p', 'r', target)]);
    expect(byDocument(path('/Scopes/A'), path('/scopes/a'))).toBeNull();
    expect(byDocument(path('scopes:A'), path('scopes:a'))).not.toBeNull();
  });

  test('of thousands that differ shows some hundreds', () => {
    const many = planOf(Array.from({ length: 3_000 }, (_, index) => create(`p-${index}`)));
    const refusal = byDocument(many, planOf([]));
    expect(refusal?.message).toContain('3000 changes were not reviewed');
    expect(refusal?.details).toHaveLength(501);
    expect(differences(refusal)).toHaveLength(500);
    expect(refusal?.details.at(-1)).toBe('and 2501 more');
  });
});

describe('a name', () => {
  const named = (over: Partial<Omit<PlannedGrant, 'action'>>, steps = [create('p-1'), create('p-2')]): PlanDocument => {
    const plan = planOf(steps);
    return {
      ...plan,
      changes: plan.changes.map((it, index): PlannedChange => (index === 0 ? { ...it, ...over } : it)),
    };
  };
  const now = planOf([create('p-1'), create('p-2')]);

  test('that differs from the reviewed one with the same ID is red, with both', () => {
    const refusal = byDocument(now, named({ 'principal-name': 'Group of friends' }));
    expect(refusal?.message).toBe(
      'The plan is not the one that was reviewed in plan.json: 1 name is not the reviewed one.',
    );
    expect(differences(refusal)).toEqual([
      '= principal p-1 was reviewed as "Group of friends", and is "Group p-1" now',
    ]);
    expect(refusal?.hint).toContain('have the new plan reviewed');
  });

  test('is compared in each part, after other differences, which come first', () => {
    const reviewed = named({ 'principal-name': 'A', 'target-name': 'B' }, [create('p-1')]);
    const refusal = byDocument(now, reviewed);
    expect(refusal?.message).toContain('1 change was not reviewed, 2 names are not the reviewed ones');
    expect(differences(refusal)).toEqual([
      expect.stringMatching(/^\+ create GROUP "Group p-2"/u),
      '= principal p-1 was reviewed as "A", and is "Group p-1" now',
      '= target t-1 was reviewed as "B", and is "prod" now',
    ]);
  });

  test('that many changes share is reported once', () => {
    const all = Array.from({ length: 20 }, (_, index) => create(`p-${index}`));
    const plan = planOf(all);
    const reviewed = { ...plan, changes: plan.changes.map((it) => ({ ...it, 'target-name': 'test' })) };
    expect(differences(byDocument(plan, reviewed))).toEqual(['= target t-1 was reviewed as "test", and is "prod" now']);
  });

  test('that could not be read, now or then, says nothing: the IDs are the same', () => {
    expect(byDocument(now, named({ 'principal-name': '', 'target-name': '' }))).toBeNull();
    expect(byDocument(named({ 'principal-name': '' }), now)).toBeNull();
  });

  test('of a finished or kept grant does not matter', () => {
    const reviewed = named({ 'principal-name': 'Group of friends' });
    expect(byDocument(planOf([keep('p-1'), create('p-2')]), reviewed)).toBeNull();
  });
});
