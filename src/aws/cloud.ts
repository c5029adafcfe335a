import type { Budget } from '#access/clock';
import { absent, type ChangeKind, type Limits, type Observation } from '#access/cloud';
import { CloudError, together } from '#access/errors';
import type { Assignment, Grant, Provisioning } from '#access/grant';
import { everywhere } from '#access/plan/plan';
import type { CloudWithLeases } from '#access/leases/port';
import { remembered } from '#access/remembered';
import type { CloudTools } from '#access/tools';
import { creations, deletions, keyOfAssignment, placeOf, readAssignments } from './assignments.ts';
import type { AwsSettings } from './settings.ts';
import { findUncovered } from './resolve/ceilings.ts';
import type { openLeases as OpenLeases } from './leases/open.ts';
import { createDenials, type Denials } from './denial.ts';
import { createFinder, toOperation, type Family } from './family.ts';
import { quotas } from './inputs.ts';
import { leasesUnchecked } from './messages/requests.ts';
import { findInstance, type Instance, type InstanceNeeds } from './instance.ts';
import { openOrganization } from './resolve/organization.ts';
import { openPermissionSets, openSessions, sessionsOutlive } from './resolve/permission-sets.ts';
import { needsDirectory, resolvePrincipals } from './resolve/principals.ts';
import { readProvisioned, type Provisioned } from './provisioning/provisioned.ts';
import { keyOfProvisioning, provisionings, readProvisionings } from './provisioning/provisioning.ts';
import { portalOf } from './portal.ts';
import { ownAccounts, refusePrivileged } from './resolve/privileged.ts';
import { narrowing, resolveRequest, type Resolved } from './resolve/resolve.ts';
import { readRouting } from './routing.ts';
import { openSession, type AwsSession } from './session.ts';
import { findCaller } from './sign-in/caller.ts';
import { createStandings } from './standing.ts';

const words = {
  cloud: 'AWS IAM Identity Center',
  role: 'permission set',
  target: 'account',
  ender: 'EventBridge Scheduler',
  releaseWorkflow: 'release-a-lease.yml',
  brief: (id: string) => id,
} as const;

/** Most outstanding operations. AWS states no limit for deletions. Source: docs/design/aws.md#quotas. */
const limits: Limits = { inFlight: quotas.inFlight, outstanding: { create: 15, provision: 3 } };

/** AWS IAM Identity Center behind the domain's port. */
export async function openAws(settings: AwsSettings, tools: CloudTools): Promise<CloudWithLeases> {
  const session = openSession(settings, settings.routing ?? (await readRouting()), tools);
  // Loaded only by a step that is about leases.
  return createAws(session, settings.leasing ? (await import('./leases/open.ts')).openLeases : null);
}

/** The port on top of a session. */
export function createAws(session: AwsSession, openLeases: typeof OpenLeases | null = null): CloudWithLeases {
  const organization = openOrganization(session);
  const caller = remembered((budget) => findCaller(session, budget));
  const finder = createFinder(session, ({ grant }) => keyOf(grant));
  const lengths = new Map<string, number>();
  let resolved: (Resolved & { readonly denials: Denials }) | null = null;
  /** Lists that resolving has read also serve the first read; later reads, after changes, need new lists. */
  let fresh: Provisioned | null = null;

  const known = (): Resolved & { readonly denials: Denials } => {
    if (resolved === null) throw new TypeError('nothing was resolved yet');
    return resolved;
  };
  const familyOf = (kind: ChangeKind): Family => {
    const { arn, ownerAccountId: owner } = known().instance;
    switch (kind) {
      case 'create':
      case 'update':
        return { ...creations(session, arn), owner };
      case 'remove':
        return { ...deletions(session, arn), owner };
      case 'provision':
        return { ...provisionings(session, arn), owner };
    }
  };
  /** Makes the instance known without a request to resolve. */
  const attach = async (needs: InstanceNeeds, budget: Budget): Promise<Instance> => {
    const instance = await findInstance(session, needs, budget);
    resolved ??= {
      instance,
      permissionSets: openPermissionSets(session, instance.arn),
      provisioned: readProvisioned(session, instance.arn, lengths),
      resolution: { grants: [], notices: [], refusals: [] },
      denials: createDenials(session, instance),
    };
    return instance;
  };
  const leases =
    openLeases?.({
      session,
      words,
      instanceArn: () => known().instance.arn,
      origin: session.tools.origin,
      randomBytes: session.tools.randomBytes,
      sessionsOutlive: (grant, budget) => sessionsOutlive(known().permissionSets, grant, budget),
      caller,
      attach: async (budget) => {
        await attach({ identityStore: false, owner: false }, budget);
      },
      refusePrivileged: async ({ target }, budget) => {
        const instance = await findInstance(session, { identityStore: false, owner: true }, budget);
        const refusals = refusePrivileged(instance, await ownAccounts(session, caller, budget), [target.id]);
        if (refusals.length > 0) throw together(refusals);
      },
      narrow: async (request, budget) => {
        const instance = await attach({ identityStore: request.principals.some(needsDirectory), owner: false }, budget);
        return narrowing(request, { session, organization, instance, permissionSets: known().permissionSets }, budget);
      },
    }) ?? null;
  const standings = createStandings(({ change }) => familyOf(change.kind));

  return {
    words,
    limits,
    portal: () => (resolved === null ? null : portalOf(resolved.instance)),
    signIn: (budget) => session.signIn(budget),
    async resolve(request, budget) {
      const lookEarly = (arn: string): Promise<void> => finder.lookEarly(provisionings(session, arn), budget);
      const found = await resolveRequest(session, organization, lengths, request, lookEarly, caller, budget);
      resolved = { ...found, denials: createDenials(session, found.instance) };
      fresh = found.provisioned;
      if (leases === null && request.operation !== 'provision') session.tools.log.info(leasesUnchecked);
      return found.resolution;
    },
    uncovered(part, lines, grants, budget) {
      const { instance, permissionSets } = known();
      const { identityStoreId } = instance;
      return findUncovered(part, lines, grants, { session, identityStoreId, organization, permissionSets }, budget);
    },
    async principals(lines, budget) {
      const needs = { identityStore: true, owner: false };
      const known = resolved?.instance.identityStoreId ?? null;
      const store =
        known === null && lines.some(needsDirectory)
          ? (await findInstance(session, needs, budget)).identityStoreId
          : known;
      return resolvePrincipals(session, lines, store, budget);
    },
    async planContext(budget) {
      const { instance } = known();
      return { caller: await caller(budget), directory: instance.arn, settings: {} };
    },
    read(grants, budget) {
      const { arn } = known().instance;
      const provisioned = fresh ?? readProvisioned(session, arn, lengths);
      fresh = null;
      return read(session, arn, provisioned, grants, budget);
    },
    readTogether: (grant) => (grant.kind === 'assignment' ? placeOf(grant) : grant.role.id),
    laneOf: ({ grant }) => (grant.target.id === everywhere ? grant.role.id : grant.target.id),
    async find(searches, budget) {
      const [first] = searches;
      return first === undefined ? [] : finder.find(familyOf(first.change.kind), searches, budget);
    },
    async start(change, budget) {
      const family = familyOf(change.kind);
      try {
        const operation = toOperation(change, family, await family.start(change, budget));
        finder.note(operation);
        return operation;
      } catch (error) {
        throw error instanceof CloudError ? await known().denials.explain(change, error, budget) : error;
      }
    },
    running: (operations, budget) => standings.running(operations, budget),
    ask: (operations, budget) => standings.ask(operations, budget),
    visibleWithinMs: 15_500,
    listsOperations: true,
    remarkOn: ({ kind, grant, changed }, budget) =>
      kind === 'remove' && changed ? openSessions(known().permissionSets, grant, budget) : Promise.resolve(null),
    leases,
    // Loaded only by a step with access files, or for an inventory.
    async openAccess() {
      const { openAccess } = await import('./access/open.ts');
      return openAccess({
        session,
        organization,
        caller,
        attach: async (budget) => {
          const instance = await attach({ identityStore: true, owner: true }, budget);
          return { instance, permissionSets: known().permissionSets };
        },
      });
    },
  };
}

function keyOf(grant: Grant): string {
  return grant.kind === 'assignment' ? keyOfAssignment(grant) : keyOfProvisioning(grant);
}

async function read(
  session: AwsSession,
  instanceArn: string,
  provisioned: Provisioned,
  grants: readonly Grant[],
  budget: Budget,
): Promise<readonly Observation[]> {
  const assignments = grants.filter((grant): grant is Assignment => grant.kind === 'assignment');
  const pushes = grants.filter((grant): grant is Provisioning => grant.kind === 'provisioning');
  const [assigned, pushed] = await Promise.all([
    readAssignments(session, instanceArn, assignments, budget),
    readProvisionings(provisioned, pushes, budget),
  ]);
  const seen = new Map<Grant, Observation | undefined>();
  for (const [index, grant] of assignments.entries()) seen.set(grant, assigned[index]);
  for (const [index, grant] of pushes.entries()) seen.set(grant, pushed[index]);
  return grants.map((grant) => seen.get(grant) ?? absent);
}
