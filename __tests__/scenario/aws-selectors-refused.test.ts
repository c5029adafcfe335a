import { describe, expect, it } from '@jest/globals';
import { lines, toOrganizations } from './aws-bulk-support.ts';
import { byIds, byNames, calls, errors, ids, inWorld, severalAtOnce, signIn, step } from './support.ts';

const { prod, staging, suspended, management } = ids;

const bothSandboxes = [/2 accounts are named "sandbox"/u, /222233334444/u, /333344445555/u];

/** Lines of `target` that are refused, and the words that the refusal must have. */
const refused = {
  'an exclusion that matches nothing that is selected': [
    lines('ou:/Workloads/Staging', '!account:payments-prod'),
    [/exclusion "!account:payments-prod" matches no account/u],
  ],
  'an exclusion of an id that is not selected': [lines(prod, `!${staging}`), [/"!777788889999" matches no account/u]],
  'two exclusions that match nothing': [
    lines(prod, `!${staging}`, '!ou:/Sandbox'),
    [/"!777788889999" matches no account/u, /"!ou:\/Sandbox" matches no account/u],
  ],
  'a selection that exclusions empty': [
    lines('ou:/Workloads/Staging', '!account:payments-staging'),
    [/No account is left/u, /"ou:\/Workloads\/Staging" \(1 account\)/u, /"!account:payments-staging" \(1 account\)/u],
  ],
  'a unit whose own accounts are none': [lines('ou:/Sandbox', '!ou:/Sandbox/**'), [/No account is left/u]],
  'a root with only the management account and an excluded one': [
    lines('ou:r-f6g7', '!account:identity'),
    [/No account is left/u, /management account/u],
  ],
  'a suspended account that is named': ['account:legacy-billing', [/"legacy-billing" \(999900001111\) is SUSPENDED/u]],
  'a suspended account that is named by id beside names': [
    lines(suspended, 'account:payments-prod'),
    [/"legacy-billing" \(999900001111\) is SUSPENDED/u],
  ],
  'a suspended account that a selector brings and a line names': [
    lines('ou:/Workloads/**', 'account:legacy-billing'),
    [/"legacy-billing" \(999900001111\) is SUSPENDED/u],
  ],
  'a name of two accounts': ['account:sandbox', bothSandboxes],
  'a name of two accounts behind an exclamation mark': [lines('ou:r-f6g7/**', '!account:sandbox'), bothSandboxes],
  'a name in other letter case, with the near one': ['account:Payments-Prod', [/Similar: .*payments-prod/u]],
  'a path that is not there, with a near one': [
    'ou:/Workloads/Producton/**',
    [/no organizational unit has the path \/Workloads\/Producton/u, /\/Workloads\/Production/u],
  ],
  'a path that begins with the name of the root': [
    'ou:/Root/Workloads',
    [/Root\/Workloads/u, /leaves out the name of the root/u],
  ],
  'an id of no unit': ['ou:ou-f6g7-nothing1/**', [/no organizational unit with the ID ou-f6g7-nothing1/u]],
  'the management account': [lines(management, prod), [/444455556666 is the organization's management account/u]],
} satisfies Readonly<Record<string, readonly [target: string, texts: readonly RegExp[]]>>;

describe('selectors of AWS that are refused', () => {
  it('end red before any change, each with its reason and a hint (P8)', async () => {
    const problems = await severalAtOnce(Object.entries(refused), ([what, [target, texts]]) =>
      inWorld({}, async (world) => {
        const result = await step(world, { ...byIds, target });
        const said = errors(result);
        const missing = texts.filter((text) => !text.test(`${said}\n${result.log}`)).map(String);
        const fine =
          missing.length === 0 &&
          result.exitCode === 1 &&
          result.outputs['status'] === 'FAILED' &&
          result.outputs['changed'] === 'false' &&
          /^(?:What to do:| {2}→) \S/mu.test(said) &&
          world.aws.estate.operations().length === 0 &&
          result.annotations.length === 1;
        return fine ? [] : [`${what}: lacks ${missing.join(', ')}\n${result.log}`];
      }),
    );
    expect(problems.flat()).toEqual([]);
  });

  it('are all reported at once, with those of principals and permission sets (P8)', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, {
        ...signIn,
        principal: lines(
          'user:shared@example.com',
          'group:Payments',
          'user:alice@example.com',
          'user:carol@example.com',
        ),
        role: lines('ReadOnlyAccess', 'IncidentAdmn', 'Nothing'),
        target: lines('account:sandbox', 'account:nobody', 'ou:/Nowhere/**', 'ou:ou-f6g7-nothing1', '!account:no-one'),
      });
      expect(result.exitCode).toBe(1);
      for (const text of [
        'shared@example.com',
        'Payments',
        'carol@example.com',
        'IncidentAdmn',
        '"Nothing"',
        '2 accounts are named "sandbox"',
        '222233334444',
        '333344445555',
        '"nobody"',
        '/Nowhere',
        'ou-f6g7-nothing1',
        '"no-one"',
      ])
        expect(result.log).toContain(text);
      // Two hits list both IDs.
      for (const id of ['24e8a468-0051-70f2-6f5e-3f0b7d1a9c11', '24e8a468-0051-70f2-6f5e-3f0b7d1a9c22'])
        expect(result.log).toContain(id);
      // Counted once, not by groups of groups.
      expect(errors(result).match(/\d+ faults:/gu)).toEqual(['10 faults:']);
      // Correct lines are not among the faults.
      expect(errors(result)).not.toContain('alice@example.com');
      expect(result.annotations).toHaveLength(1);
      expect(result.summary).toContain('IncidentAdmn');
      expect(world.aws.estate.operations()).toEqual([]);
    });
  });

  it('with wrong grammar are all reported before any request, with correct examples (P6)', async () => {
    await inWorld({}, async (world) => {
      const wrong = [
        'ou:',
        'ou:/Workloads//Production',
        'ou:Workloads',
        'ou:/Workloads/*',
        'ou:OU-F6G7-WORKLOAD',
        'account:',
        'account:sandbox-*',
        'OU:/Workloads',
        'outdated',
        'all',
        '1234',
        '!all',
        '!',
        '!ou:',
      ];
      const result = await step(world, {
        ...byNames,
        principal: lines('group:Payments On-Call', '!user:alice@example.com'),
        role: lines('ReadOnlyAccess', '!IncidentAdmin', '*'),
        target: lines(...wrong),
      });
      expect(result.requests).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.outputs['status']).toBe('FAILED');
      const unsaid = [...wrong.filter((text) => text !== '!'), '!user:alice@example.com', '!IncidentAdmin'].filter(
        (text) => !result.log.includes(text),
      );
      expect(unsaid).toEqual([]);
    });
    await inWorld({}, async (world) => {
      const result = await step(world, { ...byNames, target: lines('!account:sandbox', '! ou:/Workloads/**') });
      expect(result.requests).toEqual([]);
      expect(errors(result)).toMatch(/exclu/u);
    });
  });

  it('do not stop at one kind of look-up: a wrong path needs only one sweep of all accounts', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, {
        ...byIds,
        target: lines('account:nobody', 'ou:/Nowhere', 'ou:/Workloads/**'),
      });
      expect(toOrganizations(result).filter((operation) => operation === 'ListAccounts')).toHaveLength(1);
      expect(calls(result)['CreateAccountAssignment']).toBeUndefined();
    });
  });
});
