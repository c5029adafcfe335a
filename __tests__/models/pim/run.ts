import { explore } from '../explorer.ts';
import type { Run } from '../run.ts';
import { modelOf } from './model.ts';
import { rulesOf, type Steps } from './rules.ts';
import * as shipped from './shipped.ts';
import type { Options } from './world.ts';

/** Explores a world of a lease through Privileged Identity Management. @param most how many states at the most */
export function runPimWorld(name: string, options: Options, most: number, steps: Steps = shipped): Run {
  const { violations, ...explored } = explore(modelOf(rulesOf(options, steps)), { states: most, goOn: false });
  const [first] = violations;
  return { name, ...explored, fault: first?.fault ?? null, trace: first?.trace ?? [] };
}
