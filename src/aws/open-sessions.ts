import type { Budget } from '../access/clock.ts';
import type { Grant } from '../access/grant.ts';
import type { PermissionSets } from './permission-sets.ts';

/**
 * Revoking an assignment does not end sessions that are already open: those live to the end of the permission set's
 * session duration, one hour by default, twelve at most. Source: aws-identity-center §2.2.
 */
export async function openSessions(permissionSets: PermissionSets, { role }: Grant, budget: Budget): Promise<string> {
  const described = await permissionSets.describe(role.id, budget).catch(() => null);
  return `Sessions that are already open are not ended by this; they can last ${inWords(described?.SessionDuration)}.`;
}

/** `PT1H30M` as `up to 1 h 30 min`. */
function inWords(duration: string | undefined): string {
  const parts = /^PT(?:(?<hours>\d+)H)?(?:(?<minutes>\d+)M)?$/u.exec(duration ?? '')?.groups;
  const hours = Number(parts?.['hours'] ?? 0);
  const minutes = Number(parts?.['minutes'] ?? 0);
  if (hours + minutes === 0) return 'up to 12 hours';
  return `up to ${[hours > 0 ? `${hours} h` : '', minutes > 0 ? `${minutes} min` : ''].filter((part) => part !== '').join(' ')} more`;
}
