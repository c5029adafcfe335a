import { azurePlacesOf } from '../rehearsal/azure/estates.ts';
import { makeEstate, placesOf } from '../rehearsal/estates.ts';
import type { Estate } from '../rehearsal/estate.ts';
import { byIds } from './inputs.ts';

/** Grants of everybody everywhere: an estate, and the inputs that name them all by ids, with nothing to look up. */
export interface Bulk {
  readonly estate: Estate;
  readonly inputs: Readonly<Record<string, string>>;
  readonly grants: number;
}

/** So many groups get so many permission sets in so many accounts. */
export function awsBulk(groups: number, permissionSets: number, accounts: number): Bulk {
  const estate = makeEstate({ accounts, permissionSets, groups });
  const places = placesOf(estate);
  return {
    estate,
    grants: groups * permissionSets * accounts,
    inputs: {
      ...byIds,
      principal: places.groups.map((id) => `group:${id}`).join('\n'),
      role: places.permissionSets.join('\n'),
      target: places.accounts.join('\n'),
    },
  };
}

/** So many groups get so many roles at so many resource groups of one subscription; who signs in, the world says. */
export function azureBulk(groups: number, roles: number, resourceGroups: number): Bulk {
  const estate = makeEstate({ azure: { subscriptions: 1, resourceGroups, groups } });
  if (estate.azure === undefined) throw new Error('an estate was made without its Azure');
  const places = azurePlacesOf(estate.azure);
  return {
    estate,
    grants: groups * roles * resourceGroups,
    inputs: {
      cloud: 'azure',
      principal: places.groups.map((id) => `group:${id}`).join('\n'),
      role: places.roles.slice(0, roles).join('\n'),
      target: places.resourceGroups.join('\n'),
    },
  };
}
