/**
 * Standing of a request, by its status. `waits`: for a person. `planned`: carried out, and begins later. `moving`: in
 * progress. `unknown`: an undocumented status, which is followed like `moving`.
 */
export type Standing = 'active' | 'planned' | 'removed' | 'waits' | 'moving' | 'failed' | 'unknown';

/** Purpose of a request: access, or its removal. */
export type Purpose = 'access' | 'removal';

const waiting = ['PendingApproval', 'PendingAdminDecision', 'PendingApprovalProvisioning'] as const;
const moving = [
  'Accepted',
  'PendingEvaluation',
  'PendingProvisioning',
  'PendingRevocation',
  'PendingScheduleCreation',
  'PendingExternalProvisioning',
  'ProvisioningStarted',
  'AdminApproved',
] as const;
const failed = [
  'Denied',
  'AdminDenied',
  'Failed',
  'FailedAsResourceIsLocked',
  'Canceled',
  'TimedOut',
  'Invalid',
] as const;
const scheduled = ['Granted', 'ScheduleCreated'] as const;

/** All documented statuses, in the service's spelling. Source: docs/design/azure.md#pim-statuses. */
export const statuses = [...waiting, ...moving, ...failed, ...scheduled, 'Provisioned', 'Revoked'] as const;

/**
 * Standing of a status. Letter case differs between endpoints. Source: docs/design/azure.md#pim-requests,
 * docs/design/azure.md#pim-statuses.
 *
 * @param startsLater whether the requested access begins only in the future
 */
export function standingOf(status: string, purpose: Purpose, startsLater: boolean): Standing {
  const is = (names: readonly string[]): boolean => names.some((name) => name.toLowerCase() === status.toLowerCase());
  if (is(waiting)) return 'waits';
  if (is(moving)) return 'moving';
  if (is(failed)) return 'failed';
  // Only for Granted is it certain that a schedule which has begun is still being carried out (not known for sure).
  if (is(scheduled)) return startsLater && purpose === 'access' ? 'planned' : 'moving';
  if (is(['Revoked'])) return purpose === 'removal' ? 'removed' : 'failed';
  // Only a read shows what a removal with this status has done (not known for sure).
  if (is(['Provisioned'])) return purpose === 'access' ? 'active' : 'removed';
  return 'unknown';
}

/** True if a request is not finished yet, and needs no person for that. */
export function goesOn(standing: Standing): boolean {
  return standing === 'moving' || standing === 'unknown';
}

/** True if a request might still create access: it waits for a person, is in progress, or begins later (P1). */
export function mayCome({ standing, type }: { readonly standing: Standing; readonly type: string }): boolean {
  return type !== 'remove' && (standing === 'waits' || standing === 'planned' || goesOn(standing));
}
