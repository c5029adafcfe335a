import { ok, wrong, type Parsed } from '#access/declaration';
import * as faults from '../messages/scopes.ts';
import type { ScopeFault } from '../messages/scopes.ts';

/** The shapes of Azure's identifiers. */
const hex = '[0-9a-f]';

export const guid = new RegExp(`^${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}$`, 'iu');

/** Source: Azure Resource Manager, naming rules for Microsoft.Resources. */
export const resourceGroupName = /^(?!.*\.$)[\p{L}\p{N}_().-]{1,90}$/u;

/** Source: Azure Resource Manager, naming rules for Microsoft.Management. */
const managementGroupId = /^(?!.*\.$)[A-Za-z0-9_().-]{1,90}$/u;

/** ID of a role definition, at any scope. */
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

/** True if two IDs mean the same role definition, at any scopes. */
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
  const fault = faultOf(text);
  if (fault === null) return ok(text);
  const same = otherWay.exec(text)?.groups?.['subscription'];
  return wrong(fault(text), same !== undefined && faultOf(same) === null ? same : undefined);
}

/**
 * The spelling of a subscription in Privileged Identity Management. Accepted as it is, it would evade exclusions and
 * guards that name the subscription's own scope. Source: docs/design/azure.md#scopes.
 */
const otherWay = /^\/providers\/[^/]+(?<subscription>\/subscriptions\/[^/]+.*)$/isu;

/** Length of a scope, in characters; no scope of Azure is longer. */
const longest = 2_048;

function faultOf(text: string): ScopeFault | null {
  if (/^[a-z]:[\\/]/iu.test(text)) return faults.windowsPath;
  if (text.length > longest) return faults.tooLong;
  if (!text.startsWith('/')) return faults.noSlash;
  if (text.startsWith('//')) return faults.twoSlashes;
  if (text.endsWith('/')) return faults.slashAtEnd;
  const strange = /[?#%\\\p{Cc}]/u.exec(text)?.[0];
  if (strange !== undefined) return faults.forbiddenCharacter(JSON.stringify(strange));
  const segments = text.slice(1).split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..' || segment.trim() !== segment))
    return segments.includes('') ? faults.emptyPart : faults.strangePart;
  return faultBelow(segments);
}

function faultBelow([first = '', second = '', ...rest]: readonly string[]): ScopeFault | null {
  switch (first.toLowerCase()) {
    case 'subscriptions':
      return guid.test(second) ? faultInSubscription(rest) : faults.noSubscriptionId;
    case 'providers':
      return faultAbove(second, rest);
    default:
      return faults.notAScope;
  }
}

/**
 * Outside of subscriptions a scope is a management group, a resource provider (`Microsoft.Marketplace`), or something of
 * one (`Microsoft.Billing/billingAccounts/…`). Only Azure knows at which of them roles can be assigned.
 */
function faultAbove(provider: string, rest: readonly string[]): ScopeFault | null {
  if (provider.toLowerCase() === 'microsoft.management') return faultInGroup(rest);
  if (rest[0]?.toLowerCase() === 'subscriptions') return faults.otherSpelling;
  return rest.length === 0 ? faultInProvider(provider) : faultInResource([provider, ...rest]);
}

function faultInGroup([type = '', id = '', ...rest]: readonly string[]): ScopeFault | null {
  if (type.toLowerCase() !== 'managementgroups') return faults.notManagementGroup;
  if (!managementGroupId.test(id)) return faults.noManagementGroupId;
  return rest.length === 0 ? null : faults.belowManagementGroup;
}

function faultInProvider(provider: string): ScopeFault | null {
  return /^[\w-]+(?:\.[\w-]+)+$/u.test(provider) ? null : faults.noProvider;
}

function faultInSubscription([kind, name = '', ...rest]: readonly string[]): ScopeFault | null {
  if (kind === undefined) return null;
  if (kind.toLowerCase() === 'providers') return faultInResource([name, ...rest]);
  if (kind.toLowerCase() !== 'resourcegroups') return faults.misplacedPart(kind, 'resourceGroups or providers');
  if (!resourceGroupName.test(name)) return faults.noResourceGroupName;
  const [providers, ...resource] = rest;
  if (providers === undefined) return null;
  return providers.toLowerCase() === 'providers'
    ? faultInResource(resource)
    : faults.misplacedPart(providers, 'providers');
}

/** A provider, then pairs of type and name: a resource, and children of it. */
function faultInResource([provider = '', ...pairs]: readonly string[]): ScopeFault | null {
  const fault = faultInProvider(provider);
  if (fault !== null) return fault;
  return pairs.length === 0 || pairs.length % 2 === 1 ? faults.partOfResource : null;
}

/** Azure compares scopes without regard to letter case. */
export function isSameScope(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** True if a scope is certainly above another that it was listed for: the IDs of two management groups do not show it. */
export function isAbove(upper: string, lower: string): boolean {
  if (isSameScope(upper, lower)) return false;
  if (upper === tenantRoot) return true;
  if (isManagementGroup(upper)) return subscriptionOf(lower) !== null;
  return lower.toLowerCase().startsWith(`${upper.toLowerCase()}/`);
}

export function isManagementGroup(scope: string): boolean {
  return /^\/providers\/Microsoft\.Management\/managementGroups\//iu.test(scope);
}

/** ID of the subscription that a scope is or is in, `null` above subscriptions. */
export function subscriptionOf(scope: string): string | null {
  return /^\/subscriptions\/(?<id>[^/]+)/iu.exec(scope)?.groups?.['id'] ?? null;
}

/**
 * A scope as the SDK expects it: the SDK adds the leading slash, and encodes nothing. Source:
 * docs/design/azure.md#sdk-behavior.
 */
export function scopePath(scope: string): string {
  return scope.slice(1).split('/').map(encodeURIComponent).join('/');
}

/** ID of a role assignment or a role definition at a scope. */
export function idAt(scope: string, type: 'roleAssignments' | 'roleDefinitions', name: string): string {
  return `${scope === tenantRoot ? '' : scope}/providers/Microsoft.Authorization/${type}/${name}`;
}
