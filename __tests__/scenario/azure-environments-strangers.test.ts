import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import { describeProxies } from '../action/describe-proxies.ts';
import { azureByIds, azureByNames, azureStep, inAzure } from './azure-support.ts';
import { certify, type Certificate } from './certificate.ts';
import { minted } from './exchanges.ts';
import { startProxy, startTls } from './proxies.ts';
import { errors } from './support.ts';

/** Another party's cloud, which is not this machine. */
const stranger = 'https://arm.stranger.example';
const ownAudience = 'https://management.stranger.example/';
const federation = 'api://stranger/federation';
const wellKnownAudiences = ['', 'USGov', 'China', 'USNat', 'USSec'].map((end) => `api://AzureADTokenExchange${end}`);

let folder: string;
let certificate: Certificate;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stranger-'));
  certificate = certify(['arm.stranger.example', 'login.stranger.example', 'graph.stranger.example']);
  await writeFile(join(folder, 'ca.pem'), certificate.cert);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const description = {
  name: 'Stranger',
  authentication: { loginEndpoint: 'https://login.stranger.example/', audiences: [ownAudience] },
  resourceManager: `${stranger}/`,
};

/** Requests of a step to the stranger, and its other requests to the proxy. */
interface Visit {
  readonly result: StepResult;
  /** `GET /path`, with the bodies. */
  readonly received: readonly string[];
  readonly tunnels: readonly string[];
}

/** A step in the stranger's cloud, which can claim anything in its metadata, and returns 404 to all other requests. */
async function visit(metadata: unknown, inputs: Step['inputs']): Promise<Visit> {
  const received: string[] = [];
  const server = createServer((message, response) => {
    let body = '';
    message.on('data', (chunk: Buffer) => (body += chunk.toString()));
    message.on('end', () => {
      received.push(
        `${message.method ?? ''} ${message.url ?? ''} ${body}${message.headers.authorization ?? ''}`.trim(),
      );
      const known = message.url?.startsWith('/metadata/endpoints') === true;
      response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
      response.end(known ? JSON.stringify(metadata) : '{"error":{"code":"NotFound","message":"not found"}}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tls = await startTls(certificate, (server.address() as AddressInfo).port);
  const proxy = await startProxy(() => tls.port);
  try {
    return await inAzure({}, async (world) => {
      const env = { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'), HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
      const all = { ...azureByIds, 'azure-environment': stranger, 'azure-audience': federation, ...inputs };
      const result = await azureStep(world, all, { env });
      return { result, received, tunnels: [...new Set(proxy.requests.map(({ what }) => what))] };
    });
  } finally {
    server.closeAllConnections();
    server.close();
    for (const it of [proxy, tls]) await it.close();
  }
}

const asksMetadata = 'GET /metadata/endpoints?api-version=2022-09-01';

describe('the audience of the ID token for an address that is not this machine', () => {
  it('has no default: no request is sent, not even for the token', async () => {
    const { result, received } = await visit(description, { 'azure-audience': '' });
    expect(result.exitCode).toBe(1);
    expect([...result.requests, ...received]).toEqual([]);
    expect(errors(result)).toMatch(/^azure-audience: This input is required.*Example: azure-audience: api:\/\/\S+$/mu);
  });

  it.each(wellKnownAudiences)('is never one that a well-known cloud accepts: %s (P10)', async (audience) => {
    const { result, received } = await visit(description, { 'azure-audience': audience });
    expect(result.exitCode).toBe(1);
    expect([...result.requests, ...received]).toEqual([]);
    expect(errors(result)).toMatch(/^azure-audience: "api:\/\/AzureADTokenExchange.*never gets a token for it/mu);
  });
});

describeProxies('an unknown environment', () => {
  it('with proper metadata is signed in to, at its own login and with the given audience', async () => {
    const { result, received, tunnels } = await visit(description, {});
    expect(minted(result).map(({ idToken }) => idToken?.audience)).toEqual([federation]);
    expect(tunnels).toEqual(['CONNECT arm.stranger.example:443', 'CONNECT login.stranger.example:443']);
    expect(received[0]).toBe(asksMetadata);
    expect(received[1]).toMatch(
      /^GET \/72f988bf-0000-4000-8000-000000000001\/v2\.0\/\.well-known\/openid-configuration/u,
    );
  });

  it.each([
    'https://management.azure.com',
    'https://management.azure.com/',
    'https://management.azure.com//',
    'HTTPS://Management.Azure.com',
    'https://management.azure.com:443/',
    'https://management.core.windows.net/',
    'https://management.usgovcloudapi.net',
    'https://management.core.usgovcloudapi.net/',
    'https://management.chinacloudapi.cn',
    'https://management.core.chinacloudapi.cn/',
    'https://graph.microsoft.com',
    'https://graph.microsoft.us/',
    'https://microsoftgraph.chinacloudapi.cn',
    'https://graph.windows.net/',
    // The same by their application IDs, which the token endpoint accepts too.
    '797f4846-ba00-4fd7-ba43-dac1f8f63013',
    '00000003-0000-0000-c000-000000000000',
    // Others that a well-known cloud would open with it.
    'https://vault.azure.net',
    'https://storage.azure.com/',
    'https://database.windows.net',
  ])('gets no token that a well-known cloud would accept from it: %s (P10)', async (audience) => {
    const authentication = { loginEndpoint: 'https://login.stranger.example/', audiences: [audience] };
    const { result, received, tunnels } = await visit({ ...description, authentication }, {});
    expect(received).toEqual([asksMetadata]);
    expect(tunnels).toEqual(['CONNECT arm.stranger.example:443']);
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toContain(audience);
    expect(errors(result)).toMatch(/well-known cloud.*never gets such a token/su);
    expect(errors(result)).toMatch(/What to do: .*azure-environment: AzureCloud/su);
  });

  it.each([
    'https://graph.microsoft.com',
    'https://Graph.Microsoft.com/',
    'https://graph.microsoft.us',
    'https://graph.microsoft.com/v1.0',
  ])('with a well-known Graph in its metadata is not trusted: %s (P10)', async (graph) => {
    const metadata = { ...description, microsoftGraphResourceId: graph };
    const { result, tunnels } = await visit(metadata, { ...azureByNames });
    expect(result.exitCode).toBe(1);
    expect(tunnels.filter((it) => /microsoft/iu.test(it))).toEqual([]);
    expect(result.annotations).toContainEqual(
      expect.objectContaining({ level: 'warning', message: expect.stringContaining(graph) }),
    );
  });

  it.each(['https://127.0.0.1', 'https://localhost:8443', 'https://LOCALHOST', 'https://127.1', 'https://[::1]'])(
    'cannot point to this machine: %s',
    async (local) => {
      const points = [
        { ...description, authentication: { loginEndpoint: local, audiences: [ownAudience] } },
        { ...description, resourceManager: local },
        { ...description, microsoftGraphResourceId: local },
      ];
      for (const metadata of points) {
        const { result, received } = await visit(metadata, azureByNames);
        expect(result.exitCode).toBe(1);
        expect(received).toEqual([asksMetadata]);
        expect(errors(result)).toContain(local);
        expect(errors(result)).toMatch(/What to do: .*azure-environment/su);
      }
    },
  );
});
