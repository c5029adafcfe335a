/**
 * Explores worlds in a process of its own, outside of the test runner's sandbox, which makes everything ten times slower.
 * Writes one line of JSON for each.
 */
import { worlds } from './catalogue.ts';
import { found, type Exploration } from './exploration.ts';
import { run, type Run } from './explorer.ts';
import { modelOf } from './model.ts';
import { mutated } from './mutate.ts';
import { mutations } from './mutations.ts';
import type { Options } from './options.ts';
import { rulesOf } from './rules.ts';
import * as shipped from './shipped.ts';
import type { Steps } from './steps.ts';

/** More states than any world has that is meant to be exhausted: 25 bytes each. */
const mostStates = 150_000_000;

interface Settings {
  readonly steps?: Steps;
  readonly forgets?: boolean;
  readonly most?: number;
}

function runWorld(
  name: string,
  options: Options,
  { steps = shipped, forgets = true, most = mostStates }: Settings = {},
): Run {
  return run(name, modelOf(rulesOf(options, steps, forgets)), most);
}

async function runMutation(rule: string, most = mostStates): Promise<Run> {
  const it = found(mutations, rule, 'rule');
  const steps = await mutated<Steps>(new URL('shipped.ts', import.meta.url), it.edits);
  return runWorld(rule, it.world, { steps, forgets: it.remembers !== true, most });
}

/** The worlds of a lease on AWS. */
export const aws: Exploration = {
  figures: '__tests__/models/figures.json',
  worlds,
  mutations,
  explore: (name, most) => runWorld(name, found(worlds, name, 'name').options, { most }),
  exploreWithout: runMutation,
};

async function main([kind, part = '']: readonly string[]): Promise<void> {
  const [index = 0, of = 1] = part.split('/').map(Number);
  const mine = <T>(all: readonly T[]): readonly T[] => all.filter((_, at) => at % of === index);
  const print = (it: Run): void => {
    console.log(JSON.stringify(it));
  };
  if (kind === 'worlds')
    for (const { name, options } of mine(worlds.filter(({ isLong }) => !isLong))) print(runWorld(name, options));
  if (kind === 'mutations')
    for (const { rule } of mine(mutations.filter(({ isLong }) => isLong !== true))) print(await runMutation(rule));
}

if (import.meta.main) await main(process.argv.slice(2));
