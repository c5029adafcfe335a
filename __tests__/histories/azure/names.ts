import type { Tuple } from '../../../rehearsal/azure/arm/assignment.ts';

/** Names in rehearsal/estate.yml of the things in the histories: this runs outside of the tests as well. */
const onCall = '96000000-0000-4000-8000-000000000001';
const scope = '/subscriptions/11111111-2222-4333-8444-555555555501/resourceGroups/payments-prod';

/** Everything is named by its id: nothing is looked up. */
export const onCallInProd = { principal: `group:${onCall}`, target: scope } as const;

/** Storage Blob Data Reader and Contributor. */
const grants: readonly Tuple[] = ['2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'].map(
  (role) => ({ scope, role, principalId: onCall }),
);

export function grantAt(index: number): Tuple {
  const grant = grants[index];
  if (grant === undefined) throw new Error(`There is no grant ${index}.`);
  return grant;
}
