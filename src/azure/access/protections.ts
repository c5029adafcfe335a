import type { Budget } from '#access/clock';
import type { Existing, Protection, Remover } from '#access/files/port';
import { recordMark } from '../leases/records/record-entry.ts';
import { hasAlteredRecord, isInherited, isLeased, isOfPim } from '../messages/access.ts';
import type { AzureSession } from '../session.ts';
import { whyDenied } from './deny-assignments.ts';
import type { LastOwners } from './last-owners.ts';
import { whyOwn } from './remover.ts';
import { whyPrivileged, type RoleFacts } from './role-facts.ts';

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

/** Why access is none that this action removes, whoever removes it. */
function whyNotPermanent({ source, kind, via, grant, properties }: Existing): string | null {
  if (source === 'inherited' || via !== null) return isInherited(via?.id ?? grant.target.id);
  if (kind === 'pim-active' || kind === 'pim-eligible') return isOfPim;
  if (kind === 'lease') return isLeased;
  return properties.description?.includes(recordMark) === true ? hasAlteredRecord : null;
}

async function privilegeOf(roles: RoleFacts, { grant }: Existing, budget: Budget): Promise<string | null> {
  return whyPrivileged(await roles.of(grant.role.id, grant.target.id, budget));
}
