import type { Assignment } from '../arm/assignment.ts';
import type { Call } from '../arm/call.ts';
import { ArmRefusal } from '../arm/refusal.ts';
import type { PlainChange } from './pim.ts';

/**
 * The effect of a plain change to a schedule's role assignment is unverified (docs/design/azure.md#pim-lists): refused
 * here, under a code of the rehearsal's own, and kept for tests.
 */
export function refusePlainChange({ cloud }: Call, kind: PlainChange['kind'], { id, name }: Assignment): void {
  const { pim, agenda } = cloud;
  if (!pim.schedules.made(name)) return;
  pim.plainChanges.push({ kind, id, at: agenda.time() });
  throw new ArmRefusal(
    400,
    'RoleAssignmentOfSchedule',
    `The role assignment '${name}' belongs to a schedule of Privileged Identity Management.`,
  );
}
