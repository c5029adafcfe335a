import { edit, type Mutation } from './edit.ts';
import type { Options } from './options.ts';
import { lagging, laggingReads, meanwhile, overdue, twoTicks } from './catalogue.ts';
import { world, type Setting } from './worlds.ts';

/** A rule of leases on AWS. */
interface AwsMutation extends Mutation<Options> {
  /** Where docs/design/leases.md says what it is for: the anchor of a heading. */
  readonly section: string;
  /** Its world is too large for the ordinary tests. */
  readonly long?: true;
  /** The mutated steps read what the shipped ones have no more use for. */
  readonly remembers?: true;
}

/** Nobody stands still but where a rule is about that. */
const brisk = ({ faults, ...rest }: Setting): Options => world({ ...rest, faults: { pause: 0, ...faults } });
const permanent = brisk({ ends: [1], others: ['permanent'], names: 2 });
const lags = { durations: lagging };
const lateLists = brisk({ ...lags, faults: { pause: 1 } });
const lateReads = brisk({ durations: laggingReads, faults: { pause: 1 } });
/** One after the other: the first lease's timer is firing, the second one's holder disables it, and is told to stop. */
const inTurn = brisk({ durations: twoTicks, ends: [1, 2, 3], inTurn: 0, faults: { cancel: 1 } });

export const mutations: readonly AwsMutation[] = [
  {
    rule: 'hold before list',
    section: 'hold-before-list',
    edits: [
      edit('join', "to: 'hold', memory: { ...it, unsure: true,", "to: 'list', memory: { ...it, unsure: true,"),
      edit('join', "return { to: 'look', memory: asListed(", "return { to: 'hold', memory: asListed("),
      edit(
        'join',
        "to: 'settle-list',\n        memory: { ...it, unsure: false,",
        "to: 'look',\n        memory: { ...it, unsure: false,",
      ),
    ],
    world: brisk({}),
    breaks: 'P5a',
    remembers: true,
  },
  {
    rule: 'timer before assignment',
    section: 'timer-before-access',
    edits: [
      edit(
        'join',
        "it.proof === 'armed') return { to: 'save-arming', memory: it };",
        "it.proof === 'armed') return { to: 'save-creating', memory: { ...it, armed: true, unsure: false } };",
      ),
      edit('join', "isArmingListed(it, now) ? 'save-held' : 'verified'", "'save-arming'"),
      edit('disarming', "to: it.alone && it.fireUntil === 0 ? next : 'settle',", "to: 'save-held',"),
    ],
    world: brisk({ ends: [1], faults: { crash: 1 } }),
    breaks: 'P4',
    remembers: true,
  },
  {
    rule: 'own timer at the largest end listed',
    section: 'each-holder-arms-a-timer-at-the-latest-end',
    edits: [edit('join', 'firesAt: it.latest + it.spread', 'firesAt: it.end + it.spread')],
    world: brisk({}),
    breaks: 'P5a',
  },
  {
    rule: 'always an own timer, also when a longer one is armed',
    section: 'each-holder-arms-a-timer-at-the-latest-end',
    edits: [
      edit(
        'join',
        "if (answer.is === 'no' || it.proof === 'armed') return",
        "if (it.proof === 'armed' && it.latest > it.end) return { to: 'settle', memory: { ...it, armed: true, unsure: false } };\n      if (answer.is === 'no' || it.proof === 'armed') return",
      ),
    ],
    world: brisk({ faults: { crash: 1 } }),
    breaks: 'P5b',
  },
  {
    rule: 'arm within ARM_MAX',
    section: 'arm-and-create-in-time',
    edits: [edit('join', 'notAfter: { mono: it.askedAt + it.constants.armMax,', 'notAfter: { mono: Infinity,')],
    world: brisk({ others: ['sweep'], faults: { pause: 1, zombie: 1 } }),
    breaks: 'P5a',
    long: true,
  },
  {
    rule: 'ARM_MAX runs from before the hold was sent',
    section: 'arm-and-create-in-time',
    edits: [edit('join', 'heldAt: now.mono, sleepUntil', 'heldAt: now.mono, askedAt: now.mono, sleepUntil')],
    world: brisk({ others: ['sweep'], faults: { zombie: 1, stall: 1 } }),
    breaks: 'P4',
  },
  {
    rule: 'create within CREATE_MAX',
    section: 'arm-and-create-in-time',
    edits: [
      edit('join', 'notAfter: { mono: it.askedAt + it.constants.createMax,', 'notAfter: { mono: Infinity,'),
      edit('join', '|| now.mono > it.askedAt + it.constants.createMax', ''),
    ],
    world: brisk({ others: ['sweep'], faults: { zombie: 1 } }),
    breaks: 'P4',
  },
  {
    rule: 'neither age nor own end bounds arming',
    section: 'arm-and-create-in-time',
    edits: [
      edit(
        'join',
        'notAfter: { mono: it.askedAt + it.constants.armMax, date: it.end - it.constants.margin }',
        'notAfter: { mono: Infinity, date: Infinity }',
      ),
    ],
    world: brisk({}),
    breaks: 'P5a',
  },
  {
    rule: 'neither age nor own end bounds creating',
    section: 'arm-and-create-in-time',
    edits: [
      edit(
        'join',
        'notAfter: { mono: it.askedAt + it.constants.createMax, date: it.end - it.constants.margin }',
        'notAfter: { mono: Infinity, date: Infinity }',
      ),
      edit('join', 'return isPastEnd(it, now) || now.mono > it.askedAt + it.constants.createMax;', 'return false;'),
    ],
    world: brisk({}),
    breaks: 'P4',
  },
  {
    rule: 'timers that end earlier are made dead',
    section: 'make-earlier-timers-dead',
    edits: [edit('disarming', '...armed.map((row)', '...armed.slice(armed.length).map((row)')],
    world: brisk({}),
    breaks: 'P5a',
  },
  {
    rule: 'a dead record where no timer exists yet',
    section: 'make-earlier-timers-dead',
    edits: [edit('disarming', '...unmade.map((row)', '...unmade.slice(unmade.length).map((row)')],
    world: brisk({}),
    breaks: 'P5a',
  },
  {
    rule: 'timers are disabled, not deleted',
    section: 'make-earlier-timers-dead',
    edits: [
      edit(
        'disarming',
        "ask: (it) => ({ do: 'disable', name: firstToDisarm(it).name }),",
        "ask: (it) => ({ do: 'drop', name: firstToDisarm(it).name, notAfter: null }),",
      ),
    ],
    world: brisk({ faults: { lost: 1 } }),
    breaks: 'P5a',
  },
  {
    rule: 'FIREWAIT after a due timer was disabled',
    section: 'wait-until-no-deletion-can-arrive',
    edits: [
      edit(
        'disarming',
        'return date >= firesAt - margin ? Math.max(it.fireUntil, mono + fireWait) : it.fireUntil;',
        'return it.fireUntil;',
      ),
    ],
    world: brisk({ faults: { pause: 1, crash: 1 } }),
    breaks: 'P5a',
  },
  {
    rule: 'FIREWAIT also when somebody else has disabled it',
    section: 'wait-until-no-deletion-can-arrive',
    edits: [edit('disarming', 'return wasJustDisabled(row, date, constants) ? mono', 'return false ? mono')],
    world: brisk({ ends: [1, 2, 3], durations: twoTicks }),
    breaks: 'P5a',
    long: true,
  },
  {
    rule: 'clean-up leaves a timer that was disabled while due',
    section: 'clean-up-last',
    edits: [edit('release', 'return stillFiring(row, it.constants, now) === 0;', 'return true;')],
    world: inTurn,
    breaks: 'P5a',
  },
  {
    rule: 'a spent timer is evidence: it does not vanish',
    section: 'a-timer-fires-several-times-and-stays',
    edits: [],
    world: brisk({ vanishing: true, faults: { refuse: 2 } }),
    breaks: 'P4',
  },
  {
    rule: 'several firings',
    section: 'a-timer-fires-several-times-and-stays',
    edits: [],
    world: brisk({ vanishing: true, firings: 1, faults: { refuse: 1 } }),
    breaks: 'P4',
  },
  {
    rule: 'spent timers prove only with history: sweep',
    section: 'what-proves-a-lease',
    edits: [edit('sweep', "to: answer.is === 'yes' ? 'delete' : 'look'", "to: 'delete'")],
    world: brisk({ ends: [1], others: ['sweep'], faults: { crash: 1, refuse: 1, hand: 1 } }),
    breaks: 'P3',
  },
  {
    rule: 'what history proves is ended: sweep',
    section: 'what-proves-a-lease',
    edits: [edit('sweep', "to: answer.is === 'yes' ? 'delete' : 'look'", "to: 'look'")],
    world: brisk({ ends: [1], others: ['sweep'], faults: { crash: 1, refuse: 2 } }),
    breaks: 'P5b',
  },
  {
    rule: 'spent timers prove only with history: join',
    section: 'what-proves-a-lease',
    edits: [
      edit(
        'join',
        "answer.is === 'yes' ? { to: 'save-arming', memory: it } : giveUp(it, 'suspect', now)",
        "({ to: 'save-arming', memory: it })",
      ),
    ],
    world: brisk({ ends: [1, 5], faults: { crash: 1, hand: 1 } }),
    breaks: 'P3',
  },
  {
    rule: 'spent timers prove only with history: release',
    section: 'what-proves-a-lease',
    edits: [
      edit(
        'release',
        "answer.is === 'yes' ? { to: 'last-look', memory: it } : dropTrace(it)",
        "({ to: 'last-look', memory: it })",
      ),
    ],
    world: brisk({ ends: [1, 5], faults: { crash: 1, hand: 1 } }),
    breaks: 'P3',
  },
  {
    rule: 'beside a spent timer nothing is called permanent',
    section: 'what-proves-a-lease',
    edits: [
      edit('join', "it.proof === 'spent' ? 'judge' : 'keep'", "'keep'"),
      edit('keep', "return { to: 'judge', memory };", 'return otherwise(memory);'),
    ],
    world: brisk({ ends: [1, 5], faults: { crash: 1, refuse: 2 } }),
    breaks: 'wrong keep',
  },
  {
    rule: 'SETTLE when not alone',
    section: 'wait-until-no-deletion-can-arrive',
    edits: [edit('disarming', 'until: Math.max(it.heldAt + it.constants.settle, it.fireUntil)', 'until: it.fireUntil')],
    world: brisk({}),
    breaks: 'P5a',
  },
  {
    rule: 'no creation while a deletion runs',
    section: 'wait-until-no-deletion-can-arrive',
    edits: [
      edit(
        'disarming',
        "if (answer.is === 'no') return { to: next, memory: it };",
        "if (answer.is === 'no' || answer.is === 'yes') return { to: next, memory: it };",
      ),
    ],
    world: brisk({ accepting: true }),
    breaks: 'P5a',
  },
  {
    rule: 'drop the hold, then list',
    section: 'drop-the-hold-then-list',
    edits: [
      edit(
        'release',
        "({ to: 'drop', memory: { ...it, droppedAt: now.mono } })",
        "({ to: 'last', memory: { ...it, droppedAt: now.mono } })",
      ),
      edit(
        'release',
        "answer.is === 'rows' ? amongOthers(it, answer, now) :",
        "answer.is === 'rows' ? { to: 'drop', memory: { ...it, listed: amongOthers(it, answer, now) } } :",
      ),
      edit(
        'release',
        "return { to: 'dropped', memory: { ...it, sleepUntil: now.mono + it.constants.lag } };",
        'return it.listed;',
      ),
    ],
    world: brisk({}),
    breaks: 'P5b: all have left',
    remembers: true,
  },
  {
    rule: 'only beside a timer that proves a lease, else hands off',
    section: 'what-proves-a-lease',
    edits: [edit('release', "if (proof === 'none') return dropTrace(cleaning);", '')],
    world: brisk({ ends: [1], permanent: true, faults: { cancel: 1 } }),
    breaks: 'P3',
  },
  {
    rule: 'hands off near the own end',
    section: 'stop-when-the-end-is-near',
    edits: [
      edit(
        'release',
        "if (isNearEnd(cleaning, now)) return left(cleaning, { left: 'to-timer', because: 'near-end' });",
        '',
      ),
    ],
    world: brisk({ durations: twoTicks, faults: { crash: 1 } }),
    breaks: null,
    long: true,
  },
  {
    rule: 'clock check before the deletion',
    section: 'delete-soon-after-the-list',
    edits: [edit('release', 'since: (it) => it.droppedAt', 'since: () => Infinity')],
    world: brisk({ faults: { pause: 1 } }),
    breaks: 'P5a',
  },
  {
    rule: 'timers are deleted after the verified deletion',
    section: 'clean-up-last',
    edits: [
      edit(
        'release',
        "return { to: proof === 'spent' ? 'last-judge' : 'last-look', memory: cleaning };",
        'return nextClean(cleaning);',
      ),
      edit(
        'release',
        "if (it.cleanOwn.length > 0) return { to: 'clean-own', memory: it };\n  return left(it, { left: 'gone' });",
        "if (it.cleanOwn.length > 0) return { to: 'clean-own', memory: it };\n  return { to: 'last-look', memory: it };",
      ),
    ],
    world: brisk({}),
    breaks: 'wrong keep',
    remembers: true,
  },
  {
    rule: 'others’ timers only after SETTLE',
    section: 'clean-up-last',
    edits: [
      edit(
        'release',
        'if (it.clean.length > 0 && now.mono < it.listedAt + settle)',
        'if (it.clean.length > it.clean.length + settle)',
      ),
    ],
    world: brisk({ ends: [1, 2, 3] }),
    breaks: 'P5a',
    long: true,
  },
  {
    rule: 'due timers are left alone',
    section: 'clean-up-last',
    edits: [
      edit(
        'release',
        "if (isEnabledTimer(row)) return phaseOf(row, now.date, it.constants) !== 'due';",
        'if (isEnabledTimer(row)) return true;',
      ),
    ],
    world: brisk({ durations: twoTicks, faults: { crash: 1 } }),
    breaks: null,
    long: true,
  },
  {
    rule: 'neither hands off near the own end nor due timers left alone',
    section: 'stop-when-the-end-is-near',
    edits: [
      edit(
        'release',
        "if (isNearEnd(cleaning, now)) return left(cleaning, { left: 'to-timer', because: 'near-end' });",
        '',
      ),
      edit(
        'release',
        "if (isEnabledTimer(row)) return phaseOf(row, now.date, it.constants) !== 'due';",
        'if (isEnabledTimer(row)) return true;',
      ),
    ],
    world: brisk({ durations: twoTicks }),
    breaks: 'P5a',
  },
  {
    rule: 'an own dead timer stays while its call may be under way',
    section: 'the-timer-of-a-leaver-is-a-trace',
    edits: [
      edit(
        'release',
        'const isStale = it.cleanOwn.some(({ name }) => name.holder === it.holder);',
        'const isStale = true;',
      ),
    ],
    world: inTurn,
    breaks: 'P5a',
  },
  {
    rule: 'a timer is deleted before it is due, or not at all',
    section: 'clean-up-last',
    edits: [
      edit(
        'records',
        "const isAhead = isEnabledTimer(row) && phaseOf(row, date, constants) === 'ahead';",
        'const isAhead = false;',
      ),
    ],
    world: brisk({}),
    breaks: 'P5a',
  },
  {
    rule: 'a running creation is waited for before timers are deleted beside absence',
    section: 'delete-soon-after-the-list',
    edits: [
      edit(
        'release',
        "then: (it, answer) => {\n      if (answer.is === 'no') return { to: 'last-creation', memory: it };",
        "then: (it, answer, now) => {\n      if (answer.is === 'no') return clean(it, now);",
      ),
    ],
    world: brisk({ faults: { crash: 1 } }),
    breaks: 'P4',
  },
  {
    rule: 'only armed timers prove a lease',
    section: 'what-proves-a-lease',
    edits: [
      edit('records', "return phases.length > 0 ? 'spent' : 'none';", "return rows.length > 0 ? 'armed' : 'none';"),
    ],
    world: brisk({ permanent: true, faults: { crash: 1 } }),
    breaks: 'P3',
  },
  {
    rule: 'keep: deletion check',
    section: 'keep-permanent-access',
    edits: [
      edit(
        'keep',
        "if (answer.is === 'yes') return { to: 'keep-pause', memory: { ...it, sleepUntil: now.mono + lookAgain } };\n      if (answer.is !== 'no')",
        "if (answer.is !== 'no' && answer.is !== 'yes')",
      ),
    ],
    world: brisk({ permanent: true, ends: [1], others: ['revoke'] }),
    breaks: 'wrong keep',
  },
  {
    rule: 'keep: read again',
    section: 'keep-permanent-access',
    edits: [
      edit('keep', "if (answer.is === 'no') return { to: 'settle-list', memory: it };", ''),
      edit('keep', "if (answer.is !== 'yes') return giveUp(it, 'failed', now);", ''),
    ],
    world: lateReads,
    breaks: 'wrong keep',
  },
  {
    rule: 'FLIGHT wait after a cancelled call',
    section: 'give-up-a-join',
    edits: [edit('holder', 'sleepUntil: it.unsure ? mono + flight : 0', 'sleepUntil: 0')],
    world: brisk({ ends: [1], faults: { crash: 1 } }),
    breaks: 'P4',
  },
  {
    rule: 'a dead record after a cancelled main step',
    section: 'give-up-a-join',
    edits: [edit('holder-protocol', "to: it.armed ? 'abandon-created' : 'abandon-timer'", "to: 'abandon-created'")],
    world: brisk({ faults: { cancel: 1 } }),
    breaks: 'P5b: all have left',
  },
  {
    rule: 'SWEEP_AGE',
    section: 'sweep-on-aws',
    edits: [],
    world: brisk({ others: ['sweep'], durations: { sweepAge: 0 }, faults: { zombie: 1 } }),
    breaks: 'P4',
  },
  {
    rule: 'lag: before the list of a join',
    section: 'join-on-aws',
    edits: [edit('join', 'heldAt: now.mono, sleepUntil: now.mono + lag', 'heldAt: now.mono, sleepUntil: 0')],
    world: brisk({ ...lags }),
    breaks: 'P5a',
  },
  {
    rule: 'lag: before the list of a release',
    section: 'drop-the-hold-then-list',
    edits: [
      edit(
        'release',
        "return { to: 'dropped', memory: { ...it, sleepUntil: now.mono + it.constants.lag } };",
        "return { to: 'last', memory: it };",
      ),
    ],
    world: brisk({ ...lags }),
    breaks: 'P5b: all have left',
  },
  {
    rule: 'lag: before the second list of keep',
    section: 'keep-permanent-access',
    edits: [
      edit(
        'keep',
        'memory: { ...it, sleepUntil: now.mono + it.constants.lag } };',
        'memory: { ...it, sleepUntil: 0 } };',
      ),
    ],
    world: lateLists,
    breaks: 'wrong keep',
  },
  {
    rule: 'lag: between arming and dropping',
    section: 'drop-the-hold-then-list',
    edits: [edit('release', 'until: it.armedAt === 0 ? 0 : it.armedAt + it.constants.lag', 'until: 0')],
    world: brisk({ ...lags, faults: { pause: 1, cancel: 1 } }),
    breaks: 'P5a',
  },
  {
    rule: 'lag: between arming and success',
    section: 'join-on-aws',
    edits: [edit('join', "isArmingListed(it, now) ? 'save-held' : 'verified'", "'save-held'")],
    world: lateReads,
    breaks: 'P5a',
  },
  {
    rule: 'who is fenced looks for the timer that covers it',
    section: 'a-holder-without-its-own-timer-looks-for-cover',
    edits: [edit('join', "if (answer.is !== 'taken') return disarmNext", 'return disarmNext')],
    world: meanwhile,
    breaks: 'P4',
  },
  {
    rule: 'a timer covers only a holder whose own hold counts',
    section: 'a-holder-without-its-own-timer-looks-for-cover',
    edits: [edit('join', "if (!counts) return { to: 'permanent-over', memory: it };", '')],
    world: meanwhile,
    breaks: 'P5a',
    long: true,
  },
  {
    rule: 'permanent assign: joiners wait for its hold',
    section: 'permanent-assign-on-aws',
    edits: [
      edit(
        'join',
        "if (answer.rows.some(isPermanentHold)) return awaitPermanent(it, answer.rows, now);\n      return { to: 'look'",
        "return { to: 'look'",
      ),
      edit('keep', 'if (rows.some(isPermanentHold)) return awaitPermanent(it, rows, now);', ''),
    ],
    world: permanent,
    breaks: 'wrong keep',
  },
  {
    rule: 'permanent assign: fences',
    section: 'permanent-assign-on-aws',
    edits: [edit('disarming', '...unmade.map((row)', '...unmade.slice(unmade.length).map((row)')],
    world: permanent,
    breaks: 'P5b',
  },
  {
    rule: 'permanent assign: timers are made dead',
    section: 'permanent-assign-on-aws',
    edits: [edit('disarming', '...armed.map((row)', '...armed.slice(armed.length).map((row)')],
    world: permanent,
    breaks: 'P3',
  },
  {
    rule: 'permanent assign: SETTLE',
    section: 'permanent-assign-on-aws',
    edits: [edit('disarming', 'Math.max(it.heldAt + it.constants.settle, it.fireUntil)', 'it.fireUntil')],
    world: permanent,
    breaks: 'P3',
  },
  {
    rule: 'permanent assign: own hold last',
    section: 'permanent-assign-on-aws',
    edits: [
      edit(
        'permanent',
        "if (it.clean.length > 0) return { to: 'clean', memory: it };\n  return { to: mono",
        "if (it.left === true) return it.clean.length > 0 ? { to: 'clean', memory: it } : { end: 'permanent', memory: it };\n  if (it.clean.length > 0) return { to: 'leave', memory: { ...it, left: true } };\n  return { to: mono",
      ),
      edit(
        'permanent',
        "then: (it) => ({ end: 'permanent', memory: it }),",
        'then: (it, _, now) => nextClean({ ...it, left: true }, now),',
      ),
    ],
    world: brisk({ ends: [1, 5], others: ['permanent'], names: 2, faults: { refuse: 2 } }),
    breaks: 'P3',
    remembers: true,
    long: true,
  },
  {
    rule: 'permanent assign: its hold stays until reads show the access',
    section: 'permanent-assign-on-aws',
    edits: [edit('permanent', "mono < it.createdAt + it.constants.readLag ? 'shown' : 'leave'", "'leave'")],
    world: world({
      ends: [1],
      durations: laggingReads,
      others: ['permanent'],
      names: 2,
      faults: { pause: 1, crash: 1 },
    }),
    breaks: 'P3',
  },
  {
    rule: 'permanent assign: dead timers stay',
    section: 'permanent-assign-on-aws',
    edits: [
      edit(
        'permanent',
        '...others.filter(isSpent)].map(nameOf)',
        "...others.filter(isSpent), ...holds.map(({ end, holder }) => ({ kind: 'timer', end, holder }))].map(nameOf)",
      ),
    ],
    world: brisk({ ends: [1], others: ['permanent'], names: 2, faults: { pause: 1 } }),
    breaks: 'P3',
  },
  {
    rule: 'permanent assign: never gives up after the first kill',
    section: 'permanent-assign-on-aws',
    edits: [
      edit(
        'permanent',
        "return it.committed ? { end: 'broken', memory: it } : { to: 'give-up', memory: it };",
        "return { to: 'give-up', memory: it };",
      ),
    ],
    world: brisk({ ends: [1], others: ['permanent'], names: 2, faults: { cancel: 1 } }),
    breaks: 'P4',
  },
  {
    rule: 'revocation: mark before the list',
    section: 'revoke-on-aws',
    edits: [
      edit(
        'revoke',
        "ask: ({ mark }) => ({ do: 'put', record: { name: mark, enabled: false, firesAt: mark.end }, notAfter: null }),",
        "ask: () => ({ do: 'sleep', until: 0 }),",
      ),
    ],
    world: brisk({ others: ['revoke'] }),
    breaks: 'P5a',
  },
  {
    rule: 'revocation: deletion soon after the list',
    section: 'revoke-on-aws',
    edits: [edit('marked', 'since: (it) => it.askedAt', 'since: () => Infinity')],
    world: brisk({ others: ['revoke'], faults: { pause: 1 } }),
    breaks: 'P5a',
  },
  {
    rule: 'sweep: mark before the list',
    section: 'sweep-on-aws',
    edits: [
      edit(
        'sweep',
        "ask: ({ mark }) => ({ do: 'put', record: { name: mark, enabled: false, firesAt: mark.end }, notAfter: null }),",
        "ask: () => ({ do: 'sleep', until: 0 }),",
      ),
    ],
    world: brisk({ others: ['sweep'], faults: { crash: 1 } }),
    breaks: 'P5a',
    long: true,
  },
  {
    rule: 'sweep: deletion soon after the list',
    section: 'sweep-on-aws',
    edits: [edit('marked', 'since: (it) => it.askedAt', 'since: () => Infinity')],
    world: brisk({ others: ['sweep'], faults: { pause: 1, crash: 1 } }),
    breaks: 'P5a',
    long: true,
  },
  {
    rule: 'sweep: what looks suspect is listed once more',
    section: 'sweep-on-aws',
    edits: [
      edit(
        'sweep',
        "return { to: 'list', memory: { ...it, outcome: 'suspect', askedAt: now.mono } };",
        "return leave(it, 'suspect');",
      ),
    ],
    world: brisk({ ends: [1], others: ['permanent', 'sweep'], faults: { pause: 1, crash: 1 } }),
    breaks: 'P5b',
    long: true,
  },
  {
    rule: 'permanent: created soon after its hold',
    section: 'permanent-assign-on-aws',
    edits: [edit('permanent', 'mono: it.askedAt + it.constants.createMax', 'mono: Infinity')],
    world: brisk({ ends: [], others: ['permanent', 'revoke'], faults: { pause: 1, crash: 1 } }),
    breaks: 'P4',
  },
  {
    rule: 'a list is judged by when it was asked for',
    section: 'make-earlier-timers-dead',
    edits: [
      edit('asks', '{ asOf }: Listed, { mono }: Moment', '_: Listed, moment: Moment'),
      edit('asks', 'return { mono, date: asOf };', 'return moment;'),
    ],
    world: brisk({ faults: { stall: 1 } }),
    breaks: 'P5a',
  },
  {
    rule: 'keep: second list',
    section: 'keep-permanent-access',
    edits: [
      edit(
        'keep',
        "if (answer.is !== 'yes') return giveUp(it, 'failed', now);\n      return { to: 'keep-settle',",
        "if (answer.is !== 'yes') return giveUp(it, 'failed', now);\n      return { to: 'keep-leave',",
      ),
    ],
    world: lateLists,
    breaks: 'wrong keep',
  },
  {
    rule: 'keep: the own hold has counted all the time',
    section: 'keep-permanent-access',
    edits: [edit('keep', "if (answer.is === 'missing') return { end: { kind: 'again' }, memory: it };", '')],
    world: meanwhile,
    breaks: 'wrong keep',
    long: true,
  },
  {
    rule: 'keep: own end not reached',
    section: 'keep-permanent-access',
    edits: [edit('keep', "if (isPastEnd(it, now)) return giveUp(memory, 'late', now);", '')],
    world: overdue,
    breaks: 'wrong keep',
    long: true,
  },
  {
    rule: 'the own timer’s record as the trace of a pending deletion, and the fence',
    section: 'the-timer-of-a-leaver-is-a-trace',
    edits: [
      edit(
        'release',
        "if (!rows.some(({ kind, holder }) => kind === 'timer' && holder === it.holder))\n    return left(memory, { left: 'unproven' });",
        '',
      ),
      edit('holder-protocol', "to: it.armed ? 'abandon-created' : 'abandon-timer'", "to: 'abandon-created'"),
    ],
    world: brisk({ ends: [1, 2, 3], faults: { cancel: 1 } }),
    breaks: 'P5a',
    long: true,
  },
  {
    rule: 'a lost put is waited for',
    section: 'a-request-arrives-soon-or-never',
    edits: [],
    world: brisk({ faults: { lost: 1 }, hasty: true }),
    breaks: 'P5',
  },
];
