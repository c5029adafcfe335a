import type {
  RoleAssignment,
  RoleAssignmentScheduleInstance,
  RoleEligibilityScheduleInstance,
} from '@azure/arm-authorization';
import { budgetWith, type Budget } from '#access/clock';
import { isOfKind } from '#access/errors';
import type { ListingNeed } from '#access/files/port';
import { assignmentsAround, keyOfGrant } from '../assignments/assignment-lists.ts';
import { grantOf } from '../leases/finding/catalogue.ts';
import { timeIn } from '../leases/pim/service/reading.ts';
import { eligibleUnread, schedulesUnread } from '../messages/access.ts';
import type { AzureSession } from '../session.ts';
import { apart, type ListingPlace } from './listing-places.ts';
import { activeAt, eligibleAt, governs } from './schedules.ts';

/** Everything that the lists of one place show. */
export interface PlaceListed {
  readonly place: ListingPlace;
  readonly rows: readonly RoleAssignment[];
  readonly active: readonly RoleAssignmentScheduleInstance[];
  /** Empty where only assignments are listed. */
  readonly eligible: readonly RoleEligibilityScheduleInstance[];
  /** Sentences about what could not be read and is only wanted. */
  readonly notices: readonly string[];
}

/** Reads a place, or its single scopes where the caller cannot list all of it. */
export async function readPlace(
  session: AzureSession,
  place: ListingPlace,
  need: ListingNeed,
  budget: Budget,
): Promise<readonly PlaceListed[]> {
  const scopes = apart(place);
  if (scopes.length < 2) return [await readWhole(session, place, need, budget)];
  try {
    return [await readWhole(session, place, need, budgetWith(budget, { mayBeDenied: true }))];
  } catch (error) {
    if (!isOfKind(error, 'denied')) throw error;
    return Promise.all(scopes.map((scope) => readWhole(session, scope, need, budget)));
  }
}

async function readWhole(
  session: AzureSession,
  place: ListingPlace,
  need: ListingNeed,
  budget: Budget,
): Promise<PlaceListed> {
  const { scope, whole } = place;
  const notices: string[] = [];
  const unless = (words: (scope: string, error: string) => string) => (error: unknown) => {
    if (!isOfKind(error, 'denied', 'invalid', 'not-found')) throw error;
    notices.push(words(scope, error.message));
    return [];
  };
  const asking = budgetWith(budget, { mayBeDenied: true });
  // What is activated between two lists must not look permanent: it is in the later one (P11).
  const rows = await assignmentsAround(session, scope, {}, budget, whole ? null : 'atScope()');
  const [active, eligible] = await Promise.all([
    need.records === 'required'
      ? activeAt(session, scope, whole, budget)
      : activeAt(session, scope, whole, asking).catch(unless(schedulesUnread)),
    need.breadth === 'effective' ? eligibleAt(session, scope, whole, asking).catch(unless(eligibleUnread)) : [],
  ]);
  return { place, rows, active, eligible, notices };
}

/** The ends of access that Privileged Identity Management governs, by `keyOfGrant`; `null` for no end. */
export function governedIn(listed: readonly PlaceListed[]): ReadonlyMap<string, number | null> {
  const instances = listed.flatMap(({ active }) => active.filter(governs));
  return new Map(instances.map((it) => [keyOfGrant(grantOf(it)), timeIn(it.endDateTime)]));
}
