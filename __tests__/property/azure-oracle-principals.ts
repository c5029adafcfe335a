import type { AzureEstate } from '../../rehearsal/azure/estate.ts';

/** Results of lines: `<type> <object id>`; no match in the directory, or two; or an invalid text. */
export type Found =
  | { readonly kind: 'found'; readonly ids: readonly string[] }
  | { readonly kind: 'unknown'; readonly about: readonly string[] }
  | { readonly kind: 'wrong' };

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const types: Readonly<Record<string, string>> = {
  user: 'User',
  group: 'Group',
  'service-principal': 'ServicePrincipal',
  app: 'ServicePrincipal',
  'foreign-group': 'ForeignGroup',
  device: 'Device',
};

export function azurePrincipalsOf(lines: readonly string[], estate: AzureEstate): Found {
  const found = lines.map((line) => principalOf(line, estate));
  if (found.length === 0 || found.some(({ kind }) => kind === 'wrong')) return { kind: 'wrong' };
  const unknown = found.flatMap((it) => (it.kind === 'unknown' ? it.about : []));
  if (unknown.length > 0) return { kind: 'unknown', about: unknown };
  const ids = [...new Set(found.flatMap((it) => (it.kind === 'found' ? it.ids : [])))];
  // One object is of one type.
  const twice = ids.map((id) => id.split(' ')[1] ?? '').filter((id, index, all) => all.indexOf(id) !== index);
  return twice.length === 0 ? { kind: 'found', ids } : { kind: 'unknown', about: twice };
}

function principalOf(line: string, estate: AzureEstate): Found {
  const [, prefix, text = ''] = /^(user|group|service-principal|app|foreign-group|device):([\s\S]*)$/.exec(line) ?? [];
  const value = (prefix === undefined ? line : text).trim();
  if (line.startsWith('!') || value === '') return { kind: 'wrong' };
  if (prefix === undefined) return guid.test(value) ? untyped(value, estate) : { kind: 'wrong' };
  const type = types[prefix] ?? '';
  if (guid.test(value) && prefix !== 'app') return { kind: 'found', ids: [`${type} ${value.toLowerCase()}`] };
  if ((prefix === 'app' && !guid.test(value)) || prefix === 'device' || prefix === 'foreign-group')
    return { kind: 'wrong' };
  const hits = hitsOf(prefix, value, estate);
  const [hit] = hits;
  if (hit === undefined || hits.length > 1) return { kind: 'unknown', about: [value, ...hits] };
  return { kind: 'found', ids: [`${type} ${hit}`] };
}

function hitsOf(prefix: string, value: string, { users, groups, servicePrincipals }: AzureEstate): readonly string[] {
  const same = (text: string | undefined): boolean => text?.toLowerCase() === value.toLowerCase();
  const those = {
    user: users.filter(({ userPrincipalName, mail }) => same(userPrincipalName) || (value.includes('@') && same(mail))),
    group: groups.filter(({ displayName }) => same(displayName)),
    'service-principal': servicePrincipals.filter(({ displayName }) => same(displayName)),
    app: servicePrincipals.filter(({ appId }) => same(appId)),
  };
  return (those[prefix as keyof typeof those] as readonly { readonly id: string }[]).map(({ id }) => id);
}

function untyped(value: string, { users, groups, servicePrincipals }: AzureEstate): Found {
  const has = (objects: readonly { readonly id: string }[]): boolean =>
    objects.some(({ id }) => id === value.toLowerCase());
  const type = has(users) ? 'User' : has(groups) ? 'Group' : has(servicePrincipals) ? 'ServicePrincipal' : null;
  return type === null
    ? { kind: 'unknown', about: [value] }
    : { kind: 'found', ids: [`${type} ${value.toLowerCase()}`] };
}
