import type { Assignment } from '#access/grant';
import { openPlainDesk, type Desk as LeaseDesk } from '#access/leases/protocol/desk';
import type { LeaseTools } from '#access/leases/port';
import { createAssignmentStore, type AssignmentStore, type AssignmentTools } from './assignment-store.ts';
import type { AzureSession } from '../../session.ts';
import { deskToolsOf, type DeskTools } from './desk-tools.ts';
import type { Answer, Ask } from '../steps/asks.ts';

export interface Desk extends LeaseDesk<Ask, Answer> {
  readonly assignment: AssignmentStore;
}

export interface DeskSettings extends Omit<AssignmentTools, keyof DeskTools> {
  readonly session: AzureSession;
}

export function openDesk(settings: DeskSettings, grant: Assignment, tools: LeaseTools): Desk {
  const plain = openPlainDesk(tools, settings.date);
  const assignment = createAssignmentStore({ ...settings, ...deskToolsOf(settings.session, grant, plain, tools) });
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
