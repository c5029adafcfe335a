import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import type { Certificate } from './certificate.ts';

/** Requests to a proxy. */
export interface Proxied {
  /** `CONNECT host:443`; a request without TLS would be `POST http://host/…`. */
  readonly what: string;
  readonly authorization: string | undefined;
}

export interface Proxy {
  readonly port: number;
  readonly requests: readonly Proxied[];
  close(): Promise<void>;
}

/** End of a tunnel to `host:port`; null refuses it with HTTP 502. */
export type Route = (hostAndPort: string) => number | null;

/**
 * A proxy on loopback that opens tunnels to the addresses of `route`, refuses anything without TLS, and records both.
 */
export async function startProxy(route: Route): Promise<Proxy> {
  const requests: Proxied[] = [];
  const record = ({ method = '', url = '', headers }: IncomingMessage): void => {
    requests.push({ what: `${method} ${url}`, authorization: headers['proxy-authorization'] });
  };
  const server = createServer((message, response) => {
    record(message);
    response.writeHead(502).end();
  });
  server.on('connect', (message: IncomingMessage, socket: Socket) => {
    record(message);
    tunnel(route(message.url ?? ''), socket);
  });
  return { ...(await listen(server)), requests };
}

function tunnel(port: number | null, socket: Socket): void {
  if (port === null) {
    socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
    return;
  }
  const onward = connect(port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    join(socket, onward);
  });
}

/** Connects both ways; each end closes the other. */
function join(one: Socket, other: Socket): void {
  one.pipe(other);
  other.pipe(one);
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
}

/** Speaks TLS with the certificate and forwards the content to `port`, as a load balancer does. */
export async function startTls({ key, cert }: Certificate, port: number): Promise<Omit<Proxy, 'requests'>> {
  const server = createSecureServer({ key, cert }, (socket) => {
    const onward = connect(port, '127.0.0.1');
    join(socket, onward);
  });
  server.on('tlsClientError', () => undefined);
  return listen(server);
}

async function listen(server: Server | ReturnType<typeof createSecureServer>): Promise<Omit<Proxy, 'requests'>> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
