import type { AzureEstate } from '../../rehearsal/azure/estate.ts';

export const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const managementGroups = '/providers/Microsoft.Management/managementGroups/';

/** A line of `target`. */
export interface Line {
  readonly text: string;
  readonly kind: 'scope' | 'subscription' | 'resource-group' | 'management-group';
  readonly value: string;
}

export type Place =
  { readonly line: Line; readonly scope: string } | { readonly line: Line; readonly unknown: readonly string[] };

/** True if a scope is another one, or is below it. */
export function liesIn(scope: string, above: string, estate: AzureEstate): boolean {
  const upper = above.toLowerCase();
  const lower = scope.toLowerCase();
  if (upper === '/' || lower === upper || lower.startsWith(`${upper}/`)) return true;
  if (!upper.startsWith(managementGroups.toLowerCase())) return false;
  const [, subscription] = /^\/subscriptions\/([^/]+)/.exec(lower) ?? [];
  const first =
    subscription === undefined
      ? estate.managementGroups.find(({ id }) => lower === `${managementGroups}${id}`.toLowerCase())?.id
      : estate.subscriptions.find(({ id }) => id === subscription)?.managementGroup;
  for (let id = first; id !== undefined; id = parentOf(id, estate))
    if (`${managementGroups}${id}`.toLowerCase() === upper) return true;
  return false;
}

function parentOf(group: string, estate: AzureEstate): string | undefined {
  return estate.managementGroups.find(({ id }) => id === group)?.parent;
}

export function placeOf(line: Line, estate: AzureEstate): Place {
  const { kind, value } = line;
  switch (kind) {
    case 'scope':
      return { line, scope: value };
    case 'resource-group':
      return { line, scope: `/subscriptions/${estate.subscription}/resourceGroups/${value}` };
    case 'subscription':
      return only(
        line,
        estate.subscriptions.filter(({ name }) => name === value).map(({ id }) => `/subscriptions/${id}`),
      );
    case 'management-group':
      return only(
        line,
        estate.managementGroups
          .filter(({ id, displayName }) => id.toLowerCase() === value.toLowerCase() || displayName === value)
          .map(({ id }) => `${managementGroups}${id}`),
      );
  }
}

function only(line: Line, scopes: readonly string[]): Place {
  const [scope] = scopes;
  return scope !== undefined && scopes.length === 1 ? { line, scope } : { line, unknown: [line.value, ...scopes] };
}

/** `null` for an invalid line. */
export function lineOf(text: string): Line | null {
  const [, prefix, rest = ''] = /^(subscription|resource-group|management-group):([\s\S]*)$/.exec(text) ?? [];
  const value = rest.trim();
  if (prefix === undefined) return isScope(text) ? { text, kind: 'scope', value: text } : null;
  if (value === '') return null;
  if (prefix === 'subscription' && guid.test(value)) return { text, kind: 'scope', value: `/subscriptions/${value}` };
  if (prefix === 'resource-group' && !isResourceGroupName(value)) return null;
  return { text, kind: prefix as Line['kind'], value };
}

function isResourceGroupName(name: string): boolean {
  return /^[\p{L}\p{N}_().-]{1,90}$/u.test(name) && !name.endsWith('.');
}

/** Tenant root, a management group, a subscription, a resource group, a resource and its children. */
export function isScope(text: string): boolean {
  if (text === '/') return true;
  if (text.endsWith('/') || /[?#%\\]/.test(text)) return false;
  const [empty, first = '', second = '', ...rest] = text.split('/');
  if (empty !== '' || [first, second, ...rest].some((part) => part.trim() !== part || part === '.' || part === '..'))
    return false;
  const path = text.toLowerCase();
  if (path.startsWith(managementGroups.toLowerCase()))
    return /^[\w().-]{1,90}$/.test(text.slice(managementGroups.length));
  if (first.toLowerCase() !== 'subscriptions' || !guid.test(second)) return false;
  if (rest.length === 0) return true;
  const [word = '', name = '', ...further] = rest;
  if (word.toLowerCase() === 'providers') return isResource([name, ...further]);
  if (word.toLowerCase() !== 'resourcegroups' || !isResourceGroupName(name)) return false;
  return further.length === 0 || (further[0]?.toLowerCase() === 'providers' && isResource(further.slice(1)));
}

function isResource([provider = '', ...pairs]: readonly string[]): boolean {
  return provider.includes('.') && pairs.length > 0 && pairs.length % 2 === 0 && pairs.every((part) => part !== '');
}
