import { expect } from '@jest/globals';

import { listingFor } from '../../../src/access/files/port.ts';
import { loadEstate } from '../../../rehearsal/estate-file/load.ts';
import type { Estate } from '../../../rehearsal/estate.ts';
import { owning, selected, withAccess } from './support.ts';

const permissionSets = 20;
/** Assignments in each place. */
const each = 2;
const groups = 40;

const pad = (index: number, length: number): string => String(index).padStart(length, '0');
const accountId = (index: number): string => `60000000${pad(index, 4)}`;
const groupId = (index: number): string => `80000000-0000-4000-8000-${pad(index, 12)}`;
const setArn = (index: number): string => `arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-${pad(index, 16)}`;

function largeEstate(accounts: number): Estate {
  const base = loadEstate();
  const { organization } = base;
  if (organization === undefined) throw new Error('the estate has an organization');
  return {
    ...base,
    organization: {
      ...organization,
      accounts: [
        ...organization.accounts,
        ...Array.from({ length: accounts }, (_, index) => ({
          id: accountId(index),
          name: `account-${index}`,
          parent: 'ou-f6g7-workload',
        })),
      ],
    },
    groups: Array.from({ length: groups }, (_, index) => ({ id: groupId(index), displayName: `group-${index}` })),
    permissionSets: Array.from({ length: permissionSets }, (_, index) => ({
      id: `ps-${pad(index, 16)}`,
      name: `Set-${index}`,
    })),
    assignments: [],
    provisioned: [],
  };
}

/** Lists an estate of so many accounts, and holds the requests against the fewest that are possible. */
export function listMany(accounts: number): Promise<void> {
  return withAccess({ estate: largeEstate(accounts), journal: 'counts' }, async (opened) => {
    const { world, port, budget } = opened;
    for (let account = 0; account < accounts; account += 1)
      for (let set = 0; set < permissionSets; set += 1)
        for (let holder = 0; holder < each; holder += 1)
          world.aws.estate.add({
            accountId: accountId(account),
            permissionSetArn: setArn(set),
            principalType: 'GROUP',
            principalId: groupId((account + set * each + holder) % groups),
          });
    const [everything] = await selected(opened, owning({}));
    if (everything === undefined) throw new Error('it is selected');
    const before = world.journal.counts();
    const { existing } = await port.list([everything], listingFor.inventory, budget);
    expect(existing).toHaveLength(accounts * permissionSets * each);
    const after = world.journal.counts();
    const sent = (operation: string): number => (after[operation] ?? 0) - (before[operation] ?? 0);
    const places = accounts * permissionSets;
    expect(sent('ListAccountAssignments')).toBe(places);
    // One list of permission sets, the accounts of each, a hundred to a page, and a list for each place.
    const fewest = 1 + permissionSets * Math.ceil(accounts / 100) + places;
    const asked = [
      'ListPermissionSets',
      'ListAccountsForProvisionedPermissionSet',
      'ListAccountAssignments',
      'DescribePermissionSet',
      'ListTagsForResource',
    ].reduce((sum, operation) => sum + sent(operation), 0);
    expect(asked / fewest).toBeLessThanOrEqual(1.1);
    expect([sent('ListGroups'), sent('DescribeGroup')]).toEqual([1, 0]);
  });
}
