import { describe, expect, test } from '@jest/globals';

import type { Cloud, Resolution } from '../../../src/access/cloud.ts';
import { Cancelled, CloudError, Refusal } from '../../../src/access/errors.ts';
import type { Grant, Identity } from '../../../src/access/grant.ts';
import { checkGuards } from '../../../src/access/plan/guards.ts';
import {
  permanent,
  type ChangingOperation,
  type Guards,
  type Lifetime,
  type Line,
  type Part,
  type Request,
} from '../../../src/access/request.ts';
import { words } from '../fixtures.ts';

const identity = (id: string, name: string | null = null): Identity => ({ id, name });
const grantsOf = (
  principals: readonly Identity[],
  roles: readonly Identity[],
  targets: readonly Identity[],
): readonly Grant[] =>
  principals.flatMap((principal) =>
    roles.flatMap((role) =>
      targets.map((target) => ({ kind: 'assignment', principal: { ...principal, type: 'GROUP' }, role, target })),
    ),
  );
const ids = (letter: string, count: number): readonly Identity[] =>
  Array.from({ length: count }, (_, index) => identity(`${letter}-${index + 1}`));
const few = grantsOf([identity('p-1', 'Ann')], [identity('r-1', 'Reader')], ids('t', 2));

const lines = (...texts: readonly string[]): readonly Line[] =>
  texts.map((text) => ({ text, kind: 'id', value: text }));

interface Scene {
  readonly guards?: Partial<Guards>;
  readonly allowed?: Partial<Guards['allowed']>;
  readonly operation?: ChangingOperation;
  readonly lifetime?: Lifetime;
  readonly refusals?: readonly Refusal[];
  readonly grants?: readonly Grant[];
  readonly uncovered?: Cloud['uncovered'];
  readonly principals?: Cloud['principals'];
}

interface Asked {
  readonly part: Part;
  readonly lines: readonly Line[];
  readonly grants: readonly Grant[];
}

/** Covers the ID of a line, in the grants that it gets. */
const byId: Cloud['uncovered'] = (part, allowed, grants) => {
  const of = (grant: Grant): Identity =>
    part === 'principal' ? (grant as Grant & { readonly principal: Identity }).principal : grant[part];
  const distinct = new Map(grants.map(of).map((it) => [it.id, it]));
  return Promise.resolve([...distinct.values()].filter(({ id }) => !allowed.some(({ value }) => value === id)));
};

async function check(scene: Scene): Promise<{ readonly error: unknown; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const cloud: Pick<Cloud, 'words' | 'uncovered' | 'principals'> = {
    principals: scene.principals ?? (() => Promise.reject(new Error('not requested'))),
    words: { ...words, role: 'permission set', target: 'account' },
    uncovered: (part, allowed, grants, budget) => {
      asked.push({ part, lines: allowed, grants });
      return (scene.uncovered ?? byId)(part, allowed, grants, budget);
    },
  };
  const allowed = { principal: null, target: null, role: null, ...scene.allowed };
  const guards: Guards = { maxGrants: null, maxLifetimeMs: null, ...scene.guards, allowed };
  const { operation = 'assign', lifetime = permanent } = scene;
  const request = { operation, lifetime, guards } as Request;
  const { grants = few, refusals = [] } = scene;
  const resolution: Resolution = { grants, notices: [], refusals };
  const budget = { until: 1, signal: new AbortController().signal };
  const error = await checkGuards(request, resolution, cloud as Cloud, budget).then(
    () => null,
    (it: unknown) => it,
  );
  return { error, asked };
}

async function refusalOf(scene: Scene): Promise<Refusal> {
  const { error } = await check(scene);
  if (error instanceof Refusal) return error;
  throw new Error(`no refusal but ${String(error)}`);
}

describe('without guards', () => {
  test('nothing is asked and anything is fine', async () => {
    expect(await check({ grants: grantsOf(ids('p', 20), ids('r', 20), ids('t', 20)) })).toEqual({
      error: null,
      asked: [],
    });
  });

  test('a single refusal of the cloud keeps its text', async () => {
    const refusal = new Refusal('A privileged role.', 'Allow it.', ['evidence']);
    expect((await check({ refusals: [refusal] })).error).toBe(refusal);
  });
});

describe('allowed-…', () => {
  test('asks of each part that has a ceiling, with its lines and all grants', async () => {
    const { error, asked } = await check({ allowed: { principal: lines('p-1'), role: lines('r-1', 'r-2') } });
    expect(error).toBeNull();
    expect(asked).toEqual([
      { part: 'principal', lines: lines('p-1'), grants: few },
      { part: 'role', lines: lines('r-1', 'r-2'), grants: few },
    ]);
  });

  test('without any grant asks nothing', async () => {
    expect(await check({ grants: [], allowed: { target: lines('t-1') } })).toEqual({ error: null, asked: [] });
  });

  test('reports uncovered grants, by name and ID, with a hint', async () => {
    const { message, hint, details } = await refusalOf({ allowed: { principal: lines('p-2') } });
    expect(message).toBe('allowed-principals does not cover 1 principal: "Ann" (p-1).');
    expect(hint).toContain('`allowed-principals`');
    expect(details).toEqual(['Not covered by allowed-principals: "Ann" (p-1)']);
  });

  test('of many names three, counts the rest, and has all in the details', async () => {
    const grants = grantsOf(ids('p', 1), ids('r', 1), ids('t', 250));
    const { message, details } = await refusalOf({ grants, allowed: { target: lines('t-1') } });
    expect(message).toBe('allowed-targets does not cover 249 accounts: t-2, t-3, t-4 and 246 more.');
    expect(details).toHaveLength(201);
    expect(details.at(-1)).toBe('and 49 more');
  });

  test('an empty list covers nothing', async () => {
    expect((await refusalOf({ allowed: { role: [] } })).message).toContain('"Reader" (r-1)');
  });

  test('a failed look-up allows nothing (P10)', async () => {
    const failure = {
      kind: 'denied',
      operation: 'Directory.Read',
      code: 'AccessDenied',
      message: 'no',
      requestId: 'id-7',
      retryAfterMs: null,
      hint: 'Allow Directory.Read.',
    } as const;
    const uncovered = (): Promise<never> => Promise.reject(new CloudError(failure));
    const refusal = await refusalOf({ allowed: { principal: lines('p-1') }, uncovered });
    expect(refusal.message).toContain('Directory.Read answered AccessDenied: no (request ID id-7)');
    expect(refusal.hint).toBe('Allow Directory.Read.');
  });

  test('a cancellation stays one', async () => {
    const cancelled = new Cancelled('stop');
    const uncovered = (): Promise<never> => Promise.reject(cancelled);
    expect((await check({ allowed: { role: lines('r-1') }, uncovered })).error).toBe(cancelled);
  });
});

describe('max-grants', () => {
  const grants = grantsOf(ids('p', 2), ids('r', 2), ids('t', 3));

  test('counts grants', async () => {
    expect((await check({ grants, guards: { maxGrants: 12 } })).error).toBeNull();
    const { message, hint } = await refusalOf({ grants, guards: { maxGrants: 11 } });
    expect(message).toBe(
      'This step would assign 12 grants (2 principals × 2 permission sets × 3 accounts), and max-grants allows 11.',
    );
    expect(hint).toContain('`max-grants`');
  });

  test('shows no product where there is only one factor', async () => {
    const { message } = await refusalOf({ grants: grants.slice(1), guards: { maxGrants: 1 } });
    expect(message).toContain('11 grants (among 2 principals, 2 permission sets, 3 accounts)');
  });

  test('of pushes counts no principals', async () => {
    const [role, ...targets] = ids('x', 3);
    if (role === undefined) throw new Error('no role');
    const pushes: readonly Grant[] = targets.map((target) => ({ kind: 'provisioning', role, target }));
    const { message } = await refusalOf({ grants: pushes, operation: 'provision', guards: { maxGrants: 1 } });
    expect(message).toContain('provision 2 grants (1 permission set × 2 accounts)');
  });
});

describe('max-lifetime', () => {
  test('is exceeded by every permanent grant, and by nothing else', async () => {
    const guards = { maxLifetimeMs: 30 * 86_400_000 };
    expect((await refusalOf({ guards })).message).toContain('permanent access exceeds it');
    for (const operation of ['revoke', 'provision'] as const) {
      expect((await check({ guards, operation })).error).toBeNull();
    }
  });

  const lasting = (ms: number): Lifetime => ({ kind: 'lease', ms, keepAfterJob: false, onExisting: 'keep' });

  test('allows a lease that is not longer than it', async () => {
    for (const ms of [3_600_000, 7_200_000]) {
      expect((await check({ guards: { maxLifetimeMs: 7_200_000 }, lifetime: lasting(ms) })).error).toBeNull();
    }
    expect((await check({ lifetime: lasting(2_592_000_000) })).error).toBeNull();
  });

  test('reports the lifetime, the grants and the maximum', async () => {
    const guards = { maxLifetimeMs: 7_200_000 };
    const { message, hint } = await refusalOf({ guards, lifetime: lasting(7_201_000) });
    expect(message).toBe(
      'max-lifetime allows 2 h. This step would assign 2 grants for 2 h 1 s: ' +
        'group "Ann" with permission set "Reader" on account t-1, group "Ann" with permission set "Reader" on account t-2.',
    );
    expect(hint).toContain('`lifetime`');
    const one = await refusalOf({ guards, lifetime: lasting(86_400_000), grants: few.slice(0, 1) });
    expect(one.message).toMatch(/assign 1 grant for 1 d: /u);
    const forEver = await refusalOf({ guards });
    expect(forEver.message).toMatch(
      /^max-lifetime allows 2 h, and permanent access exceeds it\. This step would assign 2 permanent grants.*"Ann"/u,
    );
  });
});

describe('several violations', () => {
  const refusals = [new Refusal('A privileged role.', 'Allow it.', ['evidence'])];

  test('are reported all at once, with their number, a line each and every hint', async () => {
    const { message, hint, details, of } = await refusalOf({
      refusals,
      allowed: { principal: lines('p-9'), target: lines('t-9'), role: lines('r-9') },
      guards: { maxGrants: 1, maxLifetimeMs: 1 },
    });
    expect(message).toMatch(/^6 faults: A privileged role\. .*allowed-principals.*1 more: see the log/u);
    for (const text of ['Allow it.', '`allowed-principals`', '`allowed-targets`', '`allowed-roles`', '`max-grants`']) {
      expect(hint).toContain(text);
    }
    expect(of).toHaveLength(6);
    const told = [...of.map((it) => it.message), ...details].join('\n');
    for (const text of ['privileged', 'evidence', 'p-1', 't-1', 't-2', 'r-1', 'max-grants allows 1', 'max-lifetime']) {
      expect(told).toContain(text);
    }
  });

  test('a failed look-up hides no other', async () => {
    const uncovered = (): Promise<never> => Promise.reject(new Refusal('Two groups have this name.', 'Give its id.'));
    const { message } = await refusalOf({ refusals, allowed: { principal: lines('p-1') }, uncovered });
    expect(message).toBe('2 faults: A privileged role. In allowed-principals: Two groups have this name.');
  });
});

describe('the approver', () => {
  const approver = { login: 'octocat', line: { text: 'user:ann', kind: 'user-name', value: 'ann' } };
  const named = (id: string): Cloud['principals'] => {
    return (lines) => Promise.resolve(lines.map(({ value }) => ({ id, name: value, type: 'USER' })));
  };

  test('is not allowed among the principals, by any of the names in the file (P12)', async () => {
    const { message, hint } = await refusalOf({ guards: { approvers: [approver] }, principals: named('P-1') });
    expect(message).toBe('octocat approved this step, and would get access by it, as "ann" (P-1).');
    expect(hint).toContain('approved by a person who is none of the principals');
  });

  test('is each of them (P12)', async () => {
    const other = { login: 'hubot', line: { text: 'user:bob', kind: 'user-name', value: 'bob' } };
    const principals: Cloud['principals'] = (lines) =>
      Promise.resolve(lines.map(({ value }) => ({ id: value === 'bob' ? 'p-1' : 'p-2', name: value, type: 'USER' })));
    const { message } = await refusalOf({ guards: { approvers: [approver, other] }, principals });
    expect(message).toBe('hubot approved this step, and would get access by it, as "bob" (p-1).');
  });

  test('can be any other person', async () => {
    expect((await check({ guards: { approvers: [approver] }, principals: named('p-2') })).error).toBeNull();
  });

  test('is looked up only where grants have principals', async () => {
    const [{ role, target } = { role: identity('r'), target: identity('t') }] = few;
    const grants = [{ kind: 'provisioning', role, target }] as const;
    expect((await check({ guards: { approvers: [approver] }, grants, operation: 'provision' })).error).toBeNull();
  });

  test('that cannot be looked up could be any of the principals, so nothing is granted (P8)', async () => {
    const principals = (): Promise<never> => Promise.reject(new Refusal('No user is named "ann".', 'Correct it.'));
    const { message, hint } = await refusalOf({ guards: { approvers: [approver] }, principals });
    expect(message).toBe(
      'Could not compare octocat, who approved this step, with the principals: No user is named "ann".',
    );
    expect(hint).toBe('Correct it.');
  });
});
