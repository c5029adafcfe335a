import type { Estate } from '../estate.ts';
import { hex } from '../random.ts';
import { isMapping, type Mapping } from '../shape.ts';
import { fillAzure, type AzureSample } from './fill-azure.ts';
import { digits, entries, guid, ifAbsent } from './generated.ts';

/** Everything except assignments. */
type Sample = Omit<Estate, 'assignments' | 'azure'> & { readonly azure: AzureSample };

/**
 * Adds the parts that a person leaves out of an estate: whole sections from the sample, and IDs. A value of a wrong
 * form stays as it is, for the check that follows.
 */
export function fill(own: unknown, sample: Sample): unknown {
  if (!isMapping(own) || Object.keys(own).length === 0) return own;
  const { users, groups, permissionSets, organization, repository, identityProvider, azure } = own;
  const filled = {
    users: entries(users, 'userName', (name) => ({ id: guid('user', name) })),
    groups: entries(groups, 'displayName', (name) => ({ id: guid('group', name) })),
    permissionSets: entries(permissionSets, 'name', (name) => ({ id: `ps-${hex(1, 16, 'permission set', name)}` })),
    organization: isMapping(organization) ? fillOrganization(organization, sample) : organization,
    instances: fillInstances(own, sample),
    identityProvider: isMapping(identityProvider)
      ? { ...sample.identityProvider, ...identityProvider }
      : identityProvider,
    repository: isMapping(repository) ? fillRepository(repository) : repository,
    azure: isMapping(azure) ? fillAzure(azure, sample.azure) : azure,
  };
  const given = Object.entries(filled).filter(([, value]) => value !== undefined);
  return { ...sample, ...own, ...Object.fromEntries(given) };
}

function fillOrganization(own: Mapping, { organization: sample }: Sample): Mapping {
  const root = ifAbsent(own['root'], sample?.root);
  const rootId = isMapping(root) && typeof root['id'] === 'string' ? root['id'] : 'r-f6g7';
  return {
    id: sample?.id,
    root,
    ...own,
    organizationalUnits: entries(ifAbsent(own['organizationalUnits'], []), 'name', (name) => ({
      id: `ou-${rootId.slice(2)}-${hex(1, 8, 'unit', name)}`,
      parent: rootId,
    })),
    accounts: entries(own['accounts'], 'name', (name) => ({ id: digits(12, 'account', name), parent: rootId })),
  };
}

/** Identity Center is the organization's own. */
function fillInstances({ instances, organization }: Mapping, sample: Sample): unknown {
  const [usual] = sample.instances;
  const owner = isMapping(organization) ? organization['managementAccount'] : undefined;
  const owned = typeof owner === 'string' ? { ownerAccount: owner } : {};
  if (instances === undefined) return sample.instances.map((instance) => ({ ...instance, ...owned }));
  const [first] = Array.isArray(instances) ? (instances as readonly unknown[]) : [];
  return entries(instances, 'name', (name, entry) => ({
    arn: entry === first ? usual?.arn : `arn:aws:sso:::instance/ssoins-${hex(1, 16, 'instance', name)}`,
    identityStoreId: entry === first ? usual?.identityStoreId : `d-${hex(1, 10, 'store', name)}`,
    region: usual?.region,
    ownerAccount: usual?.ownerAccount,
    ...owned,
  }));
}

function fillRepository(own: Mapping): Mapping {
  const name = String(own['name']);
  return { id: digits(6, 'repository', name), ownerId: digits(5, 'owner', name.split('/')[0] ?? ''), ...own };
}
