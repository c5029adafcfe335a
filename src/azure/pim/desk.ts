import type { Assignment } from '../../access/grant.ts';
import type { Trouble } from '../../access/leases/outcomes.ts';
import type { Moment } from '../../access/leases/protocol.ts';
import type { LeaseTools } from '../../access/leases/port.ts';
import { createTimeLimit } from '../../access/leases/time-limit.ts';
import { createPimStore, type PimStore, type StoreTools } from './store.ts';
import type { Answer, Ask } from './steps/asks.ts';

/** Where a protocol's requests about one grant are performed. */
export interface PimDesk {
  readonly store: PimStore;
  readonly now: () => Moment;
  /** Performs one request; `null` where the time limit cut it short. */
  perform(ask: Ask): Promise<Answer | null>;
  /** What brought the last request to nothing, `null` where nothing did. */
  readonly trouble: () => Trouble | null;
  /** From now on the time limit counts no more: what was begun is brought to a safe end. */
  goOnUnlimited(): void;
  readonly isOverTime: () => boolean;
}

export type PimDeskSettings = Omit<StoreTools, 'applying' | 'grant' | 'signal' | 'limit' | 'onTrouble'>;

export function openPimDesk(settings: PimDeskSettings, grant: Assignment, tools: LeaseTools): PimDesk {
  const { clock, budget } = tools;
  const { signal } = budget;
  const limit = createTimeLimit(budget, clock);
  let trouble: Trouble | null = null;
  const onTrouble = (error: Trouble): void => {
    // What befalls the giving up is not why it was given up.
    if (limit.counts() || trouble === null) trouble = error;
  };
  const store = createPimStore({ ...settings, applying: tools, grant, signal, limit, onTrouble });
  return {
    store,
    now: () => ({ mono: clock.mono(), date: settings.date() }),
    trouble: () => trouble,
    goOnUnlimited: () => {
      limit.goOnUnlimited();
    },
    isOverTime: limit.isOver,
    async perform(ask) {
      signal.throwIfAborted();
      switch (ask.do) {
        case 'save':
          tools.note({ progress: ask.progress, holder: ask.holder, end: ask.end });
          return { is: 'done' };
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
        case 'sleep':
          return (await limit.sleepUntil(ask.until)) ? { is: 'done' } : null;
      }
    },
  };
}
