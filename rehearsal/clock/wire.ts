import type { Socket } from 'node:net';

/** Messages of a process under the clock to the coordinator; see preload.mjs, which has the other side. */
export type FromProcess =
  | { readonly type: 'hello'; readonly pid: number }
  | Report
  | { readonly type: 'answer'; readonly round: number; readonly yes: boolean };

/** State of a process: sent at every change. */
export interface Report {
  readonly type: 'report';
  /** Nothing ran for several turns of its event loop, nothing is being read, written or loaded. */
  readonly quiet: boolean;
  /** HTTP requests that it has sent and that are not answered yet. */
  readonly inFlight: number;
  /** Time of its next timer. */
  readonly next: number | null;
  /** Time of its next housekeeping timer: a reason to move the clock only without another one. */
  readonly idleNext: number | null;
  /** Counts everything that happens in the process. */
  readonly generation: number;
}

/** Messages of the coordinator to a process. */
export type ToProcess =
  | { readonly type: 'time'; readonly now: number }
  | { readonly type: 'confirm'; readonly round: number; readonly generation: number };

/** One JSON document per line. */
export function send(socket: Socket, message: ToProcess): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
}

/** Calls `take` for each line that arrives. */
export function receive(socket: Socket, take: (message: FromProcess) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(JSON.parse(line) as FromProcess);
  });
}
