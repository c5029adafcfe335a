import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathOf } from '../found.ts';

export interface Moto {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Everything in it is gone; the address stays. */
export async function forgetAll({ url }: Moto): Promise<void> {
  const { ok } = await fetch(`${url}/moto-api/reset`, { method: 'POST' });
  if (!ok) throw new Error('moto was not reset');
}

/** Starts moto's server with nothing in it, on a port that it chooses. */
export async function startMoto(): Promise<Moto> {
  const child = spawn(pathOf('moto'), ['--host', '127.0.0.1', '--port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // Whatever the person who tests has signed in to stays outside.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  });
  const ended = once(child, 'close');
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+/u.exec(said);
      if (found !== null) resolve(found[0]);
    });
    child.on('error', reject);
    child.on('close', () => {
      reject(new Error(`moto did not start: ${said}`));
    });
  });
  return {
    url,
    close: async () => {
      child.kill();
      await ended;
    },
  };
}
