import { editsIn, type Mutation } from '../edit.ts';
import type { Options } from './world.ts';
import { world } from './worlds.ts';

const { beginWith, setArgument, setCondition, setValue } = editsIn('src/azure/leases/steps');

export const mutations: readonly Mutation<Options>[] = [
  {
    rule: 'a write rests on a fresh read',
    edits: [setValue('writing', 'whileFresh > mono', 'Infinity')],
    world: world({}),
    breaks: 'P5a',
  },
  {
    rule: 'a holder that writes beside others waits before it is green',
    edits: [setValue('join', 'add > then > memory', "beside(it, 'answered')")],
    world: world({}),
    breaks: 'P5a',
  },
  {
    rule: 'and reads whether its entry is there',
    edits: [setCondition('join', 'confirm > then', 'hasOwn', 'isFound(answer)')],
    world: world({ ends: [1, 1] }),
    breaks: 'P5a',
  },
  {
    rule: 'a lost write is waited for as long as it may be on its way',
    edits: [setValue('writing', 'settlingLost > settledAt', 'mono + it.constants.settle')],
    world: world({ faults: { lost: 1 } }),
    breaks: 'P5a',
  },
  {
    rule: 'the entries of others stay when one leaves',
    edits: [setValue('holder-protocol', 'goes', '() => true')],
    world: world({}),
    breaks: 'P5a',
  },
  {
    rule: 'what has expired counts no more',
    edits: [beginWith('entries', 'isLive', 'if (date > 0) return true;')],
    world: world({ faults: { crash: 1 }, github: 'never' }),
    breaks: 'P5b',
  },
  {
    rule: 'the entry of an ended job counts no more for a leaver',
    edits: [setValue('leave', 'judge > ended', 'before.ended')],
    world: world({ github: 'always' }),
    breaks: 'P5b',
  },
  {
    rule: 'a leaver that deletes what is not there any more reads again later',
    edits: [setValue('leave', 'delete > then > isOver', 'it.landed')],
    world: world({ github: 'always' }),
    breaks: 'P5b',
  },
  {
    rule: 'a killed main step’s write is waited for',
    edits: [setArgument('holder-protocol', 'resumed', 'abandoned', 0, "{ ...memory, unseen: 'no' }")],
    world: world({ ends: [1], faults: { kill: 1 } }),
    breaks: 'P4',
  },
  {
    rule: 'what was made and never seen is not called gone',
    edits: [setValue('join', 'create > then > unseen', "'no'")],
    world: world({ ends: [1], faults: { limit: 1 }, lag: 6 }),
    breaks: 'P4',
  },
  {
    rule: 'what was seen once may be hidden by an older read',
    edits: [setValue('holder-protocol', 'putOff', "(it) => (isUnseen(it) ? { ...it, unseen: 'no' } : it)")],
    world: world({ ends: [1], faults: { limit: 1 } }),
    breaks: 'P4',
  },
  {
    rule: 'nor what a killed main step may have made',
    edits: [setArgument('holder-protocol', 'resumed', 'settlingLost', 0, 'memory')],
    world: world({ ends: [1], faults: { kill: 1 }, lag: 6 }),
    breaks: 'P4',
  },
  {
    rule: 'what is given up is deleted when nothing of it can be on its way',
    edits: [setValue('join', 'abandoned > to', "'leave'")],
    world: world({ ends: [1], faults: { kill: 1, lost: 1 }, lag: 6 }),
    breaks: 'P4',
  },
  {
    rule: 'a permanent assign looks until the record stays away',
    edits: [
      beginWith(
        'permanent',
        'wrote',
        "if (answer.is === 'done') return readAnew('find', { ...it, committed: true }, now);",
      ),
    ],
    world: world({ ends: [1], others: ['permanent'] }),
    breaks: 'P3',
  },
];
