import { nameAndId } from '#access/grant';
import type { Refusal } from '#access/errors';
import type { Log } from '#access/tools';
import { canHandOut, canSignInAsOthers, permissionsUnknown } from '../messages/roles.ts';
import { knownRole } from '../resolve/role-definitions.ts';
import { lastSegment } from '../resolve/ids.ts';
import type { Permission, Role } from '../resolve/roles.ts';
import { matchesInAnyCase } from '#access/wildcard';

/** Actions that can hand out access, directly or through a role that they widen (P10). */
const handingOut = [
  'Microsoft.Authorization/roleAssignments/write',
  'Microsoft.Authorization/roleAssignmentScheduleRequests/write',
  'Microsoft.Authorization/roleEligibilityScheduleRequests/write',
  'Microsoft.Authorization/roleDefinitions/write',
  'Microsoft.Authorization/elevateAccess/action',
] as const;

/** With this action, the holder of a role can sign in as the managed identities in its scope. Contributor has it. */
const signingInAs = 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write';

/** Refuses a role that can hand out access; warns of one whose holder can sign in as others, or that cannot be read. */
export function refusePrivilegedRole(role: Role, log: Log): Refusal | null {
  const guid = lastSegment(role.id);
  const shown = nameAndId({ ...role, id: guid });
  const permissions = typeof role.allows === 'string' ? [] : role.allows;
  const action = handsOut(permissions);
  if (action !== null || knownRole(guid)?.handsOutAccess === true) return canHandOut(shown, action ?? handingOut[0]);
  if (knownRole(guid)?.signsInAs === true || isAllowed(signingInAs, permissions))
    log.warning(canSignInAsOthers(shown, signingInAs));
  if (role.allows === 'unreadable') log.warning(permissionsUnknown(guid));
  return null;
}

/** The first action by which a role can hand out access, `null` where there is none. Exported for its test. */
export function handsOut(permissions: readonly Permission[]): string | null {
  return handingOut.find((action) => isAllowed(action, permissions)) ?? null;
}

function isAllowed(action: string, permissions: readonly Permission[]): boolean {
  return permissions.some(
    ({ actions, notActions }) => actions.some(matches(action)) && !notActions.some(matches(action)),
  );
}

/** Patterns of a role definition can have wildcards, and ignore letter case. */
function matches(action: string): (pattern: string) => boolean {
  return (pattern) => matchesInAnyCase(pattern, action);
}
