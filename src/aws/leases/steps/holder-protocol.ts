import { createProtocol, type Moment, type Next, type Protocol } from '#access/leases/protocol/protocol';
import { putDisabled, type Answer, type Ask } from './asks.ts';
import { giveUp, type Holder, type HolderOutcome, type HolderPhases } from './holder.ts';
import { joinPhases } from './join.ts';
import { keepPhases } from './keep.ts';
import { timerOf } from './records.ts';
import { releasePhases } from './release.ts';

/**
 * Gives up a join before its success: waits for requests that may still be under way, and creates the holder's own timer as
 * disabled unless it is armed: a release needs it as a trace. Source: docs/design/leases.md#give-up-a-join.
 */
const abandonPhases: HolderPhases = {
  abandon: {
    ask: (it) => ({ do: 'sleep', until: it.sleepUntil }),
    then: (it) => ({ to: it.armed ? 'abandon-created' : 'abandon-timer', memory: it }),
  },
  'abandon-timer': {
    ask: (it) => putDisabled(timerOf(it)),
    then: (it, answer, now) => {
      // Taken: it is armed after all, or another step has disabled it.
      if (answer.is === 'taken') return { to: 'abandon-created', memory: { ...it, armedAt: now.mono } };
      if (answer.is === 'done') return { to: 'abandon-created', memory: it };
      return { end: { kind: 'released', gaveUp: it.why, left: 'unreleased' }, memory: it };
    },
  },
  'abandon-created': {
    ask: () => ({ do: 'await', what: 'creation' }),
    then: (it, answer) => {
      // Still running: its result is unknown, and the timer ends it. A creation that ended FAILED, for any reason, has
      // ended.
      if (answer.is !== 'done' && answer.is !== 'failed' && answer.is !== 'busy')
        return { end: { kind: 'released', gaveUp: it.why, left: 'to-timer', because: 'failed' }, memory: it };
      return { to: 'release', memory: it };
    },
  },
};

/** Takes a lease and releases it. */
export const holderProtocol: Protocol<Holder, Ask, Answer, HolderOutcome> = createProtocol({
  ...joinPhases,
  ...keepPhases,
  ...abandonPhases,
  ...releasePhases,
});

/**
 * The state of a holder in the post step, whose main step came as far as the runner's state says: if main was interrupted,
 * a request of it may still be under way.
 */
export function resumed(it: Holder, now: Moment): Next<Holder> {
  if (it.progress === 'held') return { to: 'release', memory: { ...it, armed: true } };
  return giveUp({ ...it, unsure: true }, 'abandoned', now);
}
