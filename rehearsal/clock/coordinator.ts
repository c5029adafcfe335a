import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

import type { Clock } from './clock.ts';
import { publishTime } from './published.ts';
import { realClock } from './real.ts';
import { timerList } from './timers.ts';
import { receive, send, type FromProcess, type Report } from './wire.ts';

export type { Clock } from './clock.ts';

interface Participant {
  readonly socket: Socket;
  pid: number;
  report: Report | null;
}

/** A question to all participants whether they are still as they reported. */
interface Round {
  readonly number: number;
  readonly waiting: Set<Participant>;
  readonly settled: (yes: boolean) => void;
}

/**
 * Starts a clock. The virtual one does not move while any process works, and jumps to the next due timer, of this
 * process or of any process under it, when all of them are idle. Computing and the network take no time on it.
 */
export async function startClock(mode: 'virtual' | 'real', startAt?: number): Promise<Clock> {
  if (mode === 'real') return realClock();
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return virtualClock(server, startAt ?? Date.now());
}

function virtualClock(server: Server, startAt: number): Clock {
  const own = timerList();
  const participants = new Set<Participant>();
  const holds = new Set<symbol>();
  /** Processes from their start to their end: one that is not connected is starting, or has just ended. */
  const alive = new Set<number>();
  const suspended = new Set<number>();
  const published = publishTime();
  let time = startAt;
  let sleepers = 0;
  let stalled = 0;
  let activity = 0; // counts what happens in this process, so that a decision taken before it is dropped
  let rounds = 0;
  let round: Round | null = null;
  let deciding = false;
  let closed = false;

  /** The time to which the clock would jump now, or null when a process works or none waits. */
  const destination = (): number | null => {
    if (closed || holds.size > 0 || (participants.size === 0 && sleepers === 0)) return null;
    for (const pid of alive) if (![...participants].some((participant) => participant.pid === pid)) return null;
    let inFlight = 0;
    let next = own.next();
    let idleNext: number | null = null;
    for (const { pid, report } of participants) {
      if (suspended.has(pid)) continue;
      if (report?.quiet !== true) return null;
      inFlight += report.inFlight;
      next = earlier(next, report.next);
      idleNext = earlier(idleNext, report.idleNext);
    }
    if (inFlight > stalled) return null;
    return next ?? idleNext;
  };

  const runDue = (): void => {
    activity += 1;
    for (let action = own.take(time); action !== null; action = own.take(time)) action();
  };

  const moveTo = (target: number): void => {
    time = Math.max(time, target);
    if (suspended.size > 0) published.write(time);
    for (const participant of participants) {
      participant.report = null; // it must become idle again
      if (!suspended.has(participant.pid)) send(participant.socket, { type: 'time', now: time });
    }
    runDue();
  };

  const ask = (): Promise<boolean> =>
    new Promise((resolve) => {
      const asked = [...participants].filter(({ pid }) => !suspended.has(pid));
      if (asked.length === 0) {
        resolve(true);
        return;
      }
      rounds += 1;
      round = { number: rounds, waiting: new Set(asked), settled: resolve };
      for (const { socket, report } of asked)
        send(socket, { type: 'confirm', round: rounds, generation: report?.generation ?? -1 });
    });

  /** Two steps, so that a jump never meets a process that has just begun to work. */
  const decide = async (): Promise<void> => {
    const before = activity;
    await turn();
    await turn(); // continuations of what just happened here run first
    if (before !== activity || destination() === null) return;
    const yes = await ask();
    await turn(); // requests that arrived together with the answers are seen first
    const target = destination();
    if (yes && before === activity && target !== null) moveTo(target);
  };

  const consider = (): void => {
    if (deciding || destination() === null) return;
    deciding = true;
    void decide().finally(() => {
      deciding = false;
      if (destination() !== null) setImmediate(consider);
    });
  };

  const changed = (): void => {
    activity += 1;
    consider();
  };

  /** It can no longer respond. */
  const forget = (participant: Participant): void => {
    if (round?.waiting.has(participant) !== true) return;
    const { settled } = round;
    round = null;
    settled(false);
  };

  const hear = (participant: Participant, message: FromProcess): void => {
    if (message.type === 'hello') {
      participant.pid = message.pid;
      send(participant.socket, { type: 'time', now: time });
    } else if (message.type === 'report') {
      participant.report = message;
      changed();
    } else if (round?.number === message.round) {
      round.waiting.delete(participant);
      if (!message.yes || round.waiting.size === 0) {
        const { settled } = round;
        round = null;
        settled(message.yes);
      }
    }
  };

  server.on('connection', (socket) => {
    const participant: Participant = { socket, pid: 0, report: null };
    participants.add(participant);
    activity += 1;
    socket.setNoDelay(true);
    socket.on('error', () => undefined); // a killed process resets its connection
    socket.on('close', () => {
      participants.delete(participant);
      forget(participant);
      changed();
    });
    receive(socket, (message) => {
      hear(participant, message);
    });
  });

  const hold = (): (() => void) => {
    const key = Symbol('hold');
    holds.add(key);
    return () => {
      if (holds.delete(key)) changed();
    };
  };

  const schedule = (ms: number, action: () => void): (() => void) => {
    const cancel = own.add(time + Math.max(0, Math.ceil(ms)), action);
    if (ms <= 0) setImmediate(runDue);
    changed();
    return () => {
      cancel();
      changed();
    };
  };

  return {
    mode: 'virtual',
    now: () => time,
    schedule,
    hold,
    sleep: (ms) =>
      new Promise((resolve) => {
        sleepers += 1;
        schedule(ms, () => {
          sleepers -= 1;
          resolve();
        });
      }),
    advance: async (ms) => {
      const release = hold();
      const target = time + ms;
      try {
        for (;;) {
          let due = own.next();
          for (const { report } of participants) due = earlier(due, report?.next ?? null);
          moveTo(due === null ? target : Math.min(due, target));
          await turn();
          await turn();
          if (time >= target) return;
        }
      } finally {
        release();
      }
    },
    env: {
      NODE_OPTIONS: `--import ${new URL('./preload.mjs', import.meta.url).href}`,
      REHEARSAL_CLOCK_TIME: published.path,
      REHEARSAL_CLOCK: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    },
    stalled: (delta) => {
      stalled = Math.max(0, stalled + delta);
      changed();
    },
    expect: (pid) => {
      alive.add(pid);
      return () => {
        if (alive.delete(pid)) changed();
      };
    },
    suspend: (pid) => {
      suspended.add(pid);
      for (const participant of participants) if (participant.pid === pid) forget(participant);
      changed();
      return () => {
        if (!suspended.delete(pid)) return;
        for (const participant of participants) {
          if (participant.pid !== pid) continue;
          participant.report = null;
          send(participant.socket, { type: 'time', now: time });
        }
        changed();
      };
    },
    describe: () =>
      [
        `clock at ${new Date(time).toISOString()}: ${String(sleepers)} sleeping here, ${String(stalled)} requests held back by the script, ${String(holds.size)} holds, next own timer ${String(own.next())}`,
        ...[...participants].map(({ pid, report }) => `process ${String(pid)}: ${JSON.stringify(report)}`),
      ].join('\n'),
    close: async () => {
      closed = true;
      published.remove();
      own.clear();
      for (const { socket } of participants) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

function earlier(one: number | null, other: number | null): number | null {
  if (one === null) return other;
  return other === null ? one : Math.min(one, other);
}
