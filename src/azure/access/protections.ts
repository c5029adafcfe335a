import type { Budget } from '#access/clock';
import type { Existing, Protection, Remover } from '#access/files/port';
import { recordMark } from '../leases/records/record-entry.ts';
import { hasAlteredRecord, isInherited, isLeased, isOfPim, isDenied } from '../messages/access.ts';
import type { AzureSession } from '../session.ts';
import type { LastOwners } from './last-owners.ts';
import { whyOwn } from './remover.ts';
import { whyPrivileged, type RoleFacts } from './role-facts.ts';
import type { DenyAssignment, DenyAssignmentPermission } from '@azure/arm-authorization';
import { matchesInAnyCase } from '#access/wildcard';
import { assignmentActions } from '../assignments/assignment-writes.ts';
import { pagesOf } from '../pages.ts';
import { isSameScope, scopePath } from '../resolve/ids.ts';

/** Why each of these must not be removed, in their order; `null` where it can. */
export async function protections(
  session: AzureSession,
  { roles, lastOwners: owners }: { readonly roles: RoleFacts; readonly lastOwners: LastOwners },
  existing: readonly Existing[],
  remover: Remover,
  budget: Budget,
): Promise<readonly (Protection | null)[]> {
  const permanent = existing.filter((one) => whyNotPermanent(one) === null);
  const own = await whyOwn(session, permanent, remover, budget);
  const others = permanent.filter((one) => own(one) === null);
  const scopes = new Set(others.map(({ grant }) => grant.target.id.toLowerCase()));
  const denied = new Map(
    await Promise.all([...scopes].map(async (scope) => [scope, await whyDenied(session, scope, budget)] as const)),
  );
  const deniedAt = ({ grant }: Existing): string | null => denied.get(grant.target.id.toLowerCase()) ?? null;
  const removable = others.filter((one) => deniedAt(one) === null);
  const [lastOwners, privileged] = await Promise.all([
    owners.why(removable, budget),
    Promise.all(removable.map((one) => privilegeOf(roles, one, budget))),
  ]);
  const privilegedOf = new Map(removable.map((one, index) => [one, privileged[index] ?? null]));
  return existing.map((one): Protection | null => {
    const reason = whyNotPermanent(one) ?? own(one) ?? deniedAt(one) ?? lastOwners.get(one) ?? null;
    if (reason !== null) return { reason, isPrivileged: false };
    const why = privilegedOf.get(one) ?? null;
    return why === null ? null : { reason: why, isPrivileged: true };
  });
}

/** Why this action never removes an access, by any identity. */
function whyNotPermanent({ source, kind, via, grant, properties }: Existing): string | null {
  if (source === 'inherited' || via !== null) return isInherited(via?.id ?? grant.target.id);
  if (kind === 'pim-active' || kind === 'pim-eligible') return isOfPim;
  if (kind === 'lease') return isLeased;
  return properties.description?.includes(recordMark) === true ? hasAlteredRecord : null;
}

async function privilegeOf(roles: RoleFacts, { grant }: Existing, budget: Budget): Promise<string | null> {
  return whyPrivileged(await roles.of(grant.role.id, grant.target.id, budget));
}

const action = 'Microsoft.Authorization/denyAssignments/read';

/**
 * Why role assignments at a scope must stay: a deny assignment that Azure protects denies deleting them; `null` where none
 * does. Exclusions of identities do not count: what Azure protects belongs to another service. Source:
 * docs/design/azure.md#deny-assignments.
 */
async function whyDenied(session: AzureSession, scope: string, budget: Budget): Promise<string | null> {
  const all = await pagesOf(session, action, scope, budget, isWhole, (client, options, settings) =>
    client.denyAssignments.listForScope(scopePath(scope), { ...options, filter: 'atScope()' }).byPage(settings),
  );
  const [found] = all.filter(
    (it) =>
      it.isSystemProtected === true &&
      (it.doNotApplyToChildScopes !== true || isSameScope(it.scope ?? '', scope)) &&
      (it.permissions ?? []).some(deniesDeletion),
  );
  return found === undefined ? null : isDenied(found.denyAssignmentName ?? found.name ?? '', found.scope ?? '');
}

function deniesDeletion({ actions, notActions }: DenyAssignmentPermission): boolean {
  const matches = (pattern: string): boolean => matchesInAnyCase(pattern, assignmentActions.delete);
  return (actions ?? []).some(matches) && !(notActions ?? []).some(matches);
}

function isWhole({ scope, permissions }: DenyAssignment): boolean {
  return typeof scope === 'string' && Array.isArray(permissions);
}
