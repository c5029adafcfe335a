import type { Budget } from '#access/clock';
import { budgetWith } from '#access/clock';
import { CloudError, isOfKind } from '#access/errors';
import type { Principal } from '#access/grant';
import { inTurns } from '#access/turns';
import { membershipsUnread } from '../messages/access.ts';
import { groupsOf, rowsOfPrincipal, type Row } from './requests.ts';
import type { Scope } from './select.ts';
import type { AccessTools, Attached } from './tools.ts';
import { keyOfPrincipal } from '../resolve/principals.ts';

/** Most principals that are asked about one by one. Above, a walk over all places needs fewer requests. */
const mostAsked = 50;
const atOnce = 24;

/** The groups of users that scopes name. */
interface Memberships {
  /** The users of a group, by the lower-case ID of the group. */
  readonly usersOf: ReadonlyMap<string, readonly Principal[]>;
  readonly notices: readonly string[];
}

export const noMemberships: Memberships = { usersOf: new Map(), notices: [] };

/** The users that scopes name, with their groups: a user has the access of those too. */
export async function readMemberships(
  scopes: readonly Scope[],
  { session }: AccessTools,
  { instance }: Attached,
  budget: Budget,
): Promise<Memberships> {
  const users = [...named(scopes).values()].filter(({ type }) => type === 'USER');
  const store = instance.identityStoreId;
  if (users.length === 0 || store === null) return noMemberships;
  const usersOf = new Map<string, Principal[]>();
  try {
    const groups = await inTurns(users, atOnce, (user) =>
      groupsOf(session, store, user.id, budgetWith(budget, { mayBeDenied: true })),
    );
    for (const [index, user] of users.entries())
      for (const group of groups[index] ?? []) {
        const key = group.toLowerCase();
        usersOf.set(key, [...(usersOf.get(key) ?? []), user]);
      }
    return { usersOf, notices: [] };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { ...noMemberships, notices: [membershipsUnread(error.message)] };
  }
}

/**
 * The assignments of the principals that every scope names, one request or more for each; `null` where a walk is
 * shorter, or where AWS denies it: it documents this list for the management account only. Source:
 * docs/design/aws.md#delegated-administrators.
 */
export async function readOfPrincipals(
  scopes: readonly Scope[],
  { usersOf }: Memberships,
  { session }: AccessTools,
  { instance }: Attached,
  budget: Budget,
): Promise<readonly Row[] | null> {
  if (scopes.some(({ principals }) => principals === null)) return null;
  const groups = [...usersOf.keys()].map((id): Principal => ({ type: 'GROUP', id, name: null }));
  const asked = new Map([...named(scopes), ...groups.map((group) => [keyOfPrincipal(group), group] as const)]);
  if (asked.size > Math.min(mostAsked, mostPlaces(scopes))) return null;
  try {
    const lists = await inTurns([...asked.values()], atOnce, (principal) =>
      rowsOfPrincipal(session, instance.arn, principal, budgetWith(budget, { mayBeDenied: true })),
    );
    return lists.flat();
  } catch (error) {
    if (isOfKind(error, 'denied')) return null;
    throw error;
  }
}

function named(scopes: readonly Scope[]): ReadonlyMap<string, Principal> {
  return new Map(scopes.flatMap(({ principals }) => [...(principals ?? [])]));
}

/** The number of places that a walk would list at most. */
function mostPlaces(scopes: readonly Scope[]): number {
  const sizes = scopes.map(({ accounts, roles }) => (accounts?.size ?? Infinity) * (roles?.size ?? Infinity));
  return sizes.reduce((sum, size) => sum + (Number.isNaN(size) ? 0 : size), 0);
}
