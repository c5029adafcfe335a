import { budgetWith, type Budget } from '#access/clock';
import { distinctBy } from '#access/distinct';
import { isOfKind } from '#access/errors';
import type { PrincipalState } from '#access/files/port';
import type { Principal } from '#access/grant';
import { directoryUnread, noDirectory } from '../messages/access.ts';
import { anyObjects } from '../resolve/directory.ts';
import type { AzureSession } from '../session.ts';

/** What the directory knows of a principal. */
export interface Known {
  readonly state: PrincipalState;
  readonly name: string | null;
}

export interface PrincipalStates {
  of(principal: Principal): Known;
  /** A sentence, `null` where the directory could be read. */
  readonly notice: string | null;
}

/** Types of principals that are objects of this directory. Those of another one are not found here, and can exist. */
const ownTypes: readonly string[] = ['User', 'Group', 'ServicePrincipal', 'Device'];

/** Asks the directory which principals exist, and for their names. */
export async function principalStates(
  session: AzureSession,
  principals: readonly Principal[],
  budget: Budget,
): Promise<PrincipalStates> {
  const unknown: Known = { state: 'unknown', name: null };
  if ((await session.environment(budget)).graph === null) return { of: () => unknown, notice: noDirectory };
  const ids = distinctBy(principals, ({ id }) => id.toLowerCase()).map(({ id }) => id);
  try {
    const found = await anyObjects(session, ids, budgetWith(budget, { mayBeDenied: true }));
    return {
      of: ({ id, type }) => {
        const object = found.get(id.toLowerCase());
        if (object !== undefined)
          return { state: 'found', name: object.userPrincipalName ?? object.displayName ?? null };
        return ownTypes.includes(type ?? '') ? { state: 'orphan', name: null } : unknown;
      },
      notice: null,
    };
  } catch (error) {
    if (!isOfKind(error, 'denied')) throw error;
    return { of: () => unknown, notice: directoryUnread(error.message) };
  }
}
