import type { Recheck } from '../engine/apply-tools.ts';
import { carryOutAll, lookAhead } from '../engine/many.ts';
import type { RunTools } from '../engine/run-tools.ts';
import { readingBudget } from '../clock.ts';
import { describeGrant, type Words } from '../grant.ts';
import { cameMeanwhile, makeFirst, notAllMade, stayedAfterAll } from '../messages/files.ts';
import { notStarted, refused, type Result } from '../outcome.ts';
import type { Step } from '../plan/plan.ts';
import type { Leftover } from './leftovers.ts';
import { grantKey } from './keys.ts';
import type { AccessPort } from './port.ts';
import type { FileRequest } from './request.ts';
import { requestFor } from './row-request.ts';

/** The step that removes an assignment as it was listed. */
export function stepOf({ existing: { grant, seen }, cause }: Leftover): Step {
  return { action: 'remove', grant, seen, cause };
}

/**
 * Carries out removals, and steps that keep what is gone already. Each removal is one plain request, right after the cloud has
 * confirmed that the assignment is as it was planned to be removed: never the protocol that ends leases (P11).
 */
export async function carryOutRemovals(
  steps: readonly Step[],
  removals: readonly Leftover[],
  request: FileRequest,
  access: Pick<AccessPort, 'recheck'>,
  tools: RunTools,
): Promise<readonly Result[]> {
  const revoke = requestFor(request, 'revoke');
  const { words } = tools.cloud;
  const planned = new Map(removals.map(({ existing }) => [grantKey(existing.grant, words), existing]));
  const recheck: Recheck = ({ grant }, budget) => {
    const existing = grant.kind === 'assignment' ? planned.get(grantKey(grant, words)) : undefined;
    return existing === undefined ? Promise.resolve(cameMeanwhile) : access.recheck(existing, budget);
  };
  const plain: RunTools = { ...tools, cloud: { ...tools.cloud, leases: null } };
  const grants = steps.map(({ grant }) => grant);
  const looked = await lookAhead(revoke, grants, plain, readingBudget(tools.clock, tools.signal));
  return carryOutAll(steps, revoke, plain, { ...looked, recheck });
}

/** Results of removals that do not start, because other changes have not succeeded. */
export function notRemoved(removals: readonly Leftover[], made: readonly Result[], now: number): readonly Result[] {
  const unfinished = made.filter(({ outcome }) => outcome.status !== 'SUCCEEDED').length;
  const outcome = refused({ reason: notStarted(notAllMade(unfinished)), hint: makeFirst });
  return removals.map(({ existing: { grant, seen } }) => ({
    ...{ grant, seen, outcome, action: 'remove' as const },
    ...{ lease: null, startedAt: now, endedAt: now },
  }));
}

/** Sentences about removals that were planned, and not made after all. */
export function stayed(results: readonly Result[], words: Words): readonly string[] {
  return results.flatMap(({ action, grant, outcome }) =>
    action === 'remove' && outcome.status === 'SUCCEEDED' && !outcome.changed && outcome.remark !== null
      ? [stayedAfterAll(describeGrant(grant, words), outcome.remark)]
      : [],
  );
}
