/**
 * What a request's status means for whoever made it. `waits`: for a person. `planned`: carried out, and to begin later.
 * `unknown` is a status that nobody has documented: it is followed like one that moves.
 */
export type Standing = 'active' | 'planned' | 'removed' | 'waits' | 'moving' | 'failed' | 'unknown';

/** What a request is for: access, or its end. */
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

/** All that the service documents, in its own spelling. Source: docs/design/azure.md#pim-statuses. */
export const statuses = [...waiting, ...moving, ...failed, ...scheduled, 'Provisioned', 'Revoked'] as const;

/**
 * Puts a status into its class; its letter case differs between endpoints. Source: docs/design/azure.md#pim-requests,
 * docs/design/azure.md#pim-statuses.
 *
 * @param startsLater whether what was asked for begins only in the future
 */
export function standingOf(status: string, purpose: Purpose, startsLater: boolean): Standing {
  const is = (names: readonly string[]): boolean => names.some((name) => name.toLowerCase() === status.toLowerCase());
  if (is(waiting)) return 'waits';
  if (is(moving)) return 'moving';
  if (is(failed)) return 'failed';
  // That a schedule which has begun is still being carried out is certain only of Granted (not known for sure).
  if (is(scheduled)) return startsLater && purpose === 'access' ? 'planned' : 'moving';
  if (is(['Revoked'])) return purpose === 'removal' ? 'removed' : 'failed';
  // What a removal that says so has done, a read has to tell (not known for sure).
  if (is(['Provisioned'])) return purpose === 'access' ? 'active' : 'removed';
  return 'unknown';
}

/** Whether a request has not come to its end yet, and needs no person for that. */
export function goesOn(standing: Standing): boolean {
  return standing === 'moving' || standing === 'unknown';
}

/** Whether a request may still make access: it waits for a person, is being carried out, or begins later (P1). */
export function mayCome({ standing, type }: { readonly standing: Standing; readonly type: string }): boolean {
  return type !== 'remove' && (standing === 'waits' || standing === 'planned' || goesOn(standing));
}
