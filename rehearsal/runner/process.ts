import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

import type { Clock } from '../clock/clock.ts';
import type { Stream } from './log.ts';

export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Each line of stdout and stderr as it arrives. */
  readonly onLine: (line: string, stream: Stream) => void;
  /** Called with the running process; the returned function is called at the end. */
  readonly onStart: (child: ChildProcess) => () => void;
}

export interface EndedProcess {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a process under the clock and waits for its end; one that outlives the safety net is killed, and that is an error. */
export function runProcess(request: ProcessRequest): Promise<EndedProcess> {
  const { clock } = request;
  return new Promise((resolve, reject) => {
    const child = spawn(request.command, request.args, {
      cwd: request.cwd,
      env: request.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout = gather(child, 'stdout', request.onLine);
    const stderr = gather(child, 'stderr', request.onLine);
    const guard = guarded(child, clock, request.timeoutMs);
    const ended = request.onStart(child);
    child.on('exit', ended);
    child.on('error', (error) => {
      guard.end();
      ended();
      reject(error);
    });
    child.on('close', (exitCode, signal) => {
      guard.end();
      ended();
      resolve(guard.whole({ exitCode, signal, stdout: stdout(), stderr: stderr() }));
    });
  });
}

/** The safety net in real time around a step that runs under the clock. */
export interface Guard {
  /** The step is over. */
  end(): void;
  /** Its result; one that was killed after its time limit is an error. */
  whole(result: EndedProcess): Promise<EndedProcess>;
}

export function guarded(child: ChildProcess, clock: Clock, timeoutMs: number): Guard {
  const arrived = clock.expect(child.pid ?? -1);
  let stuck: string | null = null;
  const net = setTimeout(() => {
    stuck = clock.describe();
    child.kill('SIGKILL');
  }, timeoutMs);
  return {
    end() {
      clearTimeout(net);
      arrived();
    },
    whole(result) {
      if (stuck === null) return Promise.resolve(result);
      const { stdout, stderr } = result;
      const why = `The step did not end within ${timeoutMs} ms of real time.\n${stuck}`;
      return Promise.reject(new Error(`${why}\nstdout: ${stdout}\nstderr: ${stderr}`));
    },
  };
}

/** Collects a stream and hands over its lines; the returned function gives the whole text. */
function gather(
  child: Readonly<Record<Stream, Readable>>,
  stream: Stream,
  onLine: ProcessRequest['onLine'],
): () => string {
  const decoder = new StringDecoder('utf8');
  const text = makeText((line) => {
    onLine(line, stream);
  });
  child[stream].on('data', (chunk: Buffer) => {
    text.take(decoder.write(chunk));
  });
  child[stream].on('end', () => {
    text.take(decoder.end());
    text.end();
  });
  return text.end;
}

/** Output of a process so far. */
export interface Text {
  readonly take: (chunk: string) => void;
  /** Hands over a last line without an end of its own, and returns everything. */
  readonly end: () => string;
}

export function makeText(onLine: (line: string) => void): Text {
  let text = '';
  let rest = '';
  return {
    take(chunk) {
      text += chunk;
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    },
    end() {
      if (rest !== '') onLine(rest);
      rest = '';
      return text;
    },
  };
}
