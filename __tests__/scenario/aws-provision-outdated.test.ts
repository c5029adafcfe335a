import { describe, expect, it } from '@jest/globals';
import { makeEstate, placesOf } from '../../rehearsal/estates.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { lines, pinned, recordsOf, tallied, toOrganizations } from './aws-bulk-support.ts';
import { cells } from './reports.ts';
import { calls, errors, ids, inWorld, severalAtOnce, signIn, step } from './support.ts';

const outdated = { ...signIn, operation: 'provision', role: '*', target: 'outdated' } as const;
const bySet = 'ListAccountsForProvisionedPermissionSet';
const byAccount = 'ListPermissionSetsProvisionedToAccount';

/** Pushes, as `permission set on account` by names. */
function pushed(result: StepResult): readonly string[] {
  return recordsOf(result)
    .map((record) => `${String(record['role-name'])} on ${String(record['target-name'])}`)
    .sort();
}

describe('provision with target: outdated', () => {
  it('with nothing outdated is green, changes nothing, and reports that in two lines (Many)', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, outdated);
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false', 'request-id': '', results: '[]' });
      expect(calls(result)).not.toHaveProperty('ProvisionPermissionSet');
      expect(result.annotations).toEqual([]);
      // Apart from the caller, the request, and the place of the sign-in.
      const said = result.log
        .split('\n')
        .filter((line) => !/^(?:Requested|Set from outside|Signed in|Using the instance|$)/u.test(line));
      expect(said).toHaveLength(2);
      expect(said[0]).toMatch(/outdated/u);
      expect(result.summary).toMatch(/Nothing to do|nothing is outdated/iu);
    });
  });

  it('pushes each outdated pair by itself, reports it by name and lists again at the end (Many)', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.edit('ReadOnlyAccess');
      world.aws.estate.makeOutdated('AdministratorAccess', 'payments-staging');
      const result = await step(world, outdated);
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'principal-id': '' });
      expect(pushed(result)).toEqual([
        'AdministratorAccess on payments-staging',
        'ReadOnlyAccess on data-lake',
        'ReadOnlyAccess on payments-prod',
        'ReadOnlyAccess on payments-staging',
      ]);
      expect(calls(result)['ProvisionPermissionSet']).toBe(4);
      expect(world.aws.estate.outdated()).toEqual([]);
      for (const { requestId } of world.aws.estate.operations()) expect(result.summary).toContain(requestId);
      expect(cells(result.summary).filter(([verdict]) => verdict?.includes('provisioned'))).toHaveLength(4);
      const last = Math.max(
        ...result.requests.filter(({ operation }) => operation === 'ProvisionPermissionSet').map(({ index }) => index),
      );
      const lists = result.requests.filter(
        ({ operation, index }) => index > last && [bySet, byAccount].includes(operation),
      );
      expect(lists.length).toBeGreaterThan(0);
      const again = await step(world, outdated);
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
    });
  });

  it('is red where one account fails, names it and the missing right, and pushes the others', async () => {
    await inWorld({}, async (world) => {
      for (const account of ['payments-prod', 'payments-staging', 'data-lake'])
        world.aws.estate.add({ permissionSet: 'NeedsPolicy', account, principal: 'group:Auditors' });
      world.aws.estate.edit('NeedsPolicy');
      const result = await step(world, { ...outdated, role: 'NeedsPolicy' });
      expect(result.exitCode).toBe(1);
      // Its customer managed policy is in payments-prod only.
      expect(tallied(result, 'status')).toEqual({ SUCCEEDED: 1, FAILED: 2 });
      expect(errors(result)).toContain('on account "data-lake"');
      expect(errors(result)).toContain('on account "payments-staging"');
      expect(errors(result)).not.toContain('on account "payments-prod"');
      expect(errors(result)).toContain('payments-boundary');
      expect(
        world.aws.estate
          .outdated()
          .map(({ accountId }) => accountId)
          .sort(),
      ).toEqual([ids.dataLake, ids.staging]);
    });
  });

  it('is never green for an account that is still listed as outdated at the end (P1)', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.edit('ReadOnlyAccess');
      world.script.outcome({ accountId: ids.dataLake }, { status: 'SUCCEEDED', effect: false });
      const result = await step(world, outdated);
      expect(result.exitCode).toBe(1);
      const bad = recordsOf(result).filter(({ status }) => status !== 'SUCCEEDED');
      expect(bad.map((record) => record['target-id'])).toEqual([ids.dataLake]);
    });
  });

  it('accepts one role, several, or every one', async () => {
    const roles = ['ReadOnlyAccess', lines('AdministratorAccess', ids.readOnly), '*', 'IncidentAdmin'];
    const found = await severalAtOnce(roles, (role) =>
      inWorld({}, async (world) => {
        world.aws.estate.makeOutdated('ReadOnlyAccess', 'payments-prod');
        world.aws.estate.makeOutdated('AdministratorAccess', 'payments-staging');
        const result = await step(world, { ...outdated, role, 'dry-run': 'true' });
        expect(result.outputs['changed']).toBe(String(pushed(result).length > 0));
        return recordsOf(result)
          .map((record) => `${String(record['role-id']).slice(-4)} on ${String(record['target-name'])}`)
          .sort();
      }),
    );
    expect(found).toEqual([
      ['7081 on payments-prod'],
      ['7081 on payments-prod', 'c5d6 on payments-staging'],
      ['7081 on payments-prod', 'c5d6 on payments-staging'],
      [],
    ]);
  });

  it('skips suspended accounts with a notice: a push is impossible there, and the step stays green', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.edit('ReadOnlyAccess');
      world.aws.estate.makeOutdated('Billing', 'legacy-billing');
      const result = await step(world, outdated);
      expect(result.exitCode).toBe(0);
      expect(pushed(result)).toHaveLength(3);
      expect(result.log).toMatch(/Skipped.*"legacy-billing" \(999900001111\) is SUSPENDED/u);
      expect(result.summary).toMatch(/Skipped.*legacy-billing/u);
    });
    await inWorld({}, async (world) => {
      world.aws.estate.makeOutdated('Billing', 'legacy-billing');
      const result = await step(world, outdated);
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      expect(result.log).toMatch(/Skipped.*legacy-billing/u);
    });
  });

  it('follows exclusions, of outdated accounts or not; one without an account is refused (P8)', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.edit('ReadOnlyAccess');
      const result = await step(world, {
        ...outdated,
        target: lines('outdated', '!account:payments-prod', '!ou:/Workloads/Staging', `!${ids.management}`),
        'dry-run': 'true',
      });
      expect(result.exitCode).toBe(0);
      expect(pushed(result)).toEqual(['ReadOnlyAccess on data-lake']);
      const wrong = await step(world, {
        ...outdated,
        target: lines('outdated', '!account:payments-pord', '!555566667777', '!ou:/Nowhere'),
      });
      expect(wrong.exitCode).toBe(1);
      for (const text of ['payments-pord', '555566667777', '/Nowhere']) expect(wrong.log).toContain(text);
      expect(calls(wrong)).not.toHaveProperty('ProvisionPermissionSet');
      const mixed = await step(world, { ...outdated, target: lines('outdated', ids.prod) });
      expect(mixed.requests).toEqual([]);
      expect(errors(mixed)).toContain('outdated');
    });
  });
});

describe('the search for outdated permission sets', () => {
  const sized = (permissionSets: number, accounts: number) => {
    const size = { permissionSets, accounts, groups: 1, seed: 2 };
    const provisioned = { permissionSets, accounts: placesOf(makeEstate(size)).accounts.length, outdated: 3 };
    return makeEstate({ ...size, provisioned });
  };

  it('goes by permission set where there are fewer of them: a list each, without a request for each account (Many)', async () => {
    await inWorld({ estate: sized(6, 40) }, async (world) => {
      const result = await step(world, {
        ...pinned,
        operation: 'provision',
        role: '*',
        target: 'outdated',
        'dry-run': 'true',
      });
      expect(recordsOf(result)).toHaveLength(3);
      const { [bySet]: lists, [byAccount]: others = 0, ...rest } = calls(result);
      expect(lists).toBe(6);
      expect(others).toBe(0);
      expect(rest['ListPermissionSets']).toBe(1);
      // Counting continues only until there are more accounts than permission sets; three states are requested one by
      // one.
      expect(toOrganizations(result).length).toBeLessThanOrEqual(2 + 3);
    });
  });

  it('goes by account where there are fewer accounts (Many)', async () => {
    await inWorld({ estate: sized(50, 6) }, async (world) => {
      const result = await step(world, {
        ...pinned,
        operation: 'provision',
        role: '*',
        target: 'outdated',
        'dry-run': 'true',
      });
      expect(recordsOf(result)).toHaveLength(3);
      const { [bySet]: others = 0, [byAccount]: lists } = calls(result);
      // Two more than those: management and the broker's own.
      expect(lists).toBe(8);
      expect(others).toBe(0);
      expect(toOrganizations(result)).toEqual(['ListAccounts']);
    });
  });

  it('of named permission sets does not list the others, and needs one list each', async () => {
    await inWorld({ estate: sized(50, 6) }, async (world) => {
      const [first = '', second = ''] = placesOf(sized(50, 6)).permissionSets;
      const result = await step(world, {
        ...pinned,
        operation: 'provision',
        role: lines(first, second),
        target: 'outdated',
        'dry-run': 'true',
      });
      expect(calls(result)[bySet]).toBe(2);
      expect(calls(result)).not.toHaveProperty('ListPermissionSets');
      expect(calls(result)).not.toHaveProperty(byAccount);
    });
  });
});
