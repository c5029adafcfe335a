import { editsIn, type Mutation } from '../edit.ts';
import type { Options } from './world.ts';
import { world } from './worlds.ts';

const { beginWith, setArgument, setCondition, setValue } = editsIn('src/azure/leases');

export const mutations: readonly Mutation<Options>[] = [
  {
    rule: 'a holder that asks beside others waits before it is green',
    edits: [setCondition('pim/steps/join', 'standing', 'shared', 'false')],
    world: world({}),
    breaks: 'P5a',
  },
  {
    rule: 'a removal rests on a fresh look',
    edits: [setValue('steps/writing', 'whileFresh > mono', 'Infinity')],
    world: world({}),
    breaks: 'P5a',
  },
  {
    rule: 'an access that others rely on is not ended',
    edits: [setCondition('pim/steps/decision', 'decideRelease', 'others', 'false')],
    world: world({}),
    breaks: 'P5a',
  },
  {
    rule: 'an access is never shortened',
    edits: [setArgument('pim/steps/decision', 'decideJoin', 'Math.max', 1, 'me.end')],
    world: world({ ends: [2, 1] }),
    breaks: 'P5a',
  },
  {
    rule: 'a holder that relies on an access of ours leaves a trace',
    edits: [setCondition('pim/steps/decision', 'decideJoin', 'reliedOn', 'isEnough')],
    world: world({ ends: [2, 1] }),
    breaks: 'P5a',
  },
  {
    rule: 'what made an access may not be listed yet',
    edits: [setCondition('pim/steps/decision', 'decideJoin', "'maker'", 'false')],
    world: world({ ends: [2, 1] }),
    breaks: 'P5a',
  },
  {
    rule: 'what none of ours made is not ended',
    edits: [
      setCondition('pim/steps/decision', 'decideRelease', 'makerOf', 'false'),
      beginWith('pim/steps/seen', 'isOver', 'if (record === null) return true;'),
    ],
    world: world({ ends: [3], foreign: 2 }),
    breaks: 'P3',
  },
  {
    rule: 'a request that has failed grants nothing',
    edits: [
      beginWith(
        'pim/steps/join',
        'standing',
        "if (answer.standing === 'failed') return { to: 'save-held', memory: before };",
      ),
    ],
    world: world({ ends: [1], faults: { denied: 1 } }),
    breaks: 'P5a',
  },
  {
    rule: 'a look that shows no access is believed only when lists cannot lag any more',
    edits: [
      setCondition('pim/steps/holder-protocol', 'placed', 'settledAt', 'false'),
      setCondition('pim/steps/holder-protocol', 'notThere', 'isDoubted', 'false'),
      setCondition('pim/steps/holder-protocol', 'notListed', 'unlisted', 'true'),
    ],
    world: world({ ends: [1] }),
    breaks: 'P1',
  },
  {
    rule: 'what has just ended is listed as a role assignment for a while, and is not taken for permanent',
    edits: [setCondition('pim/steps/decision', 'decideJoin', 'isLeftBehind', 'false')],
    world: world({ ends: [1, 1] }),
    breaks: 'P5a',
  },
  {
    rule: 'a doubt is about one thing, and does not serve for another',
    edits: [beginWith('pim/steps/seen', 'isDoubted', 'return doubted !== null;')],
    world: world({ ends: [1, 1] }),
    breaks: 'P5a',
  },
  {
    rule: 'what was made a moment ago may not be listed as a schedule yet',
    edits: [setCondition('pim/steps/decision', 'decideJoin', "'recent'", 'false')],
    world: world({ ends: [1, 1] }),
    breaks: 'P5a',
  },
];
