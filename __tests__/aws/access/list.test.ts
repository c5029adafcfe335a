import { describe, expect, test } from '@jest/globals';

import { listingFor } from '../../../src/access/files/port.ts';
import { loadEstate } from '../../../rehearsal/estate-file/load.ts';
import { inShort, owning, selected, withAccess } from './support.ts';

const onCall = { permissionSet: 'IncidentAdmin', account: 'payments-prod', principal: 'group:Payments On-Call' };
const alice = { permissionSet: 'ReadOnlyAccess', account: 'payments-staging', principal: 'user:alice@example.com' };
const denied = { kind: 'error', status: 400, code: 'AccessDeniedException' } as const;

describe('list', () => {
  test('shows every assignment of the selections once, by name, and no other (P11)', () =>
    withAccess({}, async (opened) => {
      const { world, port, budget } = opened;
      world.aws.estate.add(onCall);
      world.aws.estate.add(alice);
      world.aws.estate.add({ ...alice, permissionSet: 'Billing' });
      const [everything, prod] = await selected(
        opened,
        owning({}),
        owning({ role: ['IncidentAdmin'], target: ['ou:/Workloads/**'] }),
      );
      if (everything === undefined || prod === undefined) throw new Error('both are selected');
      const { existing, notices } = await port.list([everything, prod], listingFor.removals, budget);
      expect(notices).toEqual([]);
      expect(inShort(existing)).toContain('Payments On-Call | IncidentAdmin | payments-prod');
      expect(new Set(inShort(existing)).size).toBe(existing.length);
      expect(existing).toHaveLength(world.aws.estate.assignments().length);
      expect(existing.every(({ principalState }) => principalState === 'found')).toBe(true);
      expect(inShort((await port.list([prod], listingFor.removals, budget)).existing)).toEqual([
        'Payments On-Call | IncidentAdmin | payments-prod',
      ]);
    }));

  test('throws if one list of many cannot be read (P11)', () =>
    withAccess({}, async (opened) => {
      const { world, port, budget } = opened;
      world.aws.estate.add(onCall);
      const selections = await selected(opened, owning({}));
      for (const operation of [
        'ListPermissionSets',
        'ListAccountsForProvisionedPermissionSet',
        'ListAccountAssignments',
      ]) {
        world.script.fault({ operation, nth: operation === 'ListPermissionSets' ? 1 : 3 }, denied);
        await expect(port.list(selections, listingFor.inventory, budget)).rejects.toThrow(/AccessDeniedException/u);
      }
    }));

  test('throws if a row has a type that AWS does not document (P11)', () =>
    withAccess({}, async (opened) => {
      const { world, port, budget } = opened;
      world.aws.estate.add(onCall);
      world.script.fault(
        { operation: 'ListAccountAssignments' },
        { kind: 'altered', alter: (text) => text.replaceAll('"GROUP"', '"ROBOT"') },
      );
      const selections = await selected(opened, owning({ role: ['IncidentAdmin'] }));
      await expect(port.list(selections, listingFor.inventory, budget)).rejects.toThrow(/neither USER nor GROUP/u);
    }));

  test('reads lists of many pages to their end, empty pages included', () =>
    withAccess({}, async (opened) => {
      const { world, port, budget, requests } = opened;
      for (let index = 0; index < 250; index += 1) {
        const id = `70000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
        world.aws.estate.addUser({ id, userName: `user-${index}@example.com` });
        world.aws.estate.add({ ...onCall, principal: `user:${id}` });
      }
      const selections = await selected(opened, owning({ role: ['IncidentAdmin'], target: ['account:payments-prod'] }));
      requests();
      const { existing } = await port.list(selections, listingFor.removals, budget);
      expect(existing).toHaveLength(250);
      expect(existing.every(({ grant }) => grant.principal.name?.startsWith('user-') === true)).toBe(true);
      // One list of users instead of 250 questions.
      const { ListUsers, DescribeUser } = requests();
      expect([ListUsers, DescribeUser]).toEqual([4, undefined]);
    }));

  test('calls a principal an orphan only if the directory reports that this principal does not exist (P11)', () =>
    withAccess({}, async (opened) => {
      const { world, port, budget } = opened;
      world.aws.estate.add(onCall);
      world.aws.estate.add(alice);
      world.aws.estate.removePrincipal('group:Payments On-Call');
      const selections = await selected(
        opened,
        owning({ role: ['IncidentAdmin', 'ReadOnlyAccess'], principalTypes: ['USER', 'GROUP'] }),
      );
      const statesOf = async (): Promise<Readonly<Record<string, string>>> => {
        const { existing } = await port.list(selections, listingFor.inventory, budget);
        return Object.fromEntries(existing.map((it) => [it.grant.principal.id, it.principalState]));
      };
      const gone = '9067642c1a-1d2e3f40-5a6b-4c7d-9e8f-0a1b2c3d4e5f';
      expect((await statesOf())[gone]).toBe('orphan');
      for (const resourceType of ['IDENTITY_STORE', undefined]) {
        world.script.fault(
          { operation: 'DescribeGroup', times: 9 },
          {
            kind: 'error',
            status: 400,
            code: 'ResourceNotFoundException',
            ...(resourceType === undefined ? {} : { resourceType }),
          },
        );
        expect((await statesOf())[gone]).toBe('unknown');
        world.script.fault({ operation: 'DescribeGroup', times: 0 }, denied);
      }
    }));

  test('lists unknown principals as not checked where the directory is not readable, and continues', () =>
    withAccess({}, async (opened) => {
      const { world, port, budget } = opened;
      world.aws.estate.add(onCall);
      const selections = await selected(opened, owning({ role: ['IncidentAdmin'] }));
      world.script.fault({ operation: 'DescribeGroup', times: 9 }, denied);
      const { existing, notices } = await port.list(selections, listingFor.removals, budget);
      expect(existing).toMatchObject([{ principalState: 'unknown', grant: { principal: { name: null } } }]);
      expect(notices).toEqual([expect.stringContaining('identity store')]);
    }));

  test('marks permanent access of permission sets that are tagged for leasing', () =>
    withAccess({}, async (opened) => {
      const { world, port, budget } = opened;
      world.aws.estate.add(onCall);
      const selections = await selected(opened, owning({}));
      const { existing } = await port.list(selections, listingFor.inventory, budget);
      const tagged = existing.filter((it) => it.isTaggedForLeases);
      expect(inShort(tagged)).toEqual(['Payments On-Call | IncidentAdmin | payments-prod']);
    }));
});

describe('list of a user', () => {
  const base = loadEstate();
  const estate = {
    ...base,
    groups: base.groups.map((group) =>
      group.displayName === 'Auditors' ? { ...group, members: ['alice@example.com'] } : group,
    ),
  };
  const expected = [
    'alice@example.com | ReadOnlyAccess | data-lake via Auditors',
    'alice@example.com | ReadOnlyAccess | payments-prod via Auditors',
    'alice@example.com | ReadOnlyAccess | payments-staging',
    'alice@example.com | ReadOnlyAccess | payments-staging via Auditors',
  ];

  test.each([
    ['the management account asks by principal', 'arn:aws:iam::444455556666:role/access-broker', false],
    ['a delegated administrator walks', 'arn:aws:iam::111122223333:role/access-broker', true],
  ])('also shows access through groups: %s', (_, roleArn, walks) =>
    withAccess({ estate, aws: { roleArn } }, async (opened) => {
      const { world, port, budget, requests } = opened;
      world.aws.estate.add(alice);
      const selections = await selected(
        opened,
        owning({ principal: ['user:alice@example.com'], role: ['ReadOnlyAccess'] }),
      );
      requests();
      const { existing } = await port.list(selections, listingFor.inventory, budget);
      expect(inShort(existing)).toEqual(expected);
      expect(requests()['ListAccountAssignments'] !== undefined).toBe(walks);
    }),
  );

  test("shows only the user's own assignments where the list is for removals (P11)", () =>
    withAccess({ estate }, async (opened) => {
      const { world, port, budget, requests } = opened;
      world.aws.estate.add(alice);
      const selections = await selected(opened, owning({ principal: ['user:alice@example.com'] }));
      requests();
      const { existing } = await port.list(selections, listingFor.removals, budget);
      expect(inShort(existing)).toEqual(['alice@example.com | ReadOnlyAccess | payments-staging']);
      expect(requests()['ListGroupMembershipsForMember']).toBeUndefined();
    }));

  test('reports that the groups are not readable', () =>
    withAccess({ estate }, async (opened) => {
      const { world, port, budget } = opened;
      world.aws.estate.add(alice);
      const selections = await selected(opened, owning({ principal: ['user:alice@example.com'] }));
      world.script.fault({ operation: 'ListGroupMembershipsForMember' }, denied);
      const { existing, notices } = await port.list(selections, listingFor.inventory, budget);
      expect(inShort(existing)).toEqual(['alice@example.com | ReadOnlyAccess | payments-staging']);
      expect(notices).toEqual([expect.stringContaining('access through groups is not shown')]);
    }));
});
