/** Runs what takes too long for every merge, in named parts; `.github/workflows/nightly.yml` gives each a machine. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { commandLine, misused } from './command.ts';
import { parts, type Part } from './nightly-parts.ts';

const names = Object.keys(parts);
const usage = `npm run test:nightly -- [part …] [--seed 1]

  part    what to run; all of it (a day) unless some are named: ${names.join(', ')}
  --seed  of the random histories and inputs: each has others, the same each time`;

const { values, positionals } = commandLine(usage, { seed: { type: 'string', default: '1' } }, true);
const root = fileURLToPath(new URL('..', import.meta.url));

const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) misused(usage, `There is no part "${unknown.join('", "')}".`);

const wanted = Object.entries(parts).filter(([name]) => positionals.length === 0 || positionals.includes(name));
const failed = wanted.filter(([, part]) => !runs(part)).map(([name]) => name);
console.log(`${wanted.length - failed.length} of ${wanted.length} parts passed.`);
if (failed.length > 0) console.log(`Failed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;

function runs({ what, args, env = {} }: Part): boolean {
  console.log(`\n=== ${what}`);
  const numbered = (text: string): string => text.replace('<seed>', values.seed);
  const numbers = Object.entries(env).map(([name, value]) => [name, numbered(value)] as const);
  const { status } = spawnSync(process.execPath, args.map(numbered), {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NODE_NO_WARNINGS: '1', ...Object.fromEntries(numbers) },
  });
  return status === 0;
}
