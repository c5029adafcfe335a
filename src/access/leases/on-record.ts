import type { Budget } from '../clock.ts';
import type { Grant } from '../grant.ts';
import type { Step } from '../plan.ts';
import type { Request } from '../request.ts';
import type { Leases } from './port.ts';

/**
 * What is there already is kept, unless it is on record as leased: then a lease is taken beside the others, and what is
 * to be permanent is made so.
 */
export async function onRecord(
  steps: readonly Step[],
  request: Request,
  leases: Leases | null,
  budget: Budget,
): Promise<readonly Step[]> {
  if (leases === null || request.operation !== 'assign' || !leases.concerns(request)) return steps;
  const kept = steps.flatMap(({ action, grant }) => (action === 'keep' && grant.kind === 'assignment' ? [grant] : []));
  if (kept.length === 0) return steps;
  const isLease = request.lifetime.kind === 'lease';
  const found = await (isLease ? leases.areLeased(kept, budget) : leases.haveRecords(kept, budget));
  const recorded = new Set<Grant>(kept.filter((_, index) => found[index]));
  return steps.map((step) => {
    const { action, grant, seen } = step;
    return action === 'keep' && recorded.has(grant) ? { action: 'create', grant, seen } : step;
  });
}
