import type { Assignment } from '#access/grant';
import { openCommonExecutor, type Executor } from '#access/leases/protocol/executor';
import type { LeaseTools } from '#access/leases/port';
import type { TimeLimit } from '#access/leases/protocol/time-limit';
import { executorToolsOf, type ExecutorTools } from '../../executor/executor-tools.ts';
import type { AzureSession } from '#azure/session';
import { createPimStore, type PimStore, type StoreTools } from './store.ts';
import type { Answer, Ask } from '../steps/asks.ts';

export interface PimExecutor extends Executor<Ask, Answer> {
  readonly store: PimStore;
  readonly limit: TimeLimit;
}

export interface PimExecutorSettings extends Omit<StoreTools, keyof ExecutorTools> {
  readonly session: AzureSession;
}

export function openPimExecutor(settings: PimExecutorSettings, grant: Assignment, tools: LeaseTools): PimExecutor {
  const plain = openCommonExecutor(tools, settings.date);
  const store = createPimStore({ ...settings, ...executorToolsOf(settings.session, grant, plain, tools) });
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
