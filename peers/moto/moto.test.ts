import { expect, it } from '@jest/globals';
import { ProvisionPermissionSetCommand } from '@aws-sdk/client-sso-admin';

import { byNames, describeMoto, withMoto } from './support.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';

/** How each grant ended, by its name. */
function ends({ outputs }: StepResult): readonly unknown[] {
  const results = JSON.parse(outputs['results'] ?? '[]') as readonly Readonly<Record<string, unknown>>[];
  return results.map((it) => [it['principal-name'], it['status'], it['changed']]);
}

function annotations(result: StepResult, of: 'error' | 'warning'): readonly string[] {
  return result.annotations.filter(({ level }) => level === of).map(({ message }) => message);
}

const listless = (operation: string): unknown =>
  expect.stringMatching(
    new RegExp(
      `^Operations in progress .* could not be read, .*sso:${operation} failed with HTTP 500: the response is not JSON`,
      'u',
    ),
  );

describeMoto('the action against moto (P1)', () => {
  it.concurrent('assigns by names of user, group, permission set and account; a second run finds it done', () =>
    withMoto(async ({ step, assignments, accountId, permissionSetArn, userId, groupId }) => {
      const first = await step(byNames);
      expect(first.exitCode).toBe(0);
      expect(ends(first)).toEqual([
        ['alice@example.com', 'SUCCEEDED', true],
        ['Payments On-Call', 'SUCCEEDED', true],
      ]);
      expect(first.outputs['request-id']?.split('\n')).toEqual([
        expect.stringMatching(/^[\da-f-]{36}$/u),
        expect.stringMatching(/^[\da-f-]{36}$/u),
      ]);
      // The permission set's ARN is no ARN that AWS gives, and is taken as the cloud has it.
      const place = { AccountId: accountId, PermissionSetArn: permissionSetArn };
      const there = [
        { ...place, PrincipalType: 'USER', PrincipalId: userId },
        { ...place, PrincipalType: 'GROUP', PrincipalId: groupId },
      ];
      expect(await assignments()).toEqual(there);
      expect(annotations(first, 'warning')).toEqual([listless('ListAccountAssignmentCreationStatus')]);

      const second = await step(byNames);
      expect({ exitCode: second.exitCode, changed: second.outputs['changed'] }).toEqual({
        exitCode: 0,
        changed: 'false',
      });
      expect(await assignments()).toEqual(there);
      expect(annotations(second, 'warning')).toHaveLength(2);
    }),
  );

  it.concurrent('revokes by names what somebody else has assigned; a second run finds it done', () =>
    withMoto(async ({ step, assignments, grant }) => {
      const granted = await grant();
      expect(await assignments()).toHaveLength(1);
      const revoking = { ...byNames, principal: 'group:Payments On-Call', operation: 'revoke' };
      const first = await step(revoking);
      expect({ exitCode: first.exitCode, ends: ends(first) }).toEqual({
        exitCode: 0,
        ends: [['Payments On-Call', 'SUCCEEDED', true]],
      });
      // moto: a deletion has the request id of the creation.
      expect(first.outputs['request-id']).toBe(granted);
      expect(await assignments()).toEqual([]);
      expect(annotations(first, 'warning')).toEqual([listless('ListAccountAssignmentDeletionStatus')]);

      const second = await step(revoking);
      expect({ exitCode: second.exitCode, changed: second.outputs['changed'] }).toEqual({
        exitCode: 0,
        changed: 'false',
      });
    }),
  );

  it.concurrent('is red at the verification of a push, since moto calls what it has pushed outdated', () =>
    withMoto(async ({ step, sso, instanceArn, permissionSetArn }) => {
      await sso.send(
        new ProvisionPermissionSetCommand({
          InstanceArn: instanceArn,
          PermissionSetArn: permissionSetArn,
          TargetType: 'ALL_PROVISIONED_ACCOUNTS',
        }),
      );
      const result = await step({ operation: 'provision', role: 'IncidentAdmin', target: 'all', timeout: '40s' });
      expect(result.exitCode).toBe(1);
      expect(result.log).toMatch(/ProvisionPermissionSet.*request ID [\da-f-]{36}/u);
      const [error = '', ...others] = annotations(result, 'error');
      expect(others).toEqual([]);
      expect(error).toMatch(
        /ProvisionPermissionSet ended SUCCEEDED, but \d+ s of reading back still showed the old version/u,
      );
    }),
  );
});
