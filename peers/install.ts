import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { command, type Ended } from './command.ts';
import { cache, type Pin } from './pins.ts';

/** A peer that can be run, or why there is none. `broken` is a failure: everything it takes was there. */
export type Peer =
  { readonly kind: 'ready'; readonly path: string } | { readonly kind: 'missing' | 'broken'; readonly why: string };

/** What go and pip say where a registry does not answer, or does not let us in. */
const unasked =
  /dial tcp|no such host|i\/o timeout|connection (?:refused|reset|timed out)|TLS handshake|proxyconnect|network is unreachable|module lookup disabled|NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Temporary failure in name resolution|from versions: none|HTTP error 40[137]|: 40[137] |50[234] /iu;

/** Installs it once; later calls find it. */
export function install(pin: Pin): Promise<Peer> {
  return pin.from === 'go' ? build(pin) : fetchWheel(pin);
}

/** The Go module proxy has the source, and the checksum database vouches for it. */
async function build({ module, version, command: name }: Extract<Pin, { readonly from: 'go' }>): Promise<Peer> {
  const folder = join(cache, `${name}-${version}`);
  const path = join(folder, name);
  if (existsSync(path)) return { kind: 'ready', path };
  const go = await command('go', ['version']);
  if (go.code !== 0) return { kind: 'missing', why: 'there is no Go' };
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  const built = await command('go', ['install', `${module}@${version}`], { ...process.env, GOBIN: unfinished });
  if (built.code !== 0 && built.text.includes('requires go >= '))
    return { kind: 'missing', why: `the Go here is too old for ${name} ${version}: ${firstLine(go)}` };
  return finish(built, unfinished, folder, path, `${name} ${version}`);
}

/** Puts it into a virtual environment of its own. */
async function fetchWheel({
  distribution,
  version,
  command: name,
}: Extract<Pin, { readonly from: 'pypi' }>): Promise<Peer> {
  const folder = join(cache, `${name === 'python' ? distribution : name}-${version}`);
  const path = join(folder, 'bin', name);
  const done = join(folder, 'installed');
  if (existsSync(done)) return { kind: 'ready', path };
  const python = await command('python3', ['-c', 'import ensurepip, sys; assert sys.version_info >= (3, 10)']);
  if (python.code !== 0) {
    const old = python.text.includes('AssertionError');
    const why =
      python.code === null ? 'there is no Python 3' : old ? 'Python is older than 3.10' : 'Python has no venv';
    return { kind: 'missing', why };
  }
  // A virtual environment cannot be moved: one that was broken off is made anew.
  await rm(folder, { recursive: true, force: true });
  const made = await command('python3', ['-m', 'venv', folder]);
  if (made.code !== 0) return { kind: 'broken', why: `no virtual environment could be made.\n${made.text}` };
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `${distribution}==${version}`];
  const installed = await command(join(folder, 'bin', 'python'), pip);
  const mark = `${folder}.${process.pid}`;
  await mkdir(mark, { recursive: true });
  return finish(installed, mark, done, path, `${distribution} ${version}`);
}

/** What was broken off is not taken for installed: the folder gets its name at the end. */
async function finish(ended: Ended, unfinished: string, folder: string, path: string, what: string): Promise<Peer> {
  if (ended.code === 0) {
    await rename(unfinished, folder);
    return { kind: 'ready', path };
  }
  await rm(unfinished, { recursive: true, force: true });
  const line = ended.text.split('\n').find((it) => unasked.test(it));
  return line === undefined
    ? { kind: 'broken', why: `${what} could not be installed.\n${ended.text}` }
    : { kind: 'missing', why: `the registry of ${what} could not be asked (${line.trim().slice(0, 200)})` };
}

function firstLine({ text }: Ended): string {
  return text.split('\n')[0] ?? '';
}
