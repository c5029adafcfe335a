import type { AzureEstate } from '../azure/estate.ts';
import { SMALL_GUID } from '../guid.ts';
import { hex } from '../random.ts';
import { isMapping, type Mapping } from '../shape.ts';
import { entries, guid, ifAbsent } from './generated.ts';

/** Everything except assignments. */
export type AzureSample = Omit<AzureEstate, 'assignments'>;

/**
 * Adds the parts that a person leaves out of the section `azure`: each list from the sample, if the things that it
 * names exist; the roles that every tenant has; and IDs.
 */
export function fillAzure(own: Mapping, given: AzureSample): Mapping {
  const tenant = isMapping(own['tenant'])
    ? { ...given.tenant, ...own['tenant'] }
    : ifAbsent(own['tenant'], given.tenant);
  const tenantId = isMapping(tenant) && typeof tenant['id'] === 'string' ? tenant['id'] : given.tenant.id;
  const sample = inTenant(given, tenantId);
  const places = fillPlaces(own, sample, tenantId);
  const broker = ifAbsent(own['broker'], sample.broker);
  const directory = fillDirectory(own, sample, ids(own));
  return {
    ...sample,
    ...own,
    ...places,
    ...directory,
    tenant,
    broker,
    servicePrincipals: withBroker(directory['servicePrincipals'], broker, sample),
    roleDefinitions: fillRoles(own['roleDefinitions'], sample, tenantId),
  };
}

/** The sample as it would be in another tenant: its root group has the tenant's ID. */
function inTenant(sample: AzureSample, id: string): AzureSample {
  return JSON.parse(JSON.stringify(sample).replaceAll(sample.tenant.id, id)) as AzureSample;
}

function fillPlaces(own: Mapping, sample: AzureSample, tenantId: string): Mapping {
  const managementGroups = ifAbsent(withRoot(own['managementGroups'], tenantId), sample.managementGroups);
  const groupIds = texts(managementGroups, 'id');
  const subscriptions = ifAbsent(
    entries(own['subscriptions'], 'name', (name) => ({ id: guid('subscription', name) })),
    sample.subscriptions.map(({ managementGroup, ...it }) =>
      managementGroup === undefined || !groupIds.has(managementGroup) ? it : { ...it, managementGroup },
    ),
  );
  const subscriptionIds = texts(subscriptions, 'id');
  const [first = sample.subscription] = subscriptionIds;
  const usual = subscriptionIds.has(sample.subscription) ? sample.subscription : first;
  const subscription = ifAbsent(own['subscription'], usual);
  const resourceGroups = ifAbsent(
    entries(own['resourceGroups'], 'name', () => ({ subscription, location: 'westeurope' })),
    sample.resourceGroups.filter((it) => subscriptionIds.has(it.subscription)),
  );
  const scopes = new Set(
    Array.isArray(resourceGroups)
      ? (resourceGroups as readonly unknown[]).filter(isMapping).map((it) => scopeOf(it['subscription'], it['name']))
      : [],
  );
  const stands = (id: string): boolean => {
    const [, , of = '', , name = ''] = id.split('/');
    return scopes.has(scopeOf(of, name));
  };
  return {
    managementGroups,
    subscriptions,
    subscription,
    resourceGroups,
    resources: ifAbsent(own['resources'], sample.resources.filter(stands)),
    locks: ifAbsent(
      own['locks'],
      (sample.locks ?? []).filter(({ scope }) => stands(scope)),
    ),
  };
}

function scopeOf(subscription: unknown, resourceGroup: unknown): string {
  return `${String(subscription)}/${String(resourceGroup)}`.toLowerCase();
}

function withRoot(value: unknown, tenantId: string): unknown {
  const groups = entries(value, 'displayName', (name, { id }) => ({
    id: `mg-${hex(1, 8, 'management group', name)}`,
    ...(typeof id === 'string' ? { displayName: id } : {}),
    ...(id === tenantId ? {} : { parent: tenantId }),
  }));
  if (!Array.isArray(groups) || texts(groups, 'id').has(tenantId)) return groups;
  return [...(groups as readonly unknown[]), { id: tenantId, displayName: 'Tenant Root Group' }];
}

/** Sample principals stay away whose IDs the person's own have. */
function fillDirectory(own: Mapping, sample: AzureSample, taken: ReadonlySet<string>): Mapping {
  const rest = <T extends { readonly id: string }>(list: readonly T[]): readonly T[] =>
    list.filter(({ id }) => !taken.has(id));
  const users = entries(own['users'], 'userPrincipalName', (name, { userPrincipalName }) => ({
    id: guid('azure user', name),
    ...(typeof userPrincipalName === 'string' ? { displayName: userPrincipalName } : {}),
  }));
  const made = (key: string, more: (name: string) => object = () => ({})): unknown =>
    entries(own[key], 'displayName', (name) => ({ id: guid(key, name), ...more(name) }));
  const app = (name: string): object => ({ appId: guid('app', name) });
  const filled = {
    users: ifAbsent(users, rest(sample.users)),
    servicePrincipals: ifAbsent(
      made('servicePrincipals', (name) => ({ ...app(name), servicePrincipalType: 'Application' })),
      rest(sample.servicePrincipals),
    ),
    applications: ifAbsent(made('applications', app), rest(sample.applications)),
    devices: ifAbsent(made('devices'), rest(sample.devices)),
    foreignGroups: ifAbsent(made('foreignGroups'), rest(sample.foreignGroups)),
  };
  const known = new Set(Object.values(filled).flatMap((list) => [...texts(list, 'id')]));
  const groups = rest(sample.groups);
  const all = new Set([...known, ...groups.map(({ id }) => id)]);
  const standing = groups.map(({ members, ...it }) =>
    members === undefined ? it : { ...it, members: members.filter((id) => all.has(id)) },
  );
  return { ...filled, groups: ifAbsent(made('groups'), standing) };
}

/** A caller always exists, also without an entry in the file. */
function withBroker(principals: unknown, broker: unknown, sample: AzureSample): unknown {
  if (!Array.isArray(principals) || typeof broker !== 'string' || !SMALL_GUID.test(broker)) return principals;
  if (texts(principals, 'appId').has(broker)) return principals;
  const known = sample.servicePrincipals.find(({ appId }) => appId === broker);
  return [
    ...(principals as readonly unknown[]),
    known ?? {
      id: guid('broker', broker),
      appId: broker,
      displayName: 'access-broker',
      servicePrincipalType: 'Application',
    },
  ];
}

/** Every tenant has the built-in roles: one that is only named is the one of that name. */
function fillRoles(own: unknown, { roleDefinitions }: AzureSample, tenantId: string): unknown {
  const builtIn = roleDefinitions.filter(({ type }) => type === 'BuiltInRole');
  if (own === undefined) return builtIn;
  const roles = entries(own, 'name', (name, { id }) => {
    const known = builtIn.find((it) => it.id === id || (id === undefined && it.name === name));
    return (
      known ?? {
        id: guid('role', name),
        type: 'CustomRole',
        permissions: [],
        assignableScopes: [`/providers/Microsoft.Management/managementGroups/${tenantId}`],
      }
    );
  });
  if (!Array.isArray(roles)) return roles;
  const taken = texts(roles, 'id');
  return [...(roles as readonly unknown[]), ...builtIn.filter(({ id }) => !taken.has(id))];
}

/** Names of the entries of a list, if they are text. */
function texts(list: unknown, name: string): ReadonlySet<string> {
  if (!Array.isArray(list)) return new Set();
  const values = (list as readonly unknown[]).map((entry) => (isMapping(entry) ? entry[name] : undefined));
  return new Set(values.filter((value) => typeof value === 'string'));
}

/** All IDs that a person wrote. */
function ids(own: Mapping): ReadonlySet<string> {
  return new Set(Object.values(own).flatMap((list) => [...texts(list, 'id')]));
}
