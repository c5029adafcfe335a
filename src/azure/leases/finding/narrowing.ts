import type { Budget } from '#access/clock';
import { together } from '#access/errors';
import type { Assignment } from '#access/grant';
import type { ListRequest, SweepRequest } from '#access/request';
import { gather } from '../../resolve/gather.ts';
import { isSameGuid, isSameRole } from '../../resolve/ids.ts';
import { holds, type Places } from '../../resolve/places.ts';
import { resolvePrincipals } from '../../resolve/principals.ts';
import { resolveRoles } from '../../resolve/roles.ts';
import { selectTargets } from '../../resolve/selection.ts';
import type { AzureSession } from '../../session.ts';
import { resolveTarget } from '../../resolve/targets.ts';

/** Scopes to search, and the filter for the grants found there. */
interface Narrowed {
  readonly scopes: readonly string[];
  among<T extends { readonly grant: Assignment }>(found: readonly T[], budget: Budget): Promise<readonly T[]>;
}

/** Resolves the lines of `principal`, `target` and `role`; without targets, the whole subscription. */
export async function narrowing(
  { principals, targets, exclusions, roles }: ListRequest | SweepRequest,
  session: AzureSession,
  places: Places,
  budget: Budget,
): Promise<Narrowed> {
  const { subscriptionId } = session.settings;
  const [who, where, out] = await Promise.all([
    principals.length === 0 ? null : resolvePrincipals(session, principals, 'revoke', budget),
    targets.length === 0
      ? { found: [{ id: `/subscriptions/${subscriptionId ?? ''}` }], refusals: [] }
      : selectTargets(places, { targets, exclusions: [], operation: 'revoke' }, subscriptionId, budget),
    gather(exclusions.map((line) => resolveTarget(places, line, subscriptionId, budget))),
  ]);
  const scopes = where.found.map(({ id }) => id);
  const what = roles.length === 0 ? null : await resolveRoles(session, roles, scopes, false, budget);
  const refusals = [...(who?.refusals ?? []), ...where.refusals, ...out.refusals, ...(what?.refusals ?? [])];
  if (refusals.length > 0) throw together(refusals);
  const isWanted = async ({ principal, role, target }: Assignment, asking: Budget): Promise<boolean> => {
    if (who !== null && !who.found.some(({ id }) => isSameGuid(id, principal.id))) return false;
    if (what !== null && !what.distinct.some(({ id }) => isSameRole(id, role.id))) return false;
    const excluded = await Promise.all(out.found.map(({ id }) => holds(places, id, target.id, asking)));
    return !excluded.includes(true);
  };
  return {
    scopes,
    async among(found, asking) {
      const wanted = await Promise.all(found.map(({ grant }) => isWanted(grant, asking)));
      return found.filter((_, index) => wanted[index]);
    },
  };
}
