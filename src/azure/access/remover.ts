import { budgetWith, type Budget } from '#access/clock';
import { isInWords, isOfKind } from '#access/errors';
import type { Existing, Remover } from '#access/files/port';
import { memberGroups } from '../guards/oneself.ts';
import { isOfOwnGroup, isOwn, noDirectory, ownGroupsUnread, removerUnknown } from '../messages/access.ts';
import { findBy, findById } from '../resolve/directory.ts';
import { isSameGuid } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';

/** Why access of the identity that removes stays: its own, and that of its groups; `null` for access of others. */
export async function whyOwn(
  session: AzureSession,
  existing: readonly Existing[],
  remover: Remover,
  budget: Budget,
): Promise<(one: Existing) => string | null> {
  const objectId = await removerIn(session, remover, budget);
  const groups = objectId === null ? null : await groupsOf(session, objectId, existing, budget);
  return ({ grant: { principal } }) => {
    const { id, type } = principal;
    if (isSameGuid(id, objectId ?? remover.planFor ?? '')) return isOwn;
    // A person is the identity that removes only by its own ID.
    if (groups === null) return type === 'User' ? null : removerUnknown;
    if ('unread' in groups) return isGroup(type) ? groups.unread : null;
    return groups.own.has(id.toLowerCase()) ? isOfOwnGroup : null;
  };
}

/** Object ID of the identity that removes; `null` where the directory does not show it. */
async function removerIn(session: AzureSession, { planFor }: Remover, budget: Budget): Promise<string | null> {
  const { objectId, clientId, delegated } = await session.caller(budget);
  const isCaller = planFor === null || isSameGuid(planFor, (delegated ? objectId : (clientId ?? objectId)) ?? '');
  if (isCaller) return objectId;
  if ((await session.environment(budget)).graph === null) return null;
  const asking = budgetWith(budget, { mayBeDenied: true });
  try {
    const [application] = await findBy(session, 'servicePrincipals', 'appId', planFor, asking);
    return application?.id ?? (await findById(session, planFor, asking))?.object.id ?? null;
  } catch (error) {
    if (!isOfKind(error, 'denied')) throw error;
    return null;
  }
}

type Groups = { readonly own: ReadonlySet<string> } | { readonly unread: string };

/** The groups among the principals that the identity is a member of. A deleted group has no members. */
async function groupsOf(
  session: AzureSession,
  objectId: string,
  existing: readonly Existing[],
  budget: Budget,
): Promise<Groups> {
  const groups = existing.filter(
    ({ grant, principalState }) => isGroup(grant.principal.type) && principalState !== 'orphan',
  );
  const ids = [...new Set(groups.map(({ grant }) => grant.principal.id.toLowerCase()))];
  if (ids.length === 0) return { own: new Set() };
  if ((await session.environment(budget)).graph === null) return { unread: ownGroupsUnread(noDirectory) };
  try {
    const own = await memberGroups(session, objectId, ids, budgetWith(budget, { mayBeDenied: true }), (error) => {
      throw error;
    });
    return { own: new Set(own.map((id) => id.toLowerCase())) };
  } catch (error) {
    if (!isInWords(error) || budget.signal.aborted) throw error;
    return { unread: ownGroupsUnread(error.message) };
  }
}

function isGroup(type: string | null): boolean {
  return type === null || type === 'Group' || type === 'ForeignGroup';
}
