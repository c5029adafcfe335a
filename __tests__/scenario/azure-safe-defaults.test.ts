import { describe, expect, it } from '@jest/globals';
import type { Effect } from '../../rehearsal/script.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { World } from '../../rehearsal/world.ts';
import { azureByIds, azureIds, azureStep, inAzure, scopes, warnings } from './azure-support.ts';
import { errors, severalAtOnce } from './support.ts';

const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
const accessAdministrator = '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9';
const rbacAdministrator = 'f58310d9-a9f6-439a-9e8d-f62e7b41a168';
const accessHelper = 'c0570000-0000-4000-8000-000000000002';
const everythingCustom = 'c0570000-0000-4000-8000-000000000003';
const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
const definition = (guid: string, at: string = scopes.subscription): string =>
  `${at}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;

/** Refused before a change, with the input that allows it. */
function expectRefused(world: World, result: StepResult, words: RegExp): void {
  expect(result.exitCode).toBe(1);
  expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
  expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
  expect(errors(result)).toMatch(words);
  expect(errors(result)).toMatch(/What to do: .*allow-privileged: true/su);
  expect(result.requests.filter(({ operation }) => operation === 'roleAssignments.put')).toEqual([]);
  expect(world.azure.estate.effectiveChanges()).toEqual([]);
}

/** Rights of a caller that cannot read role definitions. */
const withoutDefinitions = {
  permissions: [
    { actions: ['Microsoft.Authorization/roleAssignments/read', 'Microsoft.Authorization/roleAssignments/write'] },
  ],
};

describe('a privileged role', () => {
  const privileged: readonly (readonly [string, readonly string[]])[] = [
    ['Owner', ['Owner', 'owner', owner, owner.toUpperCase(), definition(owner), definition(owner, '')]],
    ['User Access Administrator', ['User Access Administrator', accessAdministrator, definition(accessAdministrator)]],
    ['Role Based Access Control Administrator', ['Role Based Access Control Administrator', rbacAdministrator]],
    ['a custom role with the very action', ['Access Helper', accessHelper, definition(accessHelper)]],
    ['a custom role with * and notActions that leave it', ['Everything Custom', everythingCustom]],
  ];
  it.each(privileged)('is refused in every spelling: %s (P10)', (_, roles) =>
    inAzure({}, async (world) => {
      await severalAtOnce(roles, async (role) => {
        expectRefused(world, await azureStep(world, { ...azureByIds, role }), /can hand out access/u);
      });
    }),
  );

  it('is refused at every kind of scope, and the message names role, GUID and action (P10)', () =>
    inAzure({}, async (world) => {
      // At the root of the tenant any role is a fault (azure-scopes.test.ts).
      const targets = Object.values(scopes).filter((scope) => scope !== scopes.tenantRoot);
      await severalAtOnce(targets, async (target) => {
        const result = await azureStep(world, { ...azureByIds, target, role: 'Owner' });
        expectRefused(world, result, /"Owner"/u);
        expect(errors(result)).toContain(owner);
        expect(errors(result)).toContain('Microsoft.Authorization/roleAssignments/write');
      });
    }));

  it('is granted where an input allows it', () =>
    inAzure({}, async (world) => {
      const roles = ['Owner', accessAdministrator, 'Access Helper', definition(everythingCustom)];
      for (const role of roles)
        expect(await azureStep(world, { ...azureByIds, role, 'allow-privileged': 'true' })).toMatchObject({
          exitCode: 0,
        });
      expect(world.azure.estate.effectiveChanges()).toHaveLength(roles.length);
    }));

  it('is revoked without a check: removing access is always allowed', () =>
    inAzure({}, async (world) => {
      const grant = { scope: scopes.resourceGroup, principalId: azureIds.onCall };
      for (const role of ['Owner', 'Access Helper']) {
        world.azure.estate.add({ ...grant, role });
        expect(await azureStep(world, { ...azureByIds, role, operation: 'revoke' })).toMatchObject({ exitCode: 0 });
        expect(world.azure.estate.has({ ...grant, role })).toBe(false);
      }
    }));

  it('does not include Network Contributor, Reader, data roles, a harmless custom role', () =>
    inAzure({}, async (world) => {
      const roles = ['Network Contributor', 'Reader', azureIds.blobReader, 'Payments Operator'];
      const results = await severalAtOnce([...roles, 'c0570000-0000-4000-8000-000000000001'], (role, index) =>
        azureStep(world, {
          ...azureByIds,
          role,
          target: Object.values(scopes)[2 + (index % 2)] ?? '',
          lifetime: 'permanent',
        }),
      );
      for (const result of results) {
        expect(errors(result)).toBe('');
        expect(result.exitCode).toBe(0);
        expect(result.annotations).toEqual([]);
      }
    }));
});

describe('a role whose holder can sign in as managed identities', () => {
  it('is granted with a warning, by name and by ID, as a lease too: Contributor', () =>
    inAzure({}, async (world) => {
      for (const [role, more] of [
        ['Contributor', {}],
        [contributor, {}],
        [definition(contributor), { lifetime: '1h' }],
      ] as const) {
        const result = await azureStep(world, { ...azureByIds, role, ...more });
        expect([result.exitCode, errors(result)]).toEqual([0, '']);
        expect(warnings(result)).toMatch(/can write federated credentials .*sign in as each managed identity/u);
      }
      const meant = await azureStep(world, { ...azureByIds, role: contributor, 'allow-privileged': 'true' });
      expect(warnings(meant)).toBe('');
      const revoked = await azureStep(world, { ...azureByIds, role: contributor, operation: 'revoke' });
      expect([revoked.exitCode, warnings(revoked)]).toEqual([0, '']);
    }));
});

describe('where role definitions are not readable', () => {
  it('a role by its GUID is granted with a warning about the unknown permissions', () =>
    inAzure({ azure: { callerRole: withoutDefinitions } }, async (world) => {
      const result = await azureStep(world, { ...azureByIds, role: accessHelper, lifetime: 'permanent' });
      expect(result.exitCode).toBe(0);
      expect(result.annotations.map(({ level }) => level)).toEqual(['warning']);
      expect(result.annotations[0]?.message).toMatch(
        /Could not read the permissions of the role .*roleDefinitions\/read/su,
      );
      expect(result.annotations[0]?.message).toContain(accessHelper);
      expect(world.azure.estate.effectiveChanges()).toHaveLength(1);
    }));

  it.each([owner, accessAdministrator.toUpperCase(), definition(rbacAdministrator)])(
    'a role that is known to be privileged is still refused: %s',
    (role) =>
      inAzure({ azure: { callerRole: withoutDefinitions } }, async (world) => {
        expectRefused(world, await azureStep(world, { ...azureByIds, role }), /can hand out access/u);
      }),
  );

  it('a role that is known to be harmless is granted without a warning, and without a look-up', () =>
    inAzure({ azure: { callerRole: withoutDefinitions } }, async (world) => {
      const result = await azureStep(world, { ...azureByIds, role: azureIds.reader, lifetime: 'permanent' });
      expect(result.exitCode).toBe(0);
      expect(result.annotations).toEqual([]);
      expect(result.requests.filter(({ operation }) => operation.startsWith('roleDefinitions'))).toEqual([]);
    }));

  it('a role by its name fails with the missing permission', () =>
    inAzure({ azure: { callerRole: withoutDefinitions } }, async (world) => {
      const result = await azureStep(world, { ...azureByIds, role: 'Owner' });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(/AuthorizationFailed/u);
      expect(errors(result)).toMatch(/What to do: .*Microsoft\.Authorization\/roleDefinitions\/read/su);
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    }));

  it('a temporary fault does not skip the check', () =>
    inAzure({}, async (world) => {
      world.script.fault({ operation: 'roleDefinitions.get', times: 3 }, { kind: 'http', status: 503, body: 'busy' });
      expectRefused(world, await azureStep(world, { ...azureByIds, role: accessHelper }), /can hand out access/u);
    }));

  it('nor does a definition without its permissions: they are unknown (P10)', () =>
    inAzure({}, async (world) => {
      const nameless = {
        id: definition(accessHelper),
        name: accessHelper,
        type: 'x',
        properties: { roleName: 'Access Helper' },
      };
      world.script.fault({ operation: 'roleDefinitions.get', times: 9 }, { kind: 'answer', body: nameless });
      const result = await azureStep(world, { ...azureByIds, role: accessHelper });
      const told = result.annotations.map(({ message }) => message).join('\n');
      expect([result.exitCode === 1, told.includes('Could not read the permissions of the role')]).toContain(true);
    }));
});

describe('a grant to oneself', () => {
  const ways = [
    `service-principal:${azureIds.broker}`,
    `service-principal:${azureIds.broker.toUpperCase()}`,
    azureIds.broker,
    'service-principal:access-broker',
    'app:a9900000-0000-4000-8000-0000000000b0',
    `user:${azureIds.broker}`,
  ];
  it.each(ways)('is refused, as %s', (principal) =>
    inAzure({}, async (world) => {
      expectRefused(world, await azureStep(world, { ...azureByIds, principal }), /identity that this job signs in as/u);
    }),
  );

  const { azure, ...elsewhere } = loadEstate();
  if (azure === undefined) throw new Error('the estate has an Azure');
  const inGroups = {
    estate: {
      ...elsewhere,
      azure: {
        ...azure,
        groups: azure.groups.map((group) =>
          group.id === azureIds.onCall ? { ...group, members: [...(group.members ?? []), azureIds.broker] } : group,
        ),
      },
    },
  };

  const everyone = '96000000-0000-4000-8000-000000000006';
  it.each(['group:Payments On-Call', 'group:Everyone On-Call', azureIds.onCall, everyone])(
    'is refused through %s, which has it as a member (P10)',
    (principal) =>
      inAzure(inGroups, async (world) => {
        const result = await azureStep(world, { ...azureByIds, principal });
        expectRefused(world, result, /a member of the group (?:"(?:Payments|Everyone) On-Call" \(|)96000000-/u);
        const allowed = await azureStep(world, { ...azureByIds, principal, 'allow-privileged': 'true' });
        expect(allowed.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      }),
  );

  it.each([{}, { 'azure-pim': 'true', reason: 'INC-1' }])('is refused to extend too: %j', (more) =>
    inAzure({ ...inGroups, azure: { pim: { takesMs: 0 } } }, async (world) => {
      const lease = { ...azureByIds, ...more, lifetime: '1h', 'keep-after-job': 'true', 'allow-privileged': 'true' };
      const main = await azureStep(world, lease);
      expect(main.exitCode).toBe(0);
      const inputs = { operation: 'extend', lifetime: '2h', 'lease-id': main.outputs['lease-id'] ?? '' };
      const refused = await azureStep(world, { ...inputs, 'azure-subscription-id': '' });
      expect([refused.exitCode, refused.outputs['changed']]).toEqual([1, 'false']);
      expect(errors(refused)).toMatch(/a member of the group .*allow-privileged/su);
    }),
  );

  it('is not checked for groups by ID with their type, which need no right in the directory', () =>
    inAzure(inGroups, async (world) => {
      const byId = await azureStep(world, azureByIds);
      expect([byId.exitCode, byId.requests.filter(({ service }) => service === 'graph')]).toEqual([0, []]);
    }));

  const denied: Effect = {
    kind: 'error',
    status: 403,
    code: 'Authorization_RequestDenied',
    message: 'Insufficient privileges',
  };
  it.each<[string, Effect]>([
    ['is denied', denied],
    ['fails', { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'later' }],
    ['does not answer', { kind: 'hang' }],
  ])('is made where the directory %s', (_, effect) =>
    inAzure(inGroups, async (world) => {
      world.script.fault({ operation: 'checkMemberGroups', times: Infinity }, effect);
      const result = await azureStep(world, { ...azureByIds, principal: 'group:Payments On-Call' });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(result.virtualMs).toBeLessThan(15_000);
      expect(result.log.includes('Could not check whether the identity of this job is a member of a group')).toBe(
        effect !== denied,
      );
    }),
  );

  it('is refused by the session of the Azure CLI too', () =>
    inAzure({}, async (world) => {
      const inputs = {
        ...azureByIds,
        principal: `service-principal:${azureIds.broker}`,
        'azure-client-id': 'none',
        'azure-audience': '',
      };
      const result = await azureStep(world, inputs, { env: world.azure.cli });
      expectRefused(world, result, /identity that this job signs in as/u);
    }));

  it('is made where an input allows it, and revoked without a check', () =>
    inAzure({}, async (world) => {
      const inputs = { ...azureByIds, principal: `service-principal:${azureIds.broker}` };
      expect(await azureStep(world, { ...inputs, 'allow-privileged': 'true' })).toMatchObject({ exitCode: 0 });
      expect(await azureStep(world, { ...inputs, operation: 'revoke' })).toMatchObject({ exitCode: 0 });
      expect(world.azure.estate.effectiveChanges().map(({ kind }) => kind)).toEqual(['create', 'delete']);
    }));
});

describe('an event that a person outside can have caused (P10)', () => {
  it.each(['pull_request_target', 'issue_comment', 'workflow_run'])('is refused before any request: %s', (event) =>
    inAzure({}, async (world) => {
      for (const operation of ['assign', 'revoke']) {
        const result = await azureStep(world, { ...azureByIds, operation }, { event });
        expect(result.exitCode).toBe(1);
        expect(result.requests).toEqual([]);
        expect(errors(result)).toMatch(new RegExp(`^allow-event: ${event} started this workflow`, 'mu'));
      }
      expect(await azureStep(world, { ...azureByIds, 'allow-event': event }, { event })).toMatchObject({ exitCode: 0 });
    }),
  );
});
