import type { Random } from '#access/clock';
import { restOf, type Executor as LeaseExecutor } from '#access/leases/protocol/executor';
import type { Driving } from '#access/leases/protocol/drive';
import type { Position } from '#access/leases/protocol/protocol';
import type { LeaseTools } from '#access/leases/port';
import { seconds } from '#access/words';
import type { Executor } from '../executor/executor.ts';
import type { Answer, Ask } from '../steps/asks.ts';
import type { Leaving } from '../steps/leave.ts';
import { waitingToSee } from '../../messages/leases.ts';

/** Waits of one operation. */
interface Waiting<Memory> {
  /** Log line about a wait of length `rest`; `null` for none. */
  readonly words: (place: Position<Memory>, rest: string) => string | null;
  /** True if the time is over: then no further request is sent, and the operation has failed. */
  readonly isOver?: () => boolean;
}

/** Performs the requests of a protocol, and logs its waits. */
export function performing<Memory, Asked extends { readonly do: string }, Answered extends { readonly is: string }>(
  executor: LeaseExecutor<Asked, Answered | Failed>,
  { log }: Pick<LeaseTools, 'log'>,
  { words, isOver = () => false }: Waiting<Memory>,
): Driving<Memory, Asked, Answered | Failed>['perform'] {
  return (ask, place) => {
    if (isOver()) return Promise.resolve({ is: 'failed' });
    const rest = restOf(ask, executor.now());
    const told = rest > 0 ? words(place, seconds(rest)) : null;
    if (told !== null) log.info(told);
    return executor.perform(ask);
  };
}

interface Failed {
  readonly is: 'failed';
}

/** The same beside others that write to the same record. @param others number of others */
export function staggered<Memory>(
  executor: Executor,
  tools: Pick<LeaseTools, 'log' | 'random'>,
  { others, ...waiting }: Waiting<Memory> & { readonly others: (place: Position<Memory>) => number },
): Driving<Memory, Ask, Answer>['perform'] {
  const perform = performing<Memory, Ask, Answer>(executor, tools, waiting);
  return (ask, place) => perform(stagger(ask, others(place), tools.random), place);
}

/** For a step that removes entries of others and holds none: it fails when the time limit passes. */
export function leaving<Memory extends Leaving>(executor: Executor, tools: LeaseTools): Driving<Memory, Ask, Answer> {
  const perform = staggered<Memory>(executor, tools, {
    others: ({ memory }) => memory.stay.length,
    words: ({ at }, rest) => (at === 'leave-settle' ? waitingToSee(rest) : null),
    isOver: executor.isOverTime,
  });
  return { now: executor.now, perform: async (ask, place) => (await perform(ask, place)) ?? { is: 'failed' } };
}

/** Typical time from a read to the write that is based on it, in milliseconds. */
const perOther = 500;
/** Assumed number of others after another job was faster: the actual number is not known yet. */
export const unknownOthers = 6;
const longest = 10_000;

/**
 * Jobs that write to one record at the same time overwrite one another, and would do so again after the same wait. So each
 * waits a random time longer, which grows with their number.
 */
function stagger(ask: Ask, others: number, random: Random): Ask {
  if (ask.do !== 'sleep') return ask;
  const spread = Math.min(longest, perOther * others);
  return { ...ask, until: ask.until + Math.round(random() * spread) };
}
