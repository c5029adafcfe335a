import type { Budget } from '#access/clock';
import { isOfKind, Refusal } from '#access/errors';
import type { Identity } from '#access/grant';
import { candidate, closeTo, type Candidate } from '#access/near';
import type { Line } from '#access/request';
import { lastSegment } from './ids.ts';
import type { ManagementGroup, Places, Subscription } from './places.ts';

/**
 * Turns a line of `target` into a scope; a full one is taken as it is.
 *
 * @param subscriptionId the subscription that a resource group's name is looked for in
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
  return only(found, 'subscription', name, near, 'subscription:<id>');
}

/** A text may be the id of one management group and the display name of another, so both are looked at. */
async function resolveManagementGroup(places: Places, text: string, budget: Budget): Promise<Identity> {
  const all = await places.managementGroups(budget).catch((error: unknown) => {
    throw notListed(error, text);
  });
  const found = all.filter((group) => isNamed(group, text)).map(groupAs);
  const names = all.flatMap((group) => [groupAs(group), { name: lastSegment(group.id), id: lastSegment(group.id) }]);
  const way = 'the full scope /providers/Microsoft.Management/managementGroups/<id>';
  return only(found, 'management group', text, names, way);
}

function isNamed({ id, properties }: ManagementGroup, text: string): boolean {
  return lastSegment(id).toLowerCase() === text.toLowerCase() || properties?.displayName === text;
}

const enabled = 'Enabled';

/** As it is shown among others. A disabled subscription keeps its name beside its successor's. */
export function subscriptionAs({ subscriptionId, displayName, state }: Subscription): Candidate {
  return { id: `/subscriptions/${subscriptionId}`, name: displayName, note: state };
}

export function groupAs({ id, properties }: ManagementGroup): Candidate {
  return { id, name: properties?.displayName ?? '' };
}

function notListed(error: unknown, text: string): unknown {
  if (!isOfKind(error, 'denied')) return error;
  return new Refusal(
    error.message,
    `Give the full scope, which needs no look-up: /providers/Microsoft.Management/managementGroups/${text} if that is its id.`,
  );
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
  if (first === undefined) {
    throw new Refusal(
      `None of the ${what}s that this identity can see is "${text}".${closeTo(text, known)}`,
      `Correct "${text}" (names are compared exactly, letter case included), check azure-tenant-id, or give ${way}. What the identity may not read it cannot see.`,
    );
  }
  throw ambiguous(text, what, found, way);
}

/** A name that means several places, in `target` or in what is allowed there (P8). */
export function ambiguous(text: string, what: string, found: readonly Candidate[], way: string): Refusal {
  return new Refusal(
    `"${text}" matches ${found.length} ${what}s: ${found.map((it) => candidate(it)).join(', ')}.`,
    `Give ${way} of the one you mean.`,
  );
}
