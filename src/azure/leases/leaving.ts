import type { Driving } from '../../access/leases/drive.ts';
import type { Log } from '../../access/log.ts';
import { seconds } from '../../access/words.ts';
import type { Desk } from './desk.ts';
import type { Answer, Ask } from './steps/asks.ts';
import type { Leaving } from './steps/leave.ts';

/** How entries are taken away by whoever holds none of them: when the time limit passes, it has failed. */
export function leaving<Memory extends Leaving>(desk: Desk, log: Log): Driving<Memory, Ask, Answer> {
  return {
    now: desk.now,
    perform: async (ask, { at, memory }) => {
      const rest = memory.settledAt - desk.now().mono;
      if (at === 'leave-settle' && rest > 0 && !desk.isOverTime())
        log.info(`Waiting ${seconds(rest)}: only a read that is late enough shows that it stays as it is now.`);
      if (desk.isOverTime()) return { is: 'failed' };
      const answer = await desk.perform(ask);
      return answer ?? { is: 'failed' };
    },
  };
}
