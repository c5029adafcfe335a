import { describe, expect, test } from '@jest/globals';

import { openOrganization } from '../../../src/aws/resolve/organization.ts';
import { parseExclusion, parseTarget } from '../../../src/aws/resolve/target-lines.ts';
import { excludedAccounts, selectAccounts } from '../../../src/aws/resolve/targets.ts';
import type { Parsed } from '../../../src/access/declaration.ts';
import type { Line } from '../../../src/access/request.ts';
import {
  management,
  organization,
  organizationAnswers,
  root,
  unit,
  type FakeOrganization,
} from './fake-organization.ts';
import { budget, createFakeSession } from '../fake-session.ts';

function valueOf(parsed: Parsed<Line>): Line {
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

/** Lines as a person writes them, exclusions with their `!`. */
function split(lines: readonly string[]) {
  const isExclusion = (text: string): boolean => text.startsWith('!');
  return {
    targets: lines.filter((text) => !isExclusion(text)).map((text) => valueOf(parseTarget(text, 'assign'))),
    exclusions: lines.filter(isExclusion).map((text) => valueOf(parseExclusion(text.slice(1)))),
  };
}

function select(lines: readonly string[], over: Partial<FakeOrganization> = {}) {
  const fake = createFakeSession(organizationAnswers({ ...organization, ...over }));
  const { targets, exclusions } = split(lines);
  const asked: string[] = [];
  const owner = (): Promise<string> => {
    asked.push('management');
    return Promise.resolve(management);
  };
  const selecting = selectAccounts(openOrganization(fake.session), targets, exclusions, owner, budget);
  return { ...fake, asked, selecting };
}

const idsOf = async (lines: readonly string[], over: Partial<FakeOrganization> = {}) =>
  (await select(lines, over).selecting).accounts.map(({ id }) => id).toSorted();

describe('accounts by ID and name', () => {
  test('IDs are used as they are, without a request to Organizations', async () => {
    const { selecting, sent, asked } = select(['999999999999', management, '!999999999999', '888888888888']);
    expect(await selecting).toEqual({
      accounts: [
        { id: management, name: null },
        { id: '888888888888', name: null },
      ],
      notices: [],
      leftOut: [],
    });
    expect({ sent, asked }).toEqual({ sent: [], asked: [] });
  });

  test('a name is searched on all pages, twenty accounts each', async () => {
    const { selecting, sent } = select(['account:staging']);
    expect((await selecting).accounts).toEqual([{ id: '300000000005', name: 'staging' }]);
    expect(new Set(sent.map(({ command }) => command))).toEqual(new Set(['ListAccounts']));
    expect(sent[0]?.input).toMatchObject({ MaxResults: 20 });
  });

  test('one account by ID and by name is one, and keeps the name', async () => {
    for (const lines of [
      ['account:staging', '300000000005'],
      ['300000000005', 'account:staging', '300000000005'],
    ])
      expect((await select(lines).selecting).accounts).toEqual([{ id: '300000000005', name: 'staging' }]);
  });

  test('a name that two have is refused, with both IDs (P8)', async () => {
    await expect(select(['account:sandbox']).selecting).rejects.toMatchObject({
      name: 'Refusal',
      message: '2 accounts are named "sandbox": 400000000001 (ACTIVE), 400000000002 (ACTIVE).',
    });
  });

  test.each(['Staging', 'stagin', 'staging2'])('%s matches nothing: names are compared exactly (P8)', async (name) => {
    await expect(select([`account:${name}`]).selecting).rejects.toThrow(
      /No account .*Similar: "staging" \(300000000005\)/u,
    );
  });

  test('Status replaces a missing State', async () => {
    const { session } = createFakeSession({
      ListAccounts: () => ({
        Accounts: [
          { Id: '1', Name: 'a', State: 'ACTIVE', Status: 'SUSPENDED' },
          { Id: '2', Name: 'b', Status: 'PENDING_CLOSURE' },
        ],
      }),
    });
    const opened = openOrganization(session);
    const of = (name: string) =>
      selectAccounts(opened, split([`account:${name}`]).targets, [], () => Promise.resolve(management), budget);
    expect((await of('a')).accounts).toEqual([{ id: '1', name: 'a' }]);
    await expect(of('b')).rejects.toThrow('Account "b" (2) is PENDING_CLOSURE');
  });

  test('a list with an account that has no ID selects nothing, since the missing account is unknown', async () => {
    const Accounts = [{ Id: '1', Name: 'a' }, { Name: 'b' }];
    const { session } = createFakeSession({ ListAccounts: () => ({ Accounts }) });
    const { targets } = split(['account:a']);
    const selecting = selectAccounts(openOrganization(session), targets, [], () => Promise.resolve(management), budget);
    await expect(selecting).rejects.toThrow('Accounts.Id is missing');
  });
});

describe('organizational units', () => {
  test('bring their ACTIVE accounts, with names, but not the management account', async () => {
    const { selecting, asked } = select([`ou:${root}/**`]);
    const { accounts, notices, leftOut } = await selecting;
    expect(accounts.map(({ id }) => id).toSorted()).toEqual([
      '200000000000',
      '300000000001',
      '300000000002',
      '300000000004',
      '300000000005',
      '400000000001',
      '400000000002',
    ]);
    expect(accounts).toContainEqual({ id: '300000000004', name: 'payments-eu' });
    expect([...notices, ...leftOut]).toEqual([
      'Skipped accounts that are not ACTIVE: "old" (300000000003) is SUSPENDED.',
      expect.stringContaining(`the management account "management" (${management})`),
    ]);
    expect(asked).toEqual(['management']);
  });

  test('the management account comes with its name or ID', async () => {
    expect(await idsOf([`ou:${root}`, management])).toEqual([management, '200000000000']);
    expect(await idsOf(['account:management', `ou:${root}`])).toEqual([management, '200000000000']);
  });

  test('several lines of any kind make one set', async () => {
    expect(await idsOf(['ou:/Workloads', 'ou:/Sandbox/**', 'account:staging', '300000000001', '999999999999'])).toEqual(
      ['300000000001', '300000000005', '400000000001', '400000000002', '999999999999'],
    );
  });

  test('an account that is not ACTIVE is refused where it is named, and not where it is excluded', async () => {
    const words = 'Account "old" (300000000003) is SUSPENDED, so nothing can be assigned there.';
    await expect(select(['account:old']).selecting).rejects.toThrow(words);
    await expect(select(['ou:/Workloads/Production', 'account:old']).selecting).rejects.toThrow(words);
    await expect(select(['ou:/Workloads/Production', '300000000003']).selecting).rejects.toThrow(words);
    const { accounts, notices } = await select(['ou:/Workloads/Production', '!account:old']).selecting;
    expect({ ids: accounts.map(({ id }) => id), notices }).toEqual({ ids: ['300000000002'], notices: [] });
  });

  test('many that are skipped are counted', async () => {
    const accounts = Array.from({ length: 25 }, (_, index) => ({
      id: String(600_000_000_000 + index),
      name: `a${index}`,
      parent: unit('sand'),
      ...(index > 0 ? { state: 'CLOSED' } : {}),
    }));
    const { notices } = await select(['ou:/Sandbox'], { accounts }).selecting;
    expect(notices).toEqual([expect.stringMatching(/"a20" \(600000000020\) is CLOSED and 4 more\.$/u)]);
  });
});

describe('exclusions', () => {
  test.each<[readonly string[], readonly string[]]>([
    [
      ['ou:/Workloads/**', '!ou:/Workloads/Production/**'],
      ['300000000001', '300000000005'],
    ],
    [
      ['ou:/Workloads/**', '!ou:/Workloads/Production'],
      ['300000000001', '300000000004', '300000000005'],
    ],
    [['ou:/Sandbox', '!400000000001'], ['400000000002']],
    [['ou:/Workloads/Production/**', '!account:payments-eu'], ['300000000002']],
    [[`!ou:${unit('prod')}`, '300000000002', '999999999999'], ['999999999999']],
    [[`ou:${root}`, `!${management}`], ['200000000000']],
    [['account:staging', 'account:lake', '!300000000001', '!account:lake'], ['300000000005']],
  ])('%j', async (lines, expected) => {
    expect(await idsOf(lines)).toEqual(expected);
  });

  test('one that matches nothing of the selection is refused, by its line; all at once', async () => {
    const lines = ['ou:/Sandbox', '!300000000001', '!400000000001', '!ou:/Workloads/**', '!ou:/Empty'];
    await expect(select(lines).selecting).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringMatching(/"!300000000001" .*"!ou:\/Workloads\/\*\*" .*"!ou:\/Empty"/su),
    });
    await expect(select(lines).selecting).rejects.not.toThrow('"!400000000001"');
  });

  test('an empty selection is refused, with the selected and the excluded accounts', async () => {
    await expect(select(['ou:/Sandbox', '!ou:/Sandbox/**']).selecting).rejects.toThrow(
      'Selected: "ou:/Sandbox" (2 accounts). Excluded: "!ou:/Sandbox/**" (2 accounts).',
    );
    await expect(select(['ou:/Empty/**']).selecting).rejects.toThrow('Selected: "ou:/Empty/**" (0 accounts).');
    await expect(select(['ou:/Workloads/Production', '!account:payments']).selecting).rejects.toThrow(
      'Skipped accounts that are not ACTIVE: "old" (300000000003) is SUSPENDED.',
    );
    await expect(select([`ou:${root}`, '!account:identity']).selecting).rejects.toMatchObject({
      message: expect.stringContaining('No account is left'),
      hint: expect.stringContaining('management account'),
    });
  });
});

describe('impossible selections', () => {
  test('the refusals of all lines are reported at once', async () => {
    const lines = ['account:nobody', 'ou:/Nowhere', `ou:${unit('none')}`, 'account:sandbox', '!account:ghost'];
    await expect(select(lines).selecting).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringMatching(/nobody.*\/Nowhere.*ou-a1b2-none0000.*"sandbox".*ghost/su),
    });
  });
});

describe('excludedAccounts', () => {
  const exclude = (lines: readonly string[], over: Partial<FakeOrganization> = {}) => {
    const fake = createFakeSession(organizationAnswers({ ...organization, ...over }));
    return { ...fake, excluding: excludedAccounts(openOrganization(fake.session), split(lines).exclusions, budget) };
  };

  test('no lines need no request', async () => {
    const { excluding, sent } = exclude([]);
    expect(await excluding).toEqual({ excluded: new Set(), notices: [] });
    expect(sent).toEqual([]);
  });

  test('each line is the accounts of the organization that it names', async () => {
    const { excluding } = exclude(['!300000000001', '!account:staging', '!ou:/Sandbox/**']);
    expect(await excluding).toEqual({
      excluded: new Set(['300000000001', '300000000005', '400000000001', '400000000002']),
      notices: [],
    });
  });

  test('an ID alone needs one look-up', async () => {
    const { excluding, sent } = exclude(['!300000000003']);
    expect((await excluding).excluded).toEqual(new Set(['300000000003']));
    expect(sent.map(({ command }) => command)).toEqual(['DescribeAccount']);
  });

  test.each([[['!999999999999']], [['!999999999999', '!account:staging']], [['!ou:/Empty']]])(
    '%j matches nothing: refused',
    async (lines) => {
      await expect(exclude(lines).excluding).rejects.toMatchObject({
        name: 'Refusal',
        message: expect.stringContaining(`"${lines[0] ?? ''}"`),
      });
    },
  );

  test('all that match nothing are reported at once', async () => {
    await expect(exclude(['!999999999999', '!account:ghost', '!ou:/Nowhere', '!ou:/Empty']).excluding).rejects.toThrow(
      /"ghost".*"ou:\/Nowhere".*"!999999999999".*"!ou:\/Empty"/su,
    );
  });

  test('an ID that cannot be looked up is left out, with a notice', async () => {
    const { excluding } = exclude(['!999999999999'], { denied: ['DescribeAccount'] });
    expect(await excluding).toEqual({
      excluded: new Set(['999999999999']),
      notices: [expect.stringContaining('999999999999')],
    });
  });
});
