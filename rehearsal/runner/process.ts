import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

import type { Clock } from '../clock/clock.ts';

export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Each line of stdout and stderr as it arrives. */
  readonly onLine: (line: string) => void;
  /** Called with the running process; what it returns is called at the end. */
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
    const stdout = gather(child.stdout, request.onLine);
    const stderr = gather(child.stderr, request.onLine);
    const arrived = clock.expect(child.pid ?? -1);
    const ended = request.onStart(child);
    let stuck: string | null = null;
    const net = setTimeout(() => {
      stuck = clock.describe();
      child.kill('SIGKILL');
    }, request.timeoutMs);
    const finish = (): void => {
      clearTimeout(net);
      arrived();
      ended();
    };
    child.on('exit', ended);
    child.on('error', (error) => {
      finish();
      reject(error);
    });
    child.on('close', (exitCode, signal) => {
      finish();
      const result = { exitCode, signal, stdout: stdout(), stderr: stderr() };
      if (stuck === null) resolve(result);
      else
        reject(
          new Error(
            `The step did not end within ${request.timeoutMs} ms of real time.\n${stuck}\nstdout: ${result.stdout}\nstderr: ${result.stderr}`,
          ),
        );
    });
  });
}

/** Collects a stream and hands over its lines; the returned function gives the whole text. */
function gather(stream: Readable, onLine: (line: string) => void): () => string {
  const decoder = new StringDecoder('utf8');
  const text = makeText(onLine);
  stream.on('data', (chunk: Buffer) => {
    text.take(decoder.write(chunk));
  });
  stream.on('end', () => {
    text.take(decoder.end());
    text.end();
  });
  return text.end;
}

/** What a process has written so far. */
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
