import type { AzureEstate } from '../../rehearsal/azure/estate.ts';
import { lineOf, liesIn, managementGroups } from './azure-oracle-places.ts';
import type { Draw } from './draw.ts';
import { linesOf, refusal, type Outcome } from './expected.ts';
import { isLike } from './wildcards.ts';

/** Ceilings; empty texts for none. */
export interface AzureCeilings {
  readonly principals: string;
  readonly targets: string;
  readonly roles: string;
}

/**
 * The possible outcomes under ceilings: all grants must be below each, or none is made. A name in full that two have
 * covers no principal and is refused; with a wildcard that covers it too, it can be allowed.
 */
export function underCeilings(outcome: Outcome, ceilings: AzureCeilings, estate: AzureEstate): readonly Outcome[] {
  if (outcome.kind !== 'grants') return [outcome];
  const parts = outcome.grants.map((grant) => {
    const [type = '', id = '', role = '', ...scope] = grant.split(' ');
    return { type, id, role, scope: scope.join(' ') };
  });
  const bare = (text: string, covers: (line: string) => boolean): boolean => {
    const lines = linesOf(text);
    return lines.length === 0 || lines.some(covers);
  };
  const isBelow = parts.every(
    ({ type, id, role, scope }) =>
      bare(ceilings.principals, (line) => coversPrincipal(line, type, id, estate)) &&
      bare(ceilings.targets, (line) => coversScope(line, scope, estate)) &&
      bare(ceilings.roles, (line) => coversRole(line, role, estate)),
  );
  if (!isBelow) return [refusal()];
  const lines = linesOf(ceilings.principals);
  const doubts = parts.map(({ type, id }) => doubtAbout(lines, type, id, estate));
  if (doubts.includes('sure')) return [refusal()];
  return doubts.includes('possible') ? [outcome, refusal()] : [outcome];
}

function doubtAbout(
  lines: readonly string[],
  type: string,
  id: string,
  estate: AzureEstate,
): 'none' | 'possible' | 'sure' {
  const covering = lines.filter((line) => coversPrincipal(line, type, id, estate));
  // An ID decides before any name is looked up.
  if (covering.some((line) => line.endsWith(id))) return 'none';
  const shared = covering.filter((line) => bearers(line, estate) > 1);
  if (shared.length === 0) return 'none';
  return shared.length < covering.length ? 'possible' : 'sure';
}

/** Number of objects of its type with the name of a line without wildcards. */
function bearers(line: string, estate: AzureEstate): number {
  const [, prefix = '', text = ''] = /^(user|group|service-principal):([\s\S]*)$/.exec(line) ?? [];
  if (text.includes('*')) return 0;
  const all = { user: estate.users, group: estate.groups, 'service-principal': estate.servicePrincipals };
  const types = { user: 'User', group: 'Group', 'service-principal': 'ServicePrincipal' };
  const of = prefix as keyof typeof all;
  return prefix === '' ? 0 : all[of].filter(({ id }) => coversPrincipal(line, types[of], id, estate)).length;
}

function coversPrincipal(line: string, type: string, id: string, estate: AzureEstate): boolean {
  if (line === id) return true;
  const [, prefix = '', text = ''] = /^([a-z-]+):([\s\S]*)$/.exec(line) ?? [];
  const value = text.trim();
  const user = estate.users.find((one) => one.id === id);
  const application = estate.servicePrincipals.find((one) => one.id === id);
  if (prefix === 'app') return type === 'ServicePrincipal' && application?.appId === value;
  const types: Readonly<Record<string, string>> = {
    user: 'User',
    group: 'Group',
    'service-principal': 'ServicePrincipal',
  };
  if (types[prefix] !== type) return false;
  const names = [
    user?.userPrincipalName,
    user?.mail,
    estate.groups.find((one) => one.id === id)?.displayName,
    application?.displayName,
  ];
  return value === id || names.some((name) => name !== undefined && isLike(name, value));
}

function coversScope(line: string, scope: string, estate: AzureEstate): boolean {
  return scopesOf(line, estate).some((above) => liesIn(scope, above, estate));
}

/** Scopes of a line of a ceiling; everything below them is covered too. */
function scopesOf(line: string, estate: AzureEstate): readonly string[] {
  const [, prefix = '', text = ''] = /^(subscription|resource-group|management-group):([\s\S]*)$/.exec(line) ?? [];
  const value = text.trim();
  switch (prefix) {
    case 'subscription':
      return estate.subscriptions
        .filter(({ id, name }) => id === value.toLowerCase() || isLike(name, value))
        .map(({ id }) => `/subscriptions/${id}`);
    case 'resource-group':
      return estate.resourceGroups
        .filter(
          ({ subscription, name }) =>
            subscription === estate.subscription && isLike(name.toLowerCase(), value.toLowerCase()),
        )
        .map(({ subscription, name }) => `/subscriptions/${subscription}/resourceGroups/${name}`);
    case 'management-group':
      return estate.managementGroups
        .filter(({ id, displayName }) => isLike(id.toLowerCase(), value.toLowerCase()) || isLike(displayName, value))
        .map(({ id }) => `${managementGroups}${id}`);
    default:
      return [lineOf(line)?.value ?? ''];
  }
}

function coversRole(line: string, role: string, { roleDefinitions }: AzureEstate): boolean {
  if (line.toLowerCase().endsWith(role)) return true;
  const name = roleDefinitions.find(({ id }) => id === role)?.name;
  return name !== undefined && isLike(name.toLowerCase(), line.toLowerCase());
}

/** Ceilings that cover a part of a tenant. */
export function drawCeilings(draw: Draw, estate: AzureEstate): AzureCeilings {
  const lines = (make: () => string): string => (draw.percent(50) ? '' : draw.times(1, 4, make).join('\n'));
  return {
    principals: draw.percent(15) ? namesInFull(draw, estate) : lines(() => drawPrincipal(draw, estate)),
    targets: lines(() => drawScope(draw, estate)),
    roles: lines(() => drawRole(draw, estate)),
  };
}

/** Covers all principals, those of one type by their names in full, which several can have. */
function namesInFull(draw: Draw, { users, groups, servicePrincipals }: AzureEstate): string {
  const all = {
    user: users.map(({ mail, userPrincipalName }) => mail ?? userPrincipalName),
    group: groups.map(({ displayName }) => displayName),
    'service-principal': servicePrincipals.map(({ displayName }) => displayName),
  };
  const type = draw.pick(['user', 'group', 'service-principal'] as const);
  const others = Object.keys(all).filter((other) => other !== type);
  return [...others.map((other) => `${other}:**`), ...all[type].map((name) => `${type}:${name}`)].join('\n');
}

/** A wildcard somewhere in a name; never alone, which is a fault. */
function patternOf(draw: Draw, name: string): string {
  const at = 1 + draw.int(name.length - 1);
  return draw.pick([`${name.slice(0, at)}*`, `*${name.slice(at)}`, `${name.slice(0, at)}*${name.slice(at)}`]);
}

function drawPrincipal(draw: Draw, { users, groups, servicePrincipals }: AzureEstate): string {
  const user = draw.pick(users);
  const group = draw.pick(groups);
  const application = draw.pick(servicePrincipals);
  return draw.pick([
    user.id,
    `user:${user.id}`,
    `user:${patternOf(draw, draw.pick([user.userPrincipalName, user.mail ?? user.userPrincipalName]))}`,
    `group:${group.id}`,
    `user:${group.id}`,
    `group:${patternOf(draw, group.displayName)}`,
    `group:${group.displayName}`,
    `user:${user.mail ?? user.userPrincipalName}`,
    `service-principal:${application.displayName}`,
    `service-principal:${patternOf(draw, application.displayName)}`,
    `app:${application.appId}`,
    'user:**',
    'group:**',
  ]);
}

function drawScope(
  draw: Draw,
  { subscriptions, resourceGroups, resources, managementGroups: groups }: AzureEstate,
): string {
  const subscription = draw.pick(subscriptions);
  const below = draw.pick(resourceGroups);
  const group = draw.pick(groups);
  return draw.pick([
    `/subscriptions/${subscription.id}`,
    `/subscriptions/${below.subscription}/resourceGroups/${below.name}`,
    ...(resources.length === 0 ? [] : [draw.pick(resources)]),
    `${managementGroups}${group.id}`,
    `management-group:${patternOf(draw, draw.pick([group.id, group.displayName]))}`,
    `subscription:${patternOf(draw, subscription.name)}`,
    `subscription:${subscription.id}`,
    `resource-group:${draw.pick([below.name, patternOf(draw, below.name)])}`,
    '/',
  ]);
}

function drawRole(draw: Draw, { roleDefinitions }: AzureEstate): string {
  const { id, name } = draw.pick(roleDefinitions);
  return draw.pick([
    id,
    name,
    name.toUpperCase(),
    patternOf(draw, name),
    `/providers/Microsoft.Authorization/roleDefinitions/${id}`,
  ]);
}
