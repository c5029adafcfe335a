import { describe, expect, it } from '@jest/globals';
import { goesOn, standingOf, statuses } from '../../../../src/azure/leases/pim/statuses.ts';

/** The classes of docs/design/azure.md#pim-statuses, as a copy. */
const expected = {
  Provisioned: ['active', 'active', 'removed'],
  Granted: ['moving', 'planned', 'moving'],
  ScheduleCreated: ['moving', 'planned', 'moving'],
  Revoked: ['failed', 'failed', 'removed'],
  PendingApproval: ['waits', 'waits', 'waits'],
  PendingAdminDecision: ['waits', 'waits', 'waits'],
  PendingApprovalProvisioning: ['waits', 'waits', 'waits'],
  Accepted: ['moving', 'moving', 'moving'],
  PendingEvaluation: ['moving', 'moving', 'moving'],
  PendingProvisioning: ['moving', 'moving', 'moving'],
  PendingRevocation: ['moving', 'moving', 'moving'],
  PendingScheduleCreation: ['moving', 'moving', 'moving'],
  PendingExternalProvisioning: ['moving', 'moving', 'moving'],
  ProvisioningStarted: ['moving', 'moving', 'moving'],
  AdminApproved: ['moving', 'moving', 'moving'],
  Denied: ['failed', 'failed', 'failed'],
  AdminDenied: ['failed', 'failed', 'failed'],
  Failed: ['failed', 'failed', 'failed'],
  FailedAsResourceIsLocked: ['failed', 'failed', 'failed'],
  Canceled: ['failed', 'failed', 'failed'],
  TimedOut: ['failed', 'failed', 'failed'],
  Invalid: ['failed', 'failed', 'failed'],
} as const;

describe('the status of a request', () => {
  it('is one of 22', () => {
    expect(statuses.toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it.each(Object.entries(expected))('%s means the same in any letter case', (status, [now, later, removal]) => {
    for (const text of [status, status.toLowerCase(), status.toUpperCase()]) {
      expect(standingOf(text, 'access', false)).toBe(now);
      expect(standingOf(text, 'access', true)).toBe(later);
      expect(standingOf(text, 'removal', false)).toBe(removal);
    }
  });

  it('that is undocumented is followed', () => {
    expect(standingOf('Dreaming', 'access', false)).toBe('unknown');
    expect(goesOn('unknown')).toBe(true);
    expect(goesOn('waits')).toBe(false);
  });
});
