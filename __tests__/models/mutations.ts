import { lagging, laggingReads, meanwhile, overdue, twoTicks } from './catalogue.ts';
import { editsIn, type Mutation } from './edit.ts';
import type { Options } from './options.ts';
import { world, type Setting } from './worlds.ts';

/** A rule of leases on AWS. */
interface AwsMutation extends Mutation<Options> {
  /** The anchor of the heading in docs/design/leases.md that explains the rule. */
  readonly section: string;
}

const { beginWith, setArgument, setCondition, setValue } = editsIn('src/aws/leases/steps');

/** No party pauses, except where a rule is about that. */
const brisk = ({ faults, ...rest }: Setting): Options => world({ ...rest, faults: { pause: 0, ...faults } });
const plain = brisk({});
const remembering = brisk({ remembers: true });
const permanent = brisk({ ends: [1], others: ['permanent'], names: 2 });
const lags = brisk({ durations: lagging });
const lateLists = brisk({ durations: lagging, faults: { pause: 1 } });
const lateReads = brisk({ durations: laggingReads, faults: { pause: 1 } });
const handmade = brisk({ ends: [1, 5], faults: { crash: 1, hand: 1 } });
/** One after the other: the first lease's timer is firing, the second one's holder disables it, and is stopped. */
const inTurn = brisk({ durations: twoTicks, ends: [1, 2, 3], inTurn: 0, faults: { cancel: 1 } });

const anyTime = '{ mono: Infinity, date: Infinity }';
const isNotMarked = "() => ({ do: 'sleep', until: 0 })";
const isNotDisarmed = setValue('disarming', 'timersToDisarm > armed', '[]');
const isNotFenced = setValue('disarming', 'timersToDisarm > unmade', '[]');
const isNotSettled = setArgument('disarming', 'settle', 'pauseThen', 1, '(it) => it.fireUntil');
const isWithoutTrace = setValue('holder-protocol', 'abandon > then > to', "'abandon-created'");

const rules: Readonly<Record<string, readonly Mutation<Options>[]>> = {
  'hold-before-list': [
    {
      rule: 'hold before list',
      edits: [
        setValue('join', 'join > to', "'list'"),
        setValue('join', 'list > then > to', "'hold'"),
        setValue('join', 'hold > then > to', "'look'"),
      ],
      world: remembering,
      breaks: 'P5a',
    },
  ],
  'timer-before-access': [
    {
      rule: 'timer before assignment',
      edits: [
        beginWith(
          'join',
          'look > then',
          "if (answer.is === 'no' || it.proof === 'armed') return { to: 'save-creating', memory: { ...it, armed: true, unsure: false } };",
        ),
        beginWith(
          'join',
          'verify > then',
          "if (answer.is === 'yes' && !isPastEnd(it, now)) return { to: 'save-arming', memory: it };",
        ),
        beginWith('disarming', 'disarmNext', "if (it.toDisarm.length === 0) return { to: 'save-held', memory: it };"),
      ],
      world: brisk({ ends: [1], remembers: true, faults: { crash: 1 } }),
      breaks: 'P4',
    },
  ],
  'each-holder-arms-a-timer-at-the-latest-end': [
    {
      rule: 'own timer at the largest end listed',
      edits: [setValue('join', 'arm > ask > firesAt', 'it.end + it.spread')],
      world: plain,
      breaks: 'P5a',
    },
    {
      rule: 'always an own timer, also when a longer one is armed',
      edits: [
        beginWith(
          'join',
          'look > then',
          "if (it.proof === 'armed' && it.latest > it.end) return { to: 'settle', memory: { ...it, armed: true, unsure: false } };",
        ),
      ],
      world: brisk({ faults: { crash: 1 } }),
      breaks: 'P5b',
    },
  ],
  'arm-and-create-in-time': [
    {
      rule: 'arm within ARM_MAX',
      edits: [setValue('join', 'arm > ask > notAfter > mono', 'Infinity')],
      world: brisk({ others: ['sweep'], faults: { pause: 1, zombie: 1 } }),
      breaks: 'P5a',
      isLong: true,
    },
    {
      rule: 'ARM_MAX runs from before the hold was sent',
      edits: [beginWith('join', 'hold > then', 'it = { ...it, askedAt: now.mono };')],
      world: brisk({ others: ['sweep'], faults: { zombie: 1, stall: 1 } }),
      breaks: 'P4',
    },
    {
      rule: 'create within CREATE_MAX',
      edits: [
        setValue('join', 'create > ask > notAfter > mono', 'Infinity'),
        beginWith('join', 'isTooLate', 'return isPastEnd(it, now);'),
      ],
      world: brisk({ others: ['sweep'], faults: { zombie: 1 } }),
      breaks: 'P4',
    },
    {
      rule: 'neither age nor own end bounds arming',
      edits: [setValue('join', 'arm > ask > notAfter', anyTime)],
      world: plain,
      breaks: 'P5a',
    },
    {
      rule: 'neither age nor own end bounds creating',
      edits: [setValue('join', 'create > ask > notAfter', anyTime), beginWith('join', 'isTooLate', 'return false;')],
      world: plain,
      breaks: 'P4',
    },
  ],
  'make-earlier-timers-dead': [
    { rule: 'timers that end earlier are made dead', edits: [isNotDisarmed], world: plain, breaks: 'P5a' },
    { rule: 'a dead record where no timer exists yet', edits: [isNotFenced], world: plain, breaks: 'P5a' },
    {
      rule: 'timers are disabled, not deleted',
      edits: [
        setValue(
          'disarming',
          'disarm-timer > ask',
          "(it) => ({ do: 'drop', name: it.toDisarm[0].name, notAfter: null })",
        ),
      ],
      world: brisk({ faults: { lost: 1 } }),
      breaks: 'P5a',
    },
    {
      rule: 'a list is judged by when it was asked for',
      edits: [beginWith('asks', 'whenListed', 'return arguments[1];')],
      world: brisk({ faults: { stall: 1 } }),
      breaks: 'P5a',
    },
  ],
  'wait-until-no-deletion-can-arrive': [
    {
      rule: 'FIREWAIT after a due timer was disabled',
      edits: [setValue('disarming', 'disarm-timer > then > fireUntil', 'it.fireUntil')],
      world: brisk({ faults: { pause: 1, crash: 1 } }),
      breaks: 'P5a',
    },
    {
      rule: 'FIREWAIT also when another holder has disabled it',
      edits: [beginWith('disarming', 'stillFiring', 'return 0;')],
      world: brisk({ ends: [1, 2, 3], durations: twoTicks }),
      breaks: 'P5a',
      isLong: true,
    },
    { rule: 'SETTLE when not alone', edits: [isNotSettled], world: plain, breaks: 'P5a' },
    {
      rule: 'no creation while a deletion runs',
      edits: [beginWith('disarming', 'deletions > then', "if (answer.is === 'yes') return { to: next, memory: it };")],
      world: brisk({ accepting: true }),
      breaks: 'P5a',
    },
  ],
  'a-timer-fires-several-times-and-stays': [
    {
      rule: 'a spent timer is evidence: it does not vanish',
      edits: [],
      world: brisk({ vanishing: true, faults: { refuse: 2 } }),
      breaks: 'P4',
    },
    {
      rule: 'several firings',
      edits: [],
      world: brisk({ vanishing: true, firings: 1, faults: { refuse: 1 } }),
      breaks: 'P4',
    },
  ],
  'what-proves-a-lease': [
    {
      rule: 'spent timers prove only with history: sweep',
      edits: [setValue('sweep', 'judge > then > to', "'delete'")],
      world: brisk({ ends: [1], others: ['sweep'], faults: { crash: 1, refuse: 1, hand: 1 } }),
      breaks: 'P3',
    },
    {
      rule: 'what history proves is ended: sweep',
      edits: [setValue('sweep', 'judge > then > to', "'look'")],
      world: brisk({ ends: [1], others: ['sweep'], faults: { crash: 1, refuse: 2 } }),
      breaks: 'P5b',
    },
    {
      rule: 'spent timers prove only with history: join',
      edits: [setCondition('join', 'judge > then', "'yes'", 'true')],
      world: handmade,
      breaks: 'P3',
    },
    {
      rule: 'spent timers prove only with history: release',
      edits: [setCondition('release', 'last-judge > then', "'yes'", 'true')],
      world: handmade,
      breaks: 'P3',
    },
    {
      rule: 'beside a spent timer nothing is called permanent',
      edits: [
        setCondition('join', 'look > then', "'spent'", 'false'),
        beginWith(
          'keep',
          'unlessALease',
          "const seen = asListed(it, listed.rows, whenListed(listed, now)); if (seen.proof === 'spent') return otherwise(seen);",
        ),
      ],
      world: brisk({ ends: [1, 5], faults: { crash: 1, refuse: 2 } }),
      breaks: 'wrong keep',
    },
    {
      rule: 'only beside a timer that proves a lease, else hands off',
      edits: [setCondition('release', 'amongOthers', "'none'", 'false')],
      world: brisk({ ends: [1], permanent: true, faults: { cancel: 1 } }),
      breaks: 'P3',
    },
    {
      rule: 'only armed timers prove a lease',
      edits: [beginWith('records', 'proofIn', "return rows.length > 0 ? 'armed' : 'none';")],
      world: brisk({ permanent: true, faults: { crash: 1 } }),
      breaks: 'P3',
    },
  ],
  'clean-up-last': [
    {
      rule: 'clean-up leaves a timer that was disabled while due',
      edits: [beginWith('release', 'mayClean', 'if (!isEnabledTimer(row)) return true;')],
      world: inTurn,
      breaks: 'P5a',
    },
    {
      rule: 'timers are deleted after the verified deletion',
      edits: [
        setValue('release', 'amongOthers > to', 'nextClean(cleaning).to'),
        beginWith(
          'release',
          'nextClean',
          "if (it.clean.length + it.cleanOwn.length === 0) return { to: 'last-look', memory: it };",
        ),
      ],
      world: remembering,
      breaks: 'wrong keep',
    },
    {
      rule: 'others’ timers only after SETTLE',
      edits: [beginWith('release', 'absent > then', "if (answer.is === 'no') return nextClean(it);")],
      world: brisk({ ends: [1, 2, 3] }),
      breaks: 'P5a',
      isLong: true,
    },
    {
      rule: 'a timer is deleted before it is due, or not at all',
      edits: [setValue('records', 'staleRecordOf > notAfter', 'null')],
      world: plain,
      breaks: 'P5a',
    },
  ],
  'stop-when-the-end-is-near': [
    // Without one of both nothing breaks, in worlds that were explored to their end.
    {
      rule: 'neither hands off near the own end nor due timers left alone',
      edits: [
        beginWith('release', 'isNearEnd', 'return false;'),
        beginWith('release', 'mayClean', 'if (isEnabledTimer(row)) return true;'),
      ],
      world: brisk({ durations: twoTicks }),
      breaks: 'P5a',
    },
  ],
  'delete-soon-after-the-list': [
    {
      rule: 'clock check before the deletion',
      edits: [setValue('release', 'since', '() => Infinity')],
      world: brisk({ faults: { pause: 1 } }),
      breaks: 'P5a',
    },
    {
      rule: 'a running creation is waited for before timers are deleted beside absence',
      edits: [beginWith('release', 'last-look > then', "if (answer.is === 'no') return { to: 'absent', memory: it };")],
      world: brisk({ faults: { crash: 1 } }),
      breaks: 'P4',
    },
  ],
  'drop-the-hold-then-list': [
    {
      rule: 'drop the hold, then list',
      edits: [
        setValue('release', 'release > then > to', "'last'"),
        beginWith(
          'release',
          'last > then',
          "if (answer.is === 'rows') return { to: 'drop', memory: { ...it, listed: amongOthers(it, answer, now) } };",
        ),
        beginWith('release', 'drop > then', "if (answer.is === 'done') return it.listed;"),
      ],
      world: remembering,
      breaks: 'P5b: all have left',
    },
    {
      rule: 'lag: before the list of a release',
      edits: [setValue('release', 'drop > then > sleepUntil', '0')],
      world: lags,
      breaks: 'P5b: all have left',
    },
    {
      rule: 'lag: between arming and dropping',
      edits: [setValue('release', 'release > ask > until', '0')],
      world: brisk({ durations: lagging, faults: { pause: 1, cancel: 1 } }),
      breaks: 'P5a',
    },
  ],
  'the-timer-of-a-leaver-is-a-trace': [
    {
      rule: 'an own dead timer stays while its call may be under way',
      edits: [beginWith('release', 'dropTrace', "return { to: 'drop-dead', memory: it };")],
      world: inTurn,
      breaks: 'P5a',
    },
    {
      rule: 'the own timer’s record as the trace of a pending deletion, and the fence',
      edits: [setCondition('release', 'amongOthers', "'timer'", 'false'), isWithoutTrace],
      world: brisk({ ends: [1, 2, 3], faults: { cancel: 1 } }),
      breaks: 'P5a',
      isLong: true,
    },
  ],
  'keep-permanent-access': [
    {
      rule: 'keep: deletion check',
      edits: [beginWith('keep', 'keep-deletions > then', "if (answer.is === 'yes') answer = { is: 'no' };")],
      world: brisk({ permanent: true, ends: [1], others: ['revoke'] }),
      breaks: 'wrong keep',
    },
    {
      rule: 'keep: read again',
      edits: [
        setCondition('keep', 'keep-look > then', "'no'", 'false'),
        setCondition('keep', 'keep-look > then', "'yes'", 'false'),
      ],
      world: lateReads,
      breaks: 'wrong keep',
    },
    {
      rule: 'keep: second list',
      edits: [
        beginWith('keep', 'keep-look > then', "if (answer.is === 'yes') return { to: 'keep-leave', memory: it };"),
      ],
      world: lateLists,
      breaks: 'wrong keep',
    },
    {
      rule: 'keep: the own hold has counted all the time',
      edits: [setCondition('keep', 'keep-leave > then', "'missing'", 'false')],
      world: meanwhile,
      breaks: 'wrong keep',
      isLong: true,
    },
    {
      rule: 'keep: own end not reached',
      edits: [setCondition('keep', 'keep-confirm > then', 'isPastEnd', 'false')],
      world: overdue,
      breaks: 'wrong keep',
      isLong: true,
    },
    {
      rule: 'lag: before the second list of keep',
      edits: [setValue('keep', 'keep-look > then > sleepUntil', '0')],
      world: lateLists,
      breaks: 'wrong keep',
    },
  ],
  'give-up-a-join': [
    {
      rule: 'FLIGHT wait after a cancelled call',
      edits: [setValue('holder', 'giveUp > sleepUntil', '0')],
      world: brisk({ ends: [1], faults: { crash: 1 } }),
      breaks: 'P4',
    },
    {
      rule: 'a dead record after a cancelled main step',
      edits: [isWithoutTrace],
      world: brisk({ faults: { cancel: 1 } }),
      breaks: 'P5b: all have left',
    },
  ],
  'join-on-aws': [
    {
      rule: 'lag: before the list of a join',
      edits: [setValue('join', 'hold > then > sleepUntil', '0')],
      world: lags,
      breaks: 'P5a',
    },
    {
      rule: 'lag: between arming and success',
      edits: [setCondition('join', 'verify > then', 'isArmingListed', 'true')],
      world: lateReads,
      breaks: 'P5a',
    },
  ],
  'a-holder-without-its-own-timer-looks-for-cover': [
    {
      rule: 'who is fenced looks for the timer that covers it',
      edits: [setCondition('join', 'arm > then', "'taken'", 'true')],
      world: meanwhile,
      breaks: 'P4',
    },
    {
      rule: 'a timer covers only a holder whose own hold counts',
      edits: [setCondition('join', 'covered > then', 'counts', 'false')],
      world: meanwhile,
      breaks: 'P5a',
      isLong: true,
    },
  ],
  'sweep-on-aws': [
    {
      rule: 'SWEEP_AGE',
      edits: [],
      world: brisk({ others: ['sweep'], durations: { sweepAge: 0 }, faults: { zombie: 1 } }),
      breaks: 'P4',
    },
    {
      rule: 'sweep: mark before the list',
      edits: [setValue('sweep', 'sweep > ask', isNotMarked)],
      world: brisk({ others: ['sweep'], faults: { crash: 1 } }),
      breaks: 'P5a',
      isLong: true,
    },
    {
      rule: 'sweep: deletion soon after the list',
      edits: [setValue('marked', 'since', '() => Infinity')],
      world: brisk({ others: ['sweep'], faults: { pause: 1, crash: 1 } }),
      breaks: 'P5a',
      isLong: true,
    },
    {
      rule: 'sweep: what looks suspect is listed once more',
      edits: [beginWith('sweep', 'look > then', "if (answer.is === 'yes') return leave(it, 'suspect');")],
      world: brisk({ ends: [1], others: ['permanent', 'sweep'], faults: { pause: 1, crash: 1 } }),
      breaks: 'P5b',
      isLong: true,
    },
  ],
  'revoke-on-aws': [
    {
      rule: 'revocation: mark before the list',
      edits: [setValue('revoke', 'revoke > ask', isNotMarked)],
      world: brisk({ others: ['revoke'] }),
      breaks: 'P5a',
    },
    {
      rule: 'revocation: deletion soon after the list',
      edits: [setValue('marked', 'since', '() => Infinity')],
      world: brisk({ others: ['revoke'], faults: { pause: 1 } }),
      breaks: 'P5a',
    },
  ],
  'permanent-assign-on-aws': [
    {
      rule: 'permanent assign: joiners wait for its hold',
      edits: [
        setCondition('join', 'list > then', 'isPermanentHold', 'false'),
        setCondition('keep', 'unlessALease', 'isPermanentHold', 'false'),
      ],
      world: permanent,
      breaks: 'wrong keep',
    },
    { rule: 'permanent assign: fences', edits: [isNotFenced], world: permanent, breaks: 'P5b' },
    { rule: 'permanent assign: timers are made dead', edits: [isNotDisarmed], world: permanent, breaks: 'P3' },
    { rule: 'permanent assign: SETTLE', edits: [isNotSettled], world: permanent, breaks: 'P3' },
    {
      rule: 'permanent assign: own hold last',
      edits: [
        beginWith(
          'permanent',
          'nextClean',
          "if (it.left === true) return it.clean.length > 0 ? { to: 'clean', memory: it } : { end: 'permanent', memory: it }; if (it.clean.length > 0) return { to: 'leave', memory: { ...it, left: true } };",
        ),
        setValue('permanent', 'leave > then', '(it, _, now) => nextClean({ ...it, left: true }, now)'),
      ],
      world: brisk({ ends: [1, 5], others: ['permanent'], names: 2, remembers: true, faults: { refuse: 2 } }),
      breaks: 'P3',
      isLong: true,
    },
    {
      rule: 'permanent assign: its hold stays until reads show the access',
      edits: [setCondition('permanent', 'nextClean', 'readLag', 'false')],
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
      edits: [
        setValue(
          'permanent',
          'asListed > clean',
          "[...others, ...others.map((row) => ({ ...row, kind: 'timer' }))].map(nameOf)",
        ),
      ],
      world: brisk({ ends: [1], others: ['permanent'], names: 2, faults: { pause: 1 } }),
      breaks: 'P3',
    },
    {
      rule: 'permanent assign: never gives up after the first kill',
      edits: [beginWith('permanent', 'breakOff', "return { to: 'give-up', memory: it };")],
      world: brisk({ ends: [1], others: ['permanent'], names: 2, faults: { cancel: 1 } }),
      breaks: 'P4',
    },
    {
      rule: 'permanent: created soon after its hold',
      edits: [setValue('permanent', 'create > ask > notAfter > mono', 'Infinity')],
      world: brisk({ ends: [], others: ['permanent', 'revoke'], faults: { pause: 1, crash: 1 } }),
      breaks: 'P4',
    },
  ],
  'a-request-arrives-soon-or-never': [
    {
      rule: 'a lost put is waited for',
      edits: [],
      world: brisk({ faults: { lost: 1 }, hasty: true }),
      breaks: 'P5',
    },
  ],
};

export const mutations: readonly AwsMutation[] = Object.entries(rules).flatMap(([section, its]) =>
  its.map((it) => ({ ...it, section })),
);
