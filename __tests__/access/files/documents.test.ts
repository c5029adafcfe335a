import { describe, expect, test } from '@jest/globals';
import type { AccessFile } from '../../../src/access/files/access-file.ts';
import { parsePlan, renderPlan } from '../../../src/access/plan/file.ts';
import { keyOf } from '../fixtures.ts';
import { row, selecting } from './fake-access.ts';
import { createRig, file, grant, product, started, type Rig } from './rig.ts';

const universe = product(['a', 'b', 'c'], ['r', 's'], ['t', 'u']);
const owned = selecting(['r'], ['t', 'u']);
const there = [grant('b', 'r', 't'), grant('c', 'r', 't')];
const rig = (): Rig => createRig({ universe, there, leased: [grant('b', 'r', 'u')] });
const rows = [row(['a', 'c'], 'r', 't')];
const asked = { files: [file(rows, owned)], prune: 'revoke' } as const;

describe('the plan of a reconcile', () => {
  test('has all of its changes, and everything that stays inside owns', async () => {
    const plan = await rig().plan(asked);
    const inShort = (it: { readonly action: string; readonly 'principal-id': string }): string =>
      `${it.action} ${it['principal-id']}`;
    expect(plan).toMatchObject({ operation: 'reconcile', lifetime: 'permanent', settings: { prune: 'revoke' } });
    expect(plan.changes.map(inShort)).toEqual(['create a', 'remove b']);
    expect(plan.kept.map(inShort)).toEqual(['keep b', 'keep c']);
    expect(parsePlan(renderPlan(plan))).toEqual({ ok: true, value: plan });
  });

  test('says why each removal is planned, as does the log, and the digest does not cover it', async () => {
    const expiring = (expires: number | null): AccessFile => file([...rows, row('b', 'r', 't', { expires })], owned);
    const it = rig();
    const [extra, expired] = [await rig().plan(asked), await it.plan({ ...asked, files: [expiring(0)] })];
    const causes = (plan: typeof extra): readonly unknown[] => plan.changes.map(({ action, cause }) => [action, cause]);
    expect(causes(extra)).toEqual([
      ['create', undefined],
      ['remove', 'extra'],
    ]);
    expect(causes(expired)).toEqual([
      ['create', undefined],
      ['remove', 'expired'],
    ]);
    expect(expired.digest).toBe(extra.digest);
    expect(parsePlan(renderPlan(expired))).toEqual({ ok: true, value: expired });
    expect(it.log.at('info')).toContain('Plan for group b: remove (in an expired row).');
    expect(it.log.at('info')).toContain('Of 1 assignment to remove, 1 is in expired rows only.');
  });

  test.each<[string, AccessFile, 'revoke' | 'report']>([
    [
      'owns',
      file(rows, selecting(['r'], ['t', 'u'], { principals: row(['a', 'b', 'c'], [], []).principals })),
      'revoke',
    ],
    ['ignore', file(rows, owned, [selecting(['s'], ['t'])]), 'revoke'],
    [
      'conditions',
      file([row(['a', 'c'], 'r', 't', { properties: { condition: 'x', description: null } })], owned),
      'revoke',
    ],
    ['prune', file(rows, owned), 'report'],
  ])('has another digest with other %s (P10)', async (_, other, prune) => {
    const [one, another] = [await rig().plan(asked), await rig().plan({ files: [other], prune })];
    expect(one.digest).not.toBe(another.digest);
    expect(one.settings).not.toEqual(another.settings);
  });

  test('has the same digest for the same owns in another order', async () => {
    const other = {
      files: [file([row(['c', 'a'], 'r', 't')], selecting(['r'], ['u', 't']))],
      prune: 'revoke',
    } as const;
    expect((await rig().plan(other)).digest).toBe((await rig().plan(asked)).digest);
  });

  test('is written before a bound refuses it, so that a person sees it', async () => {
    const it = rig();
    const plans: unknown[] = [];
    const planning = { wanted: true, onPlan: (plan: unknown) => plans.push(plan) };
    await it.refusal({ ...asked, maxRemovals: { count: 0, percent: null } }, { planning });
    expect(plans).toHaveLength(1);
  });
});

describe('a reviewed plan of a reconcile', () => {
  const expecting = async (it: Rig): Promise<{ readonly planning: NonNullable<Parameters<Rig['run']>[1]> }> => {
    const document = await it.plan(asked);
    return { planning: { planning: { wanted: true, expected: { kind: 'document', path: 'plan.json', document } } } };
  };

  test('is carried out', async () => {
    const it = rig();
    await it.run(asked, (await expecting(it)).planning);
    expect(started(it)).toEqual(['create a r t', 'remove b r t']);
  });

  test('can be met in part, as after a run that was killed', async () => {
    const it = rig();
    const { planning } = await expecting(it);
    it.cloud.startElsewhere({ kind: 'create', grant: grant('a', 'r', 't'), seen: null }, 'made', { takes: 0 });
    it.cloud.startElsewhere({ kind: 'remove', grant: grant('b', 'r', 't'), seen: null }, 'gone', { takes: 0 });
    const { results } = await it.run(asked, planning);
    expect(started(it)).toEqual([]);
    expect(results.map(({ action }) => action)).toEqual(['keep', 'keep']);
  });

  test('is a different plan once a removal of it is leased (P10, P11)', async () => {
    const it = rig();
    const { planning } = await expecting(it);
    it.access.leased.add(keyOf(grant('b', 'r', 't')));
    const { details } = await it.refusal(asked, planning);
    expect(details.join('\n')).toContain('- remove GROUP b with r on t');
    expect(started(it)).toEqual([]);
  });

  test('is a different plan once more would be removed (P10, P11)', async () => {
    const it = rig();
    const { planning } = await expecting(it);
    it.cloud.startElsewhere({ kind: 'create', grant: grant('c', 'r', 'u'), seen: null }, 'made', { takes: 0 });
    const { details } = await it.refusal(asked, planning);
    expect(details.join('\n')).toContain('+ remove GROUP c with r on u');
    expect(started(it)).toEqual([]);
  });
});
