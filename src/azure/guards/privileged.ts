import { nameAndId } from '#access/grant';
import { Refusal } from '#access/errors';
import type { Log } from '#access/tools';
import { knownRole } from '../resolve/role-definitions.ts';
import { lastSegment } from '../resolve/ids.ts';
import type { Permission, Role } from '../resolve/roles.ts';
import { matchesInAnyCase } from '#access/wildcard';

/** Actions that let their holder hand out access, now or through a role that they widen (P10). */
const handingOut = [
  'Microsoft.Authorization/roleAssignments/write',
  'Microsoft.Authorization/roleAssignmentScheduleRequests/write',
  'Microsoft.Authorization/roleEligibilityScheduleRequests/write',
  'Microsoft.Authorization/roleDefinitions/write',
  'Microsoft.Authorization/elevateAccess/action',
] as const;

/** By this whoever holds a role can sign in as the managed identities in its reach. Contributor has it. */
const signingInAs = 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write';

/** What stands against a role that can hand out access, unless that is allowed. */
export function refusePrivilegedRole(role: Role, log: Log): Refusal | null {
  const guid = lastSegment(role.id);
  const permissions = typeof role.allows === 'string' ? [] : role.allows;
  const action = handsOut(permissions);
  if (action !== null || knownRole(guid)?.handsOutAccess === true) {
    return new Refusal(
      `The role ${nameAndId({ ...role, id: guid })} can hand out access (${action ?? handingOut[0]}): it is refused by default.`,
      'Choose a role that cannot. Only if this very grant is meant and was reviewed, set allow-privileged: true, in a step that grants nothing else.',
    );
  }
  if (knownRole(guid)?.signsInAs === true || isAllowed(signingInAs, permissions)) {
    log.warning(
      `The role ${nameAndId({ ...role, id: guid })} can write federated credentials (${signingInAs}): whoever holds it can sign in as each managed identity in its reach. Grant it where none of them may do more.`,
    );
  }
  if (role.allows === 'unreadable') {
    log.warning(
      `What the role ${guid} allows could not be read (it takes Microsoft.Authorization/roleDefinitions/read), so that nobody can say whether it can hand out access itself.`,
    );
  }
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

/** A pattern of a role definition has wildcards, and no letter case. */
function matches(action: string): (pattern: string) => boolean {
  return (pattern) => matchesInAnyCase(pattern, action);
}
