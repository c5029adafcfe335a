import type { Estate, Organization, OrganizationalUnit } from '../../rehearsal/estate.ts';
import { arnOf, type AwsTexts } from './aws-oracle.ts';
import type { Draw } from './draw.ts';

/** Texts without a possible meaning. */
const nonsense = [
  '12345678901',
  '1234567890123',
  '1.23457E+11',
  'account:',
  'account: ',
  'Account:payments',
  'account:pay*',
  'ou:',
  'ou:/**/x',
  'ou:/Production/*',
  'ou:/Production//x',
  'ou:/Production/',
  'ou://**',
  'ou:/',
  'ou:/**',
  'ou:Production',
  'ou:ou-UPPER-12345678',
  'ou-f6g7-prod0001',
  'OU:/Production',
  'payments',
  '*',
  '/**',
  'group:Team',
];

/** Texts that a person can write into the inputs of a step, right, wrong, or by mistake. */
export function drawAwsTexts(draw: Draw, estate: Estate): AwsTexts {
  const operation = draw.pick(['assign', 'assign', 'revoke', 'provision'] as const);
  return {
    operation,
    principal: operation === 'provision' ? '' : written(draw, drawPrincipals(draw, estate)),
    target: written(draw, drawTargets(draw, estate, operation)),
    role: written(draw, drawRoles(draw, estate, operation)),
    allowPrivileged: operation === 'assign' && draw.percent(30),
  };
}

/** The form in a workflow, with everything that editors and expressions leave between the lines. */
function written(draw: Draw, lines: readonly string[]): string {
  const end = draw.pick(['\n', '\n', '\r\n', '\n\n', ' \n  ']);
  return `${lines.join(end)}${draw.pick(['', '\n', '  \n'])}`;
}

function drawTargets(draw: Draw, estate: Estate, operation: AwsTexts['operation']): readonly string[] {
  const { organization } = estate;
  if (organization === undefined) throw new Error('There is no organization.');
  const exclusions = draw.percent(55)
    ? []
    : draw.times(1, 2, () => `!${draw.pick(['', ' '])}${drawPlace(draw, organization, 3)}`);
  const whole = operation === 'provision' && draw.percent(60);
  const lines = whole
    ? [draw.pick(['all', 'outdated', 'outdated'])]
    : draw.times(1, 4, () => drawPlace(draw, organization, 3));
  if (draw.percent(3)) lines.push(draw.pick(['all', 'outdated', '!', '!all']));
  if (draw.percent(20)) lines.push(draw.pick(lines));
  return draw.shuffled([...lines, ...(draw.percent(2) ? [] : exclusions)]);
}

/** @param strange number of a hundred that have no match or no meaning */
function drawPlace(draw: Draw, organization: Organization, strange: number): string {
  if (draw.percent(strange)) return draw.pick(nonsense);
  if (draw.percent(strange)) return draw.pick(['account:nobody', 'ou:/Nowhere', 'ou:ou-f6g7-00000000/**', 'ou:r-zzzz']);
  const account = draw.pick(organization.accounts);
  const below = draw.pick(['', '/**', '/**']);
  const kind = draw.int(100);
  if (kind < 25) return account.id;
  if (kind < 40) return `account:${draw.pick(['', ' '])}${uniquely(draw, organization)}`;
  if (kind < 43) return `account:${account.name}`;
  if (kind < 45) return `account:${account.id}`;
  if (kind < 52 || organization.organizationalUnits.length === 0)
    return `ou:${organization.root.id}${draw.pick(['', '/**'])}`;
  const unit = draw.pick(organization.organizationalUnits);
  return `ou:${kind < 75 ? unit.id : pathOf(unit, organization)}${below}`;
}

/** An account's name, mostly one that only it has. */
function uniquely(draw: Draw, { accounts }: Organization): string {
  const once = accounts.filter(
    ({ name, state }) => state === undefined && accounts.filter((it) => it.name === name).length === 1,
  );
  return draw.pick(once.length === 0 ? accounts : once).name;
}

function pathOf({ name, parent }: OrganizationalUnit, organization: Organization): string {
  const above = organization.organizationalUnits.find(({ id }) => id === parent);
  return `${above === undefined ? '' : pathOf(above, organization)}/${name}`;
}

function drawPrincipals(draw: Draw, { users, groups }: Estate): readonly string[] {
  const lines = draw.times(1, 3, () => {
    if (draw.percent(2))
      return draw.pick(['Team', 'user:', 'USER:bob', '!group:Team', 'user:nobody@example.com', 'group:nobody']);
    const user = draw.pick(users);
    const group = draw.pick(groups);
    return draw.pick([
      `user:${user.id}`,
      `group:${group.id}`,
      `group:${group.id}`,
      `group:${group.displayName}`,
      `group: ${group.displayName}`,
      draw.percent(60) ? `user:${user.userName}` : `user:${user.emails?.[0] ?? ''}`,
    ]);
  });
  return draw.percent(20) ? [...lines, draw.pick(lines)] : lines;
}

function drawRoles(draw: Draw, estate: Estate, operation: AwsTexts['operation']): readonly string[] {
  if (operation === 'provision' && draw.percent(40)) return ['*'];
  return draw.times(1, 3, () => {
    if (draw.percent(2))
      return draw.pick(['Nobody', 'READONLY', '*', 'Read Only', 'arn:aws:sso:::permissionset/x', '!Billing']);
    const entry = draw.pick(estate.permissionSets);
    return draw.percent(50) ? entry.name : arnOf(estate, entry);
  });
}
