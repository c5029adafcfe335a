import type { Budget } from '#access/clock';
import { instead } from '#access/errors';
import type { Existing, Protection, Remover } from '#access/files/port';
import { delegatedManagement, delegatedPermissionSet, ownAccess, throughGroup } from '../messages/access.ts';
import { withNames } from '../resolve/permission-sets.ts';
import { accountOf, refusePrivileged, type OwnAccounts } from '../resolve/privileged.ts';
import { ownIdentities } from '../messages/organization.ts';
import { provisionedTo } from '../provisioning/provisioned.ts';
import type { AccessTools, Around, Attached } from './tools.ts';

/** Why assignments stay, in their order; `null` for those that may be removed. */
export async function protectionsOf(
  existing: readonly Existing[],
  { planFor }: Remover,
  tools: AccessTools,
  around: Around,
  budget: Budget,
): Promise<readonly (Protection | null)[]> {
  if (existing.length === 0) return [];
  const attached = await around.attached(budget);
  const remover = planFor ?? (await tools.caller(budget));
  const isOwn = await ownAccessOf(remover, existing, attached, budget);
  const own = new Map([...(await around.own(budget)), [accountOf(remover), ownIdentities.signedIn] as const]);
  const isDelegatedAway = await delegation(accountOf(remover), existing, tools, attached, budget);
  return existing.map(
    (it) =>
      lasting(it.via === null ? null : throughGroup(it.via.name ?? it.via.id)) ??
      lasting(isOwn(it) ? ownAccess(remover) : null) ??
      lasting(isDelegatedAway(it)) ??
      privileged(it, attached, own),
  );
}

function lasting(reason: string | null): Protection | null {
  return reason === null ? null : { reason, isPrivileged: false };
}

function privileged({ grant }: Existing, { instance }: Attached, own: OwnAccounts): Protection | null {
  const [refusal] = refusePrivileged(instance, own, [grant.target.id]);
  return refusal === undefined ? null : { reason: refusal.message, isPrivileged: true };
}

/** The role of a session of Identity Center: the permission set is in its name. */
const reserved = /^arn:[^:]+:iam::(?<account>\d{12}):role\/(?:.*\/)?AWSReservedSSO_(?<name>[\w+=,.@-]+)_[\da-f]{16}$/u;

/**
 * True for the access that the remover itself uses. A role that a workflow assumes by its ID token does not have any
 * through Identity Center. A session of Identity Center does, as a user or through a group: which one, its role does not
 * say, so that all access to this permission set on this account stays.
 */
async function ownAccessOf(
  remover: string,
  existing: readonly Existing[],
  { permissionSets }: Attached,
  budget: Budget,
): Promise<(it: Existing) => boolean> {
  const { account, name } = reserved.exec(remover)?.groups ?? {};
  if (account === undefined || name === undefined) return () => false;
  const there = existing.filter(({ grant }) => grant.target.id === account).map(({ grant }) => grant.role.id);
  const named = await withNames(permissionSets, [...new Set(there)], budget);
  // A name that the caller cannot read can be this one.
  const own = new Set(named.filter((it) => it.name === null || it.name === name).map(({ id }) => id));
  return ({ grant }) => grant.target.id === account && own.has(grant.role.id);
}

/**
 * What a delegated administrator cannot remove. Source: docs/design/aws.md#delegated-administrators.
 *
 * @param account the account of the identity that removes
 */
async function delegation(
  account: string,
  existing: readonly Existing[],
  { session }: AccessTools,
  { instance }: Attached,
  budget: Budget,
): Promise<(it: Existing) => string | null> {
  const owner = instance.ownerAccountId;
  if (owner === null || account === owner) return () => null;
  const isOutside = existing.some(({ grant }) => grant.target.id !== owner);
  // If this list is denied, AWS still refuses those removals.
  const there = new Set(
    isOutside ? await provisionedTo(session, instance.arn, owner, budget).catch(instead('denied', [])) : [],
  );
  return ({ grant }) => {
    if (grant.target.id === owner) return delegatedManagement(owner);
    return there.has(grant.role.id) ? delegatedPermissionSet(owner) : null;
  };
}
