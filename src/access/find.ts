import type { Budget } from './clock.ts';
import type { Change, Cloud, Operation } from './cloud.ts';
import { CloudError } from './errors.ts';
import type { Log } from './log.ts';

/** What looking for a running operation found. `unreadable`: the list may not be read, which was said as a warning. */
export type Running = Operation | 'none' | 'unreadable';

/** Looks for a running operation that makes this very change; with `since`, also for one that has ended since then. */
export async function findRunning(
  change: Change,
  since: number | null,
  budget: Budget,
  { cloud, log }: { readonly cloud: Cloud; readonly log: Log },
): Promise<Running> {
  try {
    const [found] = await cloud.find([change], since, budget);
    return found ?? 'none';
  } catch (error) {
    if (!(error instanceof CloudError) || !isUnreadable(error)) throw error;
    const hint = error.failure.hint === null ? '' : ` ${error.failure.hint}`;
    log.warning(`What is in progress could not be read, so nothing can be adopted. ${error.message}.${hint}`);
    return 'unreadable';
  }
}

/** Whether a found operation is there to be followed. */
export function isOperation(running: Running): running is Operation {
  return typeof running === 'object';
}

function isUnreadable({ failure }: CloudError): boolean {
  return failure.kind === 'denied' || failure.kind === 'unavailable' || failure.kind === 'other';
}
