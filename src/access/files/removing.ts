import type { Recheck } from '../engine/apply-tools.ts';
import { carryOutAll, lookAhead } from '../engine/many.ts';
import type { RunTools } from '../engine/run-tools.ts';
import { readingBudget } from '../clock.ts';
import { describeGrant, type Words } from '../grant.ts';
import {
  cameMeanwhile,
  makeFirst,
  notAllMade,
  stayedAfterAll,
  extraFails,
  nothingOwned,
  tooManyRemovals,
} from '../messages/files.ts';
import { notStarted, refused, type Result } from '../outcome.ts';
import type { Step } from '../plan/plan.ts';
import { type Leftover, inWords } from './leftovers.ts';
import { grantKey } from './wanted.ts';
import type { AccessPort } from './port.ts';
import { type FileRequest, requestFor } from './request.ts';
import type { MaxRemovals } from './access-file.ts';

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

/**
 * The most removals of a run; `null` where nothing bounds them. Of a number and a percentage the smaller holds.
 *
 * @param permanent number of permanent assignments inside `owns`; `null` where no file owns anything
 */
export function mostRemovals(bound: MaxRemovals | null, permanent: number | null): number | null {
  if (bound === null) return null;
  const { count, percent } = bound;
  if (percent === null) return count;
  if (permanent === null) throw nothingOwned();
  const share = Math.floor((permanent * percent) / 100);
  return count === null ? share : Math.min(count, share);
}

/** Refuses more removals than that, before any change (P11). */
export function refuseTooManyRemovals(removals: readonly Leftover[], most: number | null, words: Words): void {
  if (most === null || removals.length <= most) return;
  throw tooManyRemovals(most, inWords(removals, words));
}

/** Refuses extra assignments, before any change: `prune: fail`. */
export function refuseExtra(extra: readonly Leftover[], words: Words): void {
  if (extra.length > 0) throw extraFails(inWords(extra, words));
}
