import { describe, expect, it } from '@jest/globals';
import type { Assignment } from '../../../src/access/grant.ts';
import { group, managementGroup, reader, subscription, user } from '../in-process.ts';
import { inAccessScene, selected, selecting } from './access-scene.ts';

const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
const grant = (
  target: string,
  over: { readonly role?: string; readonly id?: string; readonly type?: string } = {},
): Assignment => ({
  kind: 'assignment',
  principal: { id: over.id ?? group(1), type: over.type ?? 'Group', name: null },
  role: { id: `/providers/Microsoft.Authorization/roleDefinitions/${over.role ?? reader}`, name: null },
  target: { id: target, name: null },
});
const resourceGroup = `${subscription(1)}/resourceGroups/payments-prod`;

describe('a selection', () => {
  it('covers exactly its scopes, roles and types (P11)', async () => {
    await inAccessScene({}, async (scene) => {
      const [one] = await selected(scene, { roles: ['reader'], targets: [subscription(1)], types: ['User', 'Group'] });
      const covers = (it: Assignment): boolean => one?.covers(it) === true;
      expect(covers(grant(subscription(1).toUpperCase()))).toBe(true);
      expect(covers(grant(resourceGroup))).toBe(false);
      expect(covers(grant('/'))).toBe(false);
      expect(covers(grant(subscription(1), { role: owner }))).toBe(false);
      expect(covers(grant(subscription(1), { type: 'ServicePrincipal' }))).toBe(false);
    });
  });

  it('covers scopes below where an input requests them, and no excluded part (P11)', async () => {
    await inAccessScene({}, async (scene) => {
      const [one] = await selected(scene, {
        targets: [managementGroup('mg-platform'), `!${subscription(2)}`, `!${resourceGroup}`],
        below: true,
      });
      const covered = [
        managementGroup('mg-platform'),
        managementGroup('mg-payments'),
        subscription(1),
        subscription(3),
      ];
      for (const scope of covered) expect([scope, one?.covers(grant(scope))]).toEqual([scope, true]);
      expect(one?.covers(grant(`${subscription(1)}/resourceGroups/Payments-Data`))).toBe(true);
      const others = [resourceGroup, `${resourceGroup}/providers/x/y/z`, subscription(2), subscription(4), '/'];
      for (const scope of others) expect([scope, one?.covers(grant(scope))]).toEqual([scope, false]);
    });
  });

  it('finds by name a custom role that is assignable only below a scope, where the scopes below count (P8)', async () => {
    await inAccessScene({}, async (scene) => {
      const role = 'c0570000-0000-4000-8000-000000000006';
      const targets = [managementGroup('mg-platform')];
      const { value, requests } = await scene.during(() =>
        selected(scene, { roles: ['staging operator', 'Reader'], targets, below: true }),
      );
      for (const it of [role, reader]) expect(value[0]?.covers(grant(subscription(2), { role: it }))).toBe(true);
      expect(value[0]?.covers(grant(subscription(2), { role: owner }))).toBe(false);
      // One request at the scope, and one in each of the six below; none of them for a name that the scope has.
      const named = requests.filter(({ url }) => /staging/iu.test(decodeURIComponent(url ?? '')));
      expect(named).toHaveLength(7);
      expect(requests.filter(({ url }) => url?.includes('Reader'))).toHaveLength(1);
      const faults = async (wanted: Parameters<typeof selecting>[0]): Promise<string> => {
        const [one] = await scene.access.select([selecting(wanted)], scene.budget);
        return one?.ok === false ? one.refusals.map(({ message }) => message).join() : '';
      };
      expect(await faults({ roles: ['Staging Operator'], targets })).toContain('No role named "Staging Operator"');
      const without = [...targets, `!${subscription(2)}`];
      expect(await faults({ roles: ['Staging Operator'], targets: without, below: true })).toContain('No role named');
      expect(await faults({ roles: ['Stagin'], targets, below: true })).toContain('No role named "Stagin"');
    });
  });

  it('covers everything without lines', async () => {
    await inAccessScene({}, async (scene) => {
      const [one] = await selected(scene, {});
      expect(one?.covers(grant('/', { role: owner, type: 'Device' }))).toBe(true);
    });
  });

  it('has one canonical text by IDs, for any order and spelling of its lines (P4)', async () => {
    await inAccessScene({}, async (scene) => {
      const [one, same, below] = await selected(
        scene,
        {
          principals: ['group:Payments On-Call', `user:${user(1)}`],
          roles: ['Reader', owner],
          targets: [subscription(1), subscription(2)],
        },
        {
          principals: [`user:${user(1)}`, `group:${group(1)}`],
          roles: ['Owner', reader.toUpperCase()],
          targets: [
            'subscription:payments-staging',
            subscription(1).toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'),
          ],
        },
        {
          principals: [`user:${user(1)}`, `group:${group(1)}`],
          roles: ['Owner', reader],
          targets: [subscription(1), subscription(2)],
          below: true,
        },
      );
      expect(same?.canonical).toBe(one?.canonical);
      expect(below?.canonical).not.toBe(one?.canonical);
    });
  });

  it('is refused with all its faults: names, and exclusions without an effect (P8)', async () => {
    await inAccessScene({}, async ({ access, budget }) => {
      const [one, other] = await access.select(
        [
          selecting({ roles: ['Readr'], targets: [subscription(1), `!${subscription(3)}`] }),
          selecting({ principals: ['group:Nobody'], targets: [subscription(1), `!${subscription(1)}`] }),
        ],
        budget,
      );
      const faults = (it: typeof one): readonly string[] =>
        it?.ok === false ? it.refusals.map(({ message }) => message) : [];
      expect(faults(one)).toEqual([
        expect.stringContaining('matches none of the targets'),
        expect.stringContaining('No role named "Readr"'),
      ]);
      expect(faults(other)).toEqual([
        expect.stringContaining('No target is left'),
        expect.stringContaining('No group in this directory'),
      ]);
    });
  });
});
