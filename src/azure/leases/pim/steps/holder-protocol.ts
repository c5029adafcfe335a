import type { Milestone } from '#access/leases/journal';
import { createProtocol, type Moment, type Next, type Protocol } from '#access/leases/protocol/protocol';
import { listing, pausing, readAnew, settlingLost, whileFresh } from '../../steps/writing.ts';
import type { Answer, Ask } from './asks.ts';
import { decideRelease } from './decision.ts';
import { abandoned, type Holder, type HolderGo, type HolderOutcome, type Released } from './holder.ts';
import { joinPhases } from './join.ts';
import { leavingPhases } from './leave.ts';
import { doubtAbout, generation, holdersIn, isDoubted, isLeftBehind, isOwn, type Doubt, type Seen } from './seen.ts';

/**
 * Takes a lease through Privileged Identity Management and releases it: ends the access where no other holder uses it, and
 * otherwise leaves that to Azure. Source: docs/design/leases.md#azure-through-pim.
 */
export const holderProtocol: Protocol<Holder, Ask, Answer, HolderOutcome> = createProtocol({
  ...joinPhases,
  'leave-follow': {
    ask: ({ name }) => ({ do: 'follow', name, isLost: false }),
    then: (it, answer, now) => {
      if (answer.is === 'failed') return released(it, 'failed');
      // It was followed a moment ago, and is still listed as in progress: the list lags.
      const lags = now.mono < it.settledAt;
      return lags ? pausing('leave-again', listing(it, now), now) : readAnew('leave', listing(it, now), now);
    },
  },
  ...leavingPhases<Holder, HolderOutcome>({
    placed,
    // Near its end the removal could hit its successor.
    notAfter: (it) => whileFresh(it, it.endsAt - it.constants.margin),
    failed: (it) => released(it, 'failed'),
    waits: (it) => released(it, 'waits'),
    blocked: (it, by, now) => {
      if (by === 'exists') return released(it, 'failed');
      // It was listed a moment ago, but in its first minute Azure does not find it. Azure ends it by itself, so the step does
      // not wait. Source: docs/design/azure.md#the-first-five-minutes.
      if (by === 'too-young' || now.date < it.youngUntil) return released(it, 'too-young');
      return { to: 'leave-settle', memory: listing(it, now) };
    },
    gone: (it, answer) => {
      if (answer.is === 'gone') return released(it, 'gone');
      if (answer.is !== 'running') return released(it, 'removed');
      // It might be another access by now, whose end counts.
      return answer.end === null ? released(it, 'stays') : released({ ...it, endsAt: answer.end }, 'removed');
    },
  }),
});

/** Next phase after a look. */
function placed(before: Holder, seen: Seen, now: Moment): HolderGo {
  const { youngest, margin } = before.constants;
  const youngUntil = (seen.schedule?.start ?? 0) + youngest + margin;
  const it: Holder = { ...before, endsAt: seen.schedule?.end ?? 0, youngUntil };
  const decision = decideRelease(seen, it, now.date, it.why !== null);
  switch (decision.do) {
    case 'cancel':
      return { to: 'cancel', memory: { ...it, name: decision.name } };
    case 'follow':
      return { to: 'leave-follow', memory: { ...it, name: decision.name } };
    case 'remove':
      return { to: 'remove', memory: it };
    case 'wait':
      return { to: 'leave-settle', memory: listing(it, now) };
    case 'look-again':
    case 'nothing':
      // A request might still arrive, or might not be listed yet.
      if (now.mono < it.settledAt) return { to: 'leave-settle', memory: it };
      return decision.do === 'nothing' ? notThere(it, seen, decision.left, now) : notListed(it, decision.left, now);
    case 'leave':
      return released({ ...it, others: holdersIn(decision.others, it.endsAt) }, decision.because);
  }
}

/** This look shows no access to end. */
function notThere(it: Holder, seen: Seen, left: 'gone' | 'permanent' | 'none-of-ours', now: Moment): HolderGo {
  const about = whyDoubted(seen, it);
  if (about !== null && !isDoubted(it, about, seen))
    return { to: 'leave-settle', memory: { ...listing(it, now), doubted: doubtAbout(about, seen) } };
  return released(it, left === 'none-of-ours' ? 'foreign' : left);
}

/** The access of a request of this holder is not listed: that is believed only after two minutes. */
function notListed(it: Holder, left: 'gone' | 'unlisted', now: Moment): HolderGo {
  if (it.unlisted >= it.constants.mostUnlisted) return released(it, left);
  return { to: 'leave-settle', memory: { ...listing(it, now), unlisted: it.unlisted + 1 } };
}

/** Reason to doubt a look that shows no access to end. */
function whyDoubted(seen: Seen, me: Holder): Doubt['about'] | null {
  if (isLeftBehind(seen)) return 'plain';
  return generation(seen).some((request) => isOwn(request, me)) ? 'own' : null;
}

function released(it: Holder, left: Released['left']): HolderGo {
  return { end: { kind: 'released', gaveUp: it.why, left }, memory: it };
}

/**
 * Start of a release in the post step, by the progress in the runner's state. Where main was interrupted, a request of it
 * might still be on its way.
 */
export function resumed(it: Holder, progress: Milestone, now: Moment): Next<Holder> {
  const memory: Holder = { ...it, mayStand: true, readAt: now.mono };
  return progress === 'held'
    ? { to: 'leave', memory: listing(memory, now) }
    : abandoned(settlingLost(memory, now), 'abandoned', now);
}
