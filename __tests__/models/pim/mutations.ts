import { edit, type Mutation } from '../edit.ts';
import type { Options } from './world.ts';
import { world } from './worlds.ts';

export const mutations: readonly Mutation<Options>[] = [
  {
    rule: 'whoever asks beside others waits before it is green',
    edits: [
      edit(
        'join',
        "? { to: 'settle', memory: { ...settling(it, now), landed: true } } : { to: 'verify', memory: it };",
        "? { to: 'verify', memory: it } : { to: 'verify', memory: it };",
      ),
    ],
    world: world({}),
    breaks: 'P5a',
  },
  {
    rule: 'a removal rests on a fresh look',
    edits: [edit('../../steps/writing', 'mono: readAt + constants.fresh, date', 'mono: Infinity, date')],
    world: world({}),
    breaks: 'P5a',
  },
  {
    rule: 'an access that others rely on is not ended',
    edits: [edit('decision', "if (others.length > 0) return { do: 'leave', because: 'shared', others };", '')],
    world: world({}),
    breaks: 'P5a',
  },
  {
    rule: 'an access is never shortened',
    edits: [edit('decision', 'Math.max(me.end, schedule.end + trace)', 'me.end')],
    world: world({ ends: [2, 1] }),
    breaks: 'P5a',
  },
  {
    rule: 'who relies on an access of ours leaves a trace',
    edits: [
      edit(
        'decision',
        "return { do: 'extend', end: Math.max(me.end, schedule.end + trace) };",
        "return isEnough ? { do: 'adopt' } : { do: 'extend', end: me.end };",
      ),
    ],
    world: world({ ends: [2, 1] }),
    breaks: 'P5a',
  },
  {
    rule: 'what made an access may not be listed yet',
    edits: [
      edit('decision', "if (maker === null && !isDoubted(me, 'maker', seen)) return doubting('maker', seen);", ''),
    ],
    world: world({ ends: [2, 1] }),
    breaks: 'P5a',
  },
  {
    rule: 'what nobody of ours made is not ended',
    edits: [
      edit('decision', "if (makerOf(seen)?.record == null) return { do: 'leave', because: 'foreign', others };", ''),
      edit(
        'seen',
        'all.filter((it) => !isOwn(it, me) &&',
        'all.filter((it) => it.record !== null && !isOwn(it, me) &&',
      ),
    ],
    world: world({ ends: [3], foreign: 2 }),
    breaks: 'P3',
  },
  {
    rule: 'a request that has failed grants nothing',
    edits: [
      edit(
        'join',
        "if (answer.standing === 'failed' || answer.standing === 'removed') return giveUp(it, 'failed', now);",
        "if (answer.standing === 'failed') return { to: 'save-held', memory: it };",
      ),
    ],
    world: world({ ends: [1], faults: { denied: 1 } }),
    breaks: 'P5a',
  },
  {
    rule: 'a look that shows no access is believed only when lists cannot lag any more',
    edits: [
      edit('holder-protocol', "if (now.mono < it.settledAt) return { to: 'leave-settle', memory: it };", ''),
      edit('holder-protocol', 'if (about !== null &&', 'if (it.end < 0 && about !== null &&'),
      edit('holder-protocol', 'if (it.unlisted >= it.constants.mostUnlisted) return', 'if (it.unlisted >= 0) return'),
    ],
    world: world({ ends: [1] }),
    breaks: 'P1',
  },
  {
    rule: 'what has just ended is listed as a role assignment for a while, and is not taken for permanent',
    edits: [
      edit('decision', "if (isLeftBehind(seen) && !isDoubted(me, 'plain', seen)) return doubting('plain', seen);", ''),
    ],
    world: world({ ends: [1, 1] }),
    breaks: 'P5a',
  },
  {
    rule: 'a doubt is about one thing, and does not serve for another',
    edits: [edit('seen', 'doubted?.about === about && doubted.at === doubtAbout(about, seen).at', 'doubted !== null')],
    world: world({ ends: [1, 1] }),
    breaks: 'P5a',
  },
  {
    rule: 'what was made a moment ago may not be listed as a schedule yet',
    edits: [edit('decision', "if (plain?.is === 'recent') return { do: 'wait' };\n    if", 'if')],
    world: world({ ends: [1, 1] }),
    breaks: 'P5a',
  },
];
