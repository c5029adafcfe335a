import { explorationOf } from '../exploration.ts';
import { modelOf } from './model.ts';
import { mutations } from './mutations.ts';
import { rulesOf, type Steps } from './rules.ts';
import * as shipped from './shipped.ts';
import { worlds } from './worlds.ts';

/** The worlds of a lease through Privileged Identity Management. */
export const pim = explorationOf({
  folder: '__tests__/models/pim',
  worlds,
  mutations,
  shipped,
  modelOf: (options, steps: Steps) => modelOf(rulesOf(options, steps)),
});
