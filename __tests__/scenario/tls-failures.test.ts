import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createSecureServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { certify, type Certificate } from './certificate.ts';
import { aws, azure, type TestCloud } from './clouds.ts';
import { expectBounded, expectClearlyRed } from './hostile-ends.ts';
import { isRun } from './matrix.ts';
import { errors, inWorld } from './support.ts';

const ended = certify(['localhost'], -1);
const otherHost = certify(['other.example']);
const unknown = certify(['localhost']);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tls-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Whoever gets as far as a request is told that all is well. */
const secure = (certificate: Certificate): Server =>
  createSecureServer(certificate, (socket) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}');
  }).on('tlsClientError', () => undefined);

interface Failure {
  readonly start: () => Server;
  /** What an error has to say of it. */
  readonly says: RegExp;
  /** The certificate that the step trusts nevertheless. */
  readonly trusted?: Certificate;
}

/** What is wrong with the TLS of a server. */
const failures: Readonly<Record<string, Failure>> = {
  'a certificate of an authority that nobody knows': { start: () => secure(unknown), says: /certificate/iu },
  'a certificate that has ended': { start: () => secure(ended), says: /certificate has expired/iu, trusted: ended },
  'a certificate of another host': {
    start: () => secure(otherHost),
    says: /altnames|does not match/iu,
    trusted: otherHost,
  },
  'no TLS at all': {
    start: () => createHttpServer((_, response) => response.end('{}')),
    says: /SSL|TLS|wrong version/iu,
  },
  'an end in the handshake': {
    start: () => createServer((socket) => socket.destroy()),
    says: /disconnected|ECONNRESET|socket/iu,
  },
  'a handshake that does not go on': { start: () => createServer(), says: /no answer within/iu },
};

const metadata = (world: World, says: Readonly<Record<string, unknown>>): void => {
  const body = {
    name: 'Strange',
    authentication: { loginEndpoint: `${world.azure.login}/`, audiences: ['https://management.rehearsal.test/'] },
    resourceManager: `${world.azure.environment}/`,
    microsoftGraphResourceId: `${world.azure.graph}/`,
    ...says,
  };
  world.script.fault({ operation: 'metadata', times: Infinity }, { kind: 'answer', body });
};

type Leading = (world: World, url: string) => { readonly env?: Step['env']; readonly inputs?: Step['inputs'] };

const issuer: Leading = (_, url) => ({ env: { ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?x=1` } });

/** Who speaks TLS so, and how a step is led there. */
const places: Readonly<Record<string, readonly [TestCloud, Leading]>> = {
  'GitHub’s token endpoint': [aws, issuer],
  STS: [aws, (_, url) => ({ env: { AWS_ENDPOINT_URL_STS: url } })],
  'Identity Center': [aws, (_, url) => ({ env: { AWS_ENDPOINT_URL_SSO_ADMIN: url } })],
  'the description of an Azure': [azure, (_, url) => ({ inputs: { 'azure-environment': url } })],
  Entra: [
    azure,
    (world, url) => {
      metadata(world, { authentication: { loginEndpoint: url, audiences: ['https://management.rehearsal.test/'] } });
      return {};
    },
  ],
  'Resource Manager': [
    azure,
    (world, url) => {
      metadata(world, { resourceManager: url });
      return {};
    },
  ],
};

/** Runs a scene with a server that is not heard from in time: what it does not answer is no work in flight. */
async function withServer<T>(world: World, server: Server, scene: (url: string) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    world.clock.stalled(1);
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      world.clock.stalled(-1);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await scene(`https://localhost:${(server.address() as AddressInfo).port}`);
  } finally {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }
}

describe.each(Object.entries(places))('%s', (_name, [cloud, lead]) => {
  const mine = Object.keys(places).indexOf(_name);
  const some = Object.entries(failures).filter((_, index) => isRun(mine, index));

  it.each(some)(
    'with %s: nothing is sent there, red in time, with what is wrong and what to do',
    (_, { start, says, trusted }) =>
      inWorld(cloud.world, (world) =>
        withServer(world, start(), async (url) => {
          const own = await readFile(world.env['NODE_EXTRA_CA_CERTS'] ?? '/dev/null', 'utf8');
          const path = join(folder, 'trusted.pem');
          await writeFile(path, [own, trusted?.cert ?? ''].join('\n'));
          const { env, inputs } = lead(world, url);
          const result = await cloud.step(
            world,
            { ...cloud.byNames, timeout: '1m', ...inputs },
            { env: { ...env, NODE_EXTRA_CA_CERTS: path } },
          );
          expectClearlyRed(result);
          expectBounded(result);
          expect(errors(result)).toMatch(says);
          expect(errors(result)).toMatch(/NODE_EXTRA_CA_CERTS|network/u);
          expect(cloud.changes(world)).toBe(0);
        }),
      ),
  );
});
