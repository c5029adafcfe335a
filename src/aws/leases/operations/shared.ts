import { hintOn } from '#access/errors';
import type { Outcome } from '#access/outcome';
import { sentence } from '#access/words';
import { drive, type Driven } from '#access/leases/protocol/drive';
import type { Protocol } from '#access/leases/protocol/protocol';
import type { Executor } from '../executor/executor.ts';
import type { Answer, Ask } from '../steps/asks.ts';
import type { Holder } from '../steps/holder.ts';
import { lastToFire, type RecordName } from '../steps/records.ts';
import { endOf } from '../words.ts';

/**
 * Of a change that may take place a moment later, or has: whoever is told that it failed looks no further (P2).
 *
 * @param inWords puts a sentence about how far it has come into a reason
 */
export function inDoubt(executor: Executor, inWords: (howFar: string) => string): Outcome {
  const { assignment } = executor;
  const trouble = executor.trouble();
  const running = assignment.operation();
  const why = sentence(trouble?.message ?? 'Nobody answered.');
  const [howFar, hint] =
    running === null
      ? [`${why} Whether it was carried out is not known.`, hintOn(trouble)]
      : trouble === null
        ? [`${running.call} is still in progress: the time limit passed.`, null]
        : [`${running.call} was accepted, and its end could not be seen: ${why}`, hintOn(trouble)];
  return { status: 'IN_PROGRESS', requestId: running?.requestId ?? null, reason: inWords(howFar), hint };
}

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

/** Watches over the records that a protocol deletes: what stays although it was to go is for a person to know. */
export interface Deletions {
  perform(ask: Ask, own: readonly string[]): Promise<Answer | null>;
  /** How many could not be deleted, and why; `null` where all could. */
  readonly undeleted: () => Undeleted | null;
}

export interface Undeleted {
  readonly count: number;
  /** A sentence. */
  readonly why: string;
}

export function watchDeletions(executor: Executor): Deletions {
  let undeleted: Undeleted | null = null;
  return {
    undeleted: () => undeleted,
    async perform(ask, own) {
      const answer = await executor.perform(ask, own);
      // One that was too late to be sent stays on purpose: others have to see it.
      if (ask.do === 'drop' && (answer?.is === 'failed' || answer?.is === 'lost'))
        undeleted = { count: (undeleted?.count ?? 0) + 1, why: executor.trouble()?.message ?? 'Nobody answered.' };
      return answer;
    },
  };
}

/** Drives a protocol that works under a mark: when its time is over, nothing is left to do but to take the mark away. */
export function driveUnderMark<Memory extends { readonly mark: RecordName }, Outcome>(
  protocol: Protocol<Memory, Ask, Answer, Outcome>,
  from: { readonly phase: string; readonly memory: Memory },
  executor: Executor,
  deletions: Deletions,
): Promise<Driven<Memory, Outcome>> {
  return drive(protocol, from, {
    now: executor.now,
    perform: (ask) => deletions.perform(ask, [from.memory.mark.holder]),
    redirect: ({ at, memory }) => {
      if (!executor.isOverTime() || at === 'unmark' || at === 'clean') return null;
      executor.goOnUnlimited();
      return { phase: 'unmark', memory: { ...memory, outcome: 'failed' } };
    },
  });
}

/** Of records that mean nothing any more, in a sentence; empty where none is left. */
export function undeletedInWords({ undeleted }: Deletions): string {
  const left = undeleted();
  if (left === null) return '';
  const those = left.count === 1 ? 'One of its records' : `${left.count} of its records`;
  return `${those} could not be deleted, and the next sweep tries again: ${left.why}`;
}
