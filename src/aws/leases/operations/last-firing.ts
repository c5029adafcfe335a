import type { Executor } from '../executor/executor.ts';
import type { Holder } from '../steps/holder.ts';
import { lastToFire } from '../steps/records.ts';
import { endOf } from '../words.ts';

/** When AWS ends an access that is left to it. */
export interface LastFiring {
  /** When the last of the timers fires first that will still fire, in milliseconds since the epoch; `null` where none will. */
  readonly firesAt: number | null;
  /** Whether the timers could be looked at: else it is the own one's, and others may hold it for longer. */
  readonly isSeen: boolean;
}

/** The holder's own timer may have been stopped, and another that fires later stays when its holder leaves: only a look tells. */
export async function findLastFiring(executor: Executor, it: Holder): Promise<LastFiring> {
  const listed = await executor.perform({ do: 'list' }, []);
  const { date } = executor.now();
  if (listed?.is === 'rows') return { firesAt: lastToFire(listed.rows, date, it.constants), isSeen: true };
  // The runner's state tells what can be told: what stands, or was being created, was armed before.
  const own = endOf(it);
  return { firesAt: date < own + it.constants.window ? own : null, isSeen: false };
}
