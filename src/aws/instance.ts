import type { InstanceMetadata } from '@aws-sdk/client-sso-admin';
import type { Budget } from '#access/clock';
import { instead, type Refusal } from '#access/errors';
import * as messages from './messages/organization.ts';
import { findManagementAccount } from './resolve/organization-requests.ts';
import { pages, pageOf } from './pages.ts';
import type { AwsSession } from './session.ts';
import { callerAccount } from './settings.ts';

/** The Identity Center instance of this step. */
export interface Instance {
  readonly arn: string;
  /** Null where it was neither pinned nor needed. */
  readonly identityStoreId: string | null;
  /** The organization's management account; null where it was neither pinned nor needed. */
  readonly ownerAccountId: string | null;
}

export interface InstanceNeeds {
  readonly identityStore: boolean;
  readonly owner: boolean;
}

/**
 * The pinned instance, or the only one that can be meant. Source:
 * docs/design/aws.md#instances-and-regions.
 */
export async function findInstance(session: AwsSession, needs: InstanceNeeds, budget: Budget): Promise<Instance> {
  const { instanceArn, identityStoreId, ownerAccountId } = session.settings;
  if (instanceArn === null) return discover(session, budget);
  const complete = (identityStoreId !== null || !needs.identityStore) && (ownerAccountId !== null || !needs.owner);
  if (complete) return { arn: instanceArn, identityStoreId, ownerAccountId };
  const described = await describe(session, instanceArn, budget);
  refuseOtherOwner(ownerAccountId, described);
  session.ownedBy(ownerAccountId ?? described.OwnerAccountId ?? null);
  return {
    arn: instanceArn,
    identityStoreId: identityStoreId ?? described.IdentityStoreId ?? null,
    ownerAccountId: ownerAccountId ?? described.OwnerAccountId ?? null,
  };
}

/**
 * The guard of the management account relies on the owner of the instance: the given owner must be the one that AWS
 * names.
 */
function refuseOtherOwner(given: string | null, { OwnerAccountId }: InstanceMetadata): void {
  if (given === null || OwnerAccountId === undefined || given === OwnerAccountId) return;
  throw messages.otherOwner(given, OwnerAccountId);
}

function describe(
  session: AwsSession,
  arn: string,
  budget: Budget,
): Promise<InstanceMetadata & { readonly PermissionSetsEnabled?: boolean | undefined }> {
  return session.sso.read('DescribeInstance', budget, async (client, options) => {
    const { DescribeInstanceCommand } = await import('@aws-sdk/client-sso-admin');
    return client.send(new DescribeInstanceCommand({ InstanceArn: arn }), options);
  });
}

async function discover(session: AwsSession, budget: Budget): Promise<Instance> {
  const { region, identityStoreId } = session.settings;
  const all = await listInstances(session, budget);
  const wanted = all.filter((it) => identityStoreId === null || it.IdentityStoreId === identityStoreId);
  const active = wanted.filter((it) => (it.Status ?? 'ACTIVE') === 'ACTIVE');
  const chosen = active.length > 1 ? await tellApart(session, active, budget) : active[0];
  if (chosen?.InstanceArn === undefined) throw noInstance(session, all);
  refuseOtherOwner(session.settings.ownerAccountId, chosen);
  session.ownedBy(chosen.OwnerAccountId ?? null);
  const primary = chosen.PrimaryRegion ?? chosen.Regions?.find((it) => it.IsPrimaryRegion === true)?.RegionName;
  if (primary !== undefined && primary !== region) {
    session.tools.log.info(messages.otherRegion(primary, region));
    session.moveTo(primary);
  }
  session.tools.log.info(messages.usingInstance(inWords(chosen)));
  return {
    arn: chosen.InstanceArn,
    identityStoreId: chosen.IdentityStoreId ?? null,
    ownerAccountId: chosen.OwnerAccountId ?? null,
  };
}

function listInstances(session: AwsSession, budget: Budget): Promise<readonly InstanceMetadata[]> {
  return pages('sso:ListInstances', budget, (NextToken, spent) =>
    session.sso.read('ListInstances', spent, async (client, options) => {
      const { ListInstancesCommand } = await import('@aws-sdk/client-sso-admin');
      const answer = await client.send(new ListInstancesCommand({ NextToken }), options);
      return pageOf(answer, 'Instances', ['InstanceArn']);
    }),
  );
}

/** Chooses the organization instance, the only kind with permission sets: by its own description, else by its owner. */
async function tellApart(
  session: AwsSession,
  candidates: readonly InstanceMetadata[],
  budget: Budget,
): Promise<InstanceMetadata> {
  // The permissions for both requests are optional: a denied one decides nothing.
  const described = await Promise.all(
    candidates.map(async (it) => {
      const answer = await describe(session, it.InstanceArn ?? '', budget).catch(
        instead('denied', { PermissionSetsEnabled: false }),
      );
      return { it, enabled: answer.PermissionSetsEnabled === true };
    }),
  );
  const enabled = described.filter((candidate) => candidate.enabled);
  if (enabled.length === 1 && enabled[0] !== undefined) return enabled[0].it;
  const management = await findManagementAccount(session, budget).catch(instead('denied', null));
  const owned = candidates.filter((it) => management !== null && it.OwnerAccountId === management);
  if (owned.length === 1 && owned[0] !== undefined) return owned[0];
  throw messages.severalInstances(candidates.map(inWords));
}

function noInstance({ settings }: AwsSession, all: readonly InstanceMetadata[]): Refusal {
  const { region, identityStoreId: storeId, signIn } = settings;
  if (all.length === 0) return messages.noInstanceVisible(region, callerAccount(signIn));
  const visible = all.map(inWords);
  return storeId === null
    ? messages.noInstanceActive(region, visible)
    : messages.noInstanceWithStore(region, storeId, visible);
}

function inWords(it: InstanceMetadata): string {
  return `${it.InstanceArn ?? 'without ARN'} (${it.Name ?? 'unnamed'}, ${it.Status ?? 'status unknown'}, owned by ${it.OwnerAccountId ?? 'unknown'}, identity store ${it.IdentityStoreId ?? 'unknown'})`;
}
