import { describe, expect, test } from '@jest/globals';
import { ListAccountsCommand, type Account } from '@aws-sdk/client-organizations';

import { azurePlacesOf, makeAzureEstate } from '../../rehearsal/azure/estates.ts';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import { faultsOf } from '../../rehearsal/estate-file/faults.ts';
import { makeEstate, placesOf } from '../../rehearsal/estates.ts';
import { serviceModel, violations } from '../../rehearsal/aws/model.ts';
import { inWorld, MANAGEMENT } from './cloud-support.ts';

const size = {
  accounts: 200,
  suspended: 7,
  twins: 3,
  organizationalUnits: 40,
  permissionSets: 5,
  groups: 20,
  users: 4,
};

describe('an estate of any size', () => {
  test('follows from its seed', () => {
    expect(makeEstate({ ...size, seed: 5 })).toEqual(makeEstate({ ...size, seed: 5 }));
    expect(makeEstate({ ...size, seed: 5 })).not.toEqual(makeEstate({ ...size, seed: 6 }));
  });

  test('has the requested numbers of everything, none twice', () => {
    const { organization, ...estate } = makeEstate(size);
    const accounts = organization?.accounts ?? [];
    expect(accounts).toHaveLength(202);
    expect(new Set(accounts.map(({ id }) => id)).size).toBe(202);
    expect(new Set(accounts.map(({ name }) => name)).size).toBe(199);
    expect(accounts.filter(({ state }) => state === 'SUSPENDED')).toHaveLength(7);
    expect(accounts.every(({ id }) => /^\d{12}$/.test(id))).toBe(true);
    expect(accounts.slice(0, 2).map(({ id, state }) => [id, state])).toEqual([
      [MANAGEMENT, undefined],
      ['111122223333', undefined],
    ]);
    expect([estate.permissionSets.length, estate.groups.length, estate.users.length]).toEqual([5, 20, 4]);
    const places = placesOf({ organization, ...estate } as ReturnType<typeof makeEstate>);
    expect([places.accounts.length, places.groups.length]).toEqual([193, 20]);
    expect(places.accounts).not.toContain(MANAGEMENT);
  });

  test('has a tree of units with limited depth: names are unique below one parent, and can be the same elsewhere', () => {
    const units = makeEstate(size).organization?.organizationalUnits ?? [];
    const byId = new Map(units.map((unit) => [unit.id, unit]));
    const depth = (id: string): number => {
      const unit = byId.get(id);
      return unit === undefined ? 0 : 1 + depth(unit.parent);
    };
    const depths = units.map(({ id }) => depth(id));
    expect([units.length, Math.max(...depths)]).toEqual([40, 4]);
    expect(new Set(units.map(({ parent, name }) => `${parent} ${name}`)).size).toBe(40);
    expect(new Set(units.map(({ name }) => name)).size).toBeLessThan(40);
    for (const { id } of units) expect(id).toMatch(/^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$/);
  });

  test('has IDs that the services accept', () => {
    const { accounts, permissionSets, groups, users } = placesOf(makeEstate(size));
    const model = serviceModel('sso-admin');
    const wrong = [...groups, ...users].flatMap((PrincipalId, index) =>
      violations(model, 'CreateAccountAssignment', {
        InstanceArn: loadEstate().instances[0]?.arn,
        TargetId: accounts[index],
        TargetType: 'AWS_ACCOUNT',
        PermissionSetArn: permissionSets[index % permissionSets.length],
        PrincipalType: 'GROUP',
        PrincipalId,
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('begins with the given entries', () => {
    const estate = makeEstate({
      ...size,
      assigned: { principals: 22, permissionSets: 2, accounts: 10 },
      provisioned: { permissionSets: 5, accounts: 50, outdated: 33 },
    });
    return inWorld({ estate }, async ({ world, organizations }) => {
      expect(world.aws.estate.assignments()).toHaveLength(22 * 2 * 10);
      expect(world.aws.estate.assignments().filter(({ principalType }) => principalType === 'USER')).toHaveLength(
        2 * 2 * 10,
      );
      expect(world.aws.estate.provisioned()).toHaveLength(5 * 50);
      expect(world.aws.estate.outdated()).toHaveLength(33);
      const seen: Account[] = [];
      for (let NextToken: string | undefined, first = true; first || NextToken !== undefined; first = false) {
        const answer = await organizations.send(
          new ListAccountsCommand({ ...(NextToken === undefined ? {} : { NextToken }) }),
        );
        seen.push(...(answer.Accounts ?? []));
        ({ NextToken } = answer);
      }
      expect(new Set(seen.map(({ Id }) => Id)).size).toBe(202);
    });
  });

  test('refuses impossible sizes', () => {
    expect(() => makeEstate({ accounts: 3, suspended: 2, twins: 2 })).toThrow(/suspended or twins/);
  });
});

describe('a tenant of any size', () => {
  const large = { subscriptions: 3, resourceGroups: 30, groups: 8, users: 2, managementGroups: 6 };

  test('follows from its seed, and could be one that a person wrote', () => {
    const estate = makeAzureEstate(large);
    expect(makeAzureEstate(large)).toEqual(estate);
    expect(makeAzureEstate({ ...large, seed: 2 })).not.toEqual(estate);
    expect(faultsOf({ ...loadEstate(), azure: estate })).toEqual([]);
    const { subscriptions, resourceGroups, roles, groups, users } = azurePlacesOf(estate);
    expect([subscriptions, resourceGroups, groups, users].map(({ length }) => length)).toEqual([3, 90, 8, 2]);
    expect(roles.length).toBeGreaterThan(3);
    expect(estate.managementGroups).toHaveLength(7);
  });

  test('begins with the given entries', () =>
    inWorld(
      {
        clouds: ['aws', 'azure'],
        estate: makeEstate({ azure: { ...large, assigned: { principals: 9, roles: 2, scopes: 12 } } }),
      },
      ({ world }) => {
        expect(world.azure.estate.assignments()).toHaveLength(9 * 2 * 12);
        return Promise.resolve();
      },
    ));
});
