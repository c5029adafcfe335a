import type { Budget } from '../access/clock.ts';
import { CloudError, Refusal } from '../access/errors.ts';
import type { Identity } from '../access/grant.ts';
import { nearMatches } from '../access/near.ts';
import type { Line } from '../access/request.ts';
import { pagesAt } from './pages.ts';
import { lastSegment } from './patterns.ts';
import type { AzureSession } from './session.ts';

/** Turns a line of `target` into a scope; a full one is taken as it is. */
export async function resolveTarget(session: AzureSession, line: Line, budget: Budget): Promise<Identity> {
  switch (line.kind) {
    case 'resource-group':
      return {
        id: `/subscriptions/${session.settings.subscriptionId ?? ''}/resourceGroups/${line.value}`,
        name: line.value,
      };
    case 'subscription-name':
      return resolveSubscription(session, line.value, budget);
    case 'management-group':
      return resolveManagementGroup(session, line.value, budget);
    default:
      return { id: line.value, name: null };
  }
}

interface Subscription {
  readonly subscriptionId: string;
  readonly displayName: string;
}

/** Source: Microsoft.Resources, subscriptions 2022-12-01. */
async function resolveSubscription(session: AzureSession, name: string, budget: Budget): Promise<Identity> {
  const action = 'Microsoft.Resources/subscriptions/read';
  const isWhole = (it: Partial<Subscription>): boolean =>
    typeof it.subscriptionId === 'string' && typeof it.displayName === 'string';
  const path = '/subscriptions?api-version=2022-12-01';
  const all = await pagesAt<Subscription>(session, action, path, budget, isWhole);
  const same = all.filter(({ displayName }) => displayName === name);
  const found = same.map(({ subscriptionId }) => ({ id: `/subscriptions/${subscriptionId}`, name }));
  const names = all.map(({ displayName }) => displayName);
  return only(found, 'subscription', name, names, 'subscription:<id>');
}

interface ManagementGroup {
  /** `/providers/Microsoft.Management/managementGroups/{name}` */
  readonly id: string;
  readonly properties?: { readonly displayName?: string };
}

/**
 * A text may be the id of one management group and the display name of another, so both are looked at. Source:
 * Microsoft.Management, managementGroups 2021-04-01.
 */
async function resolveManagementGroup(session: AzureSession, text: string, budget: Budget): Promise<Identity> {
  const action = 'Microsoft.Management/managementGroups/read';
  const path = '/providers/Microsoft.Management/managementGroups?api-version=2021-04-01';
  const isWhole = ({ id }: Partial<ManagementGroup>): boolean => typeof id === 'string';
  const all = await pagesAt<ManagementGroup>(session, action, path, budget, isWhole).catch((error: unknown) => {
    throw notListed(error, text);
  });
  const found = all
    .filter(
      ({ id, properties }) => lastSegment(id).toLowerCase() === text.toLowerCase() || properties?.displayName === text,
    )
    .map(({ id, properties }) => ({ id, name: properties?.displayName ?? null }));
  const names = all.flatMap(({ id, properties }) => [lastSegment(id), properties?.displayName ?? '']);
  const way = 'the full scope /providers/Microsoft.Management/managementGroups/<id>';
  return only(found, 'management group', text, names, way);
}

function notListed(error: unknown, text: string): unknown {
  if (!(error instanceof CloudError) || error.failure.kind !== 'denied') return error;
  return new Refusal(
    error.message,
    `Give the full scope, which takes no look-up: /providers/Microsoft.Management/managementGroups/${text} if that is its id.`,
  );
}

function only(found: readonly Identity[], what: string, text: string, known: readonly string[], way: string): Identity {
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  if (first === undefined) {
    const similar = nearMatches(
      text,
      [...new Set(known)].filter((name) => name !== ''),
    );
    throw new Refusal(
      `None of the ${what}s that this identity can see is "${text}".${similar.length === 0 ? '' : ` Close: ${similar.join(', ')}.`}`,
      `Correct target (names are compared exactly, letter case included), check azure-tenant-id, or give ${way}. What the identity may not read it cannot see.`,
    );
  }
  throw new Refusal(
    `"${text}" is ${found.length} ${what}s: ${found.map(({ id, name }) => (name === null ? id : `"${name}" (${id})`)).join(', ')}.`,
    `Give ${way} of the one that is meant.`,
  );
}
