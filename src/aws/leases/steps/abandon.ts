import type { GivenUp, Holder, HolderPhases } from './holder.ts';
import { timerOf } from './records.ts';

/**
 * Gives up a join before its success: what may still be under way is waited for, and one's own timer becomes a dead one
 * unless it is armed: the trace that a release needs. Source: docs/design/leases.md#give-up-a-join.
 */
export const abandonPhases: HolderPhases = {
  abandon: {
    ask: (it) => ({ do: 'sleep', until: it.sleepUntil }),
    then: (it) => ({ to: it.armed ? 'abandon-created' : 'abandon-timer', memory: it }),
  },
  'abandon-timer': {
    ask: (it) => ({
      do: 'put',
      record: { name: timerOf(it), enabled: false, firesAt: it.end },
      notAfter: null,
    }),
    then: (it, answer, now) => {
      // Taken: it is armed after all, or somebody else has made it a dead one.
      if (answer.is === 'taken') return { to: 'abandon-created', memory: { ...it, armedAt: now.mono } };
      if (answer.is === 'done') return { to: 'abandon-created', memory: it };
      return { end: { kind: 'released', gaveUp: it.why, left: 'unreleased' }, memory: it };
    },
  },
  'abandon-created': {
    ask: () => ({ do: 'await', what: 'creation' }),
    then: (it, answer) => {
      // Still running: nobody knows what there will be, and the timer ends it. What has ended FAILED, for whatever reason, has ended.
      if (answer.is !== 'done' && answer.is !== 'failed' && answer.is !== 'busy')
        return { end: { kind: 'released', gaveUp: it.why, left: 'to-timer', because: 'failed' }, memory: it };
      return { to: 'release', memory: it };
    },
  },
};

/** Where a join goes on that is given up, or cannot go on. */
export function abandoned(it: Holder, why: GivenUp, mono: number): { readonly phase: string; readonly memory: Holder } {
  const { flight } = it.constants;
  return { phase: 'abandon', memory: { ...it, why, sleepUntil: it.unsure ? mono + flight : 0 } };
}
