import { describe, expect, test } from '@jest/globals';

import { refuseOneself } from '../../../src/azure/guards/oneself.ts';
import { handsOut, refusePrivilegedRole } from '../../../src/azure/guards/privileged.ts';
import type { Permission, Role } from '../../../src/azure/resolve/roles.ts';
import { createFakeLog } from '../../access/fake-log.ts';

const write = 'Microsoft.Authorization/roleAssignments/write';
const permission = (actions: readonly string[], notActions: readonly string[] = []): Permission => ({
  actions,
  notActions,
});
const custom = 'c0570000-0000-4000-8000-000000000002';
const role = (guid: string, allows: Role['allows'], name: string | null = null): Role => ({
  id: `/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions/${guid}`,
  name,
  allows,
});

describe('handsOut', () => {
  test.each<[string, readonly Permission[]]>([
    ['the action itself', [permission([write])]],
    ['in another letter case', [permission([write.toUpperCase()])]],
    ['everything', [permission(['*'])]],
    ['everything of Microsoft.Authorization', [permission(['Microsoft.Authorization/*'])]],
    ['every write', [permission(['*/write'])]],
    ['a star in the middle', [permission(['Microsoft.Authorization/*/write'])]],
    ['two stars', [permission(['*.Authorization/role*/write'])]],
    ['notActions that leave it', [permission(['*'], ['Microsoft.Authorization/roleAssignments/delete', '*/read'])]],
    ['notActions of another permission', [permission(['*/read'], [write]), permission([write])]],
    ['schedules', [permission(['Microsoft.Authorization/roleAssignmentScheduleRequests/write'])]],
    ['eligibility', [permission(['Microsoft.Authorization/roleEligibilityScheduleRequests/*'])]],
    ['role definitions, which widen a role', [permission(['Microsoft.Authorization/roleDefinitions/write'])]],
    ['elevation', [permission(['Microsoft.Authorization/elevateAccess/action'])]],
  ])('by %s', (_, permissions) => {
    expect(handsOut(permissions)).toMatch(/^Microsoft\.Authorization\//u);
  });

  test.each<[string, readonly Permission[]]>([
    ['nothing', []],
    ['reading', [permission(['*/read'])]],
    [
      'Contributor',
      [
        permission(
          ['*'],
          [
            'Microsoft.Authorization/*/Delete',
            'Microsoft.Authorization/*/Write',
            'Microsoft.Authorization/elevateAccess/Action',
          ],
        ),
      ],
    ],
    ['all but Microsoft.Authorization', [permission(['*'], ['microsoft.authorization/*'])]],
    ['a prefix of it', [permission(['Microsoft.Authorization/roleAssignments/writ'])]],
    ['a longer one', [permission([`${write}/x`])]],
    ['a dot that is no dot', [permission(['MicrosoftXAuthorization/roleAssignments/write'])]],
  ])('not by %s', (_, permissions) => {
    expect(handsOut(permissions)).toBeNull();
  });
});

describe('refusePrivilegedRole', () => {
  test('names the role, its GUID, the action and the input that allows it', () => {
    const refusal = refusePrivilegedRole(role(custom, [permission([write])], 'Access Helper'), createFakeLog());
    expect(refusal?.message).toContain(`The role "Access Helper" (${custom}) can hand out access (${write})`);
    expect(refusal?.hint).toContain('allow-privileged: true');
  });

  test.each([
    '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    '18D7D88D-D35E-4FB5-A5C3-7773C20A72D9',
    'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
  ])('refuses a well-known one with any permissions: %s', (guid) => {
    for (const allows of ['known', 'unreadable', []] as const)
      expect(refusePrivilegedRole(role(guid, allows), createFakeLog())?.message).toMatch(/can hand out access/u);
  });

  test('accepts any other, with a warning where its permissions are not readable', () => {
    const log = createFakeLog();
    expect(refusePrivilegedRole(role(custom, [permission(['*/read'])]), log)).toBeNull();
    expect(refusePrivilegedRole(role(custom, 'known'), log)).toBeNull();
    expect(log.lines).toEqual([]);
    expect(refusePrivilegedRole(role(custom, 'unreadable'), log)).toBeNull();
    expect(log.at('warning')).toEqual([expect.stringContaining('roleDefinitions/read')]);
  });
});

describe('a role that can write federated credentials', () => {
  const signsIn = 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write';
  const warned = (guid: string, allows: Role['allows']): readonly string[] => {
    const log = createFakeLog();
    expect(refusePrivilegedRole(role(guid, allows, 'Deployer'), log)).toBeNull();
    return log.at('warning');
  };

  test.each<[string, readonly Permission[]]>([
    ['the action itself', [permission([signsIn])]],
    ['in another letter case', [permission([signsIn.toLowerCase()])]],
    ['everything of managed identities', [permission(['Microsoft.ManagedIdentity/*'])]],
    ['every write but those of Microsoft.Authorization', [permission(['*/write'], ['Microsoft.Authorization/*'])]],
    [
      'Contributor',
      [permission(['*'], ['Microsoft.Authorization/*/Write', 'Microsoft.Authorization/elevateAccess/Action'])],
    ],
  ])('is reported as a warning, and not refused: %s', (_, permissions) => {
    expect(warned(custom, permissions)).toEqual([
      expect.stringMatching(/"Deployer" .* can write federated credentials .* sign in as each managed identity/u),
    ]);
  });

  test('is recognized by its ID without a read: Contributor', () => {
    for (const guid of ['b24988ac-6180-42a0-ab88-20f7382dd24c', 'B24988AC-6180-42A0-AB88-20F7382DD24C'])
      expect(warned(guid, 'known')).toHaveLength(1);
  });

  test.each<[string, readonly Permission[]]>([
    [
      'notActions take it away',
      [permission(['*'], ['Microsoft.Authorization/*', 'Microsoft.ManagedIdentity/*/write'])],
    ],
    ['it reads', [permission(['Microsoft.ManagedIdentity/*/read'])]],
    ['it assigns identities', [permission(['Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action'])]],
  ])('does not include %s', (_, permissions) => {
    expect(warned(custom, permissions)).toEqual([]);
  });
});

describe('refuseOneself', () => {
  const objectId = '5e000000-0000-4000-8000-0000000000b0';
  const other = '5e000000-0000-4000-8000-0000000000b1';
  const caller = { objectId, clientId: null, tenantId: null, delegated: false };

  test('in any letter case, among others', () => {
    for (const id of [objectId, objectId.toUpperCase()]) {
      const refusal = refuseOneself([other, id], caller, createFakeLog());
      expect(refusal?.message).toContain(`The principal ${id} is the identity that this job signs in as`);
    }
  });

  test('and no other principal; with a token without a caller, a warning', () => {
    const log = createFakeLog();
    expect(refuseOneself([other], caller, log)).toBeNull();
    expect(log.lines).toEqual([]);
    expect(refuseOneself([objectId], { ...caller, objectId: null }, log)).toBeNull();
    expect(log.at('warning')).toHaveLength(1);
  });
});
