import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

import type { OpenEntry } from '../journal.ts';
import type { Serving } from '../serving/dialect.ts';
import type { RunningServer } from '../serving/serve.ts';
import { wellKnownHosts, type ServerKind } from './environments.ts';

/** Ends of the tunnels: the local servers' ports. */
export type ProxyRoutes = Readonly<Record<ServerKind, number>>;

/**
 * A forward proxy that opens tunnels to the well-known hosts of all clouds, which are here, and to nowhere else; it
 * records the requested hosts.
 */
export async function startAzureProxy({ clock, journal }: Serving, routes: ProxyRoutes): Promise<RunningServer> {
  const record = ({ headers, method }: IncomingMessage, target: string, operation: string): OpenEntry => {
    const [host = '', port = ''] = target.split(/:(?=\d+$)/);
    return journal.open({
      service: 'proxy',
      operation,
      region: '',
      at: clock.now(),
      host,
      userAgent: headers['user-agent'] ?? '',
      authorized: headers['proxy-authorization'] !== undefined,
      requestId: randomUUID(),
      body: { method: method ?? '', port },
    });
  };
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };

  // A request without a tunnel would be readable here: refused.
  const server = createServer((message: IncomingMessage, response: ServerResponse) => {
    const target = URL.canParse(message.url ?? '') ? new URL(message.url ?? '').host : (message.headers.host ?? '');
    ended(record(message, target, 'forward'), 403);
    response.writeHead(403, { 'content-type': 'text/plain' }).end('This proxy opens tunnels only.\n');
  });
  server.on('connect', (message: IncomingMessage, socket: Socket, head: Buffer) => {
    const target = message.url ?? '';
    const entry = record(message, target, 'connect');
    const kind = target.endsWith(':443') ? wellKnownHosts.get(entry.host.toLowerCase()) : undefined;
    if (kind === undefined) {
      ended(entry, 403);
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    ended(entry, 200);
    tunnel(socket, head, routes[kind], keep);
  });
  server.on('connection', keep);
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function ended(entry: OpenEntry, status: 200 | 403): void {
  entry.status = status;
  entry.outcome = status === 200 ? 'ok' : 'error';
}

/** Joins two connections; each end closes the other. */
function tunnel(client: Socket, head: Buffer, port: number, keep: (socket: Socket) => void): void {
  const onward = connect(port, '127.0.0.1', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    onward.write(head);
    client.pipe(onward);
    onward.pipe(client);
  });
  keep(onward);
  client.on('close', () => onward.destroy());
  onward.on('close', () => client.destroy());
}
