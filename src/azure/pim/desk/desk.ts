import type { Assignment } from '#access/grant';
import { openPlainDesk, type Desk } from '#access/leases/protocol/desk';
import type { LeaseTools } from '#access/leases/port';
import type { TimeLimit } from '#access/leases/protocol/time-limit';
import { deskToolsOf, type DeskTools } from '../../leases/desk/desk-tools.ts';
import type { AzureSession } from '../../session.ts';
import { createPimStore, type PimStore, type StoreTools } from './store.ts';
import type { Answer, Ask } from '../steps/asks.ts';

export interface PimDesk extends Desk<Ask, Answer> {
  readonly store: PimStore;
  readonly limit: TimeLimit;
}

export interface PimDeskSettings extends Omit<StoreTools, keyof DeskTools> {
  readonly session: AzureSession;
}

export function openPimDesk(settings: PimDeskSettings, grant: Assignment, tools: LeaseTools): PimDesk {
  const plain = openPlainDesk(tools, settings.date);
  const store = createPimStore({ ...settings, ...deskToolsOf(settings.session, grant, plain, tools) });
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
