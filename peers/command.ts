import { spawn } from 'node:child_process';

/** How a command ended; `code` is null where it could not be started, or was killed. */
export interface Ended {
  readonly code: number | null;
  /** Both streams, in the order in which they came. */
  readonly text: string;
}

/** A registry that swallows what it is asked would be waited for much longer. */
const longestMs = 15 * 60_000;

/** Runs a command to its end, without input. */
export function command(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(name, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    let text = '';
    const net = setTimeout(() => {
      text += `\ni/o timeout: it was ended after ${longestMs / 60_000} minutes`;
      child.kill('SIGKILL');
    }, longestMs);
    const take = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => {
      clearTimeout(net);
      resolve({ code: null, text: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(net);
      resolve({ code, text });
    });
  });
}
