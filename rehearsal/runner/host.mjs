// Runs one step after another in one process, which spares the start of Node and the compiling of the action. Each step
// has an environment, a folder, a clock and modules of its own: nothing of the action's is left from the step before.
// Started by reused.ts, with --import of the clock's and the witness's file. Plain JavaScript, since any node runs it.
import { readFileSync } from 'node:fs';
import tls from 'node:tls';

import { joinClock, leaveClock } from '../clock/preload.mjs';
import { watch } from './witness.mjs';

const signals = ['SIGINT', 'SIGTERM'];
let trusted = '';

process.on('message', (step) => {
  void run(step);
});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

/** A rejection ends the process, as it would end that of a step. */
async function run({ number, env, folder, module, stage, end }) {
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
  process.chdir(folder);
  trust(env['NODE_EXTRA_CA_CERTS']);
  watch();
  if (env['REHEARSAL_CLOCK'] !== undefined) await joinClock(env['REHEARSAL_CLOCK']);
  // A fresh copy: main.js would take the one that is loaded.
  const action = await import(`${module}?step=${number}`);
  await (stage === 'post' ? action.post() : action.main());
  const exitCode = process.exitCode ?? 0;
  process.exitCode = undefined;
  for (const signal of signals) process.removeAllListeners(signal);
  leaveClock();
  process.chdir('/');
  process.stdout.write(end);
  process.stderr.write(end);
  process.send({ exitCode, memory: process.memoryUsage.rss() });
}

/** Node reads the variable at its start only. */
function trust(file) {
  if (file === undefined) return;
  const text = readFileSync(file, 'utf8');
  if (text === trusted) return;
  trusted = text;
  tls.setDefaultCACertificates([text]);
}
