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

/** What one step is about to do with one grant, and its requests say. */
export type Intent = Taking | Ending;

interface Taking {
  readonly kind: 'take';
  readonly holder: string;
  /** The end that is asked for, in milliseconds since the epoch. */
  readonly end: number;
  readonly keepAfterJob: boolean;
  /** A holder that gives way to this one. */
  readonly replaces: string | null;
  /** Milliseconds. */
  readonly lifetimeMs: number;
  /** Whether what is there has to have the condition that the inputs ask for. */
  readonly isAsked: boolean;
}

interface Ending {
  readonly kind: 'end';
  readonly holder: string;
  /** The end that was asked for, in milliseconds since the epoch; `null` where only an own request says what it was. */
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
      // Only what an own request is seen of is ended; of no other a later end than now is claimed.
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
