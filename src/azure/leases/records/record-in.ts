import type { RoleAssignment } from '@azure/arm-authorization';
import { lastSegment } from '../../resolve/patterns.ts';
import { readRecord, type Described } from './record-text.ts';
import { constants } from '../steps/constants.ts';

/** What the description of a role assignment says of leases. @param date now, in milliseconds since the epoch */
export function recordIn(row: RoleAssignment, date: number): Described {
  const { description, scope = '', roleDefinitionId = '', principalId = '', name } = row;
  const place = {
    scope,
    role: lastSegment(roleDefinitionId),
    principal: principalId,
    name: name ?? lastSegment(row.id ?? ''),
  };
  return readRecord(description ?? '', place, date, constants);
}
