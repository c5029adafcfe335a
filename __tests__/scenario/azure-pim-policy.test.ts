import { describe, expect, it } from '@jest/globals';
import type { PolicyEntry } from '../../rehearsal/azure/estate.ts';
import { leasedAssignment } from './azure-lease-support.ts';
import { asked, inPim, leasedByPim, revokedByPim, takeByPim } from './azure-pim-support.ts';
import { azureByIds, azureStep, requestsTo, scopes } from './azure-support.ts';
import { errors } from './support.ts';

const place = { scope: scopes.resourceGroup, role: 'Storage Blob Data Reader' } as const;
const without = { ...leasedByPim, reason: '' };
const tickets = { 'ticket-number': 'CHG-1', 'ticket-system': 'ServiceNow' };

describe('the policy of a role', () => {
  const faults: readonly (readonly [
    string,
    Partial<PolicyEntry>,
    Readonly<Record<string, string>>,
    readonly string[],
  ])[] = [
    [
      'a shorter maximum',
      { maximumDuration: 'PT45M' },
      leasedByPim,
      ['at most 45 min, and `lifetime` is 1 h', 'lifetime: PT45M'],
    ],
    ['a justification', {}, without, ['requires a justification, and `reason` is missing', 'reason: Incident']],
    [
      'a ticket',
      { requires: ['Ticketing'] },
      leasedByPim,
      [
        '`ticket-number` is missing',
        'ticket-number: CHG-4711',
        '`ticket-system` is missing',
        'ticket-system: ServiceNow',
      ],
    ],
    [
      'multi-factor authentication',
      { requires: ['MultiFactorAuthentication'] },
      leasedByPim,
      ['requires multi-factor authentication', 'a workload identity cannot'],
    ],
    [
      'everything at once',
      { maximumDuration: 'PT45M', requires: ['MultiFactorAuthentication', 'Justification', 'Ticketing'] },
      without,
      [
        'at most 45 min',
        '`reason` is missing',
        '`ticket-number` is missing',
        '`ticket-system` is missing',
        'multi-factor',
      ],
    ],
  ];
  it.each(faults)('that requires %s is a fault before any request (P6)', (_, policy, inputs, told) =>
    inPim({}, async (world) => {
      world.azure.pim.setPolicy({ ...place, ...policy });
      const main = await azureStep(world, inputs);
      expect(main.outputs['status']).toBe('FAILED');
      for (const words of told) expect(errors(main)).toContain(words);
      expect(requestsTo(main, 'roleAssignmentScheduleRequests.put')).toEqual([]);
    }),
  );

  it('is met by inputs with its requirements', () =>
    inPim({}, async (world) => {
      world.azure.pim.setPolicy({ ...place, maximumDuration: 'PT1H', requires: ['Justification', 'Ticketing'] });
      const main = await takeByPim(world, { ...leasedByPim, ...tickets });
      expect(main.outputs['status']).toBe('SUCCEEDED');
    }));

  it('is checked by a dry run too', () =>
    inPim({}, async (world) => {
      world.azure.pim.setPolicy({ ...place, maximumDuration: 'PT45M' });
      const main = await azureStep(world, { ...leasedByPim, 'dry-run': 'true' });
      expect(main.outputs['status']).toBe('FAILED');
    }));

  it.each([
    ['an authentication context', { authenticationContext: 'c1' }, 'RoleAssignmentRequestAcrsValidationFailed'],
    ['a setting that only the refusal names', { refuses: ['ApprovalRule'] }, 'ApprovalRule'],
    ['activation days', { refuses: ['ActivationDayRule'] }, 'forbid this form of request'],
    ['an eligibility', { refuses: ['EligibilityRule'] }, 'forbid this form of request'],
    ['an administrator of another kind', { refuses: ['AdminRequestRule'] }, 'forbid this form of request'],
    ['a claim', { refuses: ['AcrsRule'] }, 'a workload identity cannot satisfy'],
  ])('that requires %s is reported by the refusal: red, and nothing is granted (P9)', (_, policy, told) =>
    inPim({}, async (world) => {
      world.azure.pim.setPolicy({ ...place, ...policy });
      const main = await azureStep(world, leasedByPim);
      expect(main.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(main)).toContain(told);
      expect([asked(world), leasedAssignment(world)]).toEqual([[], undefined]);
    }),
  );
});

describe('the inputs of Privileged Identity Management', () => {
  it.each([
    ['azure-pim', { lifetime: 'permanent' }, 'always has an end'],
    ['azure-pim', { lifetime: 'none' }, 'always has an end'],
    [
      'assignment-name',
      { 'assignment-name': 'a98fa280-e03f-5afa-8d8e-92d0a9c201e8' },
      'Azure names the role assignment',
    ],
    ['description', { description: 'Incident' }, 'Use reason instead'],
    [
      'delegated-managed-identity-resource-id',
      {
        'delegated-managed-identity-resource-id': `${scopes.resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deploy`,
      },
      'cannot have a delegated identity',
    ],
    ['ticket-number', { 'azure-pim': 'false', 'ticket-number': 'CHG-1' }, 'has no effect without azure-pim'],
    ['ticket-system', { 'azure-pim': 'false', 'ticket-system': 'ServiceNow' }, 'has no effect without azure-pim'],
    ['wait', { 'azure-pim': 'false', wait: 'false' }, 'a lease is reported only once it is established'],
  ])('refuse %s where it has no effect (P6)', (input, inputs, told) =>
    inPim({}, async (world) => {
      const main = await azureStep(world, { ...leasedByPim, ...inputs });
      expect(main.outputs['status']).toBe('FAILED');
      expect(errors(main)).toContain(input);
      expect(errors(main)).toContain(told);
      expect(main.requests).toEqual([]);
    }),
  );

  it('have no effect on a sweep', () =>
    inPim({}, async (world) => {
      const swept = await azureStep(world, { operation: 'sweep', 'azure-pim': 'true' });
      expect(errors(swept)).toContain(
        'azure-pim: This input is not used by operation: sweep, only by assign, revoke and list.',
      );
    }));
});

describe('a refusal of Privileged Identity Management', () => {
  it('of a locked scope is reported', () =>
    inPim({}, async (world) => {
      world.azure.estate.lock(scopes.resourceGroup, 'ReadOnly');
      const main = await azureStep(world, leasedByPim);
      expect(main.outputs['status']).toBe('FAILED');
      expect(errors(main)).toContain('ResourceIsLocked');
      expect(errors(main)).toContain('Ask the owners of the lock');
    }));

  it('of an unknown principal is tried again until the time limit', () =>
    inPim({}, async (world) => {
      const main = await azureStep(world, {
        ...leasedByPim,
        principal: 'group:96000000-0000-4000-8000-00000000dead',
        timeout: '1m',
      });
      expect(main.outputs['status']).toBe('FAILED');
      expect(errors(main)).toContain('SubjectNotFound');
      expect(requestsTo(main, 'roleAssignmentScheduleRequests.put').length).toBeGreaterThan(2);
    }));

  it('with a lease by description is reported, and leaves that lease alone (P3)', () =>
    inPim({}, async (world) => {
      await takeByPim(world, { ...azureByIds, lifetime: '2h' });
      const main = await azureStep(world, leasedByPim);
      expect(errors(main)).toContain('Leave out `azure-pim`');
      const revoked = await azureStep(world, revokedByPim);
      expect(errors(revoked)).toContain('Leave out `azure-pim`');
      expect(leasedAssignment(world)).toBeDefined();
    }));

  it('is not caused by a slow list', () =>
    inPim({}, async (world) => {
      world.script.fault({ operation: 'roleAssignmentScheduleInstances.list' }, { kind: 'delay', ms: 28_000 });
      const main = await takeByPim(world);
      expect(requestsTo(main, 'roleAssignmentScheduleInstances.list')).toHaveLength(1);
    }));
});
