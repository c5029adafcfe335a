import type { Deadline, Go, Moment, Phases } from '#access/leases/protocol/protocol';
import {
  asRead,
  pauseThenRead,
  pausing,
  readAnew,
  settleThenRead,
  settlingLost,
  type Pausing,
} from '../../steps/writing.ts';
import type { Answer, Ask } from './asks.ts';
import type { Constants } from './constants.ts';
import type { Doubt, OtherHolder, Seen } from './seen.ts';

/** Memory of a protocol that ends access. */
export interface Leaving extends Pausing {
  readonly constants: Constants;
  /** The request that is followed or canceled, or the last one. Empty where there was none. */
  readonly name: string;
  /** Time until which it might be too young to be found, or ended, in milliseconds since the epoch. */
  readonly youngUntil: number;
  /** Others that use it. */
  readonly others: readonly OtherHolder[];
  /** Doubt about the last look. */
  readonly doubted: Doubt | null;
  /** Number of looks that did not list the schedule of a request. */
  readonly unlisted: number;
}

/** Rules by which a protocol ends access, and its next steps. */
interface LeavingWays<Memory, Outcome> {
  /** Next step after a look. */
  readonly placed: (it: Memory, seen: Seen, now: Moment) => Go<Memory, Outcome>;
  /** Deadline for the request of its removal. */
  readonly notAfter: (it: Memory) => Deadline;
  readonly failed: (it: Memory) => Go<Memory, Outcome>;
  /** A person has to approve its removal. */
  readonly waits: (it: Memory) => Go<Memory, Outcome>;
  /** Next step where Azure does not find the access, or does not end it yet, or another request is in the way. */
  readonly blocked: (it: Memory, by: 'missing' | 'too-young' | 'exists', now: Moment) => Go<Memory, Outcome>;
  /** Changes the memory after Azure has ended the access; default: nothing. */
  readonly ended?: (it: Memory) => Memory;
  /** Next step after the read that verifies the removal. */
  readonly gone: (it: Memory, answer: Answer, now: Moment) => Go<Memory, Outcome>;
}

/** Cancels requests that have not begun, or removes the access, and follows that to its end; begins at `leave`. */
export function leavingPhases<Memory extends Leaving, Outcome>({
  placed,
  notAfter,
  failed,
  waits,
  blocked,
  ended = (it) => it,
  gone,
}: LeavingWays<Memory, Outcome>): Phases<Memory, Ask, Answer, Outcome> {
  const removed = (before: Memory, answer: Answer, now: Moment): Go<Memory, Outcome> => {
    switch (answer.is) {
      case 'stands': {
        const it = { ...before, name: answer.name };
        if (answer.standing === 'failed') return failed(before);
        if (answer.standing === 'waits') return waits(it);
        return answer.standing === 'removed' ? { to: 'gone', memory: ended(it) } : { to: 'follow-removal', memory: it };
      }
      case 'lost':
        return { to: 'find-removal', memory: settlingLost({ ...before, name: answer.name }, now) };
      case 'missing':
      case 'too-young':
      case 'exists':
        return blocked(before, answer.is, now);
      case 'again':
        return pausing('leave-again', before, now);
      case 'late':
      case 'absent':
        return readAnew('leave', before, now);
      case 'refused':
      case 'failed':
      case 'done':
      case 'seen':
      case 'running':
      case 'gone':
        return failed(before);
    }
  };
  return {
    leave: {
      ask: () => ({ do: 'look' }),
      then: (it, answer, now) =>
        answer.is === 'seen' ? placed(asRead(it, answer.asOf), answer.seen, now) : failed(it),
    },
    cancel: {
      ask: ({ name }) => ({ do: 'cancel', name }),
      then: (it, answer, now) => {
        if (answer.is === 'failed') return failed(it);
        // The request might have begun meanwhile. If it does not exist, the list lags.
        return answer.is === 'done' ? readAnew('leave', it, now) : pausing('leave-again', it, now);
      },
    },
    remove: {
      ask: (it) => ({ do: 'request', wish: { type: 'remove' }, notAfter: notAfter(it) }),
      then: removed,
    },
    'follow-removal': {
      ask: ({ name }) => ({ do: 'follow', name, isLost: false }),
      then: removed,
    },
    'find-removal': {
      ask: ({ name }) => ({ do: 'follow', name, isLost: true }),
      then: (it, answer, now) =>
        answer.is === 'absent' ? { to: 'leave-settle', memory: it } : removed(it, answer, now),
    },
    'leave-settle': settleThenRead('leave'),
    'leave-again': pauseThenRead('leave'),
    gone: {
      ask: () => ({ do: 'verify', expected: 'gone' }),
      then: gone,
    },
  };
}
