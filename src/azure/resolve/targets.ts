import type { Budget } from '#access/clock';
import { isOfKind, Refusal } from '#access/errors';
import type { Identity } from '#access/grant';
import { candidate, closeTo, type Candidate } from '#access/near';
import type { Line } from '#access/request';
import {
  managementGroupById,
  noSuchTarget,
  severalTargets,
  subscriptionById,
  useGroupId,
} from '../messages/targets.ts';
import { lastSegment } from './ids.ts';
import type { ManagementGroup, Places, Subscription } from './places.ts';

/**
 * Turns a line of `target` into a scope; a full scope is used as it is.
 *
 * @param subscriptionId the subscription of a resource group that is given by name
 */
export async function resolveTarget(
  places: Places,
  line: Line,
  subscriptionId: string | null,
  budget: Budget,
): Promise<Identity> {
  switch (line.kind) {
    case 'resource-group':
      return { id: `/subscriptions/${subscriptionId ?? ''}/resourceGroups/${line.value}`, name: line.value };
    case 'subscription-name':
      return resolveSubscription(places, line.value, budget);
    case 'management-group':
      return resolveManagementGroup(places, line.value, budget);
    default:
      return { id: line.value, name: null };
  }
}

async function resolveSubscription(places: Places, name: string, budget: Budget): Promise<Identity> {
  const all = await places.subscriptions(budget);
  const found = all.filter(({ displayName }) => displayName === name).map(subscriptionAs);
  const near = all.map(subscriptionAs).map((it) => (it.note === enabled ? { ...it, note: undefined } : it));
  return only(found, 'subscription', name, near, subscriptionById);
}

/** Compares IDs and display names: a text can be the ID of one management group and the display name of another. */
async function resolveManagementGroup(places: Places, text: string, budget: Budget): Promise<Identity> {
  const all = await places.managementGroups(budget).catch((error: unknown) => {
    throw notListed(error, text);
  });
  const found = all.filter((group) => isNamed(group, text)).map(groupAs);
  const names = all.flatMap((group) => [groupAs(group), { name: lastSegment(group.id), id: lastSegment(group.id) }]);
  return only(found, 'management group', text, names, managementGroupById);
}

function isNamed({ id, properties }: ManagementGroup, text: string): boolean {
  return lastSegment(id).toLowerCase() === text.toLowerCase() || properties?.displayName === text;
}

const enabled = 'Enabled';

/** A subscription among others, with its state: a disabled one can have the name of its successor. */
export function subscriptionAs({ subscriptionId, displayName, state }: Subscription): Candidate {
  return { id: `/subscriptions/${subscriptionId}`, name: displayName, note: state };
}

export function groupAs({ id, properties }: ManagementGroup): Candidate {
  return { id, name: properties?.displayName ?? '' };
}

function notListed(error: unknown, text: string): unknown {
  if (!isOfKind(error, 'denied')) return error;
  return new Refusal(error.message, useGroupId(text));
}

function only(
  found: readonly Candidate[],
  what: string,
  text: string,
  known: readonly Candidate[],
  way: string,
): Identity {
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return { id: first.id, name: first.name === '' ? null : first.name };
  throw first === undefined ? noSuchTarget(what, text, closeTo(text, known), way) : ambiguous(text, what, found, way);
}

/** A name that several targets have, in `target` or in `allowed-targets` (P8). */
export function ambiguous(text: string, what: string, found: readonly Candidate[], way: string): Refusal {
  return severalTargets(
    what,
    text,
    found.map((it) => candidate(it)),
    way,
  );
}
