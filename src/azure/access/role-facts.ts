import { budgetWith, type Budget } from '#access/clock';
import { instead } from '#access/errors';
import type { Log } from '#access/tools';
import { refusePrivilegedRole } from '../guards/privileged.ts';
import { roleUnread } from '../messages/access.ts';
import { lastSegment } from '../resolve/ids.ts';
import { getDefinition, knownRole } from '../resolve/role-definitions.ts';
import { permissionsOf, type Role } from '../resolve/roles.ts';
import type { AzureSession } from '../session.ts';

/** Names and permissions of roles that exist in assignments, each role read once. */
export interface RoleFacts {
  /** @param scope of an assignment of the role: there its definition exists */
  of(roleId: string, scope: string, budget: Budget): Promise<Role>;
}

export function openRoleFacts(session: AzureSession): RoleFacts {
  const read = new Map<string, Promise<Role>>();
  const look = async (guid: string, scope: string, budget: Budget): Promise<Role> => {
    const known = knownRole(guid);
    if (known !== null) return { id: guid, name: known.name, allows: 'known' };
    const reading = budgetWith(budget, { mayBeDenied: true });
    const unread = instead(['denied', 'not-found', 'unknown-role'], null);
    const definition = await getDefinition(session, scope, guid, reading).catch(unread);
    if (definition === null) return { id: guid, name: null, allows: 'unreadable' };
    return { id: guid, name: definition.roleName ?? null, allows: permissionsOf(definition) };
  };
  return {
    of(roleId, scope, budget) {
      const guid = lastSegment(roleId).toLowerCase();
      const made = read.get(guid) ?? look(guid, scope, budget);
      read.set(guid, made);
      made.catch(() => read.delete(guid));
      return made;
    },
  };
}

const quiet: Log = {
  info: () => undefined,
  notice: () => undefined,
  warning: () => undefined,
  group: () => undefined,
  debug: () => undefined,
};

/** Why an assignment of a role must not be removed unasked: it can hand out access, or that is unknown. */
export function whyPrivileged(role: Role): string | null {
  if (role.allows === 'unreadable') return roleUnread;
  return refusePrivilegedRole(role, quiet)?.message ?? null;
}
