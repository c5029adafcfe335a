import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, test } from '@jest/globals';

import { certificates } from '../../../rehearsal/azure/tls.ts';
import { createConnections } from '../../../src/action/connections.ts';
import type { Requests } from '../../../src/access/engine/requests.ts';
import type { CloudTools } from '../../../src/access/tools.ts';
import { environments } from '../../../src/azure/sign-in/environments.ts';
import { federation } from '../../../src/azure/sign-in/federation.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { createFakeLog } from '../../access/fake-log.ts';

const tenantId = '72f988bf-1111-4222-8333-444455556666';
const clientId = '0a1b2c3d-1111-4222-8333-444455556666';

test('a login that answers well and says nothing has given no token', async () => {
  const { key, cert, ca } = await certificates();
  setDefaultCACertificates([...getCACertificates('default'), ca]);
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
      message: 'the answer is not the documented JSON',
    });
  } finally {
    connections.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
