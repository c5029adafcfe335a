import { describe, expect, it } from '@jest/globals';
import type { AzureEstate } from '../../../rehearsal/azure/estate.ts';
import { minuteMs } from '../../../src/access/clock.ts';
import { lastSegment } from '../../../src/azure/resolve/ids.ts';
import { writeRecord } from '../../../src/azure/leases/records/record-text.ts';
import { group, managementGroup, reader, servicePrincipal, subscription, user } from '../in-process.ts';
import { inAccessScene, inShort, listed, type AccessScene } from './access-scene.ts';

const resourceGroup = `${subscription(1)}/resourceGroups/payments-prod`;
const holder = '1.2.1.3.00000000';

/** A role assignment with a record of this action. */
function addLease({ world }: AccessScene, scope: string, text = '', endsIn = 30): number {
  const end = Math.floor((Date.now() + endsIn * minuteMs) / minuteMs) * minuteMs;
  const name = '0a000000-0000-4000-8000-000000000001';
  const place = { scope, role: reader, principal: user(1), name };
  const description = writeRecord(text, [{ holder, end, keepAfterJob: false }], place);
  world.azure.estate.add({ scope, role: 'Reader', principalId: user(1), name, description });
  return end;
}

describe('the list of selected access', () => {
  it('has the assignments at the scopes, by names, and marks inherited ones', async () => {
    await inAccessScene({}, async (scene) => {
      scene.world.azure.estate.add({ scope: subscription(1), role: 'Reader', principalId: user(1) });
      scene.world.azure.estate.add({ scope: resourceGroup, role: 'Reader', principalId: user(2) });
      const { existing, notices } = await listed(scene, { targets: [subscription(1)] });
      expect(notices).toEqual([]);
      expect(existing.map(inShort).sort()).toEqual([
        `Everyone On-Call | Reader | ${managementGroup('mg-payments')} | inherited permanent found`,
        `access-broker | Role Based Access Control Administrator | ${subscription(1)} | direct permanent found`,
        `alice@example.com | Reader | ${subscription(1)} | direct permanent found`,
        'bob@example.com | User Access Administrator | / | inherited permanent found',
      ]);
      const direct = await listed(scene, { targets: [subscription(1)], types: ['User'] }, 'removals');
      expect(direct.existing.map(inShort)).toEqual([
        `alice@example.com | Reader | ${subscription(1)} | direct permanent found`,
      ]);
    });
  });

  it('has the whole subscription of the step without scopes, and without a subscription everything that the identity can see', async () => {
    const add = ({ world }: AccessScene): void => {
      world.azure.estate.add({ scope: resourceGroup, role: 'Reader', principalId: user(2) });
      world.azure.estate.add({ scope: subscription(2), role: 'Reader', principalId: user(1) });
    };
    const inMany = `Everyone On-Call | Reader | ${managementGroup('mg-payments')}`;
    await inAccessScene({}, async (scene) => {
      add(scene);
      expect((await listed(scene, { roles: ['Reader'] })).existing.map(inShort).sort()).toEqual([
        `${inMany} | inherited permanent found`,
        `bob@example.com | Reader | ${resourceGroup} | direct permanent found`,
      ]);
    });
    await inAccessScene({ subscriptionId: null }, async (scene) => {
      add(scene);
      expect((await listed(scene, { roles: [reader] })).existing.map(inShort).sort()).toEqual([
        `${inMany} | direct permanent found`,
        `alice@example.com | Reader | ${subscription(2)} | direct permanent found`,
        `bob@example.com | Reader | ${resourceGroup} | direct permanent found`,
      ]);
    });
  });

  it('has assignments below a scope where an input requests them, each once', async () => {
    await inAccessScene({}, async (scene) => {
      scene.world.azure.estate.add({ scope: subscription(2), role: 'Reader', principalId: user(1) });
      scene.world.azure.estate.add({ scope: resourceGroup, role: 'Reader', principalId: user(2) });
      const { existing } = await listed(
        scene,
        { targets: [managementGroup('mg-payments'), subscription(1)], roles: ['Reader'], below: true },
        'removals',
      );
      expect(existing.map(inShort).sort()).toEqual([
        `Everyone On-Call | Reader | ${managementGroup('mg-payments')} | direct permanent found`,
        `alice@example.com | Reader | ${subscription(2)} | direct permanent found`,
        `bob@example.com | Reader | ${resourceGroup} | direct permanent found`,
      ]);
    });
  });

  it('needs a request for each subscription below a management group, and few more (P11)', async () => {
    const many = Array.from(
      { length: 200 },
      (_, index) => `22222222-0000-4000-8000-${String(index).padStart(12, '0')}`,
    );
    const estate = (it: AzureEstate): AzureEstate => ({
      ...it,
      managementGroups: [...it.managementGroups, { id: 'mg-many', displayName: 'Many', parent: 'mg-platform' }],
      subscriptions: [...it.subscriptions, ...many.map((id) => ({ id, name: id, managementGroup: 'mg-many' }))],
      assignments: many.map((id) => ({ scope: `/subscriptions/${id}`, role: 'Reader', principalId: user(1) })),
    });
    await inAccessScene({ estate }, async (scene) => {
      const wanted = { targets: [managementGroup('mg-many')], below: true };
      const { value, requests } = await scene.during(() => listed(scene, wanted, 'removals'));
      expect(value.existing).toHaveLength(200);
      const counts = Map.groupBy(requests, ({ operation }) => operation);
      expect(Object.fromEntries([...counts].map(([operation, those]) => [operation, those.length]))).toEqual({
        // Four pages, and an empty one.
        'managementGroups.descendants': 5,
        'roleAssignments.list': 201,
        'roleAssignmentScheduleInstances.list': 201,
        getByIds: 1,
      });
    });
  });

  it('reads a whole subscription once for many of its scopes, or each scope where that is not allowed', async () => {
    const actions = ['*/read'];
    const scopes = [resourceGroup, `${subscription(1)}/resourceGroups/Payments-Data`];
    for (const [callerRole, expected] of [
      [{ permissions: [{ actions }], scopes: [subscription(1)] }, [subscription(1)]],
      [{ permissions: [{ actions }], scopes }, scopes],
    ] as const)
      await inAccessScene({ azure: { callerRole } }, async (scene) => {
        scene.world.azure.estate.add({ scope: resourceGroup, role: 'Reader', principalId: user(1) });
        const { value, requests } = await scene.during(() => listed(scene, { targets: scopes }, 'removals'));
        expect(value.existing.map(({ grant }) => grant.target.id).sort()).toEqual([...scopes].sort());
        const read = requests.filter(({ operation, status }) => operation === 'roleAssignments.list' && status === 200);
        expect(read.map(({ url }) => /^\/+(.*)\/providers/u.exec(url ?? '')?.[1]).sort()).toEqual(
          expected.map((scope) => scope.slice(1)).sort(),
        );
      });
  });

  it('fails where a place cannot be read (P11)', async () => {
    const callerRole = { permissions: [{ actions: ['*/read'] }], scopes: [managementGroup('mg-platform')] };
    const visible = ['mg-platform', 'mg-payments', lastSegment(subscription(1))];
    await inAccessScene({ azure: { callerRole, visible } }, async (scene) => {
      await expect(listed(scene, { targets: [subscription(1), subscription(2)] })).rejects.toThrow(
        'AuthorizationFailed',
      );
    });
  });

  it('knows leases by their records, with holders and ends (P3)', async () => {
    await inAccessScene({}, async (scene) => {
      const end = addLease(scene, subscription(2), 'on call');
      const { existing } = await listed(scene, { targets: [subscription(2)] }, 'removals');
      expect(existing).toEqual([
        expect.objectContaining({
          kind: 'lease',
          endsAt: end,
          holders: [expect.objectContaining({ holder, end })],
          properties: { condition: null, description: 'on call' },
          overdueSince: null,
        }),
      ]);
    });
  });

  it('shows since when a lease is overdue', async () => {
    await inAccessScene({}, async (scene) => {
      const end = addLease(scene, subscription(2), '', -90);
      const { existing } = await listed(scene, { targets: [subscription(2)] }, 'removals');
      expect(existing).toEqual([expect.objectContaining({ kind: 'lease', holders: [], overdueSince: end })]);
    });
  });

  it('shows the access that Privileged Identity Management governs: with an end, activated, eligible (P11)', async () => {
    const endAt = Date.now() + 60 * minuteMs;
    const eligible = [{ scope: subscription(2), role: 'Contributor', principalId: user(3), endAt }];
    await inAccessScene({ azure: { pim: { eligible } } }, async (scene) => {
      const { estate, pim } = scene.world.azure;
      estate.add({ scope: subscription(2), role: 'Reader', principalId: user(1) });
      pim.add({ scope: subscription(2), role: 'Reader', principalId: user(2), endAt });
      pim.add({ scope: subscription(2), role: 'Reader', principalId: user(4), activated: true });
      const all = await listed(scene, { targets: [subscription(2)], types: ['User'] });
      expect(
        all.existing
          .filter(({ source }) => source === 'direct')
          .map((it) => [it.kind, it.endsAt])
          .sort(),
      ).toEqual([
        ['permanent', null],
        ['pim-active', null],
        ['pim-active', endAt],
        ['pim-eligible', endAt],
      ]);
      const removable = await listed(scene, { targets: [subscription(2)] }, 'removals');
      expect(removable.existing.map(({ kind }) => kind).sort()).toEqual(['permanent', 'pim-active', 'pim-active']);
      const compared = await listed(scene, { targets: [subscription(2)], types: ['User'] }, 'drift');
      expect(compared).toEqual(all);
    });
  });

  it('is red where schedules are required and not readable, and has a notice where they are wanted (P11)', async () => {
    const actions = ['Microsoft.Authorization/roleAssignments/read', 'Microsoft.Authorization/roleDefinitions/read'];
    await inAccessScene({ azure: { callerRole: { permissions: [{ actions }] } } }, async (scene) => {
      const wanted = { targets: [subscription(1)] };
      for (const use of ['removals', 'drift'] as const)
        await expect(listed(scene, wanted, use)).rejects.toThrow('roleAssignmentScheduleInstances/read');
      const { existing, notices } = await listed(scene, wanted);
      expect(existing).toHaveLength(3);
      expect(notices).toEqual([
        expect.stringContaining('Could not read what Privileged Identity Management governs'),
        expect.stringContaining('Could not read the eligible assignments'),
      ]);
    });
  });

  it('stays green where only the eligible assignments are not readable: that is a notice next to drift (P11)', async () => {
    const actions = ['roleAssignments', 'roleDefinitions', 'roleAssignmentScheduleInstances'].map(
      (type) => `Microsoft.Authorization/${type}/read`,
    );
    await inAccessScene({ azure: { callerRole: { permissions: [{ actions }] } } }, async (scene) => {
      const wanted = { targets: [subscription(1)] };
      expect((await listed(scene, wanted, 'removals')).notices).toEqual([]);
      const { existing, notices } = await listed(scene, wanted, 'drift');
      expect(existing.filter(({ source }) => source === 'inherited')).toHaveLength(2);
      expect(notices).toEqual([expect.stringContaining('Could not read the eligible assignments')]);
    });
  });

  it('treats a directory without a license as one without such access (P11)', async () => {
    await inAccessScene({ azure: { pim: { unlicensed: true } } }, async (scene) => {
      const { existing, notices } = await listed(scene, { targets: [subscription(1)] }, 'removals');
      expect([existing.length, notices]).toEqual([1, []]);
    });
  });

  it('distinguishes deleted principals of this directory from those of others (P11)', async () => {
    await inAccessScene({}, async (scene) => {
      const { estate } = scene.world.azure;
      const gone = '05e00000-0000-4000-8000-0000000000aa';
      const foreign = 'f0000000-0000-4000-8000-0000000000aa';
      estate.add({ scope: subscription(2), role: 'Reader', principalId: gone });
      estate.add({ scope: subscription(2), role: 'Reader', principalId: foreign, principalType: 'ForeignGroup' });
      estate.add({ scope: subscription(2), role: 'Reader', principalId: user(3) });
      const { existing } = await listed(scene, { targets: [subscription(2)] }, 'removals');
      const states = existing.map(({ grant, principalState }) => [grant.principal.id, principalState]);
      expect(Object.fromEntries(states)).toEqual({ [gone]: 'orphan', [foreign]: 'unknown', [user(3)]: 'found' });
    });
  });

  it('treats a principal without a type as unknown: it can be of a type that no file owns (P11)', async () => {
    await inAccessScene({}, async (scene) => {
      const { world } = scene;
      world.azure.estate.add({ scope: subscription(2), role: 'Reader', principalId: servicePrincipal('01') });
      const alter = (text: string): string => text.replaceAll(/"principalType":"[A-Za-z]+",/gu, '');
      world.script.fault({ operation: 'roleAssignments.list' }, { kind: 'altered', alter });
      const { existing } = await listed(scene, { targets: [subscription(2)], types: ['User', 'Group'] }, 'removals');
      expect(existing.map(({ principalState }) => principalState)).toEqual(['unknown']);
    });
  });

  it('lists activated access after the assignments, so that none looks permanent in between (P11)', async () => {
    await inAccessScene({}, async (scene) => {
      const { world } = scene;
      const answered: boolean[] = [];
      world.script.fault({ operation: 'roleAssignments.list' }, { kind: 'late', ms: 100 });
      world.script.onRequest({ operation: 'roleAssignmentScheduleInstances.list' }, () => {
        answered.push(...world.journal.of('roleAssignments.list').map(({ status }) => status === 200));
      });
      await listed(scene, { targets: [subscription(2)] }, 'removals');
      expect(answered).toEqual([true]);
    });
  });

  it('reports principals as not checked where the directory is not readable (P2)', async () => {
    await inAccessScene({ azure: { graphPermissions: 'none' } }, async (scene) => {
      const { existing, notices } = await listed(scene, { targets: [subscription(1)] }, 'removals');
      expect(existing.map(({ principalState }) => principalState)).toEqual(['unknown']);
      expect(notices).toEqual([expect.stringContaining('It is unknown which of them exist.')]);
    });
  });

  it('has the access of a principal through groups, with the group', async () => {
    await inAccessScene({}, async (scene) => {
      const { estate } = scene.world.azure;
      estate.add({ scope: subscription(1), role: 'Contributor', principalId: group(1) });
      estate.add({ scope: subscription(1), role: 'Contributor', principalId: group(2) });
      estate.add({ scope: resourceGroup, role: 'Reader', principalId: user(1) });
      const { existing } = await listed(scene, {
        principals: ['user:alice@example.com'],
        targets: [subscription(1)],
        below: true,
      });
      expect(existing.map(inShort).sort()).toEqual([
        `alice@example.com | Contributor | ${subscription(1)} | direct permanent found via Payments On-Call`,
        `alice@example.com | Reader | ${managementGroup('mg-payments')} | inherited permanent found via Everyone On-Call`,
        `alice@example.com | Reader | ${resourceGroup} | direct permanent found`,
      ]);
    });
  });
});
