import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How long `node -e 0` takes now, in milliseconds: what times of processes are compared with. */
export async function bareNode(): Promise<number> {
  const began = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore', env: {} }), 'exit');
  return performance.now() - began;
}
