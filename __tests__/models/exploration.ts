import type { Mutation } from './edit.ts';
import { run, type Model, type Run } from './explorer.ts';
import { mutated } from './mutate.ts';
import type { NamedWorld } from './named-world.ts';

/** A protocol with worlds that can be explored, with all of its rules or without one of them. */
export interface Exploration {
  /** The file that keeps the figures, from the root of the project: states, transitions and depth of each world. */
  readonly figures: string;
  readonly worlds: readonly Pick<NamedWorld<unknown>, 'name' | 'isLong'>[];
  readonly mutations: readonly Pick<Mutation<unknown>, 'rule' | 'breaks' | 'isLong'>[];
  /** @param most the largest number of states */
  explore(name: string, most: number): Run;
  exploreWithout(rule: string, most: number): Promise<Run>;
}

/** Figures of a run that are kept. */
export type Figure = Pick<Run, 'states' | 'transitions' | 'depth' | 'exhausted' | 'fault'>;

export function figureOf({ states, transitions, depth, exhausted, fault }: Run): Figure {
  return { states, transitions, depth, exhausted, fault };
}

interface Explored<Options, Steps, World> {
  /** Files of the figures, and of the module `shipped.ts` that exports the steps; from the root of the project. */
  readonly folder: string;
  readonly worlds: readonly NamedWorld<Options>[];
  readonly mutations: readonly Mutation<Options>[];
  readonly shipped: Steps;
  readonly modelOf: (options: Options, steps: Steps) => Model<World>;
}

export function explorationOf<Options, Steps, World>(it: Explored<Options, Steps, World>): Exploration {
  const { folder, worlds, mutations, shipped, modelOf } = it;
  return {
    figures: `${folder}/figures.json`,
    worlds,
    mutations,
    explore: (name, most) => run(name, modelOf(found(worlds, name, 'name').options, shipped), most),
    exploreWithout: async (rule, most) => {
      const { edits, world } = found(mutations, rule, 'rule');
      const steps = await mutated<Steps>(`${folder}/shipped.ts`, edits);
      return run(rule, modelOf(world, steps), most);
    },
  };
}

/** One of them by its name. */
function found<T, K extends keyof T>(all: readonly T[], name: T[K], by: K): T {
  const it = all.find((one) => one[by] === name);
  if (it === undefined) throw new RangeError(`there is no ${String(by)} ${String(name)}`);
  return it;
}
