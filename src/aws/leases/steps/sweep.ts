import {
  createProtocol,
  type Go,
  type Moment,
  pauseThen,
  type Phases,
  type Protocol,
} from '#access/leases/protocol/protocol';
import { isTrouble, putDisabled, type Answer, type Ask } from './asks.ts';
import type { Constants } from './constants.ts';
import { leave, markedPhases, nextClean, type Marked } from './marked.ts';
import {
  historySpan,
  isEnabledTimer,
  isLiveHold,
  isTimer,
  staleRecordOf,
  phaseOf,
  wasJustDisabled,
  type HistorySpan,
  type RecordName,
  type Row,
} from './records.ts';

/** The state of a sweep of one grant. Instants are in milliseconds on the monotonic clock. */
export interface Sweep extends Marked {
  /** Holds of jobs that have ended, which are to be deleted. */
  readonly ended: readonly RecordName[];
  readonly span: HistorySpan;
  readonly outcome: SweepOutcome;
  readonly listedAt: number;
}

/**
 * The end of a sweep of one grant. `held`: others hold it. `firing`: AWS is ending it now. `nothing`: there was nothing
 * to end. `ended`: it has ended the access. `cleared`: the access was gone, and its records are now. `suspect`: access is
 * there, and nothing proves that it is a lease. `failed`: it could not be ended.
 */
export type SweepOutcome = 'held' | 'firing' | 'nothing' | 'ended' | 'cleared' | 'suspect' | 'failed';

type SweepGo = Go<Sweep, SweepOutcome>;

/** Ends a lease that is due, or whose jobs have ended. Source of every rule: docs/design/leases.md#sweep-on-aws. */
const phases: Phases<Sweep, Ask, Answer, SweepOutcome> = {
  sweep: {
    ask: ({ mark }) => putDisabled(mark),
    then: (it, answer, now) => (isTrouble(answer) ? { end: 'failed', memory: it } : afterMark(it, now)),
  },
  'drop-ended': {
    ask: ({ ended }) => ({ do: 'drop', name: first(ended), notAfter: null }),
    // A hold that stays counts, and would look like another holder's.
    then: (it, answer, now) =>
      isTrouble(answer) ? leave(it, 'failed') : afterMark({ ...it, ended: it.ended.slice(1) }, now),
  },
  judge: {
    ask: ({ span }) => ({ do: 'history', span }),
    then: (it, answer) => ({ to: answer.is === 'yes' ? 'delete' : 'look', memory: it }),
  },
  // Nothing proves that the access is a lease: the records are deleted only if it is absent. A step that has created it
  // since the list has a hold: before the access is called suspect, the records are listed once more.
  look: {
    ask: () => ({ do: 'read', expected: null }),
    then: (it, answer, now) => {
      if (answer.is === 'no') return tidy({ ...it, outcome: 'cleared' }, now);
      if (answer.is !== 'yes') return leave(it, 'failed');
      return { to: 'list', memory: { ...it, outcome: 'suspect', askedAt: now.mono } };
    },
  },
  ...markedPhases<Sweep>({
    listed: decide,
    noted: (it, wasThere) => ({ ...it, outcome: wasThere ? 'ended' : 'cleared' }),
  }),
  absent: {
    ask: () => ({ do: 'read', expected: false }),
    then: (it, answer, now) => (answer.is === 'no' ? tidy(it, now) : leave(it, 'failed')),
  },
  // Another step may be between its list and its deletion, and its timer is its only trace.
  'clean-wait': pauseThen('clean', ({ listedAt, constants: { settle } }) => listedAt + settle),
};

export const sweepProtocol: Protocol<Sweep, Ask, Answer, SweepOutcome> = createProtocol(phases);

/** @param ended holds of jobs that have ended */
export function newSweep(constants: Constants, mark: RecordName, ended: readonly RecordName[]): Sweep {
  return {
    constants,
    mark,
    ended,
    span: { after: 0, before: 0 },
    clean: [],
    outcome: 'nothing',
    askedAt: 0,
    listedAt: 0,
    sleepUntil: 0,
  };
}

function afterMark(it: Sweep, { mono }: Moment): SweepGo {
  if (it.ended.length > 0) return { to: 'drop-ended', memory: it };
  return { to: 'settle', memory: { ...it, sleepUntil: mono + it.constants.lag } };
}

function decide(it: Sweep, rows: readonly Row[], now: Moment): SweepGo {
  const { constants } = it;
  if (rows.some((row) => isLiveHold(row, now.date, constants))) return leave(it, 'held');
  const timers = rows.filter(isEnabledTimer);
  if (timers.length === 0) return leave(it, 'nothing');
  const inPhase = (phase: string): boolean => timers.some((row) => phaseOf(row, now.date, constants) === phase);
  if (inPhase('due')) return leave(it, 'firing');
  const memory: Sweep = {
    ...it,
    span: historySpan(rows),
    clean: rows
      .filter((row) => isTimer(row) && !wasJustDisabled(row, now.date, constants))
      .map((row) => staleRecordOf(row, now.date, constants)),
    listedAt: now.mono,
  };
  if (inPhase('ahead')) return { to: 'delete', memory };
  return it.outcome === 'suspect' ? leave(it, 'suspect') : { to: 'judge', memory };
}

function tidy(it: Sweep, { mono }: Moment): SweepGo {
  if (it.clean.length > 0 && mono < it.listedAt + it.constants.settle) return { to: 'clean-wait', memory: it };
  return nextClean(it);
}

function first<T>([one]: readonly T[]): T {
  if (one === undefined) throw new TypeError('there is no record left');
  return one;
}
