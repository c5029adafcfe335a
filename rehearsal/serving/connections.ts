import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of all servers, below TLS: only there they can be reset. */
const connections = new Map<string, Socket>();

/** All are on loopback: the ports at both ends distinguish connections. */
function endsOf({ localPort, remotePort }: Socket): string {
  return `${String(localPort)} ${String(remotePort)}`;
}

/** Keeps a connection until it is closed. */
export function keep(socket: Socket): void {
  const ends = endsOf(socket);
  connections.set(ends, socket);
  socket.on('close', () => connections.delete(ends));
}

/** Resets the connection of a response. */
export function reset({ socket }: ServerResponse): void {
  if (socket !== null) connections.get(endsOf(socket))?.resetAndDestroy();
}
