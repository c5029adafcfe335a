import type { AccessPort, Existing } from '#access/files/port';
import type { Assignment } from '#access/grant';
import { remembered } from '#access/remembered';
import { readAssignments } from '../assignments.ts';
import { goneNow } from '../messages/access.ts';
import { managementOf } from '../resolve/organization.ts';
import { ownAccounts } from '../resolve/privileged.ts';
import { listExisting } from './list.ts';
import { openLookUps } from './look-ups.ts';
import { protectionsOf } from './protections.ts';
import { whyRecorded } from './records.ts';
import { resolveRows } from './rows.ts';
import { select } from './select.ts';
import type { AccessTools, Around } from './tools.ts';

/** The part of AWS's port that access files and inventories need. */
export function openAccess(tools: AccessTools): AccessPort {
  const { session, organization, caller } = tools;
  const attached = remembered(tools.attach);
  const around: Around = {
    attached,
    management: remembered(async (budget) => managementOf((await attached(budget)).instance, organization, budget)),
    own: remembered((budget) => ownAccounts(session, caller, budget)),
  };
  const lookUps = openLookUps(tools, around);
  return {
    resolveRows: (rows, budget) => resolveRows(rows, lookUps, tools, around, budget),
    select: (selecting, budget) => select(selecting, lookUps, tools, around, budget),
    list: async (selections, need, budget) => listExisting(selections, need, tools, await attached(budget), budget),
    protections: (existing, remover, budget) => protectionsOf(existing, remover, tools, around, budget),
    recheck: async (existing, budget) => {
      const { arn } = (await attached(budget)).instance;
      const grant = assignmentOf(existing);
      const [read] = await readAssignments(session, arn, [grant], budget);
      return read?.standing === 'current' ? whyRecorded(session, arn, grant, budget) : goneNow;
    },
  };
}

/** The assignment itself, which may be a group's. */
function assignmentOf({ grant, via }: Existing): Assignment {
  return via === null ? grant : { ...grant, principal: { ...via, type: 'GROUP' } };
}
