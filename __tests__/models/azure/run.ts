import { explorationOf } from '../exploration.ts';
import { modelOf } from './model.ts';
import { mutations } from './mutations.ts';
import { rulesOf, type Steps } from './rules.ts';
import * as shipped from './shipped.ts';
import { worlds } from './worlds.ts';

/** The worlds of a lease on Azure by description. */
export const azure = explorationOf({
  folder: '__tests__/models/azure',
  worlds,
  mutations,
  shipped,
  modelOf: (options, steps: Steps) => modelOf(rulesOf(options, steps)),
});
