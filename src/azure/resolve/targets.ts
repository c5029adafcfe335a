import type { Budget } from '../../access/clock.ts';
import { isOfKind, Refusal } from '../../access/errors.ts';
import { nameAndId, type Identity } from '../../access/grant.ts';
import { closeTo } from '../../access/near.ts';
import type { Line } from '../../access/request.ts';
import { lastSegment } from './patterns.ts';
import type { ManagementGroup, Places } from './places.ts';

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
  const same = all.filter(({ displayName }) => displayName === name);
  const found = same.map(({ subscriptionId }) => ({ id: `/subscriptions/${subscriptionId}`, name }));
  const names = all.map(({ displayName }) => displayName);
  return only(found, 'subscription', name, names, 'subscription:<id>');
}

/** A text may be the id of one management group and the display name of another, so both are looked at. */
async function resolveManagementGroup(places: Places, text: string, budget: Budget): Promise<Identity> {
  const all = await places.managementGroups(budget).catch((error: unknown) => {
    throw notListed(error, text);
  });
  const found = all.filter((group) => isNamed(group, text)).map(identityOf);
  const names = all.flatMap(({ id, properties }) => [lastSegment(id), properties?.displayName ?? '']);
  const way = 'the full scope /providers/Microsoft.Management/managementGroups/<id>';
  return only(found, 'management group', text, names, way);
}

function isNamed({ id, properties }: ManagementGroup, text: string): boolean {
  return lastSegment(id).toLowerCase() === text.toLowerCase() || properties?.displayName === text;
}

function identityOf({ id, properties }: ManagementGroup): Identity {
  return { id, name: properties?.displayName ?? null };
}

function notListed(error: unknown, text: string): unknown {
  if (!isOfKind(error, 'denied')) return error;
  return new Refusal(
    error.message,
    `Give the full scope, which needs no look-up: /providers/Microsoft.Management/managementGroups/${text} if that is its id.`,
  );
}

function only(found: readonly Identity[], what: string, text: string, known: readonly string[], way: string): Identity {
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  if (first === undefined) {
    const names = [...new Set(known)].filter((name) => name !== '');
    throw new Refusal(
      `None of the ${what}s that this identity can see is "${text}".${closeTo(text, names)}`,
      `Correct target (names are compared exactly, letter case included), check azure-tenant-id, or give ${way}. What the identity may not read it cannot see.`,
    );
  }
  throw ambiguous(text, what, found, way);
}

/** A name that means several places, in `target` or in what is allowed there (P8). */
export function ambiguous(text: string, what: string, found: readonly Identity[], way: string): Refusal {
  return new Refusal(
    `"${text}" matches ${found.length} ${what}s: ${found.map((it) => nameAndId(it)).join(', ')}.`,
    `Give ${way} of the one you mean.`,
  );
}
