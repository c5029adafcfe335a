import type { Budget } from '#access/clock';
import type { Change, Cloud, Ended, Limits } from '#access/cloud';
import { CloudError, together } from '#access/errors';
import type { Assignment, Grant, Words } from '#access/grant';
import type { CloudWithLeases } from '#access/leases/port';
import type { CloudTools } from '#access/tools';
import { listKey, visibleWithinMs } from './assignments/assignment-lists.ts';
import { openLeases } from './leases/open.ts';
import { inherited, notYetEnforced, stillEnforced, throughGroups } from './messages/assignments.ts';
import { explainStrangeId } from './resolve/directory.ts';
import { quotas } from './inputs.ts';
import { roleDefinitionId, isManagementGroup, tenantRoot } from './resolve/ids.ts';
import { openPlaces } from './resolve/places.ts';
import { planContext } from './plan-context.ts';
import { rememberedFor } from '#access/remembered';
import { resolvePrincipals } from './resolve/principals.ts';
import { resolve } from './resolve/resolution.ts';
import { openRoleAssignments } from './assignments/role-assignments.ts';
import { openSession, type AzureSession } from './session.ts';
import { portalOf } from './sign-in/environments.ts';
import { uncovered } from './guards/uncovered.ts';
import type { AzureSettings } from './settings.ts';

const words: Words = {
  cloud: 'Azure RBAC',
  role: 'role',
  target: 'scope',
  ender: 'Azure',
  releaseWorkflow: 'release-a-lease-azure.yml',
  // A role has one GUID, and an id at each scope.
  brief: (id) => roleDefinitionId.exec(id)?.groups?.['guid'] ?? id,
};

const limits: Limits = { inFlight: quotas.inFlight, outstanding: {} };

/** Azure RBAC behind the domain's port: changes are carried out at once, so no operation is adopted or polled. */
export async function openAzure(settings: AzureSettings, tools: CloudTools): Promise<CloudWithLeases> {
  const session = openSession(settings, tools);
  const assignments = openRoleAssignments(session);
  const places = openPlaces(session);
  const explain = rememberedFor((id, budget) => explanationOf(session, id, budget));
  const missing = new Set<string>();

  /** Explains an ID of another kind, which replication will never make known. */
  const explained = async (
    error: CloudError,
    { principal, target, role }: Assignment,
    budget: Budget,
  ): Promise<CloudError> => {
    if (error.failure.code !== 'PrincipalNotFound') return error;
    const key = [principal.id, target.id, role.id].join(' ').toLowerCase();
    // The first refusal of a grant is mostly replication, and no reason to ask the directory about an ID with a type.
    if (!missing.has(key)) {
      missing.add(key);
      return error;
    }
    const hint = await explain(principal.id, budget);
    return hint === null ? error : new CloudError({ ...error.failure, kind: 'invalid', hint }, { cause: error });
  };

  const start = async (change: Change, budget: Budget): ReturnType<Cloud['start']> => {
    const one = { ...change, grant: assignmentOf(change.grant) };
    try {
      return await (change.kind === 'remove' ? assignments.remove(one, budget) : assignments.put(one, budget));
    } catch (error) {
      throw error instanceof CloudError ? await explained(error, one.grant, budget) : error;
    }
  };
  const { pim: ticket } = settings;
  const leases =
    ticket === null
      ? openLeases({ session, words, places, assignments, explain: explained })
      : (await import('./leases/pim/open.ts')).openPimLeases({ session, words, places, ticket });

  return {
    words,
    limits,
    portal: ({ type }) => (type === 'ServicePrincipal' ? null : portalOf(settings.environment)),
    signIn: (budget) => session.signIn(budget),
    visibleWithinMs,
    listsOperations: false,
    leases,
    openAccess: async () => (await import('./access/open.ts')).openAccessPort(session, places),
    resolve: (request, budget) => {
      assignments.explain(request.reason);
      return resolve(session, places, request, budget);
    },
    uncovered: (part, lines, grants, budget) => uncovered(session, places, part, lines, grants, budget),
    principals: async (lines, budget) => {
      const { found, refusals } = await resolvePrincipals(session, lines, 'assign', budget);
      if (refusals.length > 0) throw together(refusals);
      return found;
    },
    planContext: (budget) => planContext(session, budget),
    read: (grants, budget) => assignments.read(grants.map(assignmentOf), budget),
    readTogether: (grant) => listKey(assignmentOf(grant)),
    laneOf: () => null,
    find: (searches) => Promise.resolve(searches.map(() => null)),
    start,
    running: () => Promise.resolve(new Set()),
    ask: (operations) => Promise.resolve(operations),
    remarkOn: (ended) => {
      const rest = remarkOnRest(ended, assignments.inherited(assignmentOf(ended.grant)));
      const sentences = [remarkOnEnforcement(ended), rest].filter((it) => it !== null);
      return Promise.resolve(sentences.length === 0 ? null : sentences.join(' '));
    },
  };
}

function assignmentOf(grant: Grant): Assignment {
  if (grant.kind !== 'assignment') throw new TypeError('a role assignment has a principal');
  return grant;
}

/** Time limit of an explanation, in milliseconds, within the time that the grant has. */
const explainingMs = 5_000;

/** The meaning of an ID that Azure does not know; `null` where that is unknown, and Azure may know the ID in a moment. */
async function explanationOf(session: AzureSession, id: string, budget: Budget): Promise<string | null> {
  const { graph } = await session.environment(budget);
  if (graph === null) return null;
  const asking: Budget = { ...budget, until: Math.min(budget.until, session.tools.clock.now() + explainingMs) };
  return explainStrangeId(session, id, asking).catch(() => {
    // Whatever kept the directory from answering, the refusal itself counts.
    budget.signal.throwIfAborted();
    return null;
  });
}

/**
 * No read shows how long Azure takes to act on a visible change, and no API reports when it does. Source:
 * docs/design/azure.md#enforcement.
 */
function remarkOnEnforcement({ kind, grant, changed, verified }: Ended): string | null {
  if (!changed || !verified) return null;
  const above = grant.target.id === tenantRoot || isManagementGroup(grant.target.id);
  return kind === 'remove' ? stillEnforced(above) : notYetEnforced(above);
}

/** A revoke removes only what is granted to the principal itself at the scope itself. */
function remarkOnRest({ kind, grant }: Ended, scopesAbove: readonly string[]): string | null {
  if (kind !== 'remove') return null;
  const hasGroups = grant.kind === 'assignment' && !/Group$|^Device$/u.test(grant.principal.type ?? '');
  const above = scopesAbove.length === 0 ? [] : [inherited(scopesAbove)];
  return [...above, ...(hasGroups ? [throughGroups] : [])].join(' ') || null;
}
