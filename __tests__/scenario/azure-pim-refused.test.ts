import { describe, expect, it } from '@jest/globals';
import type { CallerRole } from '../../rehearsal/azure/options.ts';
import { byLeaseId, leasedAssignment } from './azure-lease-support.ts';
import { asked, inPim, leasedByPim, leasedSchedule, postByPim, revokedByPim, takeByPim } from './azure-pim-support.ts';
import { azureIds, azureStep, requestsTo, scopes, warnings } from './azure-support.ts';
import { minute } from './lease-support.ts';
import { errors } from './support.ts';

const put = 'roleAssignmentScheduleRequests.put';

/** Azure's words, and the words that the hint must have. */
type Answer = readonly [status: number, code: string, message: string, hint: RegExp];

const final: readonly Answer[] = [
  [400, 'RoleNotFound', 'The role is not found.', /Check `role`, and that a custom role is assignable at this scope/u],
  [400, 'AadPremiumLicenseRequired', 'The tenant needs a licence.', /Microsoft Entra ID P2 or ID Governance/u],
  [403, 'AadPremiumLicenseRequired', 'The tenant needs a licence.', /Microsoft Entra ID P2 or ID Governance/u],
  [403, 'RequestDisallowedByPolicy', "Resource was disallowed by policy 'no-grants'.", /Azure Policy/u],
  [400, 'ResourceIsLocked', 'The resource is locked.', /Ask the owners of the lock/u],
  [
    400,
    'InsufficientPermissions',
    'The requestor x does not have permissions for this request.',
    /roleAssignments\/write.*without a condition/u,
  ],
  [
    400,
    'RoleAssignmentRequestPolicyValidationFailed',
    'The following policy rules failed: ["JustificationRule","TicketingRule"]',
    /Give `reason`.*`ticket-number`/u,
  ],
  [400, 'SomethingNew', 'It is new.', /request ID/u],
];

describe('a request that Privileged Identity Management refuses for good', () => {
  it.each(final)(
    'with %i %s is red: code, text, request ID and a hint, and no request is sent twice (P9)',
    (...answer) =>
      inPim({}, async (world) => {
        const [status, code, message, hint] = answer;
        world.script.fault({ operation: put, times: 100 }, { kind: 'error', status, code, message });
        const main = await azureStep(world, leasedByPim);
        expect(main.outputs).toMatchObject({ status: 'FAILED', changed: 'false', 'lease-id': '' });
        const told = errors(main);
        expect([told.includes(code), told.includes(message)]).toEqual([true, true]);
        expect(told).toMatch(/request ID [0-9a-f-]{36}/u);
        expect(told).toMatch(hint);
        expect(requestsTo(main, put)).toHaveLength(1);
        const ended = await postByPim(world, main);
        expect([errors(ended), warnings(ended), ended.exitCode]).toEqual(['', '', 0]);
        expect([asked(world), leasedAssignment(world)]).toEqual([[], undefined]);
      }),
  );

  it('since the right to assign has a condition is red, and reports that the right cannot have one', () => {
    const condition = `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${azureIds.blobReader}}))`;
    const callerRole: CallerRole = { permissions: [{ actions: ['*'] }], condition };
    return inPim({ azure: { callerRole } }, async (world) => {
      const main = await azureStep(world, leasedByPim);
      expect(main.outputs['status']).toBe('FAILED');
      expect(errors(main)).toContain('InsufficientPermissions');
      expect(errors(main)).toMatch(
        /give the identity Microsoft\.Authorization\/roleAssignments\/write .* at this scope without a condition\. It can then grant any role there/u,
      );
      expect(requestsTo(main, put)).toHaveLength(1);
    });
  });

  it('since the resource group is not readable is red, and names the missing right', () => {
    const notActions = ['Microsoft.Resources/subscriptions/resourceGroups/read'];
    return inPim({ azure: { callerRole: { permissions: [{ actions: ['*'], notActions }] } } }, async (world) => {
      const main = await azureStep(world, leasedByPim);
      expect(main.outputs['status']).toBe('FAILED');
      expect(errors(main)).toContain('Microsoft.Resources/subscriptions/resourceGroups/read');
      expect([requestsTo(main, put), leasedAssignment(world)]).toEqual([[], undefined]);
    });
  });

  it('since the access exists already and no list shows it is red before the time limit, and reports that', () =>
    inPim({}, async (world) => {
      const code = 'RoleAssignmentExists';
      const message = 'The Role assignment already exists.';
      world.script.fault({ operation: put, times: 100 }, { kind: 'error', status: 400, code, message });
      const main = await azureStep(world, { ...leasedByPim, timeout: '10m' });
      expect(main.outputs['status']).toBe('FAILED');
      expect(errors(main)).toMatch(/it is not listed.*RoleAssignmentExists/u);
      expect(main.virtualMs).toBeLessThan(5 * minute);
    }));
});

describe('a removal that Privileged Identity Management refuses', () => {
  it.each([
    ['since a lock is in the way', 'ResourceIsLocked'],
    ['for good', 'SomethingNew'],
  ])('%s leaves the access to Azure: post is green, and warns with the code and the end (P9)', (_, code) =>
    inPim({}, async (world) => {
      const main = await takeByPim(world);
      await world.clock.advance(6 * minute);
      if (code === 'ResourceIsLocked') world.azure.estate.lock(scopes.resourceGroup, 'CanNotDelete');
      else world.script.fault({ operation: put }, { kind: 'error', status: 400, code, message: 'It is new.' });
      const ended = await postByPim(world, main);
      expect([errors(ended), ended.exitCode]).toEqual(['', 0]);
      expect(warnings(ended)).toContain(code);
      expect(warnings(ended)).toMatch(/Azure ends the access at 2026-11-21 21:0\d UTC/u);
      expect(requestsTo(ended, put)).toHaveLength(1);
      expect(leasedSchedule(world)).toBeDefined();
    }),
  );

  it('without the right is red after two minutes of tries where a release or a revoke ends access', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' });
      await world.clock.advance(6 * minute);
      const code = 'AuthorizationFailed';
      world.script.fault({ operation: put, times: 999 }, { kind: 'error', status: 403, code, message: 'no' });
      for (const inputs of [byLeaseId('release', main), revokedByPim]) {
        const ended = await azureStep(world, inputs);
        expect([ended.outputs['status'], ended.outputs['changed'], ended.exitCode]).toEqual(['FAILED', 'false', 1]);
        expect(errors(ended)).toMatch(/AuthorizationFailed: no \(request ID .+\).+What to do: /su);
        expect(ended.virtualMs).toBeGreaterThan(50_000);
      }
      expect(leasedSchedule(world)).toBeDefined();
    }));
});
