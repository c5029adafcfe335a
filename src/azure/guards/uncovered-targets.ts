import type { Budget } from '#access/clock';
import type { Identity } from '#access/grant';
import type { Line } from '#access/request';
import { managementGroupById, noSubscriptionForAllowed, subscriptionById } from '../messages/targets.ts';
import { lastSegment, isManagementGroup, isSameScope, subscriptionOf } from '../resolve/ids.ts';
import {
  canLieBelowGroup,
  isAmong,
  isWithin,
  type ManagementGroup,
  type Places,
  type Subscription,
} from '../resolve/places.ts';
import { ambiguous, groupAs, subscriptionAs } from '../resolve/targets.ts';
import type { Candidate } from '#access/near';
import { hasWildcard, matches, matchesInAnyCase } from '#access/wildcard';

/** The scopes that no line covers; a scope covers everything below it. Lines that need a look-up come last. */
export async function uncoveredTargets(
  places: Places,
  lines: readonly Line[],
  targets: readonly Identity[],
  subscriptionId: string | null,
  budget: Budget,
): Promise<readonly Identity[]> {
  const scopes = valuesOf(lines, 'scope');
  const names = valuesOf(lines, 'subscription-name');
  const groups = valuesOf(lines, 'management-group');
  const resourceGroups = valuesOf(lines, 'resource-group');
  if (resourceGroups.length > 0 && subscriptionId === null) throw noSubscriptionForAllowed();

  let rest: readonly Identity[] = targets.filter(
    ({ id }) =>
      !scopes.some((scope) => isWithin(scope, id) === true) && !isInGroup(id, resourceGroups, subscriptionId ?? ''),
  );
  if (names.length > 0 && rest.some(({ id }) => subscriptionOf(id) !== null)) {
    const covered = subscriptionsOf(names, await places.subscriptions(budget));
    rest = rest.filter(({ id }) => !covered.has(subscriptionOf(id)?.toLowerCase() ?? ''));
  }
  rest = await outside(places, scopes.filter(isManagementGroup), rest, budget);
  if (groups.length === 0 || !rest.some(({ id }) => canLieBelowGroup(id))) return rest;
  return outside(places, groupsOf(groups, await places.managementGroups(budget)), rest, budget);
}

function valuesOf(lines: readonly Line[], kind: string): readonly string[] {
  return lines.filter((line) => line.kind === kind).map(({ value }) => value);
}

/** True if a scope is, or is in, a resource group of the subscription with such a name. */
function isInGroup(scope: string, patterns: readonly string[], subscriptionId: string): boolean {
  const group = /^\/subscriptions\/(?<subscription>[^/]+)\/resourceGroups\/(?<name>[^/]+)/iu.exec(scope)?.groups;
  if (group?.['subscription']?.toLowerCase() !== subscriptionId.toLowerCase()) return false;
  return patterns.some((pattern) => matchesInAnyCase(pattern, group['name'] ?? ''));
}

/** The subscriptions with such names, which are compared as in `target`. */
function subscriptionsOf(names: readonly string[], all: readonly Subscription[]): ReadonlySet<string> {
  const found = names.flatMap((name) => {
    const same = all.filter(({ displayName }) => matches(name, displayName)).map(subscriptionAs);
    return unlessAmbiguous(name, 'subscription', same, subscriptionById);
  });
  return new Set(found.map(({ id }) => (subscriptionOf(id) ?? '').toLowerCase()));
}

/** The scopes of the management groups with such IDs or display names. */
function groupsOf(texts: readonly string[], all: readonly ManagementGroup[]): readonly string[] {
  const found = texts.flatMap((text) => {
    const same = all.filter(
      ({ id, properties }) => matchesInAnyCase(text, lastSegment(id)) || matches(text, properties?.displayName ?? ''),
    );
    return unlessAmbiguous(text, 'management group', same.map(groupAs), managementGroupById);
  });
  return found.map(({ id }) => id);
}

/** Refuses a name that several have (P8); a wildcard can match several. */
function unlessAmbiguous(text: string, what: string, found: readonly Candidate[], way: string): readonly Candidate[] {
  if (found.length > 1 && !hasWildcard(text)) throw ambiguous(text, what, found, way);
  return found;
}

/** The targets that are none of these management groups and are below none of them, with no needless request. */
async function outside(
  places: Places,
  groups: readonly string[],
  targets: readonly Identity[],
  budget: Budget,
): Promise<readonly Identity[]> {
  let rest: readonly Identity[] = targets.filter(({ id }) => !groups.some((group) => isSameScope(group, id)));
  const known = new Set<string>();
  for (const group of groups) {
    if (known.has(group.toLowerCase()) || !rest.some(({ id }) => canLieBelowGroup(id))) continue;
    const below = await places.below(group, budget);
    for (const id of below) known.add(id);
    rest = rest.filter(({ id }) => !isAmong(below, id));
  }
  return rest;
}
