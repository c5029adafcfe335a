import { describe, expect, test } from '@jest/globals';
import type { AccessFile, Place } from '../../../src/access/files/access-file.ts';
import { keyOf, request } from '../fixtures.ts';
import { line, row, selecting } from './fake-access.ts';
import { createRig, file, grant, product, started, type Rig, type RigOptions } from './rig.ts';

const universe = product(['a', 'b', 'c'], ['r', 's'], ['t', 'u']);
const rig = (over: Partial<RigOptions> = {}): Rig => createRig({ universe, ...over });
const place = (at: number): Place => ({ file: 'access/prod.yml', line: at, column: 5 });
const on = (at: number): { readonly place: Place } => ({ place: place(at) });
const owned = selecting(['r'], ['t', 'u']);
const described = (condition: string | null, description: string | null = null) =>
  ({ properties: { condition, description } }) as const;

describe('rows', () => {
  const end = 4_000_000_000_000;
  const lasting = [
    { ends: [0, end], makes: true },
    { ends: [0, null], makes: true },
    { ends: [null, 0], makes: true },
    { ends: [0, 0], makes: false },
  ];
  test.each(lasting)('of one grant that end at $ends: the last end counts', async ({ ends, makes }) => {
    const it = rig();
    const rows = ends.map((expires) => row('a', 'r', 't', { expires }));
    await it.run({ operation: 'assign', files: [file(rows)] });
    expect(started(it)).toEqual(makes ? ['create a r t'] : []);
  });

  test('add up over files, and each has every combination of its values', async () => {
    const it = rig();
    const files = [file([row(['a', 'b'], 'r', ['t', 'u'])]), file([row('a', ['r', 's'], 't')])];
    await it.run({ operation: 'assign', files });
    expect(started(it).toSorted()).toEqual([
      ...['create a r t', 'create a r u', 'create a s t', 'create b r t', 'create b r u'],
    ]);
  });

  test.each([
    { was: described('x'), is: described('y'), what: 'conditions' },
    { was: described('x'), is: described(null), what: 'conditions' },
    { was: described(null, 'x'), is: described(null, 'y'), what: 'descriptions' },
  ])('of one grant with different $what are a fault with both places (P8)', async ({ was, is, what }) => {
    const it = rig();
    const files = [file([row('a', 'r', 't', { ...was, ...on(3) }), row('a', 'r', ['t', 'u'], { ...is, ...on(7) })])];
    const { message } = await it.refusal({ operation: 'assign', files });
    expect(message).toBe(
      `access/prod.yml:7: This row and access/prod.yml:3 give different ${what} to one grant: group a with role r on place t.`,
    );
  });

  test('of one grant agree if one of them has no description, or has expired', async () => {
    const it = rig();
    const rows = [
      row('a', 'r', 't', described('x', 'd')),
      row('a', 'r', 't', described('x')),
      row('a', 'r', 't', { ...described('y', 'e'), expires: 0 }),
    ];
    await it.run({ operation: 'assign', files: [file(rows)] });
    expect(it.cloud.starts.map((one) => one.grant)).toMatchObject([described('x', 'd')]);
  });

  test('that mean nothing exact are faults together, with their places (P8)', async () => {
    const it = rig();
    const rows = [row('no-one', 'r', 't', on(3)), row('a', 'no-role', 't', on(4)), row('a', 's', 't', on(5))];
    const ignore = selecting(null, ['no-place'], on(6));
    const error = await it.refusal({ files: [file(rows, owned, [ignore])] });
    expect(error.of.map(({ message }) => message)).toEqual([
      'access/prod.yml:3: Nothing is named "no-one".',
      'access/prod.yml:4: Nothing is named "no-role".',
      'access/prod.yml:6: Nothing is named "no-place".',
      'access/prod.yml:5: This row has 1 grant outside of `owns`: group a with role s on place t.',
    ]);
    expect(it.cloud.calls.start + it.access.calls.list).toBe(0);
  });

  test('that have expired and have no exact meaning any longer are a notice', async () => {
    const it = rig();
    const rows = [row('no-one', 'r', 't', { ...on(3), expires: 0 })];
    for (const operation of ['assign', 'revoke', 'reconcile'] as const) {
      const { notices } = await it.run({ operation, files: [file(rows, owned)] });
      expect(notices).toEqual([expect.stringMatching(/^access\/prod\.yml:3: This row has expired/u)]);
    }
  });

  test.each(['assign', 'revoke', 'reconcile'] as const)('of %s that are ignored too are a fault', async (operation) => {
    const ignore = selecting(null, null, { principals: row('a', [], []).principals });
    const files = [file([row('b', 'r', 't')], owned, [ignore]), file([row(['a', 'b'], 'r', 't', on(2))], owned)];
    const { message } = await rig().refusal({ operation, files });
    expect(message).toBe(
      'access/prod.yml:2: This row has 1 grant that `ignore` has too: group a with role r on place t.',
    );
  });

  test('can be in the part that another file of the step owns', async () => {
    const it = rig();
    const files = [file([row('a', 's', 'u')], owned), file([], selecting(['s'], ['u']))];
    await it.run({ files });
    expect(started(it)).toEqual(['create a s u']);
    const crossed = [file([row('a', 's', 't')], owned), file([], selecting(['s'], ['u']))];
    expect((await it.refusal({ files: crossed })).message).toContain('outside of `owns`');
  });
});

describe('assign with access files', () => {
  test('makes missing access, and removes nothing', async () => {
    const it = rig({ there: [grant('a', 'r', 't'), grant('c', 'r', 't')] });
    const rows = [row(['a', 'b'], 'r', 't'), row('c', 'r', 't', { expires: 0 })];
    const { results } = await it.run({ operation: 'assign', files: [file(rows, owned)], prune: 'revoke' });
    expect(started(it)).toEqual(['create b r t']);
    expect(results.map(({ action }) => action)).toEqual(['keep', 'create']);
    expect(it.access.calls.list).toBe(0);
  });

  test('makes a leased row permanent, as with inputs', async () => {
    const it = rig({ leased: [grant('a', 'r', 't')] });
    await it.run({ operation: 'assign', files: [file([row('a', 'r', 't')])] });
    expect(it.access.madePermanent).toEqual([keyOf(grant('a', 'r', 't'))]);
  });

  test('refuses a missing privileged row (P10)', async () => {
    const it = rig({ there: [grant('a', 'r', 't')], privileged: new Set(universe.map(keyOf)) });
    await it.run({ operation: 'assign', files: [file([row('a', 'r', 't')])] });
    const { message } = await it.refusal({ operation: 'assign', files: [file([row('b', 'r', 't')])] });
    expect(message).toBe('It is privileged.');
  });
});

describe('revoke with access files', () => {
  const expired = (principal: string): ReturnType<typeof row> => row(principal, 'r', 't', { expires: 0 });
  const revoke = (files: readonly AccessFile[]) => ({ operation: 'revoke', files }) as const;

  test('removes expired rows, and neither access without a row nor a row that has not expired (P11)', async () => {
    const it = rig({ there: product(['a', 'b', 'c'], ['r'], ['t']) });
    const { results } = await it.run(revoke([file([expired('a'), row('b', 'r', 't')], owned)]));
    expect(started(it)).toEqual(['remove a r t']);
    expect(results).toHaveLength(1);
  });

  test('leaves leases, and reports missing access as nothing to remove (P11)', async () => {
    const it = rig({ leased: [grant('a', 'r', 't')] });
    const { results, notices } = await it.run(revoke([file([expired('a'), expired('b')])]));
    expect(started(it)).toEqual([]);
    expect(results).toMatchObject([{ action: 'keep', grant: { principal: { id: 'b' } } }]);
    expect(notices).toEqual(['1 assignment in no row or in an expired row ends by itself.']);
  });

  test('leaves protected access (P11)', async () => {
    const protection = { reason: 'It is held by the applier.', isPrivileged: false };
    const it = rig({ there: [grant('a', 'r', 't')], about: () => ({ protection }) });
    await it.run(revoke([file([expired('a')])]));
    expect(started(it)).toEqual([]);
  });

  test('is limited by max-removals, where a percentage is of the access that the files own (P11)', async () => {
    const there = product(['a', 'b'], ['r'], ['t', 'u']);
    const it = rig({ there });
    const files = [file([expired('a'), expired('b')], owned)];
    const half = { count: null, percent: 49 };
    expect((await it.refusal({ ...revoke(files), maxRemovals: half })).message).toContain('max-removals allows 1');
    expect((await it.refusal({ ...revoke(files), maxRemovals: { count: 1, percent: null } })).message).toContain(
      'would remove 2 assignments',
    );
    expect((await it.refusal({ ...revoke([file([expired('a')])]), maxRemovals: half })).message).toContain(
      'no access file has `owns`',
    );
    expect(started(it)).toEqual([]);
    await it.run({ ...revoke(files), maxRemovals: { count: null, percent: 50 } });
    expect(started(it).toSorted()).toEqual(['remove a r t', 'remove b r t']);
  });

  test('is bounded by allowed-targets and allowed-roles (P10, P11)', async () => {
    const files = [file([expired('a')], owned)];
    for (const part of ['target', 'role'] as const) {
      const uncovered = (asked: string) => (asked === part ? [{ id: 't', name: null }] : []);
      const it = rig({ there: [grant('a', 'r', 't')], uncovered });
      const allowed = { ...request.guards.allowed, [part]: [line('elsewhere')] };
      const { message } = await it.refusal({ ...revoke(files), guards: { ...request.guards, allowed } });
      expect(message).toContain(`allowed-${part}s does not cover`);
      expect(started(it)).toEqual([]);
    }
  });

  test('does not remove what came after the plan (P11)', async () => {
    const it = rig({ readsAtFirst: { standing: 'absent', until: 0 } });
    it.cloud.startElsewhere({ kind: 'create', grant: grant('a', 'r', 't'), seen: null }, 'other', { takes: 2_000 });
    const { results } = await it.run(revoke([file([expired('a')])]));
    expect(started(it)).toEqual([]);
    expect(results[0]?.outcome).toMatchObject({ changed: false });
    expect(it.truth()).toEqual([keyOf(grant('a', 'r', 't'))]);
  });
});
