import type { Budget } from '../clock.ts';
import type { Grant } from '../grant.ts';
import type { Step } from '../plan/plan.ts';
import type { Request } from '../request.ts';
import type { Leases } from './port.ts';

/**
 * What is as it should be is kept, unless it is on record as leased: then a lease is taken beside the others, what is to
 * be permanent is made so, and of what is to be gone the records go as well.
 */
export async function onRecord(
  steps: readonly Step[],
  request: Request,
  leases: Leases | null,
  budget: Budget,
): Promise<readonly Step[]> {
  if (leases?.concerns(request) !== true) return steps;
  const kept = steps.flatMap(({ action, grant }) => (action === 'keep' && grant.kind === 'assignment' ? [grant] : []));
  if (kept.length === 0) return steps;
  const isLease = request.lifetime.kind === 'lease';
  const found = await (isLease ? leases.areLeased(kept, budget) : leases.haveRecords(kept, budget));
  const recorded = new Set<Grant>(kept.filter((_, index) => found[index]));
  return steps.map((step) => {
    const { action, grant, seen } = step;
    if (action !== 'keep' || !recorded.has(grant)) return step;
    return { action: request.operation === 'revoke' ? 'remove' : 'create', grant, seen };
  });
}
