import type { Budget } from '#access/clock';
import { pagesAt } from '../pages.ts';
import { remembered, rememberedFor } from '#access/remembered';
import { isManagementGroup, isSameScope, subscriptionOf, tenantRoot } from './ids.ts';
import type { AzureSession } from '../session.ts';

export interface Subscription {
  readonly subscriptionId: string;
  readonly displayName: string;
  /** `Enabled`, or a state in which the subscription is limited. */
  readonly state?: string;
}

export interface ManagementGroup {
  /** `/providers/Microsoft.Management/managementGroups/{name}` */
  readonly id: string;
  readonly properties?: { readonly displayName?: string };
}

/** The hierarchy of the tenant, as far as the signed-in identity can see it; each list is read once in a run. */
export interface Places {
  subscriptions(budget: Budget): Promise<readonly Subscription[]>;
  managementGroups(budget: Budget): Promise<readonly ManagementGroup[]>;
  /** The scopes of all subscriptions and management groups below a management group, in lower case. */
  below(managementGroup: string, budget: Budget): Promise<ReadonlySet<string>>;
}

export function openPlaces(session: AzureSession): Places {
  return {
    subscriptions: remembered((budget) => listSubscriptions(session, budget)),
    managementGroups: remembered((budget) => listManagementGroups(session, budget)),
    below: rememberedFor((group, budget) => listBelow(session, group, budget)),
  };
}

/** Source: Microsoft.Resources, subscriptions 2022-12-01. */
function listSubscriptions(session: AzureSession, budget: Budget): Promise<readonly Subscription[]> {
  const action = 'Microsoft.Resources/subscriptions/read';
  const path = '/subscriptions?api-version=2022-12-01';
  const isWhole = (it: Partial<Subscription>): boolean =>
    typeof it.subscriptionId === 'string' && typeof it.displayName === 'string';
  return pagesAt<Subscription>(session, action, path, budget, isWhole);
}

/** Source: Microsoft.Management, managementGroups 2021-04-01. */
function listManagementGroups(session: AzureSession, budget: Budget): Promise<readonly ManagementGroup[]> {
  const action = 'Microsoft.Management/managementGroups/read';
  const path = '/providers/Microsoft.Management/managementGroups?api-version=2021-04-01';
  return pagesAt<ManagementGroup>(session, action, path, budget, ({ id }) => typeof id === 'string');
}

/** Source: Microsoft.Management, managementGroups/descendants 2020-05-01. */
async function listBelow(session: AzureSession, group: string, budget: Budget): Promise<ReadonlySet<string>> {
  const action = 'Microsoft.Management/managementGroups/descendants/read';
  const path = `${group}/descendants?api-version=2020-05-01`;
  const isWhole = ({ id }: { readonly id?: unknown }): boolean => typeof id === 'string';
  const all = await pagesAt<{ readonly id: string }>(session, action, path, budget, isWhole);
  return new Set(all.map(({ id }) => id.toLowerCase()));
}

/** True if a scope can be below a management group: Azure alone knows whether it is. */
export function canLieBelowGroup(scope: string): boolean {
  return subscriptionOf(scope) !== null || isManagementGroup(scope);
}

/** True if a scope is one of those below a management group, or is in one of them. */
export function isAmong(below: ReadonlySet<string>, scope: string): boolean {
  const subscription = subscriptionOf(scope);
  return below.has(subscription === null ? scope.toLowerCase() : `/subscriptions/${subscription}`.toLowerCase());
}

/** True if a scope is another one or is below it, as far as their IDs show it: `null` where only Azure knows. */
export function isWithin(upper: string, lower: string): boolean | null {
  if (upper === tenantRoot || isSameScope(upper, lower)) return true;
  if (isManagementGroup(upper)) return canLieBelowGroup(lower) ? null : false;
  return lower.toLowerCase().startsWith(`${upper.toLowerCase()}/`);
}

/** True if a scope is another one or is below it; asks Azure where the IDs do not show it. */
export async function holds(places: Places, upper: string, lower: string, budget: Budget): Promise<boolean> {
  return isWithin(upper, lower) ?? isAmong(await places.below(upper, budget), lower);
}
