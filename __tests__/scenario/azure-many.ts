import { azurePlacesOf, type AzurePlaces, type AzureSize } from '../../rehearsal/azure/estates.ts';
import type { Estate } from '../../rehearsal/estate.ts';
import { makeEstate } from '../../rehearsal/estates.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';

/** A tenant that was made for the test, and its content. */
export interface Tenant extends AzurePlaces {
  readonly estate: Estate;
}

/** Makes a tenant of this size. */
export function tenant(size: AzureSize): Tenant {
  const estate = makeEstate({ accounts: 1, azure: size });
  if (estate.azure === undefined) throw new Error('There is no Azure.');
  return { estate, ...azurePlacesOf(estate.azure) };
}

/** Inputs for these numbers of groups, roles and resource groups, by IDs. */
export function grantsOf(
  { groups, roles, resourceGroups }: AzurePlaces,
  count: Readonly<Record<'groups' | 'roles' | 'scopes', number>>,
): Step['inputs'] {
  return {
    principal: groups
      .slice(0, count.groups)
      .map((id) => `group:${id}`)
      .join('\n'),
    role: roles.slice(0, count.roles).join('\n'),
    target: resourceGroups.slice(0, count.scopes).join('\n'),
  };
}

/** Requests to Resource Manager that were refused by a limit. */
export function throttled({ requests }: Pick<StepResult, 'requests'>): StepResult['requests'] {
  return requests.filter(({ service, status }) => service === 'arm' && status === 429);
}
