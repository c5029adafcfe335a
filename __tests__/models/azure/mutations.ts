import { edit, type Mutation } from '../edit.ts';
import type { Options } from './world.ts';
import { world } from './worlds.ts';

export const mutations: readonly Mutation<Options>[] = [
  {
    rule: 'a write rests on a fresh read',
    edits: [edit('writing', 'mono: readAt + constants.fresh, date', 'mono: Infinity, date')],
    world: world({}),
    breaks: 'P5a',
  },
  {
    rule: 'whoever writes beside others waits before it is green',
    edits: [edit('join', "memory: settling(beside(it, 'answered'), now)", "memory: beside(it, 'answered')")],
    world: world({}),
    breaks: 'P5a',
  },
  {
    rule: 'and reads whether its entry is there',
    edits: [edit('join', 'if (hasOwn(it, answer)) return', 'if (isFound(answer)) return')],
    world: world({ ends: [1, 1] }),
    breaks: 'P5a',
  },
  {
    rule: 'a lost write is waited for as long as it may be on its way',
    edits: [edit('writing', 'mono + it.constants.flight + it.constants.settle', 'mono + it.constants.settle')],
    world: world({ faults: { lost: 1 } }),
    breaks: 'P5a',
  },
  {
    rule: 'the entries of others stay when one leaves',
    edits: [
      edit(
        'holder-protocol',
        'entry.holder === it.holder || !counts(entry, it.ended, date, it.constants)',
        'entry.end <= date || it.end > 0',
      ),
    ],
    world: world({}),
    breaks: 'P5a',
  },
  {
    rule: 'what has expired counts no more',
    edits: [edit('entries', 'return date < end + margin;', 'return date < end + margin || date > 0;')],
    world: world({ faults: { crash: 1 }, github: 'never' }),
    breaks: 'P5b',
  },
  {
    rule: 'the entry of an ended job counts no more for who leaves',
    edits: [edit('leave', 'ended: [...new Set([...before.ended, ...answer.ended])]', 'ended: before.ended')],
    world: world({ github: 'always' }),
    breaks: 'P5b',
  },
  {
    rule: 'who deletes what is not there any more reads again later',
    edits: [edit('leave', 'it.landed && answer.entries !== null', 'it.landed')],
    world: world({ github: 'always' }),
    breaks: 'P5b',
  },
  {
    rule: 'a killed main step’s write is waited for',
    edits: [
      edit(
        'holder-protocol',
        "abandoned(settlingLost({ ...memory, unseen }, now), 'abandoned', now)",
        "abandoned({ ...memory, unseen: 'no' }, 'abandoned', now)",
      ),
    ],
    world: world({ ends: [1], faults: { kill: 1 } }),
    breaks: 'P4',
  },
  {
    rule: 'what was made and never seen is not called gone',
    edits: [edit('join', "mayStand: true, unseen: 'answered'", "mayStand: true, unseen: 'no'")],
    world: world({ ends: [1], faults: { limit: 1 }, lag: 6 }),
    breaks: 'P4',
  },
  {
    rule: 'what was seen once may be hidden by an older read',
    edits: [edit('holder-protocol', "{ ...settling(it, now), unseen: 'no' }", "{ ...it, unseen: 'no' }")],
    world: world({ ends: [1], faults: { limit: 1 } }),
    breaks: 'P4',
  },
  {
    rule: 'nor what a killed main step may have made',
    edits: [edit('holder-protocol', 'settlingLost({ ...memory, unseen }, now)', 'settlingLost(memory, now)')],
    world: world({ ends: [1], faults: { kill: 1 }, lag: 6 }),
    breaks: 'P4',
  },
  {
    rule: 'what is given up is deleted when nothing of it can be on its way',
    edits: [edit('join', "mono < landsAt(it) ? 'land' : 'leave'", "mono < 0 ? 'land' : 'leave'")],
    world: world({ ends: [1], faults: { kill: 1, lost: 1 }, lag: 6 }),
    breaks: 'P4',
  },
  {
    rule: 'a permanent assign looks until the record stays away',
    edits: [
      edit(
        'permanent',
        "if (answer.is === 'done') return { to: 'settle', memory: settling(committed, now) };",
        "if (answer.is === 'done') return readAnew('find', committed, now);",
      ),
    ],
    world: world({ ends: [1], others: ['permanent'] }),
    breaks: 'P3',
  },
];
