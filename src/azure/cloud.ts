import type { Budget } from '../access/clock.ts';
import type { Change, Cloud } from '../access/cloud.ts';
import { CloudError } from '../access/errors.ts';
import type { Assignment, Grant, Words } from '../access/grant.ts';
import type { Request } from '../access/request.ts';
import type { CloudTools } from '../access/tools.ts';
import type { AzureSettings } from './declaration.ts';
import { explainStrangeId } from './directory.ts';
import { roleDefinitionId } from './patterns.ts';
import { resolvePrincipal } from './principals.ts';
import { refuseOneself, refusePrivilegedRole } from './privileged.ts';
import { remarkOnEnforcement, remarkOnRest } from './remarks.ts';
import { openRoleAssignments } from './role-assignments.ts';
import { resolveRole, type Role } from './roles.ts';
import { openSession, type AzureSession } from './session.ts';
import { resolveTarget } from './targets.ts';

const words: Words = {
  cloud: 'Azure RBAC',
  role: 'role',
  target: 'scope',
  // A role has one GUID, and an id at each scope.
  brief: (id) => roleDefinitionId.exec(id)?.groups?.['guid'] ?? id,
};

/** Reads lag behind a PUT or DELETE, seldom by more than a minute. Source: azure-rbac §2.7. */
const visibleWithinMs = 120_000;

/** Azure RBAC behind the domain's port: changes are carried out at once, so that there is nothing to adopt or to ask. */
export function openAzure(settings: AzureSettings, tools: CloudTools): Promise<Cloud> {
  const session = openSession(settings, tools);
  const assignments = openRoleAssignments(session);
  const missing = new Map<string, number>();

  const start = async (change: Change, budget: Budget): ReturnType<Cloud['start']> => {
    const one = { ...change, grant: assignmentOf(change.grant) };
    try {
      return await (change.kind === 'remove' ? assignments.remove(one, budget) : assignments.put(one, budget));
    } catch (error) {
      if (!(error instanceof CloudError) || error.failure.code !== 'PrincipalNotFound') throw error;
      const { id } = one.grant.principal;
      const times = (missing.get(id) ?? 0) + 1;
      missing.set(id, times);
      // The first refusal is mostly replication: who gave a type has nobody asked for it.
      throw times === 2 ? await explainMissing(session, id, error, budget) : error;
    }
  };

  return Promise.resolve({
    words,
    visibleWithinMs,
    listsOperations: false,
    resolve: (request, budget) => resolve(session, request, budget),
    read: (grants, budget) => Promise.all(grants.map((grant) => assignments.read(assignmentOf(grant), budget))),
    find: (changes) => Promise.resolve(changes.map(() => null)),
    start,
    ask: (operations) => Promise.resolve(operations),
    remarkOn: (ended) => {
      const inherited = remarkOnRest(ended, assignments.inherited(assignmentOf(ended.grant)));
      const sentences = [remarkOnEnforcement(ended), inherited].filter((it) => it !== null);
      return Promise.resolve(sentences.length === 0 ? null : sentences.join(' '));
    },
  });
}

function assignmentOf(grant: Grant): Assignment {
  if (grant.kind !== 'assignment') throw new TypeError('a role assignment has a principal');
  return grant;
}

async function resolve(session: AzureSession, request: Request, budget: Budget): Promise<readonly Grant[]> {
  const guarded = request.operation === 'assign' && !request.allowPrivileged;
  const { condition } = session.settings.properties;
  if (condition !== null) session.tools.log.info(`Condition: ${condition}`);
  const [principals, targets, caller] = await Promise.all([
    Promise.all(request.principals.map((line) => resolvePrincipal(session, line, request.operation, budget))),
    Promise.all(request.targets.map((line) => resolveTarget(session, line, budget))),
    session.caller(budget),
  ]);
  const rolesAt = await Promise.all(
    targets.map((target) =>
      Promise.all(request.roles.map((line) => resolveRole(session, line, target.id, guarded, budget))),
    ),
  );
  if (guarded) {
    for (const { id } of principals) refuseOneself(id, caller, session.tools.log);
    for (const role of rolesAt.flat()) refusePrivilegedRole(role, session.tools.log);
  }
  return principals.flatMap((principal) =>
    targets.flatMap((target, index) =>
      (rolesAt[index] ?? []).map(({ id, name }: Role): Assignment => ({
        kind: 'assignment',
        principal,
        role: { id, name },
        target,
      })),
    ),
  );
}

/** An explanation is a courtesy: it may take so many milliseconds of the time that the grant has. */
const explainingMs = 5_000;

/** An id that Azure does not know may be another kind of id: then waiting for replication is in vain. */
async function explainMissing(
  session: AzureSession,
  id: string,
  error: CloudError,
  budget: Budget,
): Promise<CloudError> {
  const { graph } = await session.environment(budget);
  if (graph === null) return error;
  const asking: Budget = { ...budget, until: Math.min(budget.until, session.tools.clock.now() + explainingMs) };
  const explanation = await explainStrangeId(session, id, asking).catch(() => {
    // Whatever kept the directory from answering: the refusal itself is what counts.
    budget.signal.throwIfAborted();
    return null;
  });
  if (explanation === null) return error;
  return new CloudError({ ...error.failure, kind: 'invalid', hint: explanation }, { cause: error });
}
