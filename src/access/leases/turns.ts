import type { Assignment } from '../grant.ts';

/** How many grants on the same target come before each. */
export function countTurns(grants: readonly Assignment[]): ReadonlyMap<Assignment, number> {
  const counts = new Map<string, number>();
  return new Map(
    grants.map((grant) => {
      const count = counts.get(grant.target.id) ?? 0;
      counts.set(grant.target.id, count + 1);
      return [grant, count];
    }),
  );
}
