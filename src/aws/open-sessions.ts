import type { Budget } from '#access/clock';
import type { Grant } from '#access/grant';
import type { PermissionSets } from './resolve/permission-sets.ts';

/**
 * Revoking an assignment does not end sessions that are already open: those live to the end of the permission set's
 * session duration, one hour by default, twelve at most. Source: docs/design/aws.md#deleting-an-assignment.
 */
export async function openSessions(permissionSets: PermissionSets, { role }: Grant, budget: Budget): Promise<string> {
  return `Sessions that are already open are not ended by this; they can last ${await longest(permissionSets, role.id, budget)}.`;
}

/** The same of an access that is yet to end. */
export async function sessionsOutlive(
  permissionSets: PermissionSets,
  { role }: Grant,
  budget: Budget,
): Promise<string> {
  return `When the access ends, open sessions go on; they can last ${await longest(permissionSets, role.id, budget)}.`;
}

async function longest(permissionSets: PermissionSets, arn: string, budget: Budget): Promise<string> {
  return inWords((await permissionSets.describe(arn, budget).catch(() => null))?.SessionDuration);
}

/** `PT1H30M` as `up to 1 h 30 min`. */
function inWords(duration: string | undefined): string {
  const parts = /^PT(?:(?<hours>\d+)H)?(?:(?<minutes>\d+)M)?$/u.exec(duration ?? '')?.groups;
  const hours = Number(parts?.['hours'] ?? 0);
  const minutes = Number(parts?.['minutes'] ?? 0);
  if (hours + minutes === 0) return 'up to 12 hours';
  return `up to ${[hours > 0 ? `${hours} h` : '', minutes > 0 ? `${minutes} min` : ''].filter((part) => part !== '').join(' ')} more`;
}
