import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request to a wrong address. */
export interface Trapped {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

/** A server on loopback that no step should use; it responds with success, so that a wrong client continues. */
export interface Trap {
  readonly port: number;
  /**
   * Its address in forms that are loopback for a socket, and not for a comparison of names: a client that accepts them
   * arrives here.
   */
  readonly hostile: string;
  readonly requests: readonly Trapped[];
  close(): Promise<void>;
}

export async function setTrap(): Promise<Trap> {
  const requests: Trapped[] = [];
  const server = createServer((message, response) => {
    requests.push({ method: message.method ?? '', url: message.url ?? '', headers: message.headers });
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end('{"value":"eyJ0cmFwcGVk.e30.x"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    hostile: `http://[::ffff:127.0.0.1]:${port}`,
    requests,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
