/** Explores the steps of leases in every order of events, and prints for what breaks a promise the shortest way there. */
import { readFileSync, writeFileSync } from 'node:fs';
import { figureOf, type Exploration, type Figure } from '../__tests__/models/exploration.ts';
import { explorations } from '../__tests__/models/explorations.ts';
import type { Run } from '../__tests__/models/explorer.ts';
import { commandLine, misused } from './command.ts';

const usage = `npm run explore -- [--of aws|azure|pim] --world <part of a name> | --short | --all [--record]
npm run explore -- [--of aws|azure|pim] --mutations [--rule <part of a name>]

  --of         leases on AWS (the default), on Azure by description, or through Privileged Identity Management
  --world      the worlds with this in their names
  --short      the worlds of the ordinary tests
  --all        all worlds: hours, and up to 16 GB
  --mutations  takes each rule away, one after the other, and demands that a promise breaks
  --rule       only the rules with this in their names, each with the way to what breaks
  --states     gives up a world after so many states, 14000000
  --record     writes the figures down`;

const { values } = commandLine(usage, {
  of: { type: 'string', default: 'aws' },
  world: { type: 'string' },
  short: { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
  mutations: { type: 'boolean', default: false },
  rule: { type: 'string', default: '' },
  states: { type: 'string', default: '14000000' },
  record: { type: 'boolean', default: false },
});
const exploration = explorations[values.of] ?? misused(usage, `There is no side "${values.of}".`);
const most = Number(values.states);
const { figures } = exploration;

function say({ name, states, transitions, depth, exhausted, seconds, fault, trace }: Run): void {
  const verdict = fault === null ? (exhausted ? 'holds' : 'holds so far') : `${fault}, after ${trace.length - 1} steps`;
  const rate = Math.round(states / seconds / 1_000);
  const size = `${states} states, ${transitions} transitions, depth ${depth}, ${Math.round(seconds)} s, ${rate} k/s`;
  console.log(`${name}: ${verdict} (${size})`);
}

function record(run: Run): void {
  if (!values.record) return;
  const known = JSON.parse(readFileSync(figures, 'utf8')) as Record<string, Figure>;
  writeFileSync(figures, `${JSON.stringify({ ...known, [run.name]: figureOf(run) }, null, 2)}\n`);
}

let surprises = 0;
let explored = 0;
const { world } = values;
const isWanted = ({ name, isLong }: Exploration['worlds'][number]): boolean =>
  values.all || (values.short && !isLong) || (world !== undefined && name.includes(world));
for (const { name } of exploration.worlds.filter(isWanted)) {
  const run = exploration.explore(name, most);
  explored += 1;
  say(run);
  record(run);
  if (run.fault === null) continue;
  surprises += 1;
  console.log(run.trace.join('\n'));
}
if (values.mutations)
  for (const { rule, breaks } of exploration.mutations.filter((it) => it.rule.includes(values.rule))) {
    const run = await exploration.exploreWithout(rule, most);
    explored += 1;
    say(run);
    if (values.rule !== '') console.log(run.trace.join('\n'));
    if (run.fault?.startsWith(breaks) === true) continue;
    surprises += 1;
    console.log(`  expected: ${breaks}`);
  }
if (explored === 0) misused(usage, 'Nothing was explored: no world, or no rule, has such a name.');
if (surprises > 0) process.exitCode = 1;
