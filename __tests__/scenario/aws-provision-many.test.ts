import { describe, expect, it } from '@jest/globals';
import { makeEstate, placesOf } from '../../rehearsal/estates.ts';
import { distinct, lines, mostAtOnce, pinned, recordsOf, tallied } from './aws-bulk-support.ts';
import { calls, errors, ids, inWorld, pushAll, severalAtOnce, signIn, step } from './support.ts';

const provision = { ...signIn, operation: 'provision' } as const;
const { prod, staging, dataLake, suspended } = ids;

describe('provision of many', () => {
  it('of all with exclusions is one request for each remaining account', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.edit('ReadOnlyAccess');
      const result = await step(world, { ...pushAll, target: lines('all', '!account:payments-staging') });
      expect(result.exitCode).toBe(0);
      expect(calls(result)['ProvisionPermissionSet']).toBe(2);
      expect(distinct(result, 'target-id')).toEqual([dataLake, prod]);
      expect(distinct(result, 'target-name')).toEqual(['data-lake', 'payments-prod']);
      expect(world.aws.estate.outdated().map(({ accountId }) => accountId)).toEqual([staging]);
      expect(world.aws.estate.operations().every(({ accountId }) => accountId !== undefined)).toBe(true);
    });
  });

  it('of all without exclusions is one request for each permission set', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.edit('ReadOnlyAccess');
      world.aws.estate.makeOutdated('AdministratorAccess', 'payments-staging');
      const several = await step(world, { ...pushAll, role: lines('ReadOnlyAccess', 'AdministratorAccess') });
      expect(several.exitCode).toBe(0);
      expect(calls(several)['ProvisionPermissionSet']).toBe(2);
      expect(distinct(several, 'target-id')).toEqual(['all']);
      expect(world.aws.estate.outdated()).toEqual([]);
    });
  });

  it('of every permission set includes those that are provisioned on any account, by their names', async () => {
    await inWorld({}, async (world) => {
      // BreakGlass is on the management account, Billing on a suspended one: everywhere means there, too.
      const everywhere = ['AdministratorAccess', 'Billing', 'BreakGlass', 'ReadOnlyAccess'];
      const result = await step(world, { ...provision, role: '*', target: 'all' });
      expect(distinct(result, 'role-name')).toEqual(everywhere);
      expect(distinct(result, 'target-id')).toEqual(['all']);
      // A plan is of accounts, one by one.
      const plan = await step(world, { ...provision, role: '*', target: 'all', 'dry-run': 'true' });
      expect(plan.exitCode).toBe(0);
      expect(distinct(plan, 'role-name')).toEqual(everywhere.filter((name) => name !== 'Billing'));
      expect(distinct(plan, 'target-id')).toContain(ids.management);
      expect(plan.log).toMatch(/Skipped.*"legacy-billing" \(999900001111\) is SUSPENDED/u);
    });
  });

  it('of every permission set on named accounts includes those that each account has', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.makeOutdated('ReadOnlyAccess', 'payments-staging');
      const result = await step(world, {
        ...provision,
        role: '*',
        target: lines('ou:/Workloads/Production', 'account:payments-staging', '222233334444'),
      });
      expect(result.exitCode).toBe(0);
      const pairs = recordsOf(result).map(
        (record) => `${String(record['role-name'])} on ${String(record['target-name'])}`,
      );
      expect(pairs.sort()).toEqual([
        'AdministratorAccess on payments-staging',
        'ReadOnlyAccess on payments-prod',
        'ReadOnlyAccess on payments-staging',
      ]);
      // Named accounts are always pushed.
      expect(calls(result)['ProvisionPermissionSet']).toBe(3);
      expect(result.log).toMatch(/No permission set is provisioned to sandbox/u);
    });
  });

  it('of several permission sets on several accounts pushes to the accounts that have them, and creates nothing on others (P8)', async () => {
    await inWorld({}, async (world) => {
      const before = world.aws.estate.provisioned().length;
      const result = await step(world, {
        ...provision,
        role: lines('ReadOnlyAccess', 'AdministratorAccess'),
        target: lines('ou:/Workloads/**'),
      });
      expect(result.exitCode).toBe(1);
      expect(tallied(result, 'status')).toEqual({ SUCCEEDED: 4, FAILED: 2 });
      const failed = recordsOf(result).filter(({ status }) => status === 'FAILED');
      expect(
        failed.map((record) => `${String(record['role-name'])} on ${String(record['target-name'])}`).sort(),
      ).toEqual(['AdministratorAccess on data-lake', 'AdministratorAccess on payments-prod']);
      expect(failed.every((record) => String(record['failure-reason']).includes('not provisioned there'))).toBe(true);
      expect(errors(result)).toContain('not provisioned there');
      expect(calls(result)['ProvisionPermissionSet']).toBe(4);
      expect(world.aws.estate.provisioned()).toHaveLength(before);
      expect(result.log).toMatch(/Skipped.*legacy-billing/u);
    });
  });

  it('with all skips suspended accounts where each is pushed by itself, and names failed ones where it is one request', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.add({ permissionSet: 'ReadOnlyAccess', account: suspended, principal: 'group:Auditors' });
      world.aws.estate.edit('ReadOnlyAccess');
      const apart = await step(world, { ...pushAll, target: lines('all', `!${dataLake}`) });
      expect(apart.exitCode).toBe(0);
      expect(distinct(apart, 'target-id')).toEqual([prod, staging]);
      expect(apart.log).toMatch(/Skipped.*"legacy-billing" \(999900001111\) is SUSPENDED/u);
      const whole = await step(world, pushAll);
      expect(whole.exitCode).toBe(1);
      expect(errors(whole)).toContain(suspended);
    });
  });

  it('refuses a selection without any push, and an exclusion that is not an account (P8)', async () => {
    const refusals = await severalAtOnce(
      [lines('all', '!ou:r-f6g7/**', `!${ids.management}`), lines('all', '!account:nobody'), lines('all', prod), '*'],
      (target) =>
        inWorld({}, async (world) => {
          const result = await step(world, { ...pushAll, target });
          return [result.exitCode, world.aws.estate.operations().length, errors(result)] as const;
        }),
    );
    expect(refusals.map(([exitCode, started]) => [exitCode, started])).toEqual(Array(4).fill([1, 0]));
    const texts = [/No account is left/u, /"nobody"/u, /all/u, /target/u];
    for (const [index, text] of texts.entries()) expect(refusals[index]?.[2]).toMatch(text);
  });

  it('never has more than three under way, and one on each account (Many)', async () => {
    const size = { permissionSets: 2, accounts: 8, groups: 1, seed: 4 };
    const estate = makeEstate({ ...size, provisioned: { permissionSets: 2, accounts: 8 } });
    await inWorld(
      { estate, aws: { operations: { durationMs: { from: 2_000, to: 15_000, seed: 1 } } } },
      async (world) => {
        const { accounts, permissionSets } = placesOf(estate);
        const result = await step(world, {
          ...pinned,
          operation: 'provision',
          role: lines(...permissionSets),
          target: lines(...accounts),
        });
        expect(result.exitCode).toBe(0);
        const operations = world.aws.estate.operations();
        expect(operations).toHaveLength(16);
        expect(mostAtOnce(operations)).toBe(3);
        for (const those of Map.groupBy(operations, ({ accountId }) => accountId).values()) {
          expect(mostAtOnce(those)).toBe(1);
        }
        expect(result.requests.some(({ code }) => code === 'ConflictException')).toBe(false);
        // Two lists of each permission set before, and again after: none for each of the 16.
        const lists = result.requests.filter(({ operation }) =>
          /ProvisionedPermissionSet|ProvisionedToAccount/u.test(operation),
        );
        expect(lists.length).toBeLessThanOrEqual(2 * 2 * 2 + 2);
        // Three at a time all along.
        const work = operations.reduce((sum, { createdAt, finishAt }) => sum + finishAt - createdAt, 0);
        const took =
          Math.max(...operations.map(({ finishAt }) => finishAt)) -
          Math.min(...operations.map(({ createdAt }) => createdAt));
        expect(took).toBeLessThan((work / 3) * 1.3);
      },
    );
  });

  it('that run out of time are reported pair by pair; a re-run adopts and completes them, and pushes none twice (P2)', async () => {
    const size = { permissionSets: 1, accounts: 6, groups: 1, seed: 4 };
    const estate = makeEstate({ ...size, provisioned: { permissionSets: 1, accounts: 6, outdated: 6 } });
    await inWorld({ estate, aws: { operations: { durationMs: 40_000 } } }, async (world) => {
      const inputs = { ...pinned, operation: 'provision', role: '*', target: 'outdated' } as const;
      const late = await step(world, { ...inputs, timeout: '25s' });
      expect(late.exitCode).toBe(1);
      expect(recordsOf(late)).toHaveLength(6);
      const told = recordsOf(late)
        .map((record) => record['request-id'])
        .filter((id) => id !== '');
      expect(
        world.aws.estate
          .operations()
          .map(({ requestId }) => requestId)
          .sort(),
      ).toEqual(told.sort());
      expect(recordsOf(late).every(({ status }) => status !== 'SUCCEEDED')).toBe(true);
      // Unfinished pushes are not reported as done, and no account is named as the cause of a limit of three.
      expect(late.log).not.toMatch(/[1-9] of 6 done, 0 failed/u);
      expect(late.log).not.toContain('one operation at a time per account');
      const again = await step(world, inputs);
      expect(again.exitCode).toBe(0);
      expect(world.aws.estate.outdated()).toEqual([]);
      expect(world.aws.estate.operations()).toHaveLength(6);
      expect(world.aws.estate.effectiveChanges()).toHaveLength(6);
    });
  });
});
