import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import type { World } from '../../rehearsal/world.ts';
import { certify, type Certificate } from './certificate.ts';

const ended = certify(['localhost'], -1);
const otherHost = certify(['other.example']);
const unknown = certify(['localhost']);

/** Each request gets a successful response. */
const secure = (certificate: Certificate): Server =>
  createSecureServer(certificate, (socket) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}');
  }).on('tlsClientError', () => undefined);

export interface TlsFailure {
  readonly start: () => Server;
  /** Words of the error. */
  readonly says: RegExp;
  /** The certificate that the step trusts anyway. */
  readonly trusted?: Certificate;
}

/** Fault in the TLS of a server. */
export const tlsFailures: Readonly<Record<string, TlsFailure>> = {
  'a certificate of an unknown authority': { start: () => secure(unknown), says: /certificate/iu },
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

/** Runs a scene with a server that does not respond in time: its missing response is not work in flight. */
export async function withServer<T>(world: World, server: Server, scene: (url: string) => Promise<T>): Promise<T> {
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
