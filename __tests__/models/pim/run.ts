import { explorationOf } from '../exploration.ts';
import { run } from '../explorer.ts';
import { mutated } from '../mutate.ts';
import { modelOf } from './model.ts';
import { mutations } from './mutations.ts';
import { rulesOf, type Steps } from './rules.ts';
import * as shipped from './shipped.ts';
import { worlds } from './worlds.ts';

/** The worlds of a lease through Privileged Identity Management. */
export const pim = explorationOf<(typeof worlds)[number]['options'], Steps>({
  figures: '__tests__/models/pim/figures.json',
  worlds,
  mutations,
  shipped,
  mutated: (edits) => mutated<Steps>(new URL('shipped.ts', import.meta.url), edits),
  run: (name, options, steps, most) => run(name, modelOf(rulesOf(options, steps)), most),
});
