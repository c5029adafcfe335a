import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import { keep, reset } from './connections.ts';
import type { Dialect, Serving } from './dialect.ts';
import { respond } from './respond.ts';

/** PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server on a loopback port; with a certificate it speaks TLS only. */
export async function serve(
  serving: Serving,
  dialect: Dialect,
  certificate?: ServerCertificate,
): Promise<RunningServer> {
  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    respond(serving, dialect, message, response).catch((error: unknown) => {
      // A fault of the rehearsal itself: loud, and no answer that could be taken for the cloud's.
      console.error(error);
      reset(response);
    });
  };
  const server: Server =
    certificate === undefined
      ? createServer(listener)
      : // Without `ca`, a server sends its authority's certificate too where its process trusts that.
        createSecureServer({ key: certificate.key, cert: certificate.cert, ca: certificate.cert }, listener);
  server.on('connection', keep);
  server.keepAliveTimeout = 0; // real time has no meaning here
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    close: () => close(server),
  };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
