import { describe, expect, it } from '@jest/globals';
import type { AzureOptions } from '../../../rehearsal/azure/options.ts';
import type { Existing, Protection } from '../../../src/access/files/port.ts';
import { minuteMs } from '../../../src/access/clock.ts';
import { writeRecord } from '../../../src/azure/leases/records/record-text.ts';
import { group, reader, servicePrincipal, subscription, user } from '../in-process.ts';
import { inAccessScene, listed, type AccessScene } from './access-scene.ts';

const resourceGroup = `${subscription(2)}/resourceGroups/payments-staging`;
const deployClient = 'a9900000-0000-4000-8000-000000000001';

async function reasons(
  scene: AccessScene,
  scopes: readonly string[] = [subscription(2)],
  planFor: string | null = null,
): Promise<Readonly<Record<string, string>>> {
  const { existing } = await listed(scene, { targets: scopes }, 'removals');
  const found = await scene.access.protections(existing, { planFor }, scene.budget);
  return Object.fromEntries(existing.map((it, index) => [shown(it), inWords(found[index])]));
}

function shown({ grant }: Existing): string {
  return `${grant.principal.name ?? grant.principal.id} ${grant.role.name ?? ''}`;
}

function inWords(protection: Protection | null | undefined): string {
  if (protection == null) return 'can go';
  return `${protection.isPrivileged ? 'unless privileged: ' : ''}${protection.reason}`;
}

describe('access that a step must not remove', () => {
  it('is the access of the identity that removes, its own and through its groups (P11)', async () => {
    const estate: Parameters<typeof inAccessScene>[0]['estate'] = (it) => ({
      ...it,
      groups: it.groups.map((one) => (one.id === group(2) ? { ...one, members: [servicePrincipal('b0')] } : one)),
    });
    await inAccessScene({ estate }, async (scene) => {
      const { estate: there, ids } = scene.world.azure;
      for (const principalId of [ids.callerObjectId, group(2), group(1), user(1)])
        there.add({ scope: subscription(2), role: 'Reader', principalId });
      expect(await reasons(scene)).toEqual({
        'access-broker Reader': 'The identity that removes holds it.',
        'Twin Group Reader': 'The identity that removes is a member of this group.',
        'Payments On-Call Reader': 'can go',
        'alice@example.com Reader': 'can go',
      });
    });
  });

  it('is the access of the identity of plan-for (P11)', async () => {
    await inAccessScene({}, async (scene) => {
      const { estate, ids } = scene.world.azure;
      for (const principalId of [ids.callerObjectId, servicePrincipal('01'), group(1)])
        estate.add({ scope: subscription(2), role: 'Reader', principalId });
      expect(await reasons(scene, [subscription(2)], deployClient)).toEqual({
        'access-broker Reader': 'can go',
        'deploy-payments Reader': 'The identity that removes holds it.',
        'Payments On-Call Reader': 'The identity that removes is a member of this group.',
      });
      expect(await reasons(scene, [subscription(2)], ids.clientId)).toMatchObject({
        'access-broker Reader': 'The identity that removes holds it.',
      });
    });
  });

  it('is the access that it can have, where the directory does not show its groups (P2, P11)', async () => {
    await inAccessScene({ azure: { graphPermissions: 'limited' } }, async (scene) => {
      for (const principalId of [servicePrincipal('01'), group(1), user(1)])
        scene.world.azure.estate.add({ scope: subscription(2), role: 'Reader', principalId });
      expect(await reasons(scene)).toEqual({
        [`${servicePrincipal('01')} Reader`]: 'can go',
        [`${group(1)} Reader`]: expect.stringContaining('It is unknown whether the identity that removes is a member'),
        [`${user(1)} Reader`]: 'can go',
      });
      expect(await reasons(scene, [subscription(2)], deployClient)).toEqual({
        [`${servicePrincipal('01')} Reader`]: expect.stringContaining('which service principal plan-for names'),
        [`${group(1)} Reader`]: expect.stringContaining('which service principal plan-for names'),
        [`${user(1)} Reader`]: 'can go',
      });
    });
  });

  it('is access to roles that can grant access, unless an input allows it (P10, P11)', async () => {
    await inAccessScene({}, async (scene) => {
      const { estate } = scene.world.azure;
      for (const role of ['User Access Administrator', 'Access Helper', 'Payments Operator', 'Contributor'])
        estate.add({ scope: subscription(1), role, principalId: user(1) });
      expect(await reasons(scene, [subscription(1)])).toEqual({
        'access-broker Role Based Access Control Administrator': 'The identity that removes holds it.',
        'alice@example.com User Access Administrator': expect.stringMatching(
          /^unless privileged: .*can hand out access/u,
        ),
        'alice@example.com Access Helper': expect.stringMatching(/^unless privileged: .*can hand out access/u),
        'alice@example.com Payments Operator': 'can go',
        'alice@example.com Contributor': 'can go',
      });
    });
  });

  it('is access to roles with unreadable permissions, unless an input allows it (P2, P11)', async () => {
    const actions = ['roleAssignments', 'roleAssignmentScheduleInstances', 'denyAssignments'];
    const permissions = [{ actions: actions.map((it) => `Microsoft.Authorization/${it}/read`) }];
    await inAccessScene({ azure: { callerRole: { permissions } } }, async (scene) => {
      scene.world.azure.estate.add({ scope: subscription(1), role: 'Payments Operator', principalId: user(1) });
      expect(await reasons(scene, [subscription(1)])).toMatchObject({
        'alice@example.com ': expect.stringContaining(
          'unless privileged: The permissions of its role could not be read',
        ),
      });
    });
  });

  it('is the last Owner of a scope, always, and each of several that would all be removed (P11)', async () => {
    await inAccessScene({}, async (scene) => {
      const { estate } = scene.world.azure;
      estate.add({ scope: subscription(2), role: 'Owner', principalId: user(1) });
      estate.add({ scope: subscription(2), role: 'Owner', principalId: user(2) });
      expect(await reasons(scene)).toEqual({
        'alice@example.com Owner': expect.stringContaining('It is the last Owner of'),
        'bob@example.com Owner': expect.stringContaining('It is the last Owner of'),
      });
      // Another that stays: of the same scope, or of the subscription for a scope in it.
      estate.add({ scope: subscription(2), role: 'Owner', principalId: scene.world.azure.ids.callerObjectId });
      estate.add({ scope: resourceGroup, role: 'Owner', principalId: user(3) });
      expect(await reasons(scene)).toMatchObject({
        'alice@example.com Owner': expect.stringMatching(/^unless privileged/u),
      });
      expect(Object.values(await reasons(scene, [resourceGroup]))).toEqual([
        expect.stringMatching(/^unless privileged/u),
      ]);
    });
  });

  it('does not count an Owner whose access has an end, or is above the subscription (P11)', async () => {
    await inAccessScene({}, async (scene) => {
      const { estate, pim } = scene.world.azure;
      estate.add({ scope: subscription(2), role: 'Owner', principalId: user(1) });
      estate.add({ scope: '/', role: 'Owner', principalId: user(3) });
      pim.add({ scope: subscription(2), role: 'Owner', principalId: user(2), endAt: Date.now() + 3_600_000 });
      expect(await reasons(scene)).toEqual({
        'alice@example.com Owner': expect.stringContaining('It is the last Owner of'),
        'bob@example.com Owner': 'Privileged Identity Management governs it.',
      });
    });
  });

  it('does not count an Owner that the directory does not know, or that has a condition (P11)', async () => {
    await inAccessScene({}, async (scene) => {
      const { estate, ids } = scene.world.azure;
      estate.add({ scope: subscription(2), role: 'Owner', principalId: user(1) });
      estate.add({ scope: subscription(2), role: 'Owner', principalId: '05e00000-0000-4000-8000-0000000000aa' });
      const last = { 'alice@example.com Owner': expect.stringContaining('It is the last Owner of') };
      // The deleted one would go too, or stays by a row: it owns nothing either way.
      const aliceAlone = async (): Promise<unknown> => {
        const { existing } = await listed(scene, { targets: [subscription(2)] }, 'removals');
        const those = existing.filter(({ grant }) => grant.principal.id === user(1));
        const found = await scene.access.protections(those, { planFor: null }, scene.budget);
        return Object.fromEntries(those.map((it, index) => [shown(it), inWords(found[index])]));
      };
      expect(await aliceAlone()).toEqual(last);
      const condition = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})))";
      const byCondition = { scope: subscription(2), role: 'Owner', principalId: ids.callerObjectId, condition };
      estate.add(byCondition);
      expect(await aliceAlone()).toEqual(last);
      estate.remove(byCondition);
      estate.add({ scope: subscription(2), role: 'Owner', principalId: ids.callerObjectId });
      expect(await aliceAlone()).toEqual({ 'alice@example.com Owner': expect.stringMatching(/^unless privileged/u) });
    });
  });

  it('can be the last Owner where the directory does not show other Owners (P11)', async () => {
    await inAccessScene({ azure: { graphPermissions: 'none' } }, async (scene) => {
      const { estate, ids } = scene.world.azure;
      estate.add({ scope: subscription(2), role: 'Owner', principalId: user(1) });
      estate.add({ scope: subscription(2), role: 'Owner', principalId: ids.callerObjectId });
      const { existing } = await listed(scene, { targets: [subscription(2)] }, 'removals');
      const alice = existing.filter(({ grant }) => grant.principal.id === user(1));
      const [protection] = await scene.access.protections(alice, { planFor: null }, scene.budget);
      expect(inWords(protection)).toContain('It might be the last Owner of');
    });
  });

  it('is access under a deny assignment that Azure protects, if it denies deletions (P11)', async () => {
    const deny = (last: number, over: object): NonNullable<AzureOptions['denyAssignments']>[number] => ({
      name: `de000000-0000-4000-8000-00000000000${last}`,
      title: `Managed ${last}`,
      scope: subscription(2),
      actions: ['*'],
      notActions: ['*/read'],
      ...over,
    });
    const cases = [
      [deny(1, {}), 'The deny assignment "Managed 1" at'],
      [deny(2, { systemProtected: false }), 'can go'],
      [deny(3, { actions: ['Microsoft.Storage/*'] }), 'can go'],
      [deny(4, { onlyHere: true }), 'can go'],
      [deny(5, { notActions: ['Microsoft.Authorization/*'] }), 'can go'],
    ] as const;
    for (const [one, expected] of cases)
      await inAccessScene({ azure: { denyAssignments: [one] } }, async (scene) => {
        scene.world.azure.estate.add({ scope: resourceGroup, role: 'Reader', principalId: user(1) });
        const [reason] = Object.values(await reasons(scene, [resourceGroup]));
        expect(reason).toContain(expected);
      });
  });

  it('is access with an edited record of a lease (P3, P11)', async () => {
    await inAccessScene({}, async (scene) => {
      const description = '[cloud-access lease v1 0000000000: 1.2.1.3.00000000@zzzzz]';
      scene.world.azure.estate.add({ scope: subscription(2), role: 'Reader', principalId: user(1), description });
      expect(Object.values(await reasons(scene))).toEqual([expect.stringContaining('might be a lease')]);
    });
  });
});

describe('right before a removal, an assignment stays', () => {
  it('that is now gone, changed or leased; others can be removed (P11)', async () => {
    await inAccessScene({}, async (scene) => {
      const { estate } = scene.world.azure;
      const place = { scope: subscription(2), role: 'Reader', principalId: user(1), description: 'by hand' };
      estate.add(place);
      const [existing] = (await listed(scene, { targets: [subscription(2)] }, 'removals')).existing;
      if (existing === undefined) throw new Error('it is there');
      const again = (): Promise<string | null> => scene.access.recheck(existing, scene.budget);
      expect(await again()).toBeNull();
      const { name } = estate.find(place) ?? { name: '' };
      estate.remove(place);
      expect(await again()).toBe('It was already gone when it was read again.');
      estate.add({ ...place, name, description: 'ticket 4711' });
      expect(await again()).toBe('It was changed after it was listed.');
      estate.remove(place);
      const of = { scope: subscription(2), role: reader, principal: user(1), name };
      const entry = {
        holder: '1.2.1.3.00000000',
        end: Math.floor(Date.now() / minuteMs) * minuteMs,
        keepAfterJob: false,
      };
      estate.add({ ...place, name, description: writeRecord('by hand', [entry], of) });
      expect(await again()).toBe('A lease of it was taken after it was listed.');
      estate.remove(place);
      estate.add({ ...place, name, principalId: user(2) });
      expect(await again()).toBe('It was changed after it was listed.');
    });
  });

  it('that one read does not find and a list still shows: the removal fails (P2, P11)', async () => {
    await inAccessScene({}, async (scene) => {
      scene.world.azure.estate.add({ scope: subscription(2), role: 'Reader', principalId: user(1) });
      const [existing] = (await listed(scene, { targets: [subscription(2)] }, 'removals')).existing;
      if (existing === undefined) throw new Error('it is there');
      scene.world.script.fault(
        { operation: 'roleAssignments.get', times: 100 },
        { kind: 'error', status: 404, code: 'RoleAssignmentNotFound' },
      );
      // No time for a second look.
      const brief = { ...scene.budget, until: Date.now() + 400 };
      await expect(scene.access.recheck(existing, brief)).rejects.toThrow('does not exist, and lists it');
    });
  });

  it('that was activated for a limited time since, and looked permanent in the lists (P11)', async () => {
    await inAccessScene({}, async (scene) => {
      const { pim } = scene.world.azure;
      // Lists of Privileged Identity Management lag behind those of assignments.
      scene.world.script.fault(
        { operation: 'roleAssignmentScheduleInstances.list' },
        { kind: 'answer', body: { value: [] } },
      );
      pim.add({ scope: subscription(2), role: 'Reader', principalId: user(1), activated: true });
      const [existing] = (await listed(scene, { targets: [subscription(2)] }, 'removals')).existing;
      expect(existing?.kind).toBe('permanent');
      if (existing === undefined) throw new Error('it is there');
      expect(await scene.access.recheck(existing, scene.budget)).toBe('Privileged Identity Management governs it.');
      // Access of others there, and equal access in other places, does not count.
      const reading = { scope: subscription(2), role: 'Reader', principalId: user(2) };
      scene.world.azure.estate.add(reading);
      pim.add({ ...reading, scope: resourceGroup, activated: true });
      const other = (await listed(scene, { targets: [subscription(2)] }, 'removals')).existing.find(
        ({ grant }) => grant.principal.id === user(2),
      );
      if (other === undefined) throw new Error('it is there');
      expect(await scene.access.recheck(other, scene.budget)).toBeNull();
    });
  });

  it('that became the last Owner of its scope since (P11)', async () => {
    await inAccessScene({}, async (scene) => {
      const { estate } = scene.world.azure;
      const other = { scope: subscription(2), role: 'Owner', principalId: user(2) };
      estate.add({ ...other, principalId: user(1) });
      estate.add(other);
      const { existing } = await listed(scene, { targets: [subscription(2)] }, 'removals');
      const alice = existing.find(({ grant }) => grant.principal.id === user(1));
      if (alice === undefined) throw new Error('it is there');
      const [protection] = await scene.access.protections([alice], { planFor: null }, scene.budget);
      expect(protection?.isPrivileged).toBe(true);
      expect(await scene.access.recheck(alice, scene.budget)).toBeNull();
      estate.remove(other);
      expect(await scene.access.recheck(alice, scene.budget)).toContain('It is the last Owner of');
    });
  });

  it('unless its schedules are not readable: then the removal fails (P2, P11)', async () => {
    await inAccessScene({}, async (scene) => {
      scene.world.azure.estate.add({ scope: subscription(2), role: 'Reader', principalId: user(1) });
      const [existing] = (await listed(scene, { targets: [subscription(2)] }, 'removals')).existing;
      if (existing === undefined) throw new Error('it is there');
      scene.world.script.fault(
        { operation: 'roleAssignmentScheduleInstances.list', times: 100 },
        { kind: 'error', status: 403, code: 'AuthorizationFailed' },
      );
      await expect(scene.access.recheck(existing, scene.budget)).rejects.toThrow('AuthorizationFailed');
    });
  });
});
