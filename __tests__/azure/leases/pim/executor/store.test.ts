import { expect, test } from '@jest/globals';
import type { RoleAssignmentScheduleRequest } from '@azure/arm-authorization';
import type { Operation } from '../../../../../src/access/cloud.ts';
import type { ApplyTools } from '../../../../../src/access/engine/apply-tools.ts';
import type { Assignment } from '../../../../../src/access/grant.ts';
import { createTimeLimit } from '../../../../../src/access/leases/protocol/time-limit.ts';
import type { PimService } from '../../../../../src/azure/leases/pim/service/service.ts';
import { createPimStore } from '../../../../../src/azure/leases/pim/executor/store.ts';
import { createFakeClock } from '../../../../access/fake-clock.ts';
import { createFakeLog } from '../../../../access/fake-log.ts';

const name = 'b0b00000-0000-4000-8000-000000000001';
const scope = '/subscriptions/11111111-2222-4333-8444-555555555501';
const principalId = '96000000-0000-4000-8000-000000000001';
const roleDefinitionId = `${scope}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`;
const grant: Assignment = {
  kind: 'assignment',
  principal: { id: principalId, type: 'Group', name: null },
  role: { id: roleDefinitionId, name: null },
  target: { id: scope, name: null },
};

test.each([
  ['AdminAssign', 'Provisioned', 'create'],
  ['AdminUpdate', 'Provisioned', 'create'],
  ['adminremove', 'Revoked', 'remove'],
] as const)('a request with a lost response is reported in its real state: %s', async (requestType, status, kind) => {
  const clock = createFakeClock();
  const log = createFakeLog();
  const started: Operation[] = [];
  const budget = { until: clock.now() + 60_000, signal: new AbortController().signal };
  const found: RoleAssignmentScheduleRequest = {
    name,
    status,
    requestType,
    principalId,
    roleDefinitionId,
    scope,
    createdOn: new Date(clock.now()),
  };
  const applying = { clock, log, random: () => 0, onStarted: (it: Operation) => started.push(it) };
  const store = createPimStore({
    applying: applying as unknown as ApplyTools,
    service: { ask: () => Promise.resolve(found) } as unknown as PimService,
    takeTurns: () => Promise.resolve([]),
    grant,
    signal: budget.signal,
    limit: createTimeLimit(budget, clock, Number.POSITIVE_INFINITY),
    date: () => clock.now(),
    onTrouble: () => undefined,
    list: () => Promise.resolve([]),
    freshName: () => name,
    holder: '',
    justification: () => '',
    ticket: { ticketNumber: null, ticketSystem: null },
    lifetimeMs: 0,
    condition: undefined,
  });
  await store.follow({ do: 'follow', name, isLost: true });
  const call = { AdminAssign: 'AdminAssign', AdminUpdate: 'AdminUpdate', adminremove: 'AdminRemove' }[requestType];
  expect(started).toEqual([expect.objectContaining({ requestId: name, call, change: { kind, grant, seen: null } })]);
  expect(log.at('info')).toEqual([`${call} was accepted: request ID ${name}.`]);
});
