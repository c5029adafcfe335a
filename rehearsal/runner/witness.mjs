// Records the actions of a process outside of itself: node --import <this file>, with REHEARSAL_WITNESS=<file>. One
// line of JSON each: every address that a socket connects to, every name that the machine's resolver is asked for,
// every program that is started, and at the end the most memory that it ever had. Below whatever else is put into the
// process: what somebody answers in the resolver's place was never asked for. Plain JavaScript without dependencies.
import child from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

import { peakKB } from './peak.mjs';

let path;
let clock;
let isWatching = false;
const told = new Set();

watch();

/**
 * Records from now on as the environment requests: a process that runs one step after another starts again for each.
 */
export function watch() {
  path = process.env['REHEARSAL_WITNESS'];
  clock = Number(process.env['REHEARSAL_CLOCK']?.split(':').at(-1));
  told.clear();
  if (path !== undefined && !isWatching) start();
}

function start() {
  isWatching = true;
  const tell = (what) => {
    const line = JSON.stringify(what);
    if (path === undefined || told.has(line)) return;
    told.add(line);
    appendFileSync(path, `${line}\n`);
  };
  watchSockets(tell);
  watchNames(dns, tell);
  watchNames(dns.promises, tell);
  for (const name of ['spawn', 'spawnSync']) before(child, name, (program) => tell({ program: String(program) }));
  for (const name of ['exec', 'execSync', 'execFile', 'execFileSync', 'fork'])
    before(child, name, (program) => tell({ program: String(program).split(' ')[0] }));
  syncBuiltinESMExports();
  process.on('exit', () => tell({ peakMB: peakKB() / 1024 }));
}

/**
 * The address of a host is only known after its look-up: this is called for the connection's address, not for the
 * requested name.
 */
function watchSockets(tell) {
  before(net.Socket.prototype, 'connect', function (...given) {
    const [first, second] = Array.isArray(given[0]) ? given[0] : given;
    const {
      host = 'localhost',
      port,
      path: pipe,
    } = typeof first === 'object' && first !== null
      ? first
      : { host: typeof second === 'string' ? second : undefined, port: first };
    if (pipe !== undefined && pipe !== null) tell({ address: pipe });
    else if (net.isIP(host) !== 0) {
      if (Number(port) !== clock) tell({ address: host });
    } else this.on('lookup', (error, address) => error === null && tell({ address }));
  });
  for (const name of ['connect', 'send'])
    before(dgram.Socket.prototype, name, (...given) =>
      tell({ address: given.findLast((it) => typeof it === 'string') ?? 'localhost' }),
    );
}

function watchNames(resolver, tell) {
  for (const name of Object.keys(resolver).filter((it) => /^(?:lookup|resolve|reverse)/.test(it)))
    before(resolver, name, (asked) => typeof asked === 'string' && tell({ name: asked }));
}

function before(owner, name, look) {
  const inner = owner[name];
  if (typeof inner !== 'function') return;
  owner[name] = Object.assign(function (...given) {
    look.apply(this, given);
    return inner.apply(this, given);
  }, inner);
}
