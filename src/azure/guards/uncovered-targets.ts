import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import type { Identity } from '#access/grant';
import type { Line } from '#access/request';
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

/** The scopes that no line covers; a scope covers everything below it. What takes a look-up is looked at last. */
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
  if (resourceGroups.length > 0 && subscriptionId === null) throw noSubscription();

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

/** Whether a scope is, or lies in, a resource group of the subscription that has such a name. */
function isInGroup(scope: string, patterns: readonly string[], subscriptionId: string): boolean {
  const group = /^\/subscriptions\/(?<subscription>[^/]+)\/resourceGroups\/(?<name>[^/]+)/iu.exec(scope)?.groups;
  if (group?.['subscription']?.toLowerCase() !== subscriptionId.toLowerCase()) return false;
  return patterns.some((pattern) => matchesInAnyCase(pattern, group['name'] ?? ''));
}

/** The subscriptions that have such names, which are compared as in `target`. */
function subscriptionsOf(names: readonly string[], all: readonly Subscription[]): ReadonlySet<string> {
  const found = names.flatMap((name) => {
    const same = all.filter(({ displayName }) => matches(name, displayName)).map(subscriptionAs);
    return unlessAmbiguous(name, 'subscription', same, 'subscription:<id>');
  });
  return new Set(found.map(({ id }) => (subscriptionOf(id) ?? '').toLowerCase()));
}

/** The scopes of the management groups that have such ids or display names. */
function groupsOf(texts: readonly string[], all: readonly ManagementGroup[]): readonly string[] {
  const found = texts.flatMap((text) => {
    const same = all.filter(
      ({ id, properties }) => matchesInAnyCase(text, lastSegment(id)) || matches(text, properties?.displayName ?? ''),
    );
    const way = 'the full scope /providers/Microsoft.Management/managementGroups/<id>';
    return unlessAmbiguous(text, 'management group', same.map(groupAs), way);
  });
  return found.map(({ id }) => id);
}

/** A wildcard may mean several; a name that two have may not (P8). */
function unlessAmbiguous(text: string, what: string, found: readonly Candidate[], way: string): readonly Candidate[] {
  if (found.length > 1 && !hasWildcard(text)) throw ambiguous(text, what, found, way);
  return found;
}

/** Those that are none of these management groups and lie below none of them; none is asked in vain. */
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

function noSubscription(): Refusal {
  return new Refusal(
    'allowed-targets has a resource group, and azure-subscription-id, which it lies in, is not given.',
    'Give azure-subscription-id, or the full scope /subscriptions/<id>/resourceGroups/<name>.',
  );
}
