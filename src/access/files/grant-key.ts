import type { Assignment, Words } from '../grant.ts';
import { sameCase } from '../plan/document.ts';

/** The same text for the same grant: by IDs, in any letter case where that means nothing, and wherever a role is named from. */
export function grantKey({ principal, role, target }: Assignment, { brief }: Words): string {
  return [principal.id, brief(role.id), target.id].map(sameCase).join('\n');
}
