import { get } from 'node:https';

import { describe, expect, test } from '@jest/globals';

import { startWorld } from '../../rehearsal/world.ts';
import {
  ALICE,
  assignments,
  BROKER,
  filtered,
  grant,
  GROUP,
  MANAGEMENT_GROUP,
  named,
  outcome,
  roles,
  STAGING,
  SUBSCRIPTION,
  withArm,
  type Arm,
} from './azure-arm-support.ts';

const small = { capacity: 2, perSecond: 1 };

const put = ({ send }: Arm, number: number, guid: string, scope = GROUP): ReturnType<Arm['send']> =>
  send('PUT', assignments(scope, named(number)), grant(guid, ALICE));

describe('token buckets', () => {
  test('are separate for reads, writes and deletes', () =>
    withArm({ throttle: { reads: small, writes: small, deletes: small } }, async (arm) => {
      const { send } = arm;
      const answers = [
        await put(arm, 1, roles.reader),
        await put(arm, 2, roles.contributor),
        await put(arm, 3, roles.blobReader),
        await send('GET', assignments(GROUP, named(1))),
        await send('GET', assignments(GROUP, named(2))),
        await send('GET', assignments(GROUP)),
        await send('DELETE', assignments(GROUP, named(1))),
        await send('DELETE', assignments(GROUP, named(2))),
        await send('DELETE', assignments(GROUP, named(3))),
      ];
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 429, 200, 200, 429, 200, 200, 429]);
      const left = answers.map(({ headers }) =>
        ['reads', 'writes', 'deletes'].map((kind) => headers[`x-ms-ratelimit-remaining-subscription-${kind}`]),
      );
      expect(left).toEqual([
        ...['1', '0', '0'].map((writes) => [undefined, writes, undefined]),
        ...['1', '0', '0'].map((reads) => [reads, undefined, undefined]),
        ...['1', '0', '0'].map((deletes) => [undefined, undefined, deletes]),
      ]);
      expect(answers[2]?.headers['retry-after']).toBe('1');
      expect(answers[8]?.body.error?.message).toContain("Number of 'delete' requests");
    }));

  test('belong to a subscription, or to the tenant for scopes above', () =>
    withArm({ throttle: { writes: { capacity: 1, perSecond: 1 } } }, async (arm) => {
      const seen = [
        await put(arm, 1, roles.reader),
        await put(arm, 2, roles.contributor),
        await put(arm, 3, roles.reader, `/subscriptions/${STAGING}`),
        await put(arm, 4, roles.reader, MANAGEMENT_GROUP),
        await put(arm, 5, roles.contributor, '/'),
      ];
      expect(seen.map(outcome)).toEqual([
        '201',
        '429 SubscriptionRequestsThrottled',
        '201',
        '201',
        '429 SubscriptionRequestsThrottled',
      ]);
      expect(seen[3]?.headers['x-ms-ratelimit-remaining-tenant-writes']).toBe('0');
      expect(seen[4]?.body.error?.message).toContain(`actor '${BROKER}'`);
    }));

  test('belong to a principal; all principals of a subscription share a larger one', () =>
    withArm({ throttle: { reads: { capacity: 2, perSecond: 0.001 } } }, async ({ send, token }) => {
      const list = async (caller: number): Promise<readonly [number, unknown, unknown]> => {
        const { status, headers } = await send('GET', assignments(GROUP), undefined, {
          authorization: `Bearer ${token({ objectId: named(caller) })}`,
        });
        const of = 'x-ms-ratelimit-remaining-subscription';
        return [status, headers[`${of}-reads`], headers[`${of}-global-reads`]];
      };
      expect(await list(1)).toEqual([200, '1', '29']);
      expect(await list(1)).toEqual([200, '0', '28']);
      expect(await list(1)).toEqual([429, '0', undefined]);
      for (let caller = 2; caller <= 15; caller += 1) for (let nth = 0; nth < 2; nth += 1) await list(caller);
      expect(await list(16)).toEqual([429, '1', '0']);
    }));

  test('refill at their rate, up to their size', () =>
    withArm({ throttle: { writes: { capacity: 2, perSecond: 0.5 } } }, async (arm) => {
      const few = [roles.reader, roles.contributor, roles.blobReader];
      for (const [index, guid] of few.entries()) await put(arm, index, guid);
      expect(outcome(await put(arm, 2, roles.blobReader))).toMatch(/^429/);
      await arm.advance(1999);
      expect(outcome(await put(arm, 2, roles.blobReader))).toMatch(/^429/);
      await arm.advance(1);
      expect(outcome(await put(arm, 2, roles.blobReader))).toBe('201');
      await arm.advance(3_600_000);
      const left = await put(arm, 2, roles.blobReader);
      expect(left.headers['x-ms-ratelimit-remaining-subscription-writes']).toBe('1');
    }));
});

test('a list by principal at a subscription has assignments at, above and below it', () =>
  withArm({}, async ({ state, send }) => {
    const places = ['/', MANAGEMENT_GROUP, SUBSCRIPTION, GROUP, `/subscriptions/${STAGING}`];
    for (const scope of places) state.add({ scope, role: 'Reader', principalId: ALICE });
    state.add({ scope: GROUP, role: 'Reader', principalId: BROKER });
    const { body } = await send('GET', filtered(SUBSCRIPTION, `principalId eq '${ALICE}'`));
    const rows = (body.value ?? []) as readonly { readonly properties?: { readonly scope?: string } }[];
    expect(rows.map(({ properties }) => properties?.scope).sort()).toEqual(
      ['/', MANAGEMENT_GROUP, SUBSCRIPTION, GROUP].sort(),
    );
  }));

test('a competitor uses its share of the refill', async () => {
  const world = await startWorld({
    clouds: ['azure'],
    startAt: Date.UTC(2030, 0, 1),
    azure: { throttle: { reads: { capacity: 1, perSecond: 1 } } },
  });
  try {
    const { environment, ids, ca } = world.azure;
    const list = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const path = `/subscriptions/${ids.subscriptionId}/resourceGroups?api-version=2021-04-01`;
        get(environment + path, { ca, headers: { authorization: `Bearer ${world.azure.token()}` } }, (answer) => {
          answer.resume().on('end', () => {
            resolve(answer.statusCode ?? 0);
          });
        }).on('error', reject);
      });
    world.competitor(0.75);
    const seen = [await list(), await list()];
    await world.advance(3_900);
    seen.push(await list());
    await world.advance(100);
    seen.push(await list());
    world.competitor(0);
    await world.advance(1_000);
    seen.push(await list());
    expect(seen).toEqual([200, 429, 429, 200, 200]);
  } finally {
    await world.close();
  }
});
