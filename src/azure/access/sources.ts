import type { Existing } from '#access/files/port';
import type { Assignment } from '#access/grant';
import { isWithin } from '../resolve/places.ts';
import { isInheritedBy, type ListingPlace } from './listing-places.ts';
import type { AzureSelection } from './selections.ts';

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
