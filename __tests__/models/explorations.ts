/**
 * Explores the worlds of the ordinary tests in a process of its own, outside of the test runner's sandbox, which makes
 * everything ten times slower. Writes one line of JSON for each.
 */
import { azure } from './azure/run.ts';
import type { Exploration } from './exploration.ts';
import { pim } from './pim/run.ts';
import { aws } from './run.ts';

export const explorations: Readonly<Record<string, Exploration>> = { aws, azure, pim };

/** More states than any world has that is meant to be exhausted: 25 bytes each. */
const mostStates = 150_000_000;

async function main([of = '', kind, part = '']: readonly string[]): Promise<void> {
  const it = explorations[of];
  if (it === undefined) throw new RangeError(`there is no protocol ${of}`);
  const [index = 0, parts = 1] = part.split('/').map(Number);
  const mine = <T extends { readonly isLong?: boolean }>(all: readonly T[]): readonly T[] =>
    all.filter(({ isLong }) => isLong !== true).filter((_, at) => at % parts === index);
  if (kind === 'worlds')
    for (const { name } of mine(it.worlds)) console.log(JSON.stringify(it.explore(name, mostStates)));
  if (kind === 'mutations')
    for (const { rule } of mine(it.mutations)) console.log(JSON.stringify(await it.exploreWithout(rule, mostStates)));
}

if (import.meta.main) await main(process.argv.slice(2));
