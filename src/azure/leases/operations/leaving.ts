import { restOf } from '#access/leases/protocol/executor';
import type { Driving } from '#access/leases/protocol/drive';
import type { LeaseTools } from '#access/leases/port';
import { seconds } from '#access/words';
import type { Executor } from '../executor/executor.ts';
import type { Answer, Ask } from '../steps/asks.ts';
import type { Leaving } from '../steps/leave.ts';
import { stagger } from './stagger.ts';

/** How entries are taken away by whoever holds none of them: when the time limit passes, it has failed. */
export function leaving<Memory extends Leaving>(
  executor: Executor,
  { log, random }: LeaseTools,
): Driving<Memory, Ask, Answer> {
  return {
    now: executor.now,
    perform: async (asked, { at, memory }) => {
      const ask = stagger(asked, memory.stay.length, random);
      const rest = restOf(ask, executor.now());
      if (at === 'leave-settle' && rest > 0 && !executor.isOverTime())
        log.info(`Waiting ${seconds(rest)}: only a read that is late enough shows that it stays as it is now.`);
      if (executor.isOverTime()) return { is: 'failed' };
      const answer = await executor.perform(ask);
      return answer ?? { is: 'failed' };
    },
  };
}
