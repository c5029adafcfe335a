import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type {
  Account,
  AccountState,
  Estate,
  Group,
  NamedProvisioning,
  OrganizationalUnit,
  PermissionSetEntry,
  User,
} from '../../rehearsal/estate.ts';
import type { Draw } from './draw.ts';

const unitNames = ['Production', 'Staging', 'Workloads', 'Sandbox', 'production', 'Data Lake', 'Ünïts', 'A+B', 'ou-x'];
const accountNames = [
  'payments',
  'payments-prod',
  'Payments',
  'data lake',
  'sandbox',
  'legacy (old)',
  'ou:odd',
  '!bang',
];
const states: readonly AccountState[] = ['SUSPENDED', 'PENDING_CLOSURE', 'CLOSED', 'PENDING_ACTIVATION'];

/** An organization in which names have no match, one or two, in any places: everything follows from the draw. */
export function drawAwsEstate(draw: Draw): Estate {
  const given = loadEstate();
  const { organization } = given;
  if (organization === undefined) throw new Error('estate.yml has no organization to begin with.');
  const units = drawUnits(draw, organization.root.id);
  const accounts = drawAccounts(draw, [organization.root.id, ...units.map(({ id }) => id)]);
  const permissionSets = draw.times(1, 4, (index): PermissionSetEntry => ({
    name: draw.pick(['ReadOnly', 'readonly', 'Billing', 'Ops+Tools=v1.0@team']) + (index === 0 ? '' : String(index)),
    id: `ps-${draw.hex(16)}`,
  }));
  return {
    organization: { ...organization, organizationalUnits: units, accounts },
    instances: given.instances,
    identityProvider: given.identityProvider,
    repository: given.repository,
    users: drawUsers(draw),
    groups: draw.times(2, 3, (index): Group => ({
      id: drawPrincipalId(draw),
      displayName: draw.pick(['Team', 'Payments On-Call', 'user:odd', 'Ops & Co']) + (index === 0 ? '' : ` ${index}`),
    })),
    permissionSets,
    provisioned: drawProvisioned(draw, permissionSets, accounts),
  };
}

/** Names can be the same below different parents, and differ in letter case only below one. */
function drawUnits(draw: Draw, root: string): readonly OrganizationalUnit[] {
  const units: OrganizationalUnit[] = [];
  for (const name of draw.times(2, 9, () => draw.pick(unitNames))) {
    const parent = draw.percent(45) ? root : draw.pick([root, ...units.map(({ id }) => id)]);
    if (units.some((unit) => unit.parent === parent && unit.name === name)) continue;
    units.push({ id: `ou-${root.slice(2)}-${draw.hex(8)}`, name, parent });
  }
  return units;
}

/** A few that fit a page, or some full pages. */
function drawAccounts(draw: Draw, parents: readonly string[]): readonly Account[] {
  const made = draw.times(4, draw.percent(70) ? 16 : 55, (index): Account => ({
    id: (draw.percent(20) ? '0' : '5') + draw.digits(11),
    name: draw.pick(accountNames) + (draw.percent(25) ? '' : `-${index}`),
    parent: draw.pick(parents),
    ...(draw.percent(15) ? { state: draw.pick(states) } : {}),
  }));
  return draw.shuffled([
    { id: '444455556666', name: 'management', parent: draw.pick(parents) },
    { id: '111122223333', name: 'identity', parent: draw.pick(parents) },
    ...made,
  ]);
}

function drawPrincipalId(draw: Draw): string {
  return draw.percent(50) ? draw.guid() : `9067642c1a-${draw.guid()}`;
}

/** Some share an email address, and alice's user name can be the address of another. */
function drawUsers(draw: Draw): readonly User[] {
  const names = ['alice@example.com', ...draw.shuffled(['bob', 'carol@example.com', 'dora smith'])];
  const owner = draw.int(3);
  return names.slice(0, 2 + draw.int(3)).map((userName, index) => ({
    id: drawPrincipalId(draw),
    userName,
    emails: [index === owner ? 'alice@example.com' : draw.pick(['shared@example.com', `${draw.hex(6)}@example.com`])],
  }));
}

function drawProvisioned(
  draw: Draw,
  permissionSets: readonly PermissionSetEntry[],
  accounts: readonly Account[],
): readonly NamedProvisioning[] {
  const share = draw.pick([0, 20, 60]);
  const stale = draw.pick([0, 30, 100]);
  return permissionSets.flatMap(({ name }) =>
    accounts
      .filter(() => draw.percent(share))
      .map(({ id }) => ({ permissionSet: name, account: id, outdated: draw.percent(stale) })),
  );
}
