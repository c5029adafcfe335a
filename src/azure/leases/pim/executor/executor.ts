import type { Assignment } from '#access/grant';
import { openCommonExecutor, type Executor } from '#access/leases/protocol/executor';
import type { LeaseTools } from '#access/leases/port';
import type { TimeLimit } from '#access/leases/protocol/time-limit';
import { wholeMinute } from '#access/clock';
import type { PimSettings } from '#azure/settings';
import type { LeaseBase } from '../../base.ts';
import { executorToolsOf } from '../../executor/executor-tools.ts';
import { writeJustification } from '../service/record.ts';
import type { PimService } from '../service/service.ts';
import { createPimStore, type PimStore } from './store.ts';
import type { Answer, Ask } from '../steps/asks.ts';

export interface PimExecutor extends Executor<Ask, Answer> {
  readonly store: PimStore;
  readonly limit: TimeLimit;
}

/** Intent of a step for one grant, which its requests name. */
export type Intent = Taking | Ending;

interface Taking {
  readonly kind: 'take';
  readonly holder: string;
  /** Requested end time, in milliseconds since the epoch. */
  readonly end: number;
  readonly keepAfterJob: boolean;
  /** Holder that this one replaces. */
  readonly replaces: string | null;
  /** Milliseconds. */
  readonly lifetimeMs: number;
  /** True if existing access must have the condition of the inputs. */
  readonly isAsked: boolean;
}

interface Ending {
  readonly kind: 'end';
  readonly holder: string;
  /** End time that was requested, in milliseconds since the epoch; `null` where only the step's own request names it. */
  readonly end: number | null;
}

interface PimSurroundings extends LeaseBase {
  readonly service: PimService;
  readonly ticket: PimSettings;
}

export function openPimExecutor(
  around: PimSurroundings,
  grant: Assignment,
  intent: Intent,
  tools: LeaseTools,
): PimExecutor {
  const { session, date } = around;
  const {
    settings,
    tools: { origin },
  } = session;
  const plain = openCommonExecutor(tools, date);
  const store = createPimStore({
    ...around,
    ...executorToolsOf(around, grant, plain, tools),
    holder: intent.holder,
    justification: (ownEnd) => {
      // Access is ended only where a request of this holder is listed; for any other, the record claims no later end than now.
      const end = intent.end ?? ownEnd ?? wholeMinute(date());
      return writeJustification(grant, { keepAfterJob: false, replaces: null, ...intent, end }, origin, tools.reason);
    },
    lifetimeMs: intent.kind === 'take' ? intent.lifetimeMs : null,
    condition: intent.kind === 'take' && intent.isAsked ? settings.properties.condition : undefined,
  });
  return {
    ...plain,
    store,
    async perform(ask) {
      tools.budget.signal.throwIfAborted();
      switch (ask.do) {
        case 'look':
          return store.look();
        case 'verify':
          return store.verify(ask);
        case 'request':
          return store.request(ask);
        case 'follow':
          return store.follow(ask);
        case 'cancel':
          return store.cancel(ask.name);
        case 'save':
        case 'sleep':
          return plain.perform(ask);
      }
    },
  };
}
