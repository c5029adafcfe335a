import { makeAzureEstate, type AzureSize } from './azure/estates.ts';
import { loadEstate } from './estate-file/load.ts';
import type {
  Account,
  Estate,
  NamedAssignment,
  NamedProvisioning,
  Organization,
  OrganizationalUnit,
} from './estate.ts';
import { chance, hex } from './random.ts';

/** Size of an organization. Instance, repository, management account and broker are those of estate.yml. */
export interface EstateSize {
  /** The same seed makes the same estate; default 1. */
  readonly seed?: number;
  /** In addition to the management account and the broker's; default 60. */
  readonly accounts?: number;
  /** Number of suspended ones; default none. */
  readonly suspended?: number;
  /** Number of those with the name of another; default none. */
  readonly twins?: number;
  /** Default one for ten accounts. */
  readonly organizationalUnits?: number;
  /** Depth of their tree; default 4 (AWS allows five). */
  readonly depth?: number;
  /** Default 2. */
  readonly permissionSets?: number;
  /** Default 10. */
  readonly groups?: number;
  /** Default none. */
  readonly users?: number;
  /**
   * Assignments at the start: the first so many groups (then users), permission sets and active accounts, in all
   * combinations.
   */
  readonly assigned?: { readonly principals: number; readonly permissionSets: number; readonly accounts: number };
  /**
   * Other provisioned permission sets: the first so many of both; `outdated` of these pairs not in the latest version.
   */
  readonly provisioned?: { readonly permissionSets: number; readonly accounts: number; readonly outdated?: number };
  /** With an Azure as well. */
  readonly azure?: AzureSize;
}

/** Content of an estate, by the IDs in inputs; only active accounts without another purpose. */
export interface Places {
  readonly accounts: readonly string[];
  /** ARNs. */
  readonly permissionSets: readonly string[];
  readonly groups: readonly string[];
  readonly users: readonly string[];
}

/** Makes an estate of any size in memory: IDs, names, the tree and everything else follow from the seed. */
export function makeEstate(size: EstateSize = {}): Estate {
  const { seed = 1, permissionSets = 2, groups = 10, users = 0, azure, ...rest } = size;
  const { organization, instances, identityProvider, repository } = loadEstate();
  if (organization === undefined) throw new Error('estate.yml has no organization to begin with.');
  const bare: Estate = {
    organization: makeOrganization(seed, organization, rest),
    instances,
    identityProvider,
    repository,
    users: numbers(users).map((index) => ({
      id: principalId(seed, 'user', index),
      userName: `person-${index}@example.com`,
      displayName: `Person ${index}`,
      emails: [`person-${index}@example.com`],
    })),
    groups: numbers(groups).map((index) => ({ id: principalId(seed, 'group', index), displayName: `Team ${index}` })),
    permissionSets: numbers(permissionSets).map((index) => ({
      name: `Access-${index}`,
      id: `ps-${hex(seed, 16, 'permission set', index)}`,
      tags: { jit: 'true' },
    })),
    ...(azure === undefined ? {} : { azure: makeAzureEstate(azure) }),
  };
  return { ...bare, assignments: assigned(bare, size), provisioned: provisioned(bare, size) };
}

/** The IDs of everything in an estate that grants can be made of, in a fixed order. */
export function placesOf(estate: Estate): Places {
  const { organization, instances, permissionSets, groups, users } = estate;
  const apart = [organization?.managementAccount, ...(organization?.delegatedAdministrators ?? [])];
  const prefix = instances[0]?.arn.replace(':instance/', ':permissionSet/') ?? '';
  return {
    accounts: (organization?.accounts ?? [])
      .filter(({ id, state = 'ACTIVE' }) => state === 'ACTIVE' && !apart.includes(id))
      .map(({ id }) => id),
    permissionSets: permissionSets.map(({ id }) => `${prefix}/${id}`),
    groups: groups.map(({ id }) => id),
    users: users.map(({ id }) => id),
  };
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Both live forms occur (docs/design/aws.md#identifiers-and-pages). */
function principalId(seed: number, kind: string, index: number): string {
  const digits = hex(seed, 32, kind, index);
  const guid = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return index % 2 === 0 ? guid : `${hex(seed, 10, 'store')}-${guid}`;
}

const departments = ['Workloads', 'Platform', 'Sandbox', 'Security', 'Data', 'Research', 'Partners'];
const stages = ['prod', 'staging', 'test', 'dev'];

function makeOrganization(seed: number, given: Organization, size: EstateSize): Organization {
  const { accounts = 60, suspended = 0, twins = 0, depth = 4 } = size;
  const { organizationalUnits = Math.ceil(accounts / 10) } = size;
  if (suspended + twins > accounts) throw new Error('More accounts are to be suspended or twins than there are.');
  const { root, managementAccount, delegatedAdministrators = [] } = given;
  const units = makeUnits(seed, root.id, organizationalUnits, depth);
  const parents = [...units.map(({ id }) => id), root.id];
  const taken = new Set([managementAccount, ...delegatedAdministrators]);
  const made = numbers(accounts).map((index): Account => {
    const bearer = index <= accounts - twins ? index : index - (accounts - twins);
    return {
      id: accountId(seed, index, taken),
      name: `${(departments[bearer % departments.length] ?? '').toLowerCase()}-${stages[bearer % stages.length] ?? ''}-${bearer}`,
      parent: parents[Math.floor(chance(seed, 'parent', index) * parents.length)] ?? root.id,
      // Spread over the whole, twins too.
      ...(isChosen(seed, index, suspended, accounts) ? { state: 'SUSPENDED' as const } : {}),
    };
  });
  const own = given.accounts
    .filter(({ id }) => id === managementAccount || delegatedAdministrators.includes(id))
    .map((account) => ({ ...account, parent: root.id }));
  return { ...given, organizationalUnits: units, accounts: [...own, ...made] };
}

/** Names are those of the departments, the same ones below different parents; unique below one parent. */
function makeUnits(seed: number, root: string, count: number, depth: number): readonly OrganizationalUnit[] {
  const made: { readonly unit: OrganizationalUnit; readonly level: number }[] = [];
  const children = new Map<string, number>();
  for (const index of numbers(count)) {
    const above = [{ id: root, level: 0 }, ...made.map(({ unit, level }) => ({ id: unit.id, level }))].filter(
      ({ level }) => level < depth,
    );
    const parent = above[Math.floor(chance(seed, 'unit', index) * above.length)] ?? { id: root, level: 0 };
    const nth = children.get(parent.id) ?? 0;
    children.set(parent.id, nth + 1);
    const again = Math.floor(nth / departments.length);
    made.push({
      unit: {
        id: `ou-${root.slice(2)}-${hex(seed, 8, 'unit', index)}`,
        name: `${departments[nth % departments.length] ?? ''}${again === 0 ? '' : ` ${again + 1}`}`,
        parent: parent.id,
      },
      level: parent.level + 1,
    });
  }
  return made.map(({ unit }) => unit);
}

/** Twelve digits, also with zeros at the front. */
function accountId(seed: number, index: number, taken: Set<string>): string {
  for (let attempt = 0; ; attempt += 1) {
    const id = String(Math.floor(chance(seed, 'account', index, attempt) * 1e12)).padStart(12, '0');
    if (taken.has(id)) continue;
    taken.add(id);
    return id;
  }
}

/** Exactly `wanted` of `total`, which ones the seed says. */
function isChosen(seed: number, index: number, wanted: number, total: number): boolean {
  if (wanted === 0) return false;
  const offset = Math.floor(chance(seed, 'chosen') * total);
  const turned = (index + offset) % total;
  return Math.floor((turned * wanted) / total) !== Math.floor(((turned + 1) * wanted) / total);
}

function assigned(estate: Estate, { assigned: wanted }: EstateSize): readonly NamedAssignment[] {
  if (wanted === undefined) return [];
  const { accounts, groups, users } = placesOf(estate);
  const principals = [...groups.map((id) => `group:${id}`), ...users.map((id) => `user:${id}`)];
  const list: NamedAssignment[] = [];
  for (const account of accounts.slice(0, wanted.accounts))
    for (const { name } of estate.permissionSets.slice(0, wanted.permissionSets))
      for (const principal of principals.slice(0, wanted.principals))
        list.push({ permissionSet: name, account, principal });
  return list;
}

function provisioned(estate: Estate, { seed = 1, provisioned: wanted }: EstateSize): readonly NamedProvisioning[] {
  if (wanted === undefined) return [];
  const pairs = estate.permissionSets.slice(0, wanted.permissionSets).flatMap(({ name }) =>
    placesOf(estate)
      .accounts.slice(0, wanted.accounts)
      .map((account) => ({ permissionSet: name, account })),
  );
  return pairs.map((pair, index) => ({
    ...pair,
    outdated: isChosen(seed, index, wanted.outdated ?? 0, pairs.length),
  }));
}
