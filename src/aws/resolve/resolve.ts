import type { Budget } from '#access/clock';
import { refuseTooMany } from '#access/plan/guards';
import { whereOutdated } from '#access/plan/plan';
import type { Resolution } from '#access/cloud';
import { allOrRefused, Refusal } from '#access/errors';
import type { Assignment, Identity, Principal } from '#access/grant';
import type { Request } from '#access/request';
import { findInstance, type Instance } from '../instance.ts';
import { managementOf, type Organization } from './organization.ts';
import { ownAccounts, type OwnAccounts } from './own-accounts.ts';
import { resolvePermissionSets } from './permission-set-names.ts';
import { openPermissionSets, type PermissionSets } from './permission-sets.ts';
import { needsDirectory, resolvePrincipals } from './principals.ts';
import { readProvisioned, type Provisioned } from '../provisioning/provisioned.ts';
import { pushesTo, type Pushes, type PushTools, type Roles } from '../provisioning/pushes.ts';
import { pushesEverywhere, pushesWhereOutdated } from '../provisioning/pushes-everywhere.ts';
import type { AwsSession } from '../session.ts';
import { isWhole } from './target-lines.ts';
import { selectAccounts, type Selection } from './targets.ts';

/** What a request came to, and what was looked at for it. */
export interface Resolved {
  readonly instance: Instance;
  readonly permissionSets: PermissionSets;
  /** What was provisioned where, as it was just before any change. */
  readonly provisioned: Provisioned;
  readonly resolution: Resolution;
}

/**
 * @param lengths how long lists of what is provisioned were when they were last read
 * @param lookEarly looks for what is being provisioned, before what is provisioned is read
 * @param caller says who signs in
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
  // Whatever becomes of it is looked at below, unless the instance is not found.
  selecting.catch(() => undefined);
  const instance = await finding;
  // By itself: whoever is not waited for meanwhile must not fail unheard.
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

/** The account whose permission sets are looked at first, where there is just one. */
async function onlyAccount(selecting: Promise<Selection | null>): Promise<string | null> {
  try {
    const [first, ...others] = (await selecting)?.accounts ?? [];
    return first !== undefined && others.length === 0 ? first.id : null;
  } catch (error) {
    // What is wrong with target is told together with what is wrong with role.
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

/**
 * Who is admin in the management account is admin of the organization, and who is admin where the step's own roles are
 * may become them: refused unless it was asked for (P10).
 */
export function refusePrivileged(
  { ownerAccountId }: Instance,
  own: OwnAccounts,
  targets: readonly string[],
): readonly Refusal[] {
  const refusals = [...new Set(targets)].flatMap((id) => {
    const what = own.get(id);
    return id === ownerAccountId || what === undefined ? [] : [inOwnAccount(id, what)];
  });
  return ownerAccountId === null
    ? [untold, ...refusals]
    : [...(targets.includes(ownerAccountId) ? [inManagement(ownerAccountId)] : []), ...refusals];
}

const untold = new Refusal(
  'It cannot be told whether the target is the organization’s management account, where grants are refused by default.',
  'Give aws-identity-store-id as its ARN: it names the owner account. Only if a grant in whichever account it is was reviewed, set allow-privileged: true.',
);

function inManagement(id: string): Refusal {
  return new Refusal(
    `The target ${id} is the organization’s management account: a grant there is refused by default.`,
    'Choose another target. Only if this very grant is meant and was reviewed, set allow-privileged: true, in a step that grants nothing else.',
  );
}

function inOwnAccount(id: string, what: string): Refusal {
  return new Refusal(
    `The target ${id} is the account that has ${what}: a grant there is refused by default, since with rights in IAM it leads to that.`,
    'Choose another target. Only if this very grant is meant, gives no rights in IAM and was reviewed, set allow-privileged: true, in a step that grants nothing else.',
  );
}
