import { describe, expect, test } from '@jest/globals';

import type { Change } from '../../src/access/cloud.ts';
import type { CloudError } from '../../src/access/errors.ts';
import type { Assignment, Grant } from '../../src/access/grant.ts';
import { asking, group, inScene, reader, subscription, user, type Scene } from './in-process.ts';

const prod = `${subscription(1)}/resourceGroups/payments-prod`;
const data = `${subscription(1)}/resourceGroups/Payments-Data`;
const deployClientId = 'a9900000-0000-4000-8000-000000000001';

const grant = (principal: string, target: string): Assignment => ({
  kind: 'assignment',
  principal: { type: 'User', id: principal, name: null },
  role: { id: `${subscription(1)}/providers/Microsoft.Authorization/roleDefinitions/${reader}`, name: null },
  target: { id: target, name: null },
});
const create = (it: Grant): Change => ({ kind: 'create', grant: it, seen: null });

test('one grant by IDs needs a list, a change, and a list', () =>
  inScene({}, async ({ cloud, budget, during }) => {
    const { requests } = await during(async () => {
      const { grants } = await cloud.resolve(asking([`group:${group(1)}`], [reader], [prod]), budget);
      await cloud.read(grants, budget);
      for (const it of grants) await cloud.start(create(it), budget);
      return cloud.read(grants, budget);
    });
    expect(requests.map(({ operation }) => operation)).toEqual([
      'roleAssignments.list',
      'roleAssignments.put',
      'roleAssignments.list',
    ]);
  }));

test('an operation that ended at its start does not run, and keeps its result', () =>
  inScene({}, async ({ cloud, budget }) => {
    const operation = await cloud.start(create(grant(user(1), prod)), budget);
    expect(operation.state).toBe('SUCCEEDED');
    expect(await cloud.running([operation], budget)).toEqual(new Set());
    expect(await cloud.ask([operation], budget)).toEqual([operation]);
    expect([cloud.laneOf(operation.change), cloud.limits]).toEqual([null, { inFlight: 20, outstanding: {} }]);
  }));

test('each grant that one list shows is changed under its existing name', () =>
  inScene({ properties: { description: 'new' } }, async ({ cloud, world, budget }) => {
    const { estate } = world.azure;
    const grants = [grant(user(1), prod), grant(user(1), data), grant(user(2), data)];
    for (const { principal, target } of grants)
      estate.add({ scope: target.id, role: reader, principalId: principal.id, description: 'old' });
    const read = await cloud.read(grants, budget);
    for (const [index, it] of read.entries()) {
      if (it.standing !== 'outdated') throw new Error(it.standing);
      await cloud.start({ kind: 'update', grant: grants[index] ?? grant('', ''), seen: it.seen }, budget);
    }
    expect(estate.effectiveChanges().map(({ kind }) => kind)).toEqual(['update', 'update', 'update']);
    expect((await cloud.read(grants, budget)).map(({ standing }) => standing)).toEqual([
      'current',
      'current',
      'current',
    ]);
  }));

test('access above that the same run removed is not reported as inherited', () =>
  inScene({}, async ({ cloud, world, budget }) => {
    const grants = [grant(user(1), subscription(1)), grant(user(1), prod)];
    for (const { principal, target } of grants)
      world.azure.estate.add({ scope: target.id, role: reader, principalId: principal.id });
    const remark = (): Promise<string | null> =>
      cloud.remarkOn({ kind: 'remove', grant: grant(user(1), prod), changed: true, verified: true }, budget);
    await cloud.read(grants, budget);
    expect(await remark()).toContain(`still inherits this role from ${subscription(1)}`);
    world.azure.estate.remove({ scope: subscription(1), role: reader, principalId: user(1) });
    await cloud.read([grant(user(1), subscription(1))], budget);
    expect(await remark()).not.toContain('still inherits');
  }));

describe('an ID that Azure does not find', () => {
  const refusal = async ({ cloud, budget }: Scene, target: string): Promise<CloudError['failure']> => {
    const error: unknown = await cloud.start(create(grant(deployClientId, target)), budget).catch((it: unknown) => it);
    return (error as CloudError).failure;
  };

  test('is explained at the second refusal of a grant, for all of them with one question', () =>
    inScene({}, async (scene) => {
      const { requests } = await scene.during(async () => {
        for (const target of [prod, data]) expect((await refusal(scene, target)).kind).toBe('replicating');
        for (const target of [prod, data, prod]) {
          const { kind, hint } = await refusal(scene, target);
          expect(kind).toBe('invalid');
          expect(hint).toContain(`${deployClientId} is the client ID of the application`);
        }
      });
      expect(requests.filter(({ operation }) => operation === 'servicePrincipals.list')).toHaveLength(1);
    }));
});

describe("Resource Manager's buckets", () => {
  const bucket = { capacity: 4, perSecond: 10 };

  test('stop requests when the headers show that they are empty', () =>
    inScene({ azure: { throttle: { writes: bucket } } }, async ({ cloud, budget, during }) => {
      const scopes = Array.from({ length: 10 }, (_, index) => grant(user(1 + (index % 8)), index < 8 ? prod : data));
      const { requests } = await during(async () => {
        for (const it of scopes) await cloud.start(create(it), budget);
      });
      expect(requests.map(({ status }) => status)).toEqual(scopes.map(() => 201));
    }));

  test('are one for each subscription, and separate for deletions', () =>
    inScene({ azure: { throttle: { writes: bucket } } }, async ({ cloud, budget, during }) => {
      const made = [1, 2, 3, 4].map((last) => grant(user(last), prod));
      for (const it of made) await cloud.start(create(it), budget);
      const [seen] = await cloud.read([made[0] ?? grant('', '')], budget);
      if (seen?.standing !== 'current') throw new Error('not there');
      const { requests } = await during(() =>
        Promise.all([
          cloud.start(create(grant(user(5), prod)), budget),
          cloud.start(create(grant(user(5), subscription(2))), budget),
          cloud.start({ kind: 'remove', grant: made[0] ?? grant('', ''), seen: seen.seen }, budget),
        ]),
      );
      expect(requests.map(({ status }) => status).toSorted()).toEqual([200, 201, 201]);
      expect(requests.at(-1)?.url).toContain('payments-prod/providers/Microsoft.Authorization/roleAssignments/');
      expect(requests.at(-1)?.operation).toBe('roleAssignments.put');
    }));
});
