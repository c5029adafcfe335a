import type { Budget } from '../../clock.ts';
import { remarksOn } from '../../engine/remarks.ts';
import type { Run } from '../../engine/run.ts';
import { mayBeThere } from '../../messages/lease-ends.ts';
import { alreadyGone, nothingFound } from '../../messages/lease-operations.ts';
import { isNotStarted, type Outcome, type Result } from '../../outcome.ts';
import type { ReleaseRequest } from '../../request.ts';
import type { HeldGrant } from '../journal.ts';
import type { Leases } from '../port.ts';
import { withMore } from '../../words.ts';
import { forEach, type LeaseRunTools, type WorkOrder, runOf } from './each.ts';
import { find, lackOf, notRead } from './find.ts';

export async function release(
  request: ReleaseRequest,
  leases: Leases,
  tools: LeaseRunTools,
  reading: Budget,
): Promise<Run> {
  const { held: sure, doubtful, unread, searched } = await find(request.leaseId, leases, tools, reading);
  const held = [...sure, ...doubtful.map((it) => it.held)];
  if (held.length === 0) {
    if (unread.length > 0) throw notRead(unread);
    tools.log.info(alreadyGone);
    // An ID that names its grants had each of them read.
    if (searched !== null) tools.log.warning(nothingFound(searched));
    return runOf([], [alreadyGone]);
  }
  const results = await releaseAll(held, leases, request, tools);
  return runOf(results, [], await remarksOn(accessTaken(results), 'remove', tools), lackOf(unread));
}

/** Results that removed access, or tried to: access that is left to others, or to the cloud's clock, continues. */
export function accessTaken(results: readonly Result[]): readonly Result[] {
  return results.filter(({ action }) => action === 'remove');
}

/** Releases all grants together, each on its own. */
export async function releaseAll(
  held: readonly HeldGrant[],
  leases: Leases,
  order: WorkOrder,
  tools: Omit<LeaseRunTools, 'journal'>,
): Promise<readonly Result[]> {
  const results = await forEach(
    held,
    ({ grant }) => ({ grant, kind: 'remove', action: 'remove' }),
    order,
    tools,
    (it, doing) => leases.release(it, doing),
  );
  return results.map((result, n) => {
    const { outcome } = result;
    const isCutOff = tools.signal.aborted && outcome.status === 'IN_PROGRESS';
    const end = held[n]?.end ?? null;
    if (!isCutOff && !isNotStarted(outcome)) return result;
    const left = mayBeThere(leases.guarantee, end, tools.cloud.words);
    return { ...result, outcome: withHint(outcome, left) };
  });
}

function withHint(outcome: Outcome, left: string): Outcome {
  return outcome.status === 'SUCCEEDED' ? outcome : { ...outcome, hint: withMore(left, outcome.hint ?? '') };
}
