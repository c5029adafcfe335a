/**
 * Explores the steps of leases in every order of events.
 *
 * `npm run explore -- --world <part of a name>` explores those worlds, `--short` those of the
 * ordinary tests, `--all` all of them, `--mutations [--rule <part>]`
 * takes each rule away, one after the other, and demands that a promise breaks. `--record` writes the figures down.
 * `--azure` explores the worlds of leases on Azure instead.
 * Prints one line for each, and the shortest way to what breaks a promise. The long worlds take hours, and up to 8 GB.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runAzureWorld } from '../__tests__/models/azure/run.ts';
import { worlds as azureWorlds } from '../__tests__/models/azure/worlds.ts';
import { worlds, type NamedWorld } from '../__tests__/models/catalogue.ts';
import { mutations } from '../__tests__/models/mutations.ts';
import type { Run } from '../__tests__/models/explorer.ts';
import { runMutation, runWorld } from '../__tests__/models/run.ts';

const { values } = parseArgs({
  options: {
    world: { type: 'string' },
    short: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    mutations: { type: 'boolean', default: false },
    rule: { type: 'string', default: '' },
    states: { type: 'string', default: '150000000' },
    record: { type: 'boolean', default: false },
    azure: { type: 'boolean', default: false },
  },
});
const most = Number(values.states);
const folder = `../__tests__/models/${values.azure ? 'azure/' : ''}`;
const figures = fileURLToPath(new URL(`${folder}figures.json`, import.meta.url));

type Figures = Record<string, Pick<Run, 'states' | 'transitions' | 'depth' | 'exhausted' | 'fault'>>;

function say({ name, states, transitions, depth, exhausted, seconds, fault, trace }: Run): void {
  const verdict = fault === null ? (exhausted ? 'holds' : 'holds so far') : `${fault}, after ${trace.length - 1} steps`;
  const rate = Math.round(states / seconds / 1_000);
  const size = `${states} states, ${transitions} transitions, depth ${depth}, ${Math.round(seconds)} s, ${rate} k/s`;
  console.log(`${name}: ${verdict} (${size})`);
}

function record({ name, states, transitions, depth, exhausted, fault }: Run): void {
  if (!values.record) return;
  const known = JSON.parse(readFileSync(figures, 'utf8')) as Figures;
  const all: Figures = { ...known, [name]: { states, transitions, depth, exhausted, fault } };
  writeFileSync(figures, `${JSON.stringify(all, null, 2)}\n`);
}

let surprises = 0;
const { world } = values;
const isWanted = ({ name, isLong }: Pick<NamedWorld, 'name' | 'isLong'>): boolean =>
  values.all || (values.short && !isLong) || (world !== undefined && name.includes(world));
const runs = values.azure
  ? azureWorlds.filter(isWanted).map(
      ({ name, options }) =>
        () =>
          runAzureWorld(name, options, most),
    )
  : worlds.filter(isWanted).map(
      ({ name, options }) =>
        () =>
          runWorld(name, options, { most }),
    );
for (const explored of runs) {
  const run = explored();
  say(run);
  record(run);
  if (run.fault === null) continue;
  surprises += 1;
  console.log(run.trace.join('\n'));
}
if (values.mutations)
  for (const { rule, breaks } of mutations.filter((it) => it.rule.includes(values.rule))) {
    const run = await runMutation(rule, most);
    say(run);
    record(run);
    if (values.rule !== '') console.log(run.trace.join('\n'));
    if (breaks === null ? run.fault === null : run.fault?.startsWith(breaks) === true) continue;
    surprises += 1;
    console.log(`  expected: ${breaks ?? 'nothing'}`);
  }
if (surprises > 0) process.exitCode = 1;
