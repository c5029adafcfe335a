import type { RoleAssignment } from '@azure/arm-authorization';
import type { Assignment } from '#access/grant';

/** The grant that a row of a list is about; names were not looked up. */
export function grantOf({
  principalId = '',
  principalType,
  roleDefinitionId = '',
  scope = '',
}: Pick<RoleAssignment, 'principalId' | 'principalType' | 'roleDefinitionId' | 'scope'>): Assignment {
  return {
    kind: 'assignment',
    principal: { id: principalId, type: principalType ?? null, name: null },
    role: { id: roleDefinitionId, name: null },
    target: { id: scope, name: null },
  };
}
