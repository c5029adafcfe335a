import type { Random } from '#access/clock';
import { restOf, type Executor as LeaseExecutor } from '#access/leases/protocol/executor';
import type { Driving } from '#access/leases/protocol/drive';
import type { Position } from '#access/leases/protocol/protocol';
import type { LeaseTools } from '#access/leases/port';
import { seconds } from '#access/words';
import type { Executor } from '../executor/executor.ts';
import type { Answer, Ask } from '../steps/asks.ts';
import type { Leaving } from '../steps/leave.ts';

/** How one operation waits. */
interface Waiting<Memory> {
  /** What is said of a wait, `rest` being how long it is; `null` for nothing. */
  readonly words: (place: Position<Memory>, rest: string) => string | null;
  /** Whether it is over by now: then nothing more is asked for, and it has failed. */
  readonly isOver?: () => boolean;
}

/** Performs what a protocol asks for, and tells of its waits. */
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

/** The same beside others who write to the same record. @param others how many */
export function staggered<Memory>(
  executor: Executor,
  tools: Pick<LeaseTools, 'log' | 'random'>,
  { others, ...waiting }: Waiting<Memory> & { readonly others: (place: Position<Memory>) => number },
): Driving<Memory, Ask, Answer>['perform'] {
  const perform = performing<Memory, Ask, Answer>(executor, tools, waiting);
  return (ask, place) => perform(stagger(ask, others(place), tools.random), place);
}

/** How entries are taken away by whoever holds none of them: when the time limit passes, it has failed. */
export function leaving<Memory extends Leaving>(executor: Executor, tools: LeaseTools): Driving<Memory, Ask, Answer> {
  const perform = staggered<Memory>(executor, tools, {
    others: ({ memory }) => memory.stay.length,
    words: ({ at }, rest) => (at === 'leave-settle' ? waitingToSee(rest) : null),
    isOver: executor.isOverTime,
  });
  return { now: executor.now, perform: async (ask, place) => (await perform(ask, place)) ?? { is: 'failed' } };
}

export function waitingToSee(rest: string): string {
  return `Waiting ${rest}: only a read that is late enough shows that it stays as it is now.`;
}

/** From a read to the write that rests on it takes about so long, in milliseconds. */
const perOther = 500;
/** So many others are assumed by whom somebody has just been quicker than: it is not known yet who they are. */
export const unknownOthers = 6;
const longest = 10_000;

/**
 * Those who write to one record at the same moment overtake one another, and would do so again after the same wait: each
 * waits a little longer by chance, the more of them there are.
 */
function stagger(ask: Ask, others: number, random: Random): Ask {
  if (ask.do !== 'sleep') return ask;
  const spread = Math.min(longest, perOther * others);
  return { ...ask, until: ask.until + Math.round(random() * spread) };
}
