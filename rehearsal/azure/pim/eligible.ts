import type { Call, Handler } from '../arm/call.ts';
import { principalOf } from '../principals.ts';
import { OPERATIONS, plainly } from './authorize.ts';
import { list } from './lists.ts';
import type { Schedule } from './model.ts';
import { eligibleWire } from './wire.ts';

/** Access that can be activated now (docs/design/azure.md#pim-lists). */
export const listEligible: Handler = (given) =>
  list(plainly(given), OPERATIONS.readEligible, () => eligible(given), eligibleWire);

function eligible({ cloud }: Call): readonly Schedule[] {
  const { arm, estate, options } = cloud;
  const at = arm.startedAt;
  return (options.pim?.eligible ?? []).map(({ scope, role, principalId, endAt }, index) => ({
    name: `e1191b1e-0000-4000-8000-${String(index).padStart(12, '0')}`,
    request: null,
    scope,
    roleDefinitionId: arm.guidOf(role),
    principalId: principalId.toLowerCase(),
    principalType: principalOf(estate, principalId)?.type ?? 'User',
    startAt: at,
    endAt: endAt ?? null,
    condition: null,
    conditionVersion: null,
    createdOn: at,
    updatedOn: at,
    assignment: null,
  }));
}
