/**
 * Lets random histories of leases happen on local servers, with real processes of `dist`, and holds each against what
 * docs/design/leases.md promises.
 */
import type { Chronicle } from '../__tests__/histories/chronicle.ts';
import { findings } from '../__tests__/histories/check.ts';
import { planHistory } from '../__tests__/histories/generate.ts';
import { sideNames, type SideName } from '../__tests__/histories/plan.ts';
import { play } from '../__tests__/histories/play.ts';
import { featuresOf, sharesOf, type Features } from '../__tests__/histories/shares.ts';
import { tellStory } from '../__tests__/histories/story.ts';
import { commandLine, misused } from './command.ts';

const usage = `npm run histories -- [--of aws|azure|pim] [--count 100] [--seed 6] [--from 1] [--only 17]

  --of     histories of one side; without it, in turn on AWS, on Azure by description, and through Privileged Identity Management
  --count  how many
  --seed   each seed has other histories, the same each time
  --from   the number of the first
  --only   the numbers of those to play, with commas: each tells its story
  --at     so many at once, 3
  --dist   another build than \`dist\``;

const { values } = commandLine(usage, {
  count: { type: 'string', default: '100' },
  seed: { type: 'string', default: '6' },
  from: { type: 'string', default: '1' },
  only: { type: 'string' },
  at: { type: 'string', default: '3' },
  dist: { type: 'string' },
  of: { type: 'string' },
});

const only = sideNames.find((name) => name === values.of);
if (values.of !== undefined && only === undefined) misused(usage, `There is no side "${values.of}".`);
const seed = Number(values.seed);
const numbers =
  values.only === undefined
    ? Array.from({ length: Number(values.count) }, (_, index) => Number(values.from) + index)
    : values.only.split(',').map(Number);
// Without a history there are no findings, which must not look like a success.
if (numbers.length === 0 || ![seed, Number(values.at), ...numbers].every(Number.isInteger))
  misused(usage, '--count, --seed, --from, --only and --at are whole numbers, and there is at least one history.');
const features = new Map<SideName, Features[]>(sideNames.map((name) => [name, []]));
let played = 0;
const reds = new Map<string, number>();
let processes = 0;
let failures = 0;
const began = performance.now();

async function one(number: number, of: SideName): Promise<void> {
  const chronicle = await play(planHistory(seed, number, of), values.dist);
  const found = findings(chronicle);
  features.get(of)?.push(featuresOf(chronicle));
  played += 1;
  processes += chronicle.runs.length;
  countReds(chronicle);
  if (found.length > 0) failures += 1;
  if (found.length > 0 || values.only !== undefined) console.log(`${tellStory(chronicle, found)}\n`);
  if (played % 50 === 0) console.log(`${played} histories after ${seconds()} s, ${failures} with findings`);
}

/** The n-th history of a seed is about one side, unless all are to be. */
function sideOf(number: number): SideName {
  return only ?? sideNames[number % sideNames.length] ?? 'aws';
}

/** Red ends of steps that nothing had befallen, by their reasons. */
function countReds({ runs }: Chronicle): void {
  for (const { result, reported, faultAt, purpose, actor } of runs) {
    if (result.exitCode === 0 || result.exitCode === null || faultAt !== null) continue;
    const reason = reported.flatMap((it) => ((it?.reason ?? '') === '' ? [] : [it?.reason ?? ''])).join(' / ');
    const said = (
      reason === '' ? (result.annotations.find(({ level }) => level === 'error')?.message ?? actor) : reason
    )
      .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/gu, '<time>')
      .replace(/[\da-f]{8}-[\da-f-]{27}/gu, '<id>')
      .replace(/\d+(?:\.\d+)?/gu, 'n')
      .slice(0, 220);
    const key = `${purpose}: ${said}`;
    reds.set(key, (reds.get(key) ?? 0) + 1);
  }
}

function seconds(): number {
  return Math.round((performance.now() - began) / 1_000);
}

const queue = [...numbers];
const worker = async (): Promise<void> => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    try {
      await one(next, sideOf(next));
    } catch (error) {
      failures += 1;
      console.log(
        `history ${seed}/${next} of ${sideOf(next)} came to no end: ${error instanceof Error ? error.message.slice(0, 3_000) : String(error)}`,
      );
    }
  }
};
await Promise.all(Array.from({ length: Number(values.at) }, worker));

console.log(`${played} histories of seed ${seed}: ${processes} processes, ${seconds()} s, ${failures} with findings`);
for (const [name, of] of features) {
  if (of.length === 0) continue;
  console.log(`of ${of.length} histories of ${name}:`);
  for (const [feature, share] of Object.entries(sharesOf(of)))
    console.log(`  ${(share * 100).toFixed(1).padStart(5)} % ${feature}`);
}
console.log('red ends of steps that nothing had befallen:');
for (const [reason, times] of [...reds].sort((a, b) => b[1] - a[1])) console.log(`  ${times} × ${reason}`);
process.exitCode = failures === 0 ? 0 : 1;
