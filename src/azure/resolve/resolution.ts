import type { Budget } from '#access/clock';
import { refuseTooMany } from '#access/plan/guards';
import type { Resolution } from '#access/cloud';
import { together } from '#access/errors';
import type { Assignment } from '#access/grant';
import type { Request } from '#access/request';
import { resolvePrincipals } from './principals.ts';
import type { Places } from './places.ts';
import { refuseGrantsToOneself } from '../guards/oneself.ts';
import { refusePrivilegedRole } from '../guards/privileged.ts';
import { resolveRoles } from './roles.ts';
import { selectTargets } from './selection.ts';
import type { AzureSession } from '../session.ts';

/** Every principal with every role on every target, each grant once; the faults of all lines are reported at once (P8). */
export async function resolve(
  session: AzureSession,
  places: Places,
  request: Request,
  budget: Budget,
): Promise<Resolution> {
  const { properties, subscriptionId } = session.settings;
  const { log } = session.tools;
  const guarded = request.operation === 'assign' && !request.allowPrivileged;
  if (properties.condition !== null) log.info(`Condition: ${properties.condition}`);
  const [principals, targets, caller] = await Promise.all([
    resolvePrincipals(session, request.principals, request.operation, budget),
    selectTargets(places, request, subscriptionId, budget),
    session.caller(budget),
  ]);
  const scopes = targets.found.map(({ id }) => id);
  const isAsked = principals.found.some(({ name }) => name !== null);
  const [roles, toOneself] = await Promise.all([
    resolveRoles(session, request.roles, scopes, guarded, budget),
    guarded ? refuseGrantsToOneself(session, principals.found, caller, isAsked, budget) : [],
  ]);
  const refused = [...principals.refusals, ...targets.refusals, ...roles.refusals];
  if (refused.length > 0) throw together(refused);
  refuseTooMany(principals.found.length, request.roles.length, scopes.length);
  const grants = principals.found.flatMap((principal) =>
    targets.found.flatMap((target) =>
      (roles.at.get(target.id) ?? []).map(({ id, name }): Assignment => ({
        kind: 'assignment',
        principal,
        role: { id, name },
        target,
      })),
    ),
  );
  const privileged = guarded ? roles.distinct.map((role) => refusePrivilegedRole(role, log)) : [];
  const refusals = [...toOneself, ...privileged.filter((it) => it !== null)];
  return { grants, notices: [], refusals: [...refusals, ...(await againstPolicies(session, grants, request, budget))] };
}

/** Refusals of leases through Privileged Identity Management by the policies of the roles. */
async function againstPolicies(
  session: AzureSession,
  grants: readonly Assignment[],
  { operation, lifetime, reason }: Request,
  budget: Budget,
): Promise<Resolution['refusals']> {
  const { pim } = session.settings;
  if (pim === null || operation !== 'assign' || lifetime.kind === 'permanent') return [];
  // Loaded only if needed.
  const { refusedByPolicies } = await import('../leases/pim/policies/policies.ts');
  return refusedByPolicies(session, grants, { ...pim, lifetimeMs: lifetime.ms, reason }, budget);
}
