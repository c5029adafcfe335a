import type { Budget } from '#access/clock';
import { isManagementGroup, subscriptionOf, tenantRoot } from '../resolve/ids.ts';
import type { Places } from '../resolve/places.ts';

/** A scope, and what is below it where that counts. */
export interface Area {
  readonly scope: string;
  /** The management groups and subscriptions below it, in lower case; empty in subscriptions. */
  readonly containers: readonly string[];
}

/**
 * Reads what is below a scope, where only Azure knows it. Below the tenant root is what is below the root management group,
 * whose ID is that of the tenant. Source: Microsoft.Management, managementGroups.
 *
 * @param tenantId of the signed-in identity
 */
export async function areaOf(places: Places, scope: string, tenantId: string | null, budget: Budget): Promise<Area> {
  if (scope === tenantRoot) {
    const root = `/providers/Microsoft.Management/managementGroups/${tenantId ?? ''}`.toLowerCase();
    return { scope, containers: [root, ...(await places.below(root, budget))] };
  }
  return { scope, containers: isManagementGroup(scope) ? [...(await places.below(scope, budget))] : [] };
}

/** Whether a scope is one of these, or is below one. The work for one scope does not grow with their number. */
export function holdsIn(areas: readonly Area[], below: boolean): (scope: string) => boolean {
  const own = new Set(areas.map(({ scope }) => scope.toLowerCase()));
  if (!below) return (scope) => own.has(scope.toLowerCase());
  const containers = new Set(areas.flatMap((area) => area.containers));
  return (scope) => {
    const lower = scope.toLowerCase();
    const subscription = subscriptionOf(lower);
    const container = subscription === null ? lower : `/subscriptions/${subscription}`;
    return own.has(tenantRoot) || containers.has(container) || pathsTo(lower).some((path) => own.has(path));
  };
}

/** `/a`, `/a/b` and `/a/b/c` of `/a/b/c`. */
function pathsTo(scope: string): readonly string[] {
  const parts = scope.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 2).join('/'));
}
