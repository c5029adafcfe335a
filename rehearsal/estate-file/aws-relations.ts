import type { Estate, OrganizationalUnit, PermissionSetEntry } from '../estate.ts';
import { among, naming, relation, unique, uniqueBy, type Relation } from './relation.ts';

const ACCOUNT_ID = /^\d{12}$/u;

/** Relations of the sections of an estate on AWS. */
export const awsRelations: readonly Relation<never>[] = [
  among(
    ['organization.organizationalUnits.*.parent', 'organization.accounts.*.parent'],
    ['organization.root.id', 'organization.organizationalUnits.*.id'],
  ),
  relation<OrganizationalUnit>(['organization.organizationalUnits.*'], [], belowItself),
  among(['organization.managementAccount', 'organization.delegatedAdministrators.*'], ['organization.accounts.*.id']),
  unique('organization.accounts.*.id'),
  unique('organization.organizationalUnits.*.id'),
  unique('users.*.id', 'groups.*.id'),
  unique('roles.*.arn'),
  relation<Estate['instances']>(
    ['instances'],
    ['permissionSets'],
    ({ permissionSets }) =>
      (instances) =>
        permissionSets.length === 0 || instances.some(({ permissionSetsEnabled }) => permissionSetsEnabled !== false)
          ? null
          : 'has none that "permissionSets" could belong to',
  ),
  among(['permissionSets.*.instance'], ['instances.*.arn']),
  uniqueInInstance('id'),
  // Names of permission sets are case sensitive, and unique in their instance.
  uniqueInInstance('name'),
  naming(
    'permission set',
    ['assignments.*.permissionSet', 'provisioned.*.permissionSet'],
    ['permissionSets'],
    ({ permissionSets }, named) => permissionSets.filter(({ id, name }) => name === named || named.endsWith(`/${id}`)),
  ),
  naming('account', ['assignments.*.account', 'provisioned.*.account'], ['organization'], accountsNamed),
  naming('principal', ['assignments.*.principal'], ['users', 'groups'], principalsNamed),
  naming('user', ['groups.*.members.*'], ['users'], ({ users }, named) =>
    users.filter(({ id, userName }) => id === named || userName === named),
  ),
];

function belowItself({ organization }: Estate): (unit: OrganizationalUnit) => string | null {
  const parentOf = new Map(organization?.organizationalUnits.map(({ id, parent }) => [id, parent]));
  return ({ id }) => {
    const above = new Set<string>();
    for (let at = parentOf.get(id); at !== undefined && !above.has(at); at = parentOf.get(at)) above.add(at);
    return above.has(id) ? `its parent puts ${id} below itself` : null;
  };
}

function uniqueInInstance(key: 'id' | 'name'): Relation<PermissionSetEntry> {
  return uniqueBy<PermissionSetEntry>(['permissionSets.*'], ['instances'], ({ instance, ...it }, { instances }) => [
    `${instance ?? instances[0]?.arn ?? ''} ${it[key]}`,
    it[key],
  ]);
}

function accountsNamed({ organization }: Estate, named: string): readonly unknown[] {
  if (ACCOUNT_ID.test(named)) return organization?.accounts.filter(({ id }) => id === named) ?? [named];
  return organization?.accounts.filter(({ name }) => name === named) ?? [];
}

function principalsNamed({ users, groups }: Estate, named: string): readonly unknown[] {
  const [, prefix, rest = named] = /^(user|group):(.*)$/su.exec(named) ?? [];
  return [
    ...(prefix === 'group' ? [] : users.filter(({ id, userName }) => id === rest || userName === rest)),
    ...(prefix === 'user' ? [] : groups.filter(({ id, displayName }) => id === rest || displayName === rest)),
  ];
}
