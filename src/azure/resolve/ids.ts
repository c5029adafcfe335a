import { ok, wrong, type Parsed } from '#access/declaration';

/** The shapes of Azure's identifiers. */
const hex = '[0-9a-f]';

export const guid = new RegExp(`^${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}$`, 'iu');

/** Source: Azure Resource Manager, naming rules for Microsoft.Resources. */
export const resourceGroupName = /^(?!.*\.$)[\p{L}\p{N}_().-]{1,90}$/u;

/** Source: Azure Resource Manager, naming rules for Microsoft.Management. */
const managementGroupId = /^(?!.*\.$)[A-Za-z0-9_().-]{1,90}$/u;

/** A role definition's id, at whatever scope it was read. */
export const roleDefinitionId = new RegExp(
  `^(?<scope>.*)/providers/Microsoft\\.Authorization/roleDefinitions/(?<guid>${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12})$`,
  'iu',
);

/**
 * The GUID at the end of a role definition's id: the same role has one id at each scope. Source:
 * docs/design/azure.md#role-assignments.
 */
export function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** Whether two ids are of the same role definition, at whatever scopes. */
export function isSameRole(one: string, other: string): boolean {
  return isSameGuid(lastSegment(one), lastSegment(other));
}

/** A GUID is the same in any letter case. */
export function isSameGuid(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

/** The scope above all others. */
export const tenantRoot = '/';

/** A full scope, as Azure Resource Manager writes it: one leading slash, none at the end. */
export function parseScope(text: string): Parsed<string> {
  if (text === tenantRoot) return ok(text);
  const problem = whatIsWrong(text);
  if (problem === null) return ok(text);
  const same = otherWay.exec(text)?.groups?.['subscription'];
  return wrong(`"${text}" ${problem}`, same !== undefined && whatIsWrong(same) === null ? same : undefined);
}

/**
 * Privileged Identity Management writes a subscription so. Taken as it is it would get past what is excluded or allowed
 * by the subscription's own scope. Source: docs/design/azure.md#scopes.
 */
const otherWay = /^\/providers\/[^/]+(?<subscription>\/subscriptions\/[^/]+.*)$/isu;

/** Longer than any that Azure has. */
const longest = 2_048;

function whatIsWrong(text: string): string | null {
  if (/^[a-z]:[\\/]/iu.test(text)) {
    return 'is a Windows path: Git Bash turns /subscriptions/… into one. Set MSYS_NO_PATHCONV=1 where the value is made, or use another shell';
  }
  if (text.length > longest) return 'is longer than any scope';
  if (!text.startsWith('/')) return 'does not begin with a slash, as a full scope does';
  if (text.startsWith('//')) return 'begins with two slashes: a scope begins with one';
  if (text.endsWith('/')) return 'ends with a slash, which no scope does: did an expression give nothing?';
  const strange = /[?#%\\\p{Cc}]/u.exec(text)?.[0];
  if (strange !== undefined) return `has the character ${JSON.stringify(strange)}, which no scope has`;
  const segments = text.slice(1).split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..' || segment.trim() !== segment))
    return segments.includes('')
      ? 'has an empty part: did an expression give nothing?'
      : 'has a part that is a dot, or begins or ends with a space';
  return whatIsWrongBelow(segments);
}

function whatIsWrongBelow([first = '', second = '', ...rest]: readonly string[]): string | null {
  switch (first.toLowerCase()) {
    case 'subscriptions':
      if (!guid.test(second)) return 'names no subscription: a scope has the subscription’s id, a GUID';
      return whatIsWrongInSubscription(rest);
    case 'providers':
      return whatIsWrongAbove(second, rest);
    default:
      return 'is not a scope: those begin with /subscriptions/, /providers/Microsoft.Management/managementGroups/, or are /';
  }
}

/**
 * Outside of subscriptions a scope is a management group, a resource provider (`Microsoft.Marketplace`), or something of
 * one (`Microsoft.Billing/billingAccounts/…`): which of them roles can be assigned at, Azure knows.
 */
function whatIsWrongAbove(provider: string, rest: readonly string[]): string | null {
  if (provider.toLowerCase() === 'microsoft.management') return whatIsWrongInGroup(rest);
  if (rest[0]?.toLowerCase() === 'subscriptions')
    return 'is another way to write a subscription, which is not supported here: begin with /subscriptions/';
  return rest.length === 0 ? whatIsWrongInProvider(provider) : whatIsWrongInResource([provider, ...rest]);
}

function whatIsWrongInGroup([type = '', id = '', ...rest]: readonly string[]): string | null {
  if (type.toLowerCase() !== 'managementgroups')
    return 'is of Microsoft.Management and no management group, which is not supported here';
  if (!managementGroupId.test(id)) return 'names no management group: its id has 1 to 90 letters, digits, _ - ( ) or .';
  return rest.length === 0 ? null : 'goes on after the management group, which is not supported here';
}

function whatIsWrongInProvider(provider: string): string | null {
  return /^[\w-]+(?:\.[\w-]+)+$/u.test(provider)
    ? null
    : 'names no resource provider, such as Microsoft.Storage, after providers';
}

function whatIsWrongInSubscription([kind, name = '', ...rest]: readonly string[]): string | null {
  if (kind === undefined) return null;
  if (kind.toLowerCase() === 'providers') return whatIsWrongInResource([name, ...rest]);
  if (kind.toLowerCase() !== 'resourcegroups') return `has "${kind}" where resourceGroups or providers belongs`;
  if (!resourceGroupName.test(name))
    return 'names no resource group: 1 to 90 letters, digits, _ - ( ) or ., none at the end';
  const [providers, ...resource] = rest;
  if (providers === undefined) return null;
  return providers.toLowerCase() === 'providers'
    ? whatIsWrongInResource(resource)
    : `has "${providers}" where providers belongs`;
}

/** A provider, then pairs of type and name: a resource, and children of it. */
function whatIsWrongInResource([provider = '', ...pairs]: readonly string[]): string | null {
  const problem = whatIsWrongInProvider(provider);
  if (problem !== null) return problem;
  if (pairs.length === 0 || pairs.length % 2 === 1)
    return 'is not a whole resource: after the provider come pairs of type and name';
  return null;
}

/** Azure compares scopes without regard to letter case. */
export function isSameScope(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Whether a scope surely lies above another that it was listed for: of two management groups ids do not tell. */
export function isAbove(upper: string, lower: string): boolean {
  if (isSameScope(upper, lower)) return false;
  if (upper === tenantRoot) return true;
  if (isManagementGroup(upper)) return subscriptionOf(lower) !== null;
  return lower.toLowerCase().startsWith(`${upper.toLowerCase()}/`);
}

export function isManagementGroup(scope: string): boolean {
  return /^\/providers\/Microsoft\.Management\/managementGroups\//iu.test(scope);
}

/** The subscription that a scope is or lies in, `null` above subscriptions. */
export function subscriptionOf(scope: string): string | null {
  return /^\/subscriptions\/(?<id>[^/]+)/iu.exec(scope)?.groups?.['id'] ?? null;
}

/**
 * A scope as the SDK takes it: it writes its own leading slash, and encodes nothing. Source:
 * docs/design/azure.md#sdk-behavior.
 */
export function scopePath(scope: string): string {
  return scope.slice(1).split('/').map(encodeURIComponent).join('/');
}

/** The id of something that Microsoft.Authorization keeps at a scope. */
export function idAt(scope: string, type: 'roleAssignments' | 'roleDefinitions', name: string): string {
  return `${scope === tenantRoot ? '' : scope}/providers/Microsoft.Authorization/${type}/${name}`;
}
