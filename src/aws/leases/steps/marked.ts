import type { Go, Moment, Phases } from '#access/leases/protocol/protocol';
import { dropFirst, whenListed, type Answer, type Ask } from './asks.ts';
import type { Constants } from './constants.ts';
import { endingPhases } from './ending.ts';
import type { RecordName, Row, StaleRecord } from './records.ts';

/** The state that a sweep and a revocation of one grant share. Instants are in milliseconds on the monotonic clock. */
export interface Marked {
  readonly constants: Constants;
  /** Shows other steps that this one is at work. */
  readonly mark: RecordName;
  /** Records to be deleted once absence is verified. */
  readonly clean: readonly StaleRecord[];
  /** The outcome after the remaining work. */
  readonly outcome: string;
  /** Just before the list was asked for: a deletion that rests on it is limited from here. */
  readonly askedAt: number;
  readonly sleepUntil: number;
}

type MarkedGo<Memory extends Marked> = Go<Memory, Memory['outcome']>;

/** The next phase after a list, and further notes. */
interface MarkedWays<Memory extends Marked> {
  readonly listed: (it: Memory, rows: readonly Row[], now: Moment) => MarkedGo<Memory>;
  /** Notes whether an assignment existed. */
  readonly noted?: (it: Memory, wasThere: boolean) => Memory;
}

/**
 * Lists, ends the access and deletes stale records, while the mark exists: it is deleted last. The phase `absent`, which
 * verifies that the access is gone, differs between the two.
 */
export function markedPhases<Memory extends Marked>({
  listed,
  noted = (it) => it,
}: MarkedWays<Memory>): Phases<Memory, Ask, Answer, Memory['outcome']> {
  return {
    settle: {
      ask: ({ sleepUntil }) => ({ do: 'sleep', until: sleepUntil }),
      then: (it, _, now) => listAnew(it, now),
    },
    list: {
      ask: () => ({ do: 'list' }),
      then: (it, answer, now) =>
        answer.is === 'rows' ? listed(it, answer.rows, whenListed(answer, now)) : leave(it, 'failed'),
    },
    ...endingPhases<Memory, Memory['outcome']>({
      since: (it) => it.askedAt,
      late: listAnew,
      failed: (it) => leave(it, 'failed'),
      noted,
    }),
    clean: {
      ask: ({ clean }) => dropFirst(clean),
      then: (it) => nextClean({ ...it, clean: it.clean.slice(1) }),
    },
    unmark: {
      ask: ({ mark }) => ({ do: 'drop', name: mark, notAfter: null }),
      then: (it) => ({ end: it.outcome, memory: it }),
    },
  };
}

export function listAnew<Memory extends Marked>(it: Memory, { mono }: Moment): MarkedGo<Memory> {
  return { to: 'list', memory: { ...it, askedAt: mono } };
}

export function leave<Memory extends Marked>(it: Memory, outcome: Memory['outcome']): MarkedGo<Memory> {
  return { to: 'unmark', memory: { ...it, outcome } };
}

export function nextClean<Memory extends Marked>(it: Memory): MarkedGo<Memory> {
  return { to: it.clean.length > 0 ? 'clean' : 'unmark', memory: it };
}
