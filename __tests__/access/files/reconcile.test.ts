import { describe, expect, test } from '@jest/globals';
import type { AccessFile } from '../../../src/access/files/access-file.ts';
import type { AccessPort } from '../../../src/access/files/port.ts';
import { keyOf, cloudError } from '../fixtures.ts';
import { row, selecting } from './fake-access.ts';
import { createRig, file, grant, product, started, type RigOptions } from './rig.ts';

const universe = product(['a', 'b', 'c'], ['r', 's'], ['t', 'u']);
const owned = selecting(['r'], ['t', 'u']);
const rig = (over: Partial<RigOptions> = {}): ReturnType<typeof createRig> => createRig({ universe, ...over });
const one = (...rows: readonly ReturnType<typeof row>[]): { readonly files: readonly AccessFile[] } => ({
  files: [file(rows, owned)],
});
const revoking = { prune: 'revoke', maxRemovals: { count: 10, percent: null } } as const;

describe('reconcile', () => {
  test('makes missing access, and reports access in no row', async () => {
    const it = rig({ there: [grant('b', 'r', 't'), grant('b', 's', 't')] });
    const { results, notices } = await it.run(one(row('a', 'r', 't')));
    expect(started(it)).toEqual(['create a r t']);
    expect(results).toMatchObject([{ action: 'create', outcome: { status: 'SUCCEEDED', changed: true } }]);
    expect(notices.join()).toContain('1 assignment in `owns` is in no row, and stays: group b with role r on place t.');
  });

  test('removes with prune: revoke access inside owns and in no row, and nothing else (P11)', async () => {
    const there = [grant('a', 'r', 't'), grant('b', 'r', 't'), grant('b', 's', 't')];
    const it = rig({ there });
    const { results } = await it.run({ ...one(row('a', 'r', 't')), ...revoking });
    expect(started(it)).toEqual(['remove b r t']);
    expect(results.map(({ action }) => action)).toEqual(['keep', 'remove']);
  });

  test('is red with prune: fail before any change, with all extra assignments (P11)', async () => {
    const it = rig({ there: [grant('b', 'r', 't'), grant('c', 'r', 't')] });
    const { message, details } = await it.refusal({ ...one(row('a', 'r', 't')), prune: 'fail' });
    expect(message).toContain('2 assignments in `owns` are in no row');
    expect(details).toHaveLength(2);
    expect(started(it)).toEqual([]);
  });

  test('is red with prune: fail for a principal that might not exist, as an inventory is (P11)', async () => {
    const about: NonNullable<RigOptions['about']> = ({ principal: { id } }) => ({
      over: { principalState: 'unknown' },
      ...(id === 'c' ? { protection: { reason: 'It is held by the applier.', isPrivileged: false } } : {}),
    });
    const it = rig({ there: [grant('a', 'r', 't'), grant('b', 'r', 't'), grant('c', 'r', 't')], about });
    const { details } = await it.refusal({ ...one(row('a', 'r', 't', { expires: 0 })), prune: 'fail' });
    expect(details).toEqual(['In no row: group b with role r on place t.']);
    expect(started(it)).toEqual([]);
  });

  test('removes access that has only expired rows, with every value of prune (P11)', async () => {
    const it = rig({ there: [grant('a', 'r', 't'), grant('b', 'r', 't')] });
    await it.run(
      one(row('a', 'r', 't', { expires: it.clock.now() }), row('b', 'r', 't', { expires: it.clock.now() + 1 })),
    );
    expect(started(it)).toEqual(['remove a r t']);
  });

  test('counts the remains of an expired row whose principal was deleted as access in no row (P11)', async () => {
    const there = [grant('no-one', 'r', 't')];
    const orphan: Partial<RigOptions> = {
      universe: there,
      there,
      about: () => ({ over: { principalState: 'orphan' } }),
    };
    const expired = one(row('no-one', 'r', 't', { expires: 0 }));
    const reported = rig(orphan);
    const { notices, extraLeft } = await reported.run(expired);
    expect(notices).toEqual([
      '1 assignment in `owns` is in no row, and stays: group no-one with role r on place t.',
      expect.stringContaining('Its access, if any is left, counts as in no row.'),
    ]);
    expect([started(reported), extraLeft]).toEqual([[], 1]);
    expect((await rig(orphan).refusal({ ...expired, prune: 'fail' })).details).toHaveLength(1);
    const pruned = rig(orphan);
    const plan = await pruned.plan({ ...expired, ...revoking });
    expect(plan.changes).toMatchObject([{ action: 'remove', cause: 'extra' }]);
    await pruned.run({ ...expired, operation: 'revoke' });
    expect(started(pruned)).toEqual([]);
    await pruned.run({ ...expired, ...revoking });
    expect(started(pruned)).toEqual(['remove no-one r t']);
  });

  test('makes a leased row permanent, through the leases', async () => {
    const it = rig({ leased: [grant('a', 'r', 't')] });
    const { results } = await it.run(one(row('a', 'r', 't')));
    expect(it.access.madePermanent).toEqual([keyOf(grant('a', 'r', 't'))]);
    expect(started(it)).toEqual([]);
    expect(results).toMatchObject([{ action: 'create', outcome: { status: 'SUCCEEDED', changed: true } }]);
  });

  test('refuses a leased row that this step cannot make permanent, and removes nothing then (P1, P11)', async () => {
    const it = rig({ there: [grant('b', 'r', 't')], leased: [grant('a', 'r', 't')] });
    const { leases } = it.access.cloud;
    if (leases === null) throw new Error('the cloud has leases');
    const cloud = { ...it.access.cloud, leases: { ...leases, needsForPermanent: 'Set the ender.' } };
    const { results } = await it.run({ ...one(row('a', 'r', 't')), ...revoking }, { cloud });
    expect(results).toMatchObject([
      {
        action: 'refuse',
        outcome: {
          status: 'FAILED',
          reason: 'This access is a lease, and this step cannot make it permanent.',
          hint: 'Set the ender.',
        },
      },
      { action: 'remove', outcome: { status: 'FAILED' } },
    ]);
    expect(started(it)).toEqual([]);
  });

  test('brings a description up to date', async () => {
    const it = rig({ standing: (its) => (keyOf(its) === keyOf(grant('a', 'r', 't')) ? 'outdated' : 'absent') });
    const properties = { condition: null, description: 'new' };
    await it.run(one(row('a', 'r', 't', { properties })));
    expect(started(it)).toEqual(['update a r t']);
    expect(it.cloud.starts[0]?.grant).toMatchObject({ properties });
  });

  test('reads only rows that the list does not show in the same form', async () => {
    const it = rig({ there: [grant('a', 'r', 't')] });
    await it.plan(one(row(['a', 'b'], 'r', 't')));
    expect(it.cloud.sizes.read).toEqual([1]);
  });

  describe('never removes (P11)', () => {
    const about: Readonly<Record<string, NonNullable<RigOptions['about']>>> = {
      'what is activated for a time': () => ({ over: { kind: 'pim-active' } }),
      'what ends by itself': () => ({ over: { endsAt: 1 } }),
      'what is beside an activation of the same grant': () => ({ beside: { kind: 'pim-active' } }),
      'what comes from above': () => ({ over: { source: 'inherited' } }),
      'what comes through a group': () => ({ over: { via: { id: 'g', name: null } } }),
      'what has a principal that the directory does not tell of': () => ({ over: { principalState: 'unknown' } }),
      'what is protected': () => ({ protection: { reason: 'It is held by the applier.', isPrivileged: false } }),
      'what is privileged': () => ({ protection: { reason: 'It is privileged.', isPrivileged: true } }),
    };
    test.each(Object.entries(about))('%s', async (_, of) => {
      const there = [grant('a', 'r', 't'), grant('b', 'r', 't')];
      const it = rig({ there, about: (its) => (its.principal.id === 'a' ? of(its) : {}) });
      await it.run({ ...one(), ...revoking });
      expect(started(it)).toEqual(['remove b r t']);
    });

    test('a lease, even one with an expired row', async () => {
      const it = rig({ leased: [grant('a', 'r', 't'), grant('b', 'r', 't')] });
      const { notices } = await it.run({ ...one(row('a', 'r', 't', { expires: 0 })), ...revoking });
      expect(started(it)).toEqual([]);
      expect(notices.join()).toContain('2 assignments in no row or in an expired row end by themselves.');
    });

    test('ignored access', async () => {
      const it = rig({ there: [grant('a', 'r', 't'), grant('b', 'r', 't')] });
      const ignore = selecting(null, ['t'], { principals: row('a', [], []).principals });
      const { notices } = await it.run({ files: [file([], owned, [ignore])], ...revoking });
      expect(started(it)).toEqual(['remove b r t']);
      expect(notices.join()).toContain('1 assignment in `owns` is in `ignore`.');
    });
  });

  test('removes access that the principal can also activate, or also has through a group for a time', async () => {
    const besides = [{ kind: 'pim-eligible' }, { kind: 'lease', via: { id: 'g', name: null } }] as const;
    for (const beside of besides) {
      const it = rig({ there: [grant('a', 'r', 't')], about: () => ({ beside: { ...beside, endsAt: 9e12 } }) });
      await it.run({ ...one(row('a', 'r', 't', { expires: 0 })), operation: 'revoke' });
      expect(started(it)).toEqual(['remove a r t']);
    }
  });

  test('selects ignored access as access to leave alone (P11)', async () => {
    const it = rig({});
    const asked: unknown[] = [];
    const select: AccessPort['select'] = (them, budget) => {
      asked.push(...them.map(({ leavesAlone }) => leavesAlone));
      return it.access.select(them, budget);
    };
    const cloud = { ...it.access.cloud, openAccess: () => Promise.resolve({ ...it.access, select }) };
    await it.run({ files: [file([], owned, [selecting(['s'], ['t'])])] }, { cloud });
    expect(asked).toEqual([undefined, true]);
  });

  test('removes privileged access only with allow-privileged, and names protected access', async () => {
    const protection = { reason: 'It is privileged.', isPrivileged: true };
    const it = rig({ there: [grant('a', 'r', 't')], about: () => ({ protection }) });
    const { notices } = await it.run({ ...one(), ...revoking });
    expect(notices).toEqual([
      '1 assignment in no row or in an expired row is protected: group a with role r on place t (It is privileged).',
    ]);
    await it.run({ ...one(), ...revoking, allowPrivileged: true });
    expect(started(it)).toEqual(['remove a r t']);
  });
});

describe('max-removals', () => {
  const there = product(['a', 'b', 'c'], ['r'], ['t', 'u']);
  const bounds = [
    { bound: { count: 2, percent: null }, most: 2 },
    { bound: { count: null, percent: 50 }, most: 3 },
    { bound: { count: null, percent: 49 }, most: 2 },
    { bound: { count: 1, percent: 100 }, most: 1 },
    { bound: { count: 9, percent: 17 }, most: 1 },
    { bound: { count: 9, percent: 16 }, most: 0 },
  ];
  test.each(bounds)('$bound.count and $bound.percent % of six allow $most removals (P11)', async ({ bound, most }) => {
    const rows = there.map(({ principal, target }) => row(principal.id, 'r', target.id));
    const fine = rig({ there });
    await fine.run({ ...one(...rows.slice(most)), prune: 'revoke', maxRemovals: bound });
    expect(started(fine)).toHaveLength(most);
    const over = rig({ there });
    const { message, details } = await over.refusal({
      ...one(...rows.slice(most + 1)),
      prune: 'revoke',
      maxRemovals: bound,
    });
    expect(message).toContain(`would remove ${most + 1} assignment`);
    expect(message).toContain(`max-removals allows ${most}`);
    expect(details).toHaveLength(most + 1);
    expect(started(over)).toEqual([]);
  });
});

describe('removals of a reconcile', () => {
  const there = [grant('b', 'r', 't')];
  const asked = { ...one(row('a', 'r', 't')), ...revoking };

  test('start after every other change has succeeded (P11)', async () => {
    const it = rig({ there });
    await it.run(asked);
    expect(started(it)).toEqual(['create a r t', 'remove b r t']);
    const [made, removed] = it.cloud.operations;
    expect(removed?.begunAt).toBeGreaterThanOrEqual((made?.begunAt ?? Infinity) + (made?.takes ?? 0));
  });

  test('do not start if another change failed, and report that (P11)', async () => {
    const it = rig({ there, answers: () => ({ kind: 'refuse', error: cloudError('denied') }) });
    const { results } = await it.run(asked);
    expect(started(it)).toEqual(['create a r t']);
    expect(results[1]).toMatchObject({
      action: 'remove',
      outcome: { status: 'FAILED', reason: 'Not started: a change before it has not succeeded.' },
    });
  });

  test('do not start if a row is refused (P11)', async () => {
    const it = rig({ standing: (its) => (keyOf(its) === keyOf(grant('a', 'r', 't')) ? 'conflicting' : 'current') });
    const { results } = await it.run({ ...one(row('a', 'r', 't')), ...revoking });
    expect(started(it)).toEqual([]);
    expect(results.every(({ outcome }) => outcome.status === 'FAILED')).toBe(true);
  });

  test('do not start if the step does not wait for the other changes (P11)', async () => {
    const it = rig({ there });
    const { results } = await it.run({ ...asked, wait: false });
    expect(started(it)).toEqual(['create a r t']);
    expect(results.map(({ outcome }) => outcome.status)).toEqual(['IN_PROGRESS', 'FAILED']);
  });

  test('do not start in a step that was canceled before (P11)', async () => {
    const it = rig({ there });
    it.cancelAt(1_000);
    const { results } = await it.run(asked);
    expect(started(it)).toEqual(['create a r t']);
    expect(results[1]?.outcome).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/^Not started: /u) });
  });

  test('leave access that was leased since the plan, with a notice (P11)', async () => {
    const it = rig({ there });
    // Right after the plan, while the row is made.
    it.clock.at(1_000, () => it.access.leased.add(keyOf(grant('b', 'r', 't'))));
    const { results, notices } = await it.run(asked);
    expect(started(it)).toEqual(['create a r t']);
    expect(results[1]?.outcome).toEqual({
      ...{ status: 'SUCCEEDED', changed: false, requestId: null },
      remark: 'It is leased now.',
    });
    expect(notices).toContain('Group b with role r on place t stays: It is leased now.');
  });

  test('check again before each try, and call a lost one that worked a change', async () => {
    const lost = cloudError('unreachable', { code: 'ECONNRESET', requestId: null });
    const it = rig({
      there,
      course: { takes: 0, listedAfter: Number.POSITIVE_INFINITY },
      answers: ({ kind }, tries) =>
        kind === 'remove' && tries === 1 ? { kind: 'lose', error: lost, takes: 9_000 } : null,
    });
    const { results } = await it.run({ ...one(), ...revoking });
    expect(results[0]?.outcome).toMatchObject({ status: 'SUCCEEDED', changed: true });
    expect(it.truth()).toEqual([]);
  });

  test('do not go through the protocol of leases', async () => {
    const it = rig({ there });
    const { results } = await it.run({ ...one(), ...revoking });
    expect(results).toMatchObject([{ action: 'remove', lease: null, outcome: { status: 'SUCCEEDED', changed: true } }]);
    expect(it.access.calls.recheck).toBe(1);
  });
});

describe('guards of a reconcile', () => {
  const there = [grant('b', 'r', 't')];
  const guards = { allowed: { principal: null, target: null, role: null }, maxGrants: null, maxLifetimeMs: null };
  const covering = {
    uncovered: (): readonly { readonly id: string; readonly name: null }[] => [{ id: 'x', name: null }],
  };
  const none = one();

  test.each(['target', 'role'] as const)('allowed-%ss holds for removals (P10, P11)', async (part) => {
    const it = rig({ there, ...covering });
    const { message } = await it.refusal({
      ...none,
      ...revoking,
      guards: { ...guards, allowed: { ...guards.allowed, [part]: [] } },
    });
    expect(message).toContain(`allowed-${part}s does not cover`);
    expect(started(it)).toEqual([]);
  });

  test('allowed-principals and max-grants hold for rows only', async () => {
    const it = rig({ there, ...covering });
    await it.run({
      ...none,
      ...revoking,
      guards: { ...guards, maxGrants: 0, allowed: { ...guards.allowed, principal: [] } },
    });
    expect(started(it)).toEqual(['remove b r t']);
    const { message } = await it.refusal({ ...one(row('a', 'r', 't')), guards: { ...guards, maxGrants: 0 } });
    expect(message).toContain('max-grants allows 0');
  });

  test('a privileged row that exists needs no allow-privileged, and a missing one does (P10)', async () => {
    const privileged = new Set(universe.map(keyOf));
    const it = rig({ there: [grant('a', 'r', 't')], privileged });
    await it.run(one(row('a', 'r', 't')));
    const { message } = await it.refusal(one(row(['a', 'b'], 'r', 't')));
    expect(message).toBe('It is privileged.');
    await it.run({ ...one(row(['a', 'b'], 'r', 't')), allowPrivileged: true });
    expect(started(it)).toEqual(['create b r t']);
  });

  test('a lease of a privileged role becomes permanent only with allow-privileged (P10)', async () => {
    const it = rig({ leased: [grant('a', 'r', 't')], privileged: new Set(universe.map(keyOf)) });
    expect((await it.refusal(one(row('a', 'r', 't')))).message).toBe('It is privileged.');
  });
});

test('a list that is not complete ends a reconcile before any change (P11)', async () => {
  const it = rig({
    there: [grant('b', 'r', 't')],
    onCall: (name) => {
      if (name === 'list') throw cloudError('denied');
    },
  });
  await expect(it.run({ ...one(row('a', 'r', 't')), ...revoking })).rejects.toThrow('it is denied');
  expect(started(it)).toEqual([]);
});

test('a row that cannot be read ends a reconcile before any change (P11)', async () => {
  const it = rig({ there: [grant('b', 'r', 't')], failing: { read: () => cloudError('denied') } });
  await expect(it.run({ ...one(row('a', 'r', ['t', 'u'])), ...revoking })).rejects.toThrow('it is denied');
  expect(started(it)).toEqual([]);
});

test('requests the protections of removed access separately from those of kept access', async () => {
  const there = [grant('a', 'r', 't'), grant('b', 'r', 't')];
  const asked = one(row('a', 'r', 't', { expires: 0 }));
  const reporting = rig({ there });
  await reporting.run({ ...asked, ...revoking, prune: 'report' });
  expect(reporting.access.protectionsAsked).toEqual([1, 1]);
  const removing = rig({ there });
  await removing.run({ ...asked, ...revoking });
  expect(removing.access.protectionsAsked).toEqual([2]);
});
