/** Stands in for `gh api` in a step of a workflow: what exists is in the file $WORLD, and each change is added there. */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadJq } from 'jq-wasm';

interface World {
  readonly items: object;
  readonly calls: object[];
  readonly isDown: boolean;
}

const place = process.env['WORLD'] ?? '';
const world = JSON.parse(readFileSync(place, 'utf8')) as World;
const words = process.argv.slice(3);
const fields: Record<string, string> = {};
let [method, filter, path] = ['GET', '', ''];

for (let at = 0; at < words.length; at += 1) {
  const word = words[at] ?? '';
  const next = (): string => words[(at += 1)] ?? '';
  if (word === '--method') method = next();
  else if (word === '--jq') filter = next();
  else if (word === '--field' || word === '--raw-field') {
    const { name = '', value = '' } = /^(?<name>\w+)=(?<value>[^]*)$/u.exec(next())?.groups ?? {};
    fields[name] = word === '--field' && value.startsWith('@') ? readFileSync(value.slice(1), 'utf8') : value;
  } else if (word.startsWith('-') && !['--silent', '--paginate'].includes(word)) throw new Error(`unknown: ${word}`);
  else if (!word.startsWith('-')) path = word;
}

if (world.isDown) {
  console.error('gh: HTTP 502');
  process.exitCode = 1;
} else if (method === 'GET') {
  const jq = await loadJq();
  // jq as WebAssembly has no environment.
  const now = filter.replaceAll('env.MARKER', JSON.stringify(process.env['MARKER']));
  const { stdout, stderr, exitCode } = jq.raw(world.items, now, ['--raw-output']);
  console.log(stdout);
  console.error(stderr);
  process.exitCode = exitCode;
} else {
  writeFileSync(place, JSON.stringify({ ...world, calls: [...world.calls, { method, path, fields }] }));
}
