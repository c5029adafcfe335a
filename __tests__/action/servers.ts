import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach } from '@jest/globals';

import type { Clock } from '../../src/access/clock.ts';

/** A real server on this machine, and what it was asked. */
export interface LocalServer {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly IncomingMessage[];
  readonly close: () => Promise<void>;
}

export async function serve(answer: RequestListener, host = '127.0.0.1'): Promise<LocalServer> {
  const requests: IncomingMessage[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    requests,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** Gives a function that takes what a test opens and closes it, in order, when the test has ended. */
export function closeAfterEach(): <T extends { close(): unknown }>(opened: T) => T {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const it of open.splice(0)) await it.close();
  });
  return (opened) => {
    open.push(opened);
    return opened;
  };
}

/** For work over real sockets: sleeps end at once and are noted; alarms ring only when a test rings them. */
export interface HurriedClock extends Clock {
  readonly sleeps: readonly number[];
  /** Rings every alarm that is set. */
  readonly ring: () => void;
}

export function createHurriedClock(): HurriedClock {
  const sleeps: number[] = [];
  const alarms = new Set<() => void>();
  return {
    sleeps,
    now: () => Date.now(),
    mono: () => performance.now(),
    sleep: (ms, signal) => {
      signal.throwIfAborted();
      sleeps.push(ms);
      return Promise.resolve();
    },
    after: (_ms, action) => {
      alarms.add(action);
      return () => {
        alarms.delete(action);
      };
    },
    ring: () => {
      for (const action of alarms) action();
    },
  };
}
