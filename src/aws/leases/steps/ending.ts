import { type Go, type Moment, pauseThen, type Phases } from '#access/leases/protocol/protocol';
import type { Answer, Ask } from './asks.ts';
import type { Constants } from './constants.ts';

interface Ending {
  readonly constants: Constants;
  readonly sleepUntil: number;
}

/** The next phases of a protocol that ends access. */
interface EndingWays<Memory, Outcome> {
  /** The instant from which the data behind the deletion grows old, on the monotonic clock. */
  readonly since: (it: Memory) => number;
  /** The next phase if the data was too old, so that nothing was sent. */
  readonly late: (it: Memory, now: Moment) => Go<Memory, Outcome>;
  readonly failed: (it: Memory) => Go<Memory, Outcome>;
  /** Notes whether an assignment existed. */
  readonly noted?: (it: Memory, wasThere: boolean) => Memory;
}

/**
 * Sends the deletion of an assignment and follows it to its end; then comes the phase `absent`, which verifies. Source:
 * docs/design/leases.md#delete-soon-after-the-list.
 */
export function endingPhases<Memory extends Ending, Outcome>({
  since,
  late,
  failed,
  noted = (it) => it,
}: EndingWays<Memory, Outcome>): Phases<Memory, Ask, Answer, Outcome> {
  return {
    delete: {
      ask: (it) => ({ do: 'delete', notAfter: { mono: since(it) + it.constants.sendWithin, date: Infinity } }),
      then: (it, answer, now) => {
        const { lookAgain, flight } = it.constants;
        if (answer.is === 'done') return { to: 'deleted', memory: noted(it, true) };
        if (answer.is === 'missing') return { to: 'absent', memory: noted(it, false) };
        if (answer.is === 'busy') return { to: 'delete-again', memory: { ...it, sleepUntil: now.mono + lookAgain } };
        if (answer.is === 'late') return late(it, now);
        if (answer.is !== 'lost') return failed(it);
        return { to: 'delete-lost', memory: { ...noted(it, true), sleepUntil: now.mono + flight } };
      },
    },
    'delete-again': pauseThen('delete'),
    'delete-lost': pauseThen('deleted'),
    deleted: {
      ask: () => ({ do: 'await', what: 'deletion' }),
      then: (it, answer, { mono }) => {
        if (answer.is === 'done') return { to: 'absent', memory: it };
        // It has ended FAILED, for a reason that passes.
        if (answer.is !== 'busy') return failed(it);
        return { to: 'delete-again', memory: { ...it, sleepUntil: mono + it.constants.lookAgain } };
      },
    },
  };
}
