import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { fileURLToPath } from 'node:url';

import type { Clock } from '../clock/clock.ts';
import type { Stream } from './log.ts';
import { guarded, makeText, type EndedProcess, type Text } from './process.ts';

/** A step for a process that has run steps before. */
export interface ReusedRequest {
  readonly stage: 'main' | 'post';
  /** The folder of the built action. */
  readonly module: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly onLine: (line: string, stream: Stream) => void;
  /** The process has the step. */
  readonly onStart: () => void;
}

interface Host {
  readonly child: ChildProcess;
  readonly stdout: Outlet;
  readonly stderr: Outlet;
  steps: number;
  retire: NodeJS.Timeout | null;
}

/** A stream on which one step after another writes. */
interface Outlet {
  /** @param mark what comes after the step's last word */
  begin(mark: string, onLine: (line: string) => void, onOver: () => void): void;
  isOver(): boolean;
  /** Everything that the step wrote. */
  end(): string;
}

interface Ended {
  readonly exitCode: number;
  /** Resident memory, in bytes. */
  readonly memory: number;
}

/** A process with more in its memory, or behind it, is not used again. */
const mostMemory = 400 * 1024 * 1024;
const mostSteps = 40;
/** Time after which an unused one ends, in milliseconds of real time. */
const idleMs = 2_000;

const script = fileURLToPath(new URL('./host.mjs', import.meta.url));
const idle: Host[] = [];

/** Runs a step in a process that can have run others; one that it ends is the end of that step, as on a runner. */
export function runReused(request: ReusedRequest): Promise<EndedProcess> {
  const host = takeIdle() ?? start();
  const { child } = host;
  if (host.retire !== null) clearTimeout(host.retire);
  keep(child, 'ref');
  host.steps += 1;
  const { clock, stage, module, folder, env } = request;
  const end = `\u0000${randomUUID()}`;
  return new Promise((resolve, reject) => {
    let ended: Ended | null = null;
    const guard = guarded(child, clock, request.timeoutMs);
    const finish = (exitCode: number | null, signal: string | null): void => {
      guard.end();
      child.removeAllListeners();
      resolve(guard.whole({ exitCode, signal, stdout: host.stdout.end(), stderr: host.stderr.end() }));
    };
    const finishIfAll = (): void => {
      if (ended === null || !host.stdout.isOver() || !host.stderr.isOver()) return;
      const { exitCode, memory } = ended;
      finish(exitCode, null);
      if (memory > mostMemory || host.steps >= mostSteps) child.kill();
      else rest(host);
    };
    for (const stream of ['stdout', 'stderr'] as const) {
      const onLine = (line: string): void => {
        request.onLine(line, stream);
      };
      host[stream].begin(end, onLine, finishIfAll);
    }
    child.on('message', (message: Ended) => {
      ended = message;
      finishIfAll();
    });
    child.on('error', (error) => {
      guard.end();
      reject(error);
    });
    child.on('close', (exitCode, signal) => {
      finish(exitCode, signal);
    });
    child.send({ number: host.steps, env, folder, module, stage, end });
    request.onStart();
  });
}

/** Nothing is asked of one that has died meanwhile. */
function takeIdle(): Host | undefined {
  const host = idle.pop();
  return host === undefined || host.child.connected ? host : takeIdle();
}

function start(): Host {
  const preloads = ['../clock/preload.mjs', './witness.mjs'].map((file) => new URL(file, import.meta.url).href);
  const child = spawn(process.execPath, [...preloads.flatMap((it) => ['--import', it]), script], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return { child, stdout: outletOf(child.stdout), stderr: outletOf(child.stderr), steps: 0, retire: null };
}

/** It does not keep its starter from ending, and soon ends itself. */
function rest(host: Host): void {
  idle.push(host);
  keep(host.child, 'unref');
  host.retire = setTimeout(() => {
    idle.splice(idle.indexOf(host), 1);
    host.child.kill();
  }, idleMs).unref();
}

/** True if its starter waits for it. */
function keep(child: ChildProcess, how: 'ref' | 'unref'): void {
  child[how]();
  child.channel?.[how]();
  for (const stream of [child.stdout, child.stderr]) (stream as Socket | null)?.[how]();
}

function outletOf(stream: Readable | null): Outlet {
  const decoder = new StringDecoder('utf8');
  let text: Text = makeText(() => undefined);
  let mark = '';
  let held = '';
  let isOver = true;
  let onOver = (): void => undefined;
  stream?.on('data', (chunk: Buffer) => {
    held += decoder.write(chunk);
    const at = held.indexOf(mark);
    // The mark may come in two pieces.
    const sure = at === -1 ? beforePiece(held, mark) : at;
    text.take(held.slice(0, sure));
    held = at === -1 ? held.slice(sure) : '';
    if (at === -1) return;
    isOver = true;
    onOver();
  });
  return {
    begin(next, onLine, then) {
      text = makeText(onLine);
      mark = next;
      isOver = false;
      onOver = then;
    },
    isOver: () => isOver,
    end() {
      text.take(held);
      held = '';
      return text.end();
    },
  };
}

function beforePiece(held: string, mark: string): number {
  const at = held.lastIndexOf(mark.charAt(0), held.length);
  return at !== -1 && mark.startsWith(held.slice(at)) ? at : held.length;
}
