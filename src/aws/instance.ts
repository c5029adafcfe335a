import type { InstanceMetadata } from '@aws-sdk/client-sso-admin';
import type { Budget } from '#access/clock';
import { instead, Refusal } from '#access/errors';
import { findManagementAccount } from './resolve/organization-requests.ts';
import { pages, pageOf } from './pages.ts';
import type { AwsSession } from './session.ts';
import { callerAccount } from './settings.ts';

/** The Identity Center instance that is worked with. */
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
 * The pinned instance, or the one that can be told apart without guessing. Source:
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

/** The guard of the management account rests on who owns the instance: what was given must be what AWS says. */
function refuseOtherOwner(given: string | null, { OwnerAccountId }: InstanceMetadata): void {
  if (given === null || OwnerAccountId === undefined || given === OwnerAccountId) return;
  throw new Refusal(
    `aws-identity-store-id names the account ${given}, and the instance is owned by ${OwnerAccountId}.`,
    `Correct the account in the ARN: ${OwnerAccountId}.`,
  );
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
    session.tools.log.info(`The instance's primary Region is ${primary}, not ${region}: assignments are made there.`);
    session.moveTo(primary);
  }
  session.tools.log.info(`Instance ${inWords(chosen)}.`);
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

/** Only an organization instance has permission sets: by what it says itself, else by who owns it. */
async function tellApart(
  session: AwsSession,
  candidates: readonly InstanceMetadata[],
  budget: Budget,
): Promise<InstanceMetadata> {
  // Both questions are optional permissions: what may not be asked tells nothing apart.
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
  throw new Refusal(
    `Several Identity Center instances could be meant: ${candidates.map(inWords).join('; ')}.`,
    'Set aws-instance-arn to the one you mean.',
  );
}

function noInstance({ settings }: AwsSession, all: readonly InstanceMetadata[]): Refusal {
  const { region, identityStoreId: storeId, signIn } = settings;
  if (all.length === 0) {
    const account = callerAccount(signIn);
    const here = account === null ? '' : ` (it is in ${account})`;
    return new Refusal(
      `No Identity Center instance is visible in ${region}.`,
      'Set aws-region to the Region where Identity Center is enabled: it answers only there, elsewhere with an empty list. ' +
        `The role must be in the management account or in the delegated administrator account${here}.`,
    );
  }
  const seen = `Visible: ${all.map(inWords).join('; ')}.`;
  return storeId === null
    ? new Refusal(
        `No Identity Center instance in ${region} is ACTIVE. ${seen}`,
        'Wait until it is, or set aws-instance-arn.',
      )
    : new Refusal(
        `No instance in ${region} has the identity store ${storeId}. ${seen}`,
        'Correct aws-identity-store-id, or leave it out.',
      );
}

function inWords(it: InstanceMetadata): string {
  return `${it.InstanceArn ?? 'without ARN'} (${it.Name ?? 'unnamed'}, ${it.Status ?? 'of unknown status'}, owned by ${it.OwnerAccountId ?? 'unknown'}, identity store ${it.IdentityStoreId ?? 'unknown'})`;
}
