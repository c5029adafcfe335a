import type { AzureEstate } from '../../rehearsal/azure/estate.ts';
import type { AzureTexts } from './azure-oracle.ts';
import type { Draw } from './draw.ts';

/** Texts without a possible meaning. */
const nonsense = [
  'subscription:',
  'Subscription:sandbox',
  'resource-group:',
  'resource-group:a/b',
  'resource-group:dot.',
  'management-group: ',
  'sandbox',
  '//subscriptions/11111111-2222-4333-8444-555555555501',
  '/subscriptions/11111111-2222-4333-8444-555555555501/',
  '/subscriptions/sandbox',
  '/subscriptions/11111111-2222-4333-8444-555555555501/resourceGroups',
  '/subscriptions/11111111-2222-4333-8444-555555555501/resourceGroups/app/providers/Microsoft.Storage/storageAccounts',
  '/subscriptions/../subscriptions/11111111-2222-4333-8444-555555555501',
  '/subscriptions/*',
  '/providers/Microsoft.Management/managementGroups/',
  '/providers/Microsoft.Management/managementGroups/mg-a/x',
  '11111111-2222-4333-8444-555555555501',
  'C:/Program Files/Git/subscriptions/11111111-2222-4333-8444-555555555501',
  '123456789012',
  'all',
  'ou:/**',
];

/** Texts that a person can write into the inputs of a step, right, wrong, or by mistake. */
export function drawAzureTexts(draw: Draw, estate: AzureEstate): AzureTexts {
  return {
    operation: draw.pick(['assign', 'assign', 'revoke'] as const),
    principal: written(draw, drawPrincipals(draw, estate)),
    target: written(draw, drawTargets(draw, estate)),
    role: written(draw, drawRoles(draw, estate)),
    inSubscription: draw.percent(95),
    allowPrivileged: draw.percent(50),
  };
}

function written(draw: Draw, lines: readonly string[]): string {
  const end = draw.pick(['\n', '\n', '\r\n', '\n\n', ' \n  ']);
  return `${lines.join(end)}${draw.pick(['', '\n', '  \n'])}`;
}

function drawTargets(draw: Draw, estate: AzureEstate): readonly string[] {
  const lines = draw.times(1, 4, () => drawPlace(draw, estate));
  const exclusions = draw.percent(50)
    ? []
    : draw.times(1, 2, () => `!${draw.pick(['', ' '])}${drawPlace(draw, estate)}`);
  if (draw.percent(2)) lines.push('!');
  if (draw.percent(25)) lines.push(inOtherCase(draw, draw.pick(lines)));
  return draw.shuffled([...lines, ...(draw.percent(2) ? [] : exclusions)]);
}

/** Azure compares full scopes without regard to letter case. */
function inOtherCase(draw: Draw, line: string): string {
  return line.startsWith('/') ? draw.pick([line.toLowerCase(), line.toUpperCase(), line]) : line;
}

function drawPlace(draw: Draw, estate: AzureEstate): string {
  if (draw.percent(2)) return draw.pick(nonsense);
  if (draw.percent(2)) return draw.pick(['subscription:nowhere', 'management-group:nowhere', 'subscription:SANDBOX']);
  const subscription = draw.pick(estate.subscriptions);
  const scope = `/subscriptions/${subscription.id}`;
  const kind = draw.int(100);
  if (kind < 15) return scope;
  if (kind < 25)
    return `subscription:${draw.pick([subscription.id, subscription.id.toUpperCase(), subscription.name])}`;
  if (kind < 35)
    return `resource-group:${draw.pick(estate.resourceGroups.filter((it) => it.subscription === estate.subscription)).name}`;
  if (kind < 60) return drawBelow(draw, estate);
  if (kind < 63) return '/';
  const group = draw.pick(estate.managementGroups);
  if (kind < 85) return `/providers/Microsoft.Management/managementGroups/${group.id}`;
  return `management-group:${draw.pick([group.id, group.id.toUpperCase(), group.displayName])}`;
}

function drawBelow(draw: Draw, { resourceGroups, resources }: AzureEstate): string {
  const { subscription, name } = draw.pick(resourceGroups);
  const group = `/subscriptions/${subscription}/resourceGroups/${name}`;
  return resources.length > 0 && draw.percent(40) ? draw.pick(resources) : draw.pick([group, group.toLowerCase()]);
}

function drawPrincipals(draw: Draw, { users, groups, servicePrincipals }: AzureEstate): readonly string[] {
  const lines = draw.times(1, 3, () => {
    if (draw.percent(3))
      return draw.pick([
        'Twin',
        'group:',
        'app:deploy',
        'device:x',
        'user:nobody@example.com',
        '!user:x',
        'group:Nobody',
      ]);
    const user = draw.pick(users);
    const group = draw.pick(groups);
    const application = draw.pick(servicePrincipals);
    return draw.pick([
      `group:${group.id}`,
      `group:${group.id.toUpperCase()}`,
      `user:${user.id}`,
      user.id,
      `service-principal:${application.id}`,
      `app:${application.appId}`,
      draw.percent(50) ? `group:${group.displayName}` : `service-principal:${application.displayName}`,
      `user:${draw.pick([user.userPrincipalName, user.userPrincipalName, user.mail ?? ''])}`,
    ]);
  });
  return draw.percent(20) ? [...lines, draw.pick(lines)] : lines;
}

function drawRoles(draw: Draw, { roleDefinitions }: AzureEstate): readonly string[] {
  return draw.times(1, 3, () => {
    if (draw.percent(2))
      return draw.pick(['Nobody', '!Reader', '/providers/Microsoft.Authorization/roleDefinitions/Reader']);
    const role = draw.percent(60) ? draw.pick(roleDefinitions) : draw.pick(roleDefinitions.slice(0, 2));
    const id = `/providers/Microsoft.Authorization/roleDefinitions/${role.id}`;
    return draw.pick([role.name, role.name, role.name.toUpperCase(), role.id, id]);
  });
}
