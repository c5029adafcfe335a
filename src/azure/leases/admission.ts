import type { Budget } from '#access/clock';
import { Refusal, together } from '#access/errors';
import type { Assignment } from '#access/grant';
import { refuseGrantsToOneself } from '../guards/oneself.ts';
import { refusePrivilegedRole } from '../guards/privileged.ts';
import { resolveRoles } from '../resolve/roles.ts';
import type { AzureSession } from '../session.ts';

export function otherCaller(was: string, is: string): Refusal {
  return new Refusal(
    `The job is signed in to Azure as the object ${is} by now; the leases were taken as ${was}.`,
    'Use azure-client-id, which signs in anew, or leave the session of the job as it is until it ends.',
  );
}

/** A lease is not extended of what may only be granted when that is allowed (P10). */
export async function refusePrivileged(
  session: AzureSession,
  { principal, role, target }: Assignment,
  budget: Budget,
): Promise<void> {
  const { log } = session.tools;
  const line = { text: role.id, kind: 'role-id', value: role.id };
  const [roles, toOneself] = await Promise.all([
    resolveRoles(session, [line], [target.id], true, budget),
    session.caller(budget).then((caller) => refuseGrantsToOneself(session, [principal], caller, true, budget)),
  ]);
  const privileged = roles.distinct.map((it) => refusePrivilegedRole(it, log)).filter((it) => it !== null);
  const refusals = [...roles.refusals, ...toOneself, ...privileged];
  if (refusals.length > 0) throw together(refusals);
}
