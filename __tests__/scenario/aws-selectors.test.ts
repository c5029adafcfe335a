import { describe, expect, it } from '@jest/globals';
import { distinct, lines, pinned, recordsOf, toOrganizations } from './aws-bulk-support.ts';
import { byIds, byNames, calls, ids, inWorld, severalAtOnce, step } from './support.ts';

const identity = '111122223333';
const sandboxes = ['222233334444', '333344445555'] as const;
const { prod, staging, dataLake, suspended, management } = ids;
const workloads = [dataLake, prod, staging];
const everyone = [dataLake, identity, prod, ...sandboxes, staging];

/** Lines of `target` and their accounts, in the default estate. */
const selections = {
  'ids alone': [lines(staging, prod), [prod, staging]],
  'an account by its name': ['account:data-lake', [dataLake]],
  'an account by its id after the prefix': [`account:${prod}`, [prod]],
  'the own accounts of an organizational unit by path': ['ou:/Workloads', [dataLake]],
  'the own accounts of an organizational unit by id': ['ou:ou-f6g7-workload', [dataLake]],
  'one further down': ['ou:/Workloads/Staging', [staging]],
  'all accounts below a path, its own included': ['ou:/Workloads/**', workloads],
  'all accounts below an id': ['ou:ou-f6g7-workload/**', workloads],
  'the own accounts of the root by its id': ['ou:r-f6g7', [identity]],
  'the whole organization by the id of its root': ['ou:r-f6g7/**', everyone],
  'several that overlap': [lines('ou:/Workloads/**', 'ou:/Workloads/Staging', 'account:data-lake', prod), workloads],
  'without an account by id': [lines('ou:/Workloads/**', `!${staging}`), [dataLake, prod]],
  'without an account by name': [lines('ou:/Workloads/**', '!account:payments-prod'), [dataLake, staging]],
  'without the own accounts of a unit': [lines('ou:/Workloads/**', '!ou:/Workloads'), [prod, staging]],
  'without a unit by id': [lines('ou:r-f6g7/**', '!ou:ou-f6g7-sandbox1'), [dataLake, identity, prod, staging]],
  'without all below a unit': [lines('ou:r-f6g7/**', '!ou:/Workloads/**'), [identity, ...sandboxes]],
  'exclusions apply last, wherever they stand': [
    lines('!ou:/Workloads/Production', 'ou:/Workloads/**', prod),
    [dataLake, staging],
  ],
  'an account and an exclusion, both by id': [lines(prod, staging, `!${staging}`), [prod]],
  'lines with spaces around them and empty ones': [
    `\n  ${prod}  \n\n !  ou:/Workloads/Staging \n ou:/Workloads/** \n`,
    [dataLake, prod],
  ],
} satisfies Readonly<Record<string, readonly [target: string, accounts: readonly string[]]>>;

describe('selectors of AWS', () => {
  it('mean exactly these accounts (P8)', async () => {
    const found = await severalAtOnce(Object.entries(selections), async ([what, [target]]) =>
      inWorld({}, async (world) => {
        const { exitCode, ...result } = await step(world, { ...byIds, operation: 'revoke', target, 'dry-run': 'true' });
        const accounts = exitCode === 0 ? distinct({ exitCode, ...result }, 'target-id') : result.log;
        return [what, accounts] as const;
      }),
    );
    const expected = Object.entries(selections).map(([what, [, accounts]]) => [what, [...accounts].sort()]);
    expect(found).toEqual(expected);
  });

  it('skip a suspended account with one notice in log and summary, and name it (P8)', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, { ...byIds, target: lines('ou:/Workloads/**', '!account:payments-prod') });
      expect(result.exitCode).toBe(0);
      expect(result.log.match(/Skipped/gu)).toHaveLength(1);
      expect(result.log).toMatch(/Skipped.*"legacy-billing" \(999900001111\) is SUSPENDED/u);
      expect(result.summary).toMatch(/Skipped.*legacy-billing.*SUSPENDED/u);
      expect(world.aws.estate.assignments().filter(({ accountId }) => accountId === suspended)).toHaveLength(1);
    });
  });

  it('report nothing about a suspended account that is excluded', async () => {
    await inWorld({}, async (world) => {
      const target = lines('ou:/Workloads/**', `!${suspended}`);
      const result = await step(world, { ...byIds, target, 'dry-run': 'true' });
      expect(result.exitCode).toBe(0);
      expect(result.log).not.toContain('Skipped');
    });
  });

  it('leave the management account out with a notice, and include it where it is named (P8)', async () => {
    await inWorld({}, async (world) => {
      const units = lines('ou:r-f6g7', 'ou:/Workloads');
      const root = await step(world, { ...byIds, target: units, 'dry-run': 'true' });
      expect(root.log).toMatch(/Left out: the management account "management" \(444455556666\)/u);
      expect(root.summary).toContain('444455556666');
      for (const named of [management, 'account:management']) {
        const target = lines(units, named);
        const result = await step(world, { ...byIds, target, 'allow-privileged': 'true', 'dry-run': 'true' });
        expect(distinct(result, 'target-id')).toEqual([dataLake, management]);
        expect(result.log).not.toContain('Left out: the management account');
      }
    });
  });

  it('collapse duplicates: a grant named by ID and by name is one, with its name (P8)', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, {
        ...pinned,
        principal: lines(`group:${ids.onCall}`, 'group:Payments On-Call', `group:${ids.onCall}`),
        role: lines(ids.readOnly, 'ReadOnlyAccess'),
        target: lines(prod, 'account:payments-prod', 'ou:/Workloads/Production', prod),
      });
      expect(result.exitCode).toBe(0);
      expect(recordsOf(result)).toHaveLength(1);
      expect(recordsOf(result)[0]).toMatchObject({
        'principal-name': 'Payments On-Call',
        'role-name': 'ReadOnlyAccess',
        'target-name': 'payments-prod',
      });
      expect(calls(result)['CreateAccountAssignment']).toBe(1);
      expect(result.outputs['target-id']).toBe(prod);
    });
  });

  it('never send requests to Organizations for IDs, also for many of them with exclusions by ID', async () => {
    await inWorld({}, async (world) => {
      world.script.fault(
        { service: 'organizations', times: Infinity },
        { kind: 'error', status: 500, code: 'ServiceException' },
      );
      const target = lines(prod, staging, dataLake, `!${staging}`);
      const result = await step(world, { ...byIds, target });
      expect(result.exitCode).toBe(0);
      expect(toOrganizations(result)).toEqual([]);
      expect(distinct(result, 'target-id')).toEqual([dataLake, prod]);
    });
  });

  it('need no right for Organizations with IDs, and name the missing right with names (P9)', async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['sso:*', 'identitystore:*'], Resource: '*' }],
    };
    await inWorld({ aws: { policy } }, async (world) => {
      expect((await step(world, { ...byIds, target: lines(prod, staging) })).exitCode).toBe(0);
      const unit = await step(world, { ...byNames, target: 'ou:/Workloads/**' });
      expect(unit.exitCode).toBe(1);
      expect(unit.outputs['failure-reason']).toMatch(/organizations:\w+/u);
      expect(unit.log).toMatch(
        /What to do: .*organizations:(ListAccounts|ListRoots|ListOrganizationalUnitsForParent)/u,
      );
      expect(calls(unit)['CreateAccountAssignment']).toBeUndefined();
    });
  });
});
