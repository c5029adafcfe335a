import { hintOn } from '#access/errors';
import * as messages from '../messages/ending.ts';
import type { Outcome } from '#access/outcome';
import { drive, type Driven } from '#access/leases/protocol/drive';
import type { Next, Protocol } from '#access/leases/protocol/protocol';
import type { Executor } from '../executor/executor.ts';
import type { Answer, Ask } from '../steps/asks.ts';
import type { Holder } from '../steps/holder.ts';
import { never } from '../steps/constants.ts';
import { lastToFire, type RecordName } from '../steps/records.ts';

/**
 * The outcome of a change whose result is unknown: if it were reported as failed, no person would check it (P2).
 *
 * @param inWords puts a sentence about the progress into a reason
 */
export function inDoubt(executor: Executor, inWords: (howFar: string) => string): Outcome {
  const { assignment } = executor;
  const trouble = executor.trouble();
  const running = assignment.operation();
  const why = trouble?.message ?? messages.noAnswer;
  const [howFar, hint] =
    running === null
      ? [messages.resultUnknown(why), hintOn(trouble)]
      : trouble === null
        ? [messages.stillInProgress(running.call), null]
        : [messages.acceptedUnseen(running.call, why), hintOn(trouble)];
  return { status: 'IN_PROGRESS', requestId: running?.requestId ?? null, reason: inWords(howFar), hint };
}

/** The end of an access that is left to AWS. */
interface LastFiring {
  /** The first firing of the last timer that will still fire, in milliseconds since the epoch; `null` where none will. */
  readonly firesAt: number | null;
  /** True if the timers could be read: else it is the step's own timer, and others may hold the access for longer. */
  readonly isSeen: boolean;
}

/** Reads the timers: the holder's own one may be disabled, and a later one stays when its holder leaves. */
export async function findLastFiring(executor: Executor, it: Holder): Promise<LastFiring> {
  const listed = await executor.perform({ do: 'list' }, []);
  const { date } = executor.now();
  if (listed?.is === 'rows') return { firesAt: lastToFire(listed.rows, date, it.constants), isSeen: true };
  // Without the list, the runner's state has to do: access that exists, or was being created, was armed before.
  const own = endOf(it);
  return { firesAt: date < own + it.constants.window ? own : null, isSeen: false };
}

/** Counts the records that a protocol could not delete: they are reported. */
export interface Deletions {
  perform(ask: Ask, own: readonly string[]): Promise<Answer | null>;
  /** The number of records that could not be deleted, and the reason; `null` for none. */
  readonly undeleted: () => Undeleted | null;
}

export interface Undeleted {
  readonly count: number;
  readonly why: string;
}

export function watchDeletions(executor: Executor): Deletions {
  let undeleted: Undeleted | null = null;
  return {
    undeleted: () => undeleted,
    async perform(ask, own) {
      const answer = await executor.perform(ask, own);
      // A record whose deletion was too late to be sent stays on purpose: others have to see it.
      if (ask.do === 'drop' && (answer?.is === 'failed' || answer?.is === 'lost'))
        undeleted = { count: (undeleted?.count ?? 0) + 1, why: executor.trouble()?.message ?? messages.noAnswer };
      return answer;
    },
  };
}

/** Drives a protocol that works under a mark: when its time is over, it only deletes the mark. */
export function driveUnderMark<Memory extends { readonly mark: RecordName }, Outcome>(
  protocol: Protocol<Memory, Ask, Answer, Outcome>,
  from: Next<Memory>,
  executor: Executor,
  deletions: Deletions,
): Promise<Driven<Memory, Outcome>> {
  return drive(protocol, from, {
    now: executor.now,
    perform: (ask) => deletions.perform(ask, [from.memory.mark.holder]),
    redirect: ({ at, memory }) => {
      if (!executor.isOverTime() || at === 'unmark' || at === 'clean') return null;
      executor.goOnUnlimited();
      return { to: 'unmark', memory: { ...memory, outcome: 'failed' } };
    },
  });
}

/** A sentence about records that could not be deleted; empty for none. */
export function undeletedInWords({ undeleted }: Deletions): string {
  const left = undeleted();
  return left === null ? '' : messages.recordsUndeleted(left.count, left.why);
}

/**
 * The first firing of a holder's own timer: the latest end of all holders when it was armed, and its own spread later.
 */
export function endOf({ end, latest, others, spread }: Holder): number {
  return Math.max(end, latest, ...others.map((other) => other.end).filter((it) => it !== never)) + spread;
}
