import { request } from 'node:https';

import { describe, expect, test } from '@jest/globals';
import { CreateAccountAssignmentCommand, ListInstancesCommand } from '@aws-sdk/client-sso-admin';

import { storm, type StormOptions } from '../../rehearsal/storm.ts';
import { startWorld } from '../../rehearsal/world.ts';
import { inWorld, PROD, STAGING, tuple, type Clients } from './cloud-support.ts';

const rates = { throttles: 0.3, outages: 0.1, resets: 0.05, lost: 0.05, conflicts: 0.1 };

/** Enough of everything that a few dozen requests use all of it. */
const heavy = { throttles: 0.2, outages: 0.3, resets: 0.1, lost: 0.2, conflicts: 0.1 };

const nameOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'ok',
    (error: unknown) => (error as Error).name,
  );

async function many({ sso }: Clients, count: number): Promise<string[]> {
  const seen: string[] = [];
  for (let nth = 0; nth < count; nth += 1) seen.push(await nameOf(sso.send(new ListInstancesCommand({}))));
  return seen;
}

const under = async (options: StormOptions, use: (clients: Clients) => Promise<string[]>): Promise<string[]> => {
  let seen: string[] = [];
  await inWorld({}, async (clients) => {
    storm(clients.world, options);
    seen = await use(clients);
  });
  return seen;
};

describe('a storm', () => {
  test('causes the given shares of faults, and the same ones with the same seed', async () => {
    const outcomes = (seed: number, count: number): Promise<string[]> =>
      under({ seed, ...rates }, (clients) => many(clients, count));
    const first = await outcomes(7, 300);
    expect(await outcomes(7, 100)).toEqual(first.slice(0, 100));
    expect(await outcomes(8, 100)).not.toEqual(first.slice(0, 100));
    const share = (name: string): number => first.filter((one) => one === name).length / 300;
    expect(share('ThrottlingException')).toBeGreaterThan(0.22);
    expect(share('ThrottlingException')).toBeLessThan(0.38);
    expect(share('ConflictException')).toBe(0); // nothing was changed
    expect(share('ok')).toBeGreaterThan(0.42);
    expect(share('ok')).toBeLessThan(0.58);
  });

  test('has all kinds of faults, counts them, and ends', () =>
    inWorld({}, async (clients) => {
      const { world, sso } = clients;
      const faults = storm(world, { seed: 1, ...heavy });
      const create = new CreateAccountAssignmentCommand(tuple(world, 'Billing', PROD, 'group:Auditors'));
      for (let nth = 0; nth < 120; nth += 1) await nameOf(sso.send(create));
      const counts = faults.counts();
      expect(Object.keys(counts).sort()).toEqual(['conflicts', 'lost', 'outages', 'resets', 'throttles']);
      const scripted = world.journal.all().map((entry) => entry.scripted);
      const met = scripted.filter((kind) => kind !== undefined);
      expect(Object.values(counts).reduce((one, other) => one + other)).toBe(met.length);
      expect(new Set(met)).toEqual(new Set(['throttle', 'error', 'http', 'reset', 'lost', 'broken', 'conflict']));
      faults.calm();
      expect(await many(clients, 20)).toEqual(Array.from({ length: 20 }, () => 'ok'));
      expect(faults.counts()).toEqual(counts);
    }));

  test('excludes the sign-in by default', async () => {
    const world = await startWorld();
    try {
      storm(world, { seed: 1, throttles: 1 });
      const token = (): Promise<Response> =>
        fetch(`${world.env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? ''}&audience=x`, {
          headers: { authorization: `Bearer ${world.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''}` },
        });
      expect((await token()).status).toBe(200);
      storm(world, { seed: 1, throttles: 1, services: ['oidc'] });
      expect((await token()).status).toBe(429);
    } finally {
      await world.close();
    }
  });

  test('has accounts that always fail: operations that fail, starts that are refused', () =>
    inWorld({}, async ({ world, sso }) => {
      storm(world, {
        seed: 1,
        failing: [
          { accountId: PROD, how: 'fails', reason: 'broken for good' },
          { accountId: STAGING, how: 'refused' },
        ],
      });
      for (let nth = 0; nth < 3; nth += 1) {
        await sso.send(new CreateAccountAssignmentCommand(tuple(world, 'Billing', PROD, 'group:Auditors')));
        await world.advance(2500);
        expect(world.aws.estate.operations().at(-1)).toMatchObject({
          status: 'FAILED',
          failureReason: 'broken for good',
        });
        const refused = sso.send(
          new CreateAccountAssignmentCommand(tuple(world, 'Billing', STAGING, 'group:Auditors')),
        );
        expect(await nameOf(refused)).toBe('AccessDeniedException');
      }
      expect(world.aws.estate.operations()).toHaveLength(3);
      expect(world.aws.estate.effectiveChanges()).toEqual([]);
    }));

  test('changes nothing at a place that always fails, not even with a lost response', () =>
    inWorld({}, async ({ world, sso }) => {
      storm(world, { seed: 1, lost: 1, failing: [{ accountId: PROD, how: 'refused' }] });
      const create = new CreateAccountAssignmentCommand(tuple(world, 'Billing', PROD, 'group:Auditors'));
      expect(await nameOf(sso.send(create))).toBe('AccessDeniedException');
      expect(world.aws.estate.operations()).toEqual([]);
    }));

  test('gives single faults of the script priority', () =>
    inWorld({}, async (clients) => {
      storm(clients.world, { seed: 1, throttles: 1 });
      clients.world.script.fault({ operation: 'ListInstances' }, { kind: 'conflict' });
      expect(await many(clients, 2)).toEqual(['ConflictException', 'ThrottlingException']);
    }));

  test('refuses invalid shares', () =>
    inWorld({}, ({ world }) => {
      expect(() => storm(world, { seed: 1, throttles: 0.9, resets: 0.2 })).toThrow(/at most 1/);
      expect(() => storm(world, { seed: 1, throttles: -0.1 })).toThrow(/at least 0/);
      return Promise.resolve();
    }));
});

test("a storm over Azure has faults in ARM's form, and scopes that always fail", async () => {
  const world = await startWorld({ clouds: ['azure'] });
  try {
    const { environment, ids, ca } = world.azure;
    const scope = `/subscriptions/${ids.subscriptionId}/resourceGroups/payments-prod`;
    const send = (method: string, path: string): Promise<number> =>
      new Promise((resolve) => {
        const options = { method, ca, headers: { authorization: `Bearer ${world.azure.token()}` } };
        request(`${environment}${path}`, options, (answer) => {
          answer.resume().on('end', () => {
            resolve(answer.statusCode ?? 0);
          });
        })
          .on('error', () => {
            resolve(0);
          })
          .end();
      });
    const assignment = `${scope}/providers/Microsoft.Authorization/roleAssignments/a0000000-0000-4000-8000-000000000001?api-version=2022-04-01`;
    storm(world, { seed: 1, failing: [{ scope, how: 'refused' }] });
    expect([await send('DELETE', assignment), await send('GET', assignment)]).toEqual([403, 404]);
    const elsewhere = assignment.replace('payments-prod', 'Payments-Data');
    expect(await send('DELETE', elsewhere)).toBe(204);
    storm(world, { seed: 3, ...heavy });
    const seen: number[] = [];
    for (let nth = 0; nth < 80; nth += 1) seen.push(await send('DELETE', elsewhere));
    expect(new Set(seen)).toEqual(new Set([0, 204, 409, 429, 500, 502, 503]));
  } finally {
    await world.close();
  }
});
