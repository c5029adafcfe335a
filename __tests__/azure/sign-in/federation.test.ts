import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';

import { certificates } from '../../../rehearsal/azure/tls.ts';
import { createConnections } from '../../../src/action/connections.ts';
import type { IdentityToken } from '../../../src/access/identity-token.ts';
import type { Requests } from '../../../src/access/engine/requests.ts';
import type { CloudTools } from '../../../src/access/tools.ts';
import { environments } from '../../../src/azure/sign-in/environments.ts';
import { createAssertions, federation } from '../../../src/azure/sign-in/federation.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { createFakeClock, epoch } from '../../access/fake-clock.ts';
import { createFakeLog } from '../../access/fake-log.ts';
import { trustOnly } from '../trust.ts';

const tenantId = '72f988bf-1111-4222-8333-444455556666';
const clientId = '0a1b2c3d-1111-4222-8333-444455556666';

test('a login with a successful, empty response has issued no token', async () => {
  const { key, cert, ca } = await certificates();
  trustOnly(ca);
  const server = createServer({ key, cert }, (_, response) => response.writeHead(204).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connections = createConnections();
  try {
    const authority = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const environment = { ...environments.AzureCloud, authority, authorityAliases: [] };
    const tokens = { mint: () => Promise.resolve({ jwt: 'a.b.c', claims: {} }) };
    const product = ['cloud-access', '0.0.0'] as const;
    const tools = {
      clock: systemClock,
      log: createFakeLog(),
      tokens,
      connections,
      product,
      signInUntil: null,
    } as unknown as CloudTools;
    const { signal } = new AbortController();
    const once = {
      once: ({ send }: Parameters<Requests['once']>[0]) => send(signal, undefined),
    } as unknown as Requests;
    const token = federation({ kind: 'federated', clientId, tenantId, audience: 'x' }, environment, tools, once);
    await expect(token('https://arm/.default', { until: Date.now() + 9_000, signal }, true)).rejects.toMatchObject({
      status: 204,
      message: 'The response is not the documented JSON.',
    });
  } finally {
    connections.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const budget = { until: epoch + 600_000, signal: new AbortController().signal };

/** A mint with tokens of five minutes, which records the requested audiences. */
function scene(fail: (count: number) => boolean = () => false) {
  const clock = createFakeClock();
  const audiences: string[] = [];
  const mint = (audience: string): Promise<IdentityToken> => {
    audiences.push(audience);
    if (fail(audiences.length)) return Promise.reject(new Error('no token'));
    const exp = String((clock.now() + 300_000) / 1000);
    return Promise.resolve({ jwt: `jwt-${audiences.length}`, claims: { exp } });
  };
  const assertions = createAssertions({ mint }, 'api://x', clock);
  const jwt = async (): Promise<string> => (await assertions.get(budget)).jwt;
  return { clock, audiences, assertions, jwt };
}

describe('assertions', () => {
  test('one serves every caller, at once and later', async () => {
    const { audiences, jwt } = scene();
    expect(await Promise.all([jwt(), jwt()])).toEqual(['jwt-1', 'jwt-1']);
    expect(await jwt()).toBe('jwt-1');
    expect(audiences).toEqual(['api://x']);
  });

  test.each([
    [239_999, 'jwt-1'],
    [240_000, 'jwt-2'],
    [400_000, 'jwt-2'],
  ])('until a minute before it ends: after %i ms it is %s', async (ms, expected) => {
    const { clock, jwt } = scene();
    await jwt();
    await clock.during(clock.sleep(ms, budget.signal));
    expect(await jwt()).toBe(expected);
  });

  test('that was refused as expired is replaced', async () => {
    const { assertions, jwt } = scene();
    const refused = await assertions.get(budget);
    assertions.forget(refused);
    expect(await jwt()).toBe('jwt-2');
    assertions.forget(refused);
    expect(await jwt()).toBe('jwt-2');
  });

  test('that failed is requested again (P13)', async () => {
    const { jwt } = scene((count) => count === 1);
    await expect(jwt()).rejects.toThrow('no token');
    expect(await jwt()).toBe('jwt-2');
  });
});
