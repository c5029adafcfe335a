import { keyOfGrant } from '../assignments/assignment-lists.ts';
import { grantOf } from '../leases/finding/catalogue.ts';
import { timeIn } from '../leases/pim/service/reading.ts';
import type { PlaceListed } from './listed.ts';
import { governs } from './schedules.ts';

/** The ends of access that Privileged Identity Management governs, by `keyOfGrant`; `null` for no end. */
export function governedIn(listed: readonly PlaceListed[]): ReadonlyMap<string, number | null> {
  const instances = listed.flatMap(({ active }) => active.filter(governs));
  return new Map(instances.map((it) => [keyOfGrant(grantOf(it)), timeIn(it.endDateTime)]));
}
