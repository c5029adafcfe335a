import type { Budget } from '#access/clock';
import type { Assignment, Identity } from '#access/grant';
import type { ListRequest, SweepRequest } from '#access/request';
import type { Instance } from '../../instance.ts';
import { managementOf, type Organization } from '../../resolve/organization.ts';
import { resolvePermissionSets } from '../../resolve/permission-set-names.ts';
import type { PermissionSets } from '../../resolve/permission-sets.ts';
import { resolvePrincipals } from '../../resolve/principals.ts';
import type { AwsSession } from '../../session.ts';
import { selectAccounts } from '../../resolve/targets.ts';

export interface NarrowingTools {
  readonly session: AwsSession;
  readonly organization: Organization;
  readonly instance: Instance;
  readonly permissionSets: PermissionSets;
}

/** What a list or sweep looks at. */
export interface Narrowed {
  readonly isWanted: (grant: Assignment) => boolean;
  /** What the lines leave out without naming it, in a sentence each. */
  readonly notices: readonly string[];
}

/** Which grants the lines of `principal`, `target` and `role` mean; without lines, all. */
export async function narrowing(
  { principals, targets, exclusions, roles }: ListRequest | SweepRequest,
  { session, organization, instance, permissionSets }: NarrowingTools,
  budget: Budget,
): Promise<Narrowed> {
  const [who, where, what] = await Promise.all([
    principals.length === 0 ? null : resolvePrincipals(session, principals, instance.identityStoreId, budget),
    targets.length === 0
      ? null
      : selectAccounts(organization, targets, exclusions, () => managementOf(instance, organization, budget), budget),
    roles.length === 0 ? null : resolvePermissionSets(session, permissionSets, roles, instance.arn, null, budget),
  ]);
  const isAmong = (identities: readonly Identity[] | null, { id }: Identity): boolean =>
    identities === null || identities.some((it) => it.id.toLowerCase() === id.toLowerCase());
  return {
    isWanted: ({ principal, target, role }) =>
      isAmong(who, principal) && isAmong(where?.accounts ?? null, target) && isAmong(what, role),
    notices: where?.notices ?? [],
  };
}
