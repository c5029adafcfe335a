import { describe, expect, test } from '@jest/globals';

import { Refusal } from '../../../src/access/errors.ts';
import { openOrganization } from '../../../src/aws/resolve/organization.ts';
import { accountsOfUnits } from '../../../src/aws/resolve/organizational-units.ts';
import { readAll } from '../../../src/aws/pages.ts';
import { parseTarget } from '../../../src/aws/resolve/target-lines.ts';
import { organization, organizationAnswers, root, unit, type FakeOrganization } from './fake-organization.ts';
import { budget, createFakeSession } from '../fake-session.ts';

function lineOf(text: string) {
  const parsed = parseTarget(text, 'assign');
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

/** The last digits of each line's accounts, or its refusal. */
async function accountsOf(texts: readonly string[], over: Partial<FakeOrganization> = {}, swept = false) {
  const fake = createFakeSession(organizationAnswers({ ...organization, ...over }));
  const opened = openOrganization(fake.session);
  if (swept) await readAll(opened.sweep, budget);
  const before = fake.sent.length;
  const lines = texts.map(lineOf);
  const found = await accountsOfUnits(opened, lines, budget);
  const results = lines.map((line) => {
    const it = found.get(line) ?? [];
    return it instanceof Refusal ? it.message : it.map(({ id }) => id).toSorted();
  });
  return { results, commands: fake.sent.slice(before).map(({ command }) => command), opened, sent: fake.sent };
}

const production = ['300000000002', '300000000003'];
const belowWork = ['300000000001', ...production, '300000000004', '300000000005'];
const everyone = ['100000000000', '200000000000', ...belowWork, '400000000001', '400000000002'];

const cases: readonly (readonly [string, readonly string[]])[] = [
  ['ou:/Workloads/Production', production],
  ['ou:/Workloads/Production/**', [...production, '300000000004']],
  ['ou:/Workloads', ['300000000001']],
  ['ou:/Workloads/**', belowWork],
  [`ou:${root}`, ['100000000000', '200000000000']],
  [`ou:${root}/**`, everyone],
  [`ou:${unit('prod')}`, production],
  [`ou:${unit('prod')}/**`, [...production, '300000000004']],
  [`ou:${unit('void')}`, []],
  ['ou:/Empty/**', []],
];

describe.each<[string, Partial<FakeOrganization>, boolean]>([
  ['both ways open', {}, false],
  ['the sweep alone', { denied: ['ListAccountsForParent'] }, false],
  ['no account says where it is', { paths: 'none' }, false],
  ['paths without the account’s own id', { paths: 'without account', denied: ['ListAccountsForParent'] }, false],
  ['no sweep allowed', { denied: ['ListAccounts'] }, false],
  ['a sweep made before', {}, true],
])('accountsOfUnits, %s', (_name, over, swept) => {
  test.each(cases)('%s', async (text, expected) => {
    // Whether a unit without accounts exists takes asking for it.
    if (text.includes(unit('void')) && over.denied?.includes('ListAccountsForParent') === true) {
      await expect(accountsOf([text], over, swept)).rejects.toMatchObject({ failure: { kind: 'denied' } });
      return;
    }
    expect((await accountsOf([text], over, swept)).results).toEqual([expected]);
  });

  test('an ID that no unit has is refused', async () => {
    const asking = accountsOf([`ou:${unit('nobody')}`, 'ou:/Workloads', 'ou:r-zzzz/**'], over, swept);
    if (over.denied?.includes('ListAccountsForParent') === true) {
      await expect(asking).rejects.toMatchObject({ failure: { kind: 'denied' } });
      return;
    }
    expect((await asking).results).toEqual([
      expect.stringContaining(`no organizational unit with the ID ${unit('nobody')}`),
      ['300000000001'],
      expect.stringContaining('r-zzzz'),
    ]);
  });
});

describe('paths', () => {
  test.each([
    [
      'ou:/workloads',
      /no organizational unit has the path \/workloads\. Similar: "\/Workloads" .*Below the root: "Workloads" \(ou-a1b2-work0000\), "Sandbox"/u,
    ],
    [
      'ou:/Workloads/Prodution/**',
      /no organizational unit has the path \/Workloads\/Prodution\. Similar: "\/Workloads\/Production" .*\/Workloads exists\. Below it: "Production" .*"Staging" \(ou-a1b2-stage000\)\./u,
    ],
    ['ou:/Production', /no organizational unit has the path \/Production/u],
    ['ou:/Root/Workloads', /no organizational unit has the path/u],
    [
      'ou:/Workloads/Production/EU/x',
      /no organizational unit has the path .*\/Workloads\/Production\/EU exists\. Below it: nothing\./u,
    ],
  ])('%s is not a path', async (text, words) => {
    expect((await accountsOf([text])).results).toEqual([expect.stringMatching(words)]);
  });

  test('one that two units have is refused with both IDs: names can contain slashes', async () => {
    const units = [...organization.units, { id: unit('slash'), name: 'Workloads/Production', parent: root }];
    const { results } = await accountsOf(['ou:/Workloads/Production', 'ou:/Workloads/Staging'], { units });
    expect(results).toEqual([
      expect.stringMatching(
        new RegExp(
          `2 organizational units .*${unit('prod')}.*${unit('slash')}|2 organizational units .*${unit('slash')}.*${unit('prod')}`,
          'u',
        ),
      ),
      ['300000000005'],
    ]);
  });

  test('a unit with a slash in its name is found by its path', async () => {
    const units = [...organization.units, { id: unit('slash'), name: 'A/B', parent: unit('work') }];
    const accounts = [...organization.accounts, { id: '500000000000', name: 'x', parent: unit('slash') }];
    expect((await accountsOf(['ou:/Workloads/A/B/**'], { units, accounts })).results).toEqual([['500000000000']]);
  });

  test("without ListRoots, the root is the beginning of the accounts' places", async () => {
    const denied = { denied: ['ListRoots'] };
    expect((await accountsOf(['ou:/Workloads/Production', 'ou:/Workloads/**'], denied)).results).toEqual([
      production,
      belowWork,
    ]);
    await expect(accountsOf(['ou:/Workloads'], { denied: ['ListRoots'], paths: 'none' })).rejects.toMatchObject({
      failure: { kind: 'denied', operation: 'organizations:ListRoots' },
    });
  });

  test('without the lists of units, a path matches no unit', async () => {
    await expect(accountsOf(['ou:/Workloads'], { denied: ['ListOrganizationalUnitsForParent'] })).rejects.toMatchObject(
      {
        failure: { kind: 'denied' },
      },
    );
  });
});

describe('requests', () => {
  const many = (count: number, parent: string) =>
    Array.from({ length: count }, (_, index) => ({ id: String(600_000_000_000 + index), name: `a${index}`, parent }));
  const count = (commands: readonly string[], name: string): number => commands.filter((it) => it === name).length;

  test('one small unit by ID needs one request, for any number of accounts', async () => {
    const accounts = [...many(400, unit('sand')), { id: '700000000000', name: 'x', parent: unit('eu') }];
    const { commands } = await accountsOf([`ou:${unit('eu')}`], { accounts, pageSize: 20 });
    expect(commands).toEqual(['ListAccountsForParent']);
  });

  test('at most twice the requests of the shorter way are sent: many units and few accounts', async () => {
    const units = Array.from({ length: 60 }, (_, index) => ({
      id: unit(`u${index}`),
      name: `u${index}`,
      parent: root,
    }));
    const { commands, results } = await accountsOf([`ou:${root}/**`], {
      units,
      accounts: many(50, root),
      pageSize: 20,
    });
    expect(results[0]).toHaveLength(50);
    // Three pages and the empty one.
    expect(count(commands, 'ListAccounts')).toBe(4);
    expect(commands.length).toBeLessThanOrEqual(8);
  });

  test('at most twice the requests of the shorter way are sent: few units and many accounts', async () => {
    const accounts = [...many(2_000, unit('sand')), { id: '700000000000', name: 'x', parent: unit('eu') }];
    const { commands } = await accountsOf([`ou:${unit('prod')}/**`], { accounts, pageSize: 20 });
    // The accounts and the units of two units.
    expect(commands.filter((it) => it !== 'ListAccounts')).toHaveLength(4);
    expect(count(commands, 'ListAccounts')).toBeLessThanOrEqual(4);
  });

  test('a list that was read is not read again, for any line', async () => {
    const { opened, sent } = await accountsOf(['ou:/Workloads/**', 'ou:/Workloads/Production', 'ou:/Workloads/**']);
    const keys = sent.map(
      ({ command, input }) => `${command} ${String(input['ParentId'])} ${String(input['NextToken'])}`,
    );
    expect(new Set(keys).size).toBe(keys.length);
    await accountsOfUnits(opened, [lineOf('ou:/Workloads/Production/**')], budget);
    expect(sent).toHaveLength(keys.length);
  });

  test('two searches at once read no page twice', async () => {
    const { session, sent } = createFakeSession(organizationAnswers(organization));
    const opened = openOrganization(session);
    const ask = () => accountsOfUnits(opened, [lineOf('ou:/Workloads/**')], budget);
    await Promise.all([ask(), ask()]);
    const keys = sent.map(
      ({ command, input }) => `${command} ${String(input['ParentId'])} ${String(input['NextToken'])}`,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('neither way allowed: the error reports it', async () => {
    const denied = ['ListAccounts', 'ListAccountsForParent'];
    await expect(accountsOf([`ou:${unit('prod')}`], { denied })).rejects.toMatchObject({ failure: { kind: 'denied' } });
  });
});
