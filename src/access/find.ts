import type { Budget } from './clock.ts';
import type { Change, ChangeKind, Operation } from './cloud.ts';
import { CloudError } from './errors.ts';
import { oppositeOf } from './plan.ts';
import type { ApplyTools, Track } from './track.ts';

/** What looking for an operation found. `unreadable`: the list may not be read, which was said as a warning. */
export type Found = Operation | 'none' | 'unreadable';

type FindTools = Pick<ApplyTools, 'cloud' | 'log' | 'unreadable'>;

/** Whether a found operation is there to be followed. */
export function isOperation(found: Found): found is Operation {
  return typeof found === 'object';
}

/** The running operation that makes this very change. */
export function findRunning(change: Change, track: Track, budget: Budget, tools: FindTools): Promise<Found> {
  return find(change, null, track, budget, tools);
}

/** The operation that makes this very change and is running or began at or after `since`. */
export function findSince(
  change: Change,
  since: number,
  track: Track,
  budget: Budget,
  tools: FindTools,
): Promise<Found> {
  return find(change, since, track, budget, tools);
}

/** The running operation that undoes this very change. */
export function findOpposite(change: Change, track: Track, budget: Budget, tools: FindTools): Promise<Found> {
  const kind = oppositeOf(change.kind);
  return kind === null ? Promise.resolve('none') : find({ ...change, kind }, null, track, budget, tools);
}

async function find(
  change: Change,
  since: number | null,
  { ended }: Track,
  budget: Budget,
  { cloud, log, unreadable }: FindTools,
): Promise<Found> {
  try {
    const [found] = await cloud.find([change], { since, except: ended }, budget);
    return found ?? 'none';
  } catch (error) {
    if (!(error instanceof CloudError) || !isUnreadable(error)) throw error;
    if (!unreadable.has(change.kind)) log.warning(warning(error, change.kind));
    unreadable.add(change.kind);
    return 'unreadable';
  }
}

function isUnreadable({ failure }: CloudError): boolean {
  return failure.kind === 'denied' || failure.kind === 'unavailable' || failure.kind === 'other';
}

function warning(error: CloudError, kind: ChangeKind): string {
  const { hint } = error.failure;
  return `What is in progress (${kind}) could not be read, so nothing can be adopted. ${error.message}.${hint === null ? '' : ` ${hint}`}`;
}
