import { explorationOf } from './exploration.ts';
import { modelOf } from './model.ts';
import { mutations } from './mutations.ts';
import { rulesOf } from './rules.ts';
import * as shipped from './shipped.ts';
import type { Steps } from './steps.ts';
import { worlds } from './catalogue.ts';

/** The worlds of a lease on AWS. */
export const aws = explorationOf({
  folder: '__tests__/models',
  worlds,
  mutations,
  shipped,
  modelOf: (options, steps: Steps) => modelOf(rulesOf(options, steps)),
});
