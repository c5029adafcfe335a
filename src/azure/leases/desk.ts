import type { CloudError, Refusal } from '../../access/errors.ts';
import type { Assignment } from '../../access/grant.ts';
import type { Moment } from '../../access/leases/protocol.ts';
import type { LeaseTools } from '../../access/leases/port.ts';
import { createTimeLimit } from '../../access/leases/time-limit.ts';
import { createAssignmentStore, type AssignmentStore, type AssignmentTools } from './assignment-store.ts';
import type { Answer, Ask } from './steps/asks.ts';

/** Where a protocol's requests about one grant are performed. */
export interface Desk {
  readonly assignment: AssignmentStore;
  readonly now: () => Moment;
  /** Performs one request; `null` where the time limit cut it short. */
  perform(ask: Ask): Promise<Answer | null>;
  /** What brought the last request to nothing, `null` where nothing did. */
  readonly trouble: () => CloudError | Refusal | null;
  /** From now on the time limit counts no more: what was begun is brought to a safe end. */
  goOnUnlimited(): void;
  readonly isOverTime: () => boolean;
  /** What was begun has not come to a safe end within reason: it is left as it is. */
  readonly isSpent: () => boolean;
}

export type DeskSettings = Omit<AssignmentTools, 'applying' | 'grant' | 'signal' | 'limit' | 'onTrouble'>;

export function openDesk(settings: DeskSettings, grant: Assignment, tools: LeaseTools): Desk {
  const { clock, budget } = tools;
  const { signal } = budget;
  const limit = createTimeLimit(budget, clock);
  let trouble: CloudError | Refusal | null = null;
  const onTrouble = (error: CloudError | Refusal): void => {
    // What befalls the giving up is not why it was given up.
    if (limit.counts() || trouble === null) trouble = error;
  };
  const assignment = createAssignmentStore({ ...settings, applying: tools, grant, signal, limit, onTrouble });
  return {
    assignment,
    now: () => ({ mono: clock.mono(), date: settings.date() }),
    trouble: () => trouble,
    goOnUnlimited: () => {
      limit.goOnUnlimited();
    },
    isOverTime: limit.isOver,
    isSpent: () => !limit.counts() && clock.now() >= limit.until(),
    async perform(ask) {
      signal.throwIfAborted();
      switch (ask.do) {
        case 'save':
          tools.note({ progress: ask.progress, holder: ask.holder, end: ask.end });
          return { is: 'done' };
        case 'get':
          return assignment.get(ask.expected);
        case 'create':
          return assignment.create(ask);
        case 'write':
          return assignment.write(ask);
        case 'delete':
          return assignment.delete(ask);
        case 'sleep':
          return (await limit.sleepUntil(ask.until)) ? { is: 'done' } : null;
      }
    },
  };
}
