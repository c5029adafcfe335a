import { run, type Run } from '../explorer.ts';
import { modelOf } from './model.ts';
import { rulesOf, type Steps } from './rules.ts';
import * as shipped from './shipped.ts';
import type { Options } from './world.ts';

/** Explores a world of a lease through Privileged Identity Management. @param most how many states at the most */
export function runPimWorld(name: string, options: Options, most: number, steps: Steps = shipped): Run {
  return run(name, modelOf(rulesOf(options, steps)), most);
}
