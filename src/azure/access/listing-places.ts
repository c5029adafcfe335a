import type { Budget } from '#access/clock';
import type { Existing } from '#access/files/port';
import type { Assignment } from '#access/grant';
import { groupBy } from '../resolve/gather.ts';
import { isManagementGroup, isSameScope, subscriptionOf, tenantRoot } from '../resolve/ids.ts';
import { isWithin } from '../resolve/places.ts';
import type { Around } from './lookups.ts';
import type { AzureSelection } from './selections.ts';

/** A scope that is listed, and the scopes that a selection means by it. */
export interface ListingPlace {
  readonly scope: string;
  /** Whether everything below it is listed too. */
  readonly whole: boolean;
  /** The scopes that selections want, which the list covers. */
  readonly wanted: readonly Wanted[];
}

interface Wanted {
  readonly scope: string;
  readonly whole: boolean;
  readonly selection: AzureSelection;
}

/**
 * The places that selections need: below a management group each subscription by itself, as a list at the group does not
 * reach into subscriptions for certain. Several scopes of one subscription are one place.
 */
export async function placesFor(
  around: Around,
  selections: readonly AzureSelection[],
  budget: Budget,
): Promise<readonly ListingPlace[]> {
  const each = await Promise.all(selections.map((selection) => wantedBy(around, selection, budget)));
  const byPlace = groupBy(each.flat(), ({ scope }) => (subscriptionOf(scope) ?? scope).toLowerCase());
  return byPlace.map(([first, ...others]): ListingPlace => {
    const wanted = [first, ...others];
    const isOne = wanted.every(({ scope }) => isSameScope(scope, first.scope));
    if (isOne) return { scope: first.scope, whole: wanted.some(({ whole }) => whole), wanted };
    const subscription = subscriptionOf(first.scope);
    return { scope: subscription === null ? first.scope : `/subscriptions/${subscription}`, whole: true, wanted };
  });
}

/** The single scopes of a place, for an identity that is not allowed to list all of it. */
export function apart({ wanted }: ListingPlace): readonly ListingPlace[] {
  return groupBy(wanted, ({ scope }) => scope.toLowerCase()).map((same) => ({
    scope: same[0].scope,
    whole: same.some(({ whole }) => whole),
    wanted: same,
  }));
}

async function wantedBy(around: Around, selection: AzureSelection, budget: Budget): Promise<readonly Wanted[]> {
  const { areas, below, isExcluded } = selection;
  if (areas === null) return everywhere(around, selection, budget);
  const scopes = areas.flatMap(({ scope, containers }) => [scope, ...containers]);
  return [...new Set(scopes)]
    .filter((scope) => !isExcluded(scope))
    .map((scope) => ({ scope, whole: below && !isAbove(scope), selection }));
}

/** Whether a scope is above subscriptions, where a list of it shows nothing that is below. */
function isAbove(scope: string): boolean {
  return scope === tenantRoot || isManagementGroup(scope);
}

/** The subscription of the step; without one, everything that the signed-in identity can see. */
async function everywhere(
  { places, session }: Around,
  selection: AzureSelection,
  budget: Budget,
): Promise<readonly Wanted[]> {
  const { subscriptionId } = session.settings;
  if (subscriptionId !== null) return [{ scope: `/subscriptions/${subscriptionId}`, whole: true, selection }];
  const [subscriptions, groups] = await Promise.all([places.subscriptions(budget), places.managementGroups(budget)]);
  return [
    ...subscriptions.map((it) => ({ scope: `/subscriptions/${it.subscriptionId}`, whole: true, selection })),
    ...groups.map(({ id }) => ({ scope: id, whole: false, selection })),
  ];
}

/** Whether something at a scope, which a list of a place shows, reaches a wanted scope from above. */
export function isInheritedBy({ scope: at }: ListingPlace, wanted: Wanted, scope: string): boolean {
  if (isWithin(wanted.scope, scope) === true) return false;
  // Lists show nothing beside their place, so what is not in it is above it.
  return isWithin(scope, wanted.scope) === true || isWithin(at, scope) !== true;
}

/** How access that the list of a place shows comes to the selected scopes; `null` where it is not selected. */
export function sourceOf(
  grant: Assignment,
  place: ListingPlace,
  selections: readonly AzureSelection[],
): Existing['source'] | null {
  const covering = selections.filter(({ covers }) => covers(grant));
  // A selection without scopes means what each listed place has itself.
  const isHere = isWithin(place.scope, grant.target.id) === true;
  if (covering.some(({ areas }) => areas !== null || isHere)) return 'direct';
  const isInherited = place.wanted.some(
    (wanted) => wanted.selection.coversWho(grant) && isInheritedBy(place, wanted, grant.target.id),
  );
  return isInherited ? 'inherited' : null;
}
