import type { Budget } from '#access/clock';
import { refuseTooMany } from '#access/plan/guards';
import { whereOutdated } from '#access/plan/plan';
import type { Resolution } from '#access/cloud';
import { allOrRefused, Refusal } from '#access/errors';
import type { Assignment, Identity, Principal } from '#access/grant';
import type { ListRequest, Request, SweepRequest } from '#access/request';
import { findInstance, type Instance } from '../instance.ts';
import { managementOf, type Organization } from './organization.ts';

import { resolvePermissionSets } from './permission-set-names.ts';
import { openPermissionSets, type PermissionSets } from './permission-sets.ts';
import { needsDirectory, resolvePrincipals } from './principals.ts';
import { ownAccounts, refusePrivileged, type OwnAccounts } from './privileged.ts';
import { readProvisioned, type Provisioned } from '../provisioning/provisioned.ts';
import { pushesTo, type Pushes, type PushTools, type Roles } from '../provisioning/pushes.ts';
import { pushesEverywhere, pushesWhereOutdated } from '../provisioning/pushes-everywhere.ts';
import type { AwsSession } from '../session.ts';
import { isWhole } from './target-lines.ts';
import { selectAccounts, type Selection } from './targets.ts';

/** The grants of a request, and everything that was read for it. */
export interface Resolved {
  readonly instance: Instance;
  readonly permissionSets: PermissionSets;
  /** The provisioned permission sets, as they were just before any change. */
  readonly provisioned: Provisioned;
  readonly resolution: Resolution;
}

/**
 * @param lengths pages that each list of provisioned permission sets had when it was last read
 * @param lookEarly looks for running provisionings, before the provisioned permission sets are read
 * @param caller names the signed-in identity
 */
export async function resolveRequest(
  session: AwsSession,
  organization: Organization,
  lengths: Map<string, number>,
  request: Request,
  lookEarly: (instanceArn: string) => Promise<void>,
  caller: (budget: Budget) => Promise<string>,
  budget: Budget,
): Promise<Resolved> {
  const guarded = request.operation === 'assign' && !request.allowPrivileged;
  const people = [...request.principals, ...(request.guards.allowed.principal ?? [])];
  const finding = findInstance(session, { identityStore: people.some(needsDirectory), owner: guarded }, budget);
  const own = (): Promise<OwnAccounts> =>
    request.operation === 'assign' ? ownAccounts(session, caller, budget) : Promise.resolve(new Map());
  const isPlaced = !request.targets.some(isWhole);
  const selecting = isPlaced ? select(organization, request, finding, own, budget) : Promise.resolve(null);
  // Its error is handled below, unless the instance is not found.
  selecting.catch(() => undefined);
  const instance = await finding;
  // Not beside others: a promise that is not awaited meanwhile must not fail unnoticed.
  const readsFirst = !isPlaced || request.roles.some(({ kind }) => kind === 'every-permission-set');
  if (readsFirst && !request.dryRun) await lookEarly(instance.arn);
  const permissionSets = openPermissionSets(session, instance.arn);
  const provisioned = readProvisioned(session, instance.arn, lengths);
  const naming = resolvePrincipals(session, request.principals, instance.identityStoreId, budget);
  const choosing = onlyAccount(selecting).then((account) =>
    resolvePermissionSets(session, permissionSets, request.roles, instance.arn, account, budget),
  );
  await allOrRefused<unknown>([selecting, naming, choosing]);
  const [selection, principals, named] = await Promise.all([selecting, naming, choosing]);
  const roles = { named, every: request.roles.some(({ kind }) => kind === 'every-permission-set') };
  const managementAccount = (): Promise<string | null> => managementOf(instance, organization, budget);
  const tools: PushTools = { provisioned, organization, permissionSets, managementAccount, log: session.tools.log };
  const { grants, notices } =
    request.operation === 'provision'
      ? await push(request, selection, roles, tools, budget)
      : { grants: multiply(principals, named, selection?.accounts ?? []), notices: selection?.notices ?? [] };
  const targets = grants.map(({ target }) => target.id);
  const refusals = guarded ? refusePrivileged(instance, await own(), targets) : [];
  const leftOut = selection?.leftOut ?? [];
  return { instance, permissionSets, provisioned, resolution: { grants, notices, leftOut, refusals } };
}

function select(
  organization: Organization,
  { targets, exclusions }: Request,
  finding: Promise<Instance>,
  own: () => Promise<OwnAccounts>,
  budget: Budget,
): Promise<Selection> {
  const management = async (): Promise<string | null> => managementOf(await finding, organization, budget);
  return selectAccounts(organization, targets, exclusions, management, budget, own);
}

/** The account whose permission sets are read first, if there is just one. */
async function onlyAccount(selecting: Promise<Selection | null>): Promise<string | null> {
  try {
    const [first, ...others] = (await selecting)?.accounts ?? [];
    return first !== undefined && others.length === 0 ? first.id : null;
  } catch (error) {
    // Faults of target are reported together with faults of role.
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** Every principal gets every role on every target. */
function multiply(
  principals: readonly Principal[],
  roles: readonly Identity[],
  targets: readonly Identity[],
): readonly Assignment[] {
  refuseTooMany(principals.length, roles.length, targets.length);
  return principals.flatMap((principal) =>
    targets.flatMap((target) => roles.map((role): Assignment => ({ kind: 'assignment', principal, role, target }))),
  );
}

function push(
  request: Request,
  selection: Selection | null,
  roles: Roles,
  tools: PushTools,
  budget: Budget,
): Promise<Pushes> {
  if (selection !== null) return pushesTo(selection, roles, tools, budget);
  return request.targets.some(({ kind }) => kind === whereOutdated)
    ? pushesWhereOutdated(request, roles, tools, budget)
    : pushesEverywhere(request, roles, tools, budget);
}

interface NarrowingTools {
  readonly session: AwsSession;
  readonly organization: Organization;
  readonly instance: Instance;
  readonly permissionSets: PermissionSets;
}

/** The grants that a list or sweep considers. */
export interface Narrowed {
  readonly isWanted: (grant: Assignment) => boolean;
  /** Notices of accounts that the lines leave out without naming them, a sentence each. */
  readonly notices: readonly string[];
}

/** The grants that the lines of `principal`, `target` and `role` mean; without lines, all. */
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
