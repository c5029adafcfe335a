import type { Assignment } from '#access/grant';
import { openCommonExecutor, type Executor as LeaseExecutor } from '#access/leases/protocol/executor';
import type { LeaseTools } from '#access/leases/port';
import { createAssignmentStore, type AssignmentStore, type AssignmentTools } from './assignment-store.ts';
import type { LeaseBase } from '../base.ts';
import { executorToolsOf, type ExecutorTools } from './executor-tools.ts';
import type { Answer, Ask } from '../steps/asks.ts';

export interface Executor extends LeaseExecutor<Ask, Answer> {
  readonly assignment: AssignmentStore;
}

type ExecutorSettings = Omit<AssignmentTools, keyof ExecutorTools> & Pick<LeaseBase, 'session' | 'date'>;

export function openExecutor(settings: ExecutorSettings, grant: Assignment, tools: LeaseTools): Executor {
  const plain = openCommonExecutor(tools, settings.date);
  const assignment = createAssignmentStore({ ...settings, ...executorToolsOf(settings, grant, plain, tools) });
  return {
    ...plain,
    assignment,
    async perform(ask) {
      tools.budget.signal.throwIfAborted();
      switch (ask.do) {
        case 'get':
          return assignment.get(ask);
        case 'create':
          return assignment.create(ask);
        case 'write':
          return assignment.write(ask);
        case 'delete':
          return assignment.delete(ask);
        case 'save':
        case 'sleep':
          return plain.perform(ask);
      }
    },
  };
}
