import { job } from '../by-hand.ts';
import { second, type History, type Trouble } from '../plan.ts';
import { historyOf } from './found.ts';

const real = { clock: 'real', operationsMs: { from: 300, to: second } } as const;

/** Effect of a creation whose job is killed at that moment. */
const killedWhileCreating: Trouble = {
  kind: 'signal',
  at: { operation: 'CreateAccountAssignment', nth: 1 },
  signal: 'SIGKILL',
  fate: { kind: 'hang', processed: true },
  lateMs: 0,
};

/** A few that need no virtual clock: no job stays until an end, which is minutes away. */
export const inRealTime: readonly History[] = [
  historyOf('two that overlap, and the longer leaves first', real, [
    job('A', second, { lifetimeMinutes: 30, stayMs: 35 * second }),
    job('B', 4 * second, { stayMs: 6 * second }),
  ]),
  historyOf('one that comes while another leaves', real, [
    job('A', second, { stayMs: 2 * second }),
    job('B', 7 * second, { stayMs: second }),
  ]),
  historyOf(
    'one that is killed while its access is created, and its post step',
    { ...real, assignmentsLagMs: 4 * second },
    [job('A', second, { trouble: killedWhileCreating, stayMs: second }), job('B', 3 * second, { stayMs: second })],
  ),
  historyOf('one whose machine stands still between its hold and its list', { ...real, schedulesLagMs: second }, [
    job('A', second, { trouble: { kind: 'stop', at: { operation: 'ListSchedules', nth: 2 }, forMs: 8 * second } }),
    job('B', 2 * second, { stayMs: second }),
  ]),
  historyOf(
    'three at once, and many requests are refused',
    { ...real, storm: { throttles: 0.15, outages: 0.03, resets: 0, lost: 0, conflicts: 0.03 } },
    [job('A', second), job('B', 2 * second, { lifetimeMinutes: 20 }), job('C', 3 * second)],
  ),
];
