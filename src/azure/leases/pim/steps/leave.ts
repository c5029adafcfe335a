import type { Moment } from '#access/leases/protocol/protocol';
import type { Answer } from './asks.ts';
import { asRead, readAnew, settlingLost, whileFresh } from '../../steps/writing.ts';
import { listing, pausing } from './asking.ts';
import { decideRelease } from './decision.ts';
import type { Holder, HolderGo, HolderPhases, Released } from './holder.ts';
import { doubtAbout, generation, holdersIn, isDoubted, isLeftBehind, isOwn, type Doubt, type Seen } from './seen.ts';

/** Releases an access: ends it where nobody else relies on it, and otherwise leaves that to Azure. */
export const leavingPhases: HolderPhases = {
  leave: {
    ask: () => ({ do: 'look' }),
    then: (it, answer, now) =>
      answer.is === 'seen' ? placed(asRead(it, answer.asOf), answer.seen, now) : released(it, 'failed'),
  },
  'leave-follow': {
    ask: ({ name }) => ({ do: 'follow', name, isLost: false }),
    then: (it, answer, now) => {
      if (answer.is === 'failed') return released(it, 'failed');
      // Followed a moment ago, and listed as on its way nevertheless: the list lags.
      const lags = now.mono < it.settledAt;
      return lags ? pausing('leave-again', listing(it, now), now) : readAnew('leave', listing(it, now), now);
    },
  },
  cancel: {
    ask: ({ name }) => ({ do: 'cancel', name }),
    then: (it, answer, now) => {
      // It may have begun meanwhile; what is not there, and listed, is listed too long.
      if (answer.is === 'again' || answer.is === 'lost' || answer.is === 'absent')
        return pausing('leave-again', it, now);
      return answer.is === 'failed' ? released(it, 'failed') : readAnew('leave', it, now);
    },
  },
  remove: {
    ask: (it) => ({
      do: 'request',
      wish: { type: 'remove' },
      notAfter: whileFresh(it, it.endsAt - it.constants.margin),
    }),
    then: removed,
  },
  'follow-removal': {
    ask: ({ name }) => ({ do: 'follow', name, isLost: false }),
    then: removed,
  },
  'find-removal': {
    ask: ({ name }) => ({ do: 'follow', name, isLost: true }),
    then: (it, answer, now) => (answer.is === 'absent' ? { to: 'leave-settle', memory: it } : removed(it, answer, now)),
  },
  'leave-settle': {
    ask: ({ settledAt }) => ({ do: 'sleep', until: settledAt }),
    then: (it, _, now) => readAnew('leave', it, now),
  },
  'leave-again': {
    ask: ({ sleepUntil }) => ({ do: 'sleep', until: sleepUntil }),
    then: (it, _, now) => readAnew('leave', it, now),
  },
  gone: {
    ask: () => ({ do: 'verify', expected: 'gone' }),
    then: (it, answer) => {
      if (answer.is === 'gone') return released(it, 'gone');
      if (answer.is !== 'running') return released(it, 'removed');
      // It may be another by now, whose end is what counts.
      return answer.end === null ? released(it, 'stays') : released({ ...it, endsAt: answer.end }, 'removed');
    },
  },
};

/** What a look leads to. */
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
      // What was asked for may still arrive, and what has arrived may not be listed yet.
      if (now.mono < it.settledAt) return { to: 'leave-settle', memory: it };
      return decision.do === 'nothing' ? notThere(it, seen, decision.left, now) : notListed(it, decision.left, now);
    case 'leave':
      return released({ ...it, others: holdersIn(decision.others, it.endsAt) }, decision.because);
  }
}

/** There is nothing to end, as far as this look shows. */
function notThere(it: Holder, seen: Seen, left: 'gone' | 'permanent' | 'none-of-ours', now: Moment): HolderGo {
  const about = whyDoubted(seen, it);
  if (about !== null && !isDoubted(it, about, seen))
    return { to: 'leave-settle', memory: { ...listing(it, now), doubted: doubtAbout(about, seen) } };
  return released(it, left === 'none-of-ours' ? 'foreign' : left);
}

/** What an own request has made is not listed: that is believed only when it never is. */
function notListed(it: Holder, left: 'gone' | 'unlisted', now: Moment): HolderGo {
  if (it.unlisted >= it.constants.mostUnlisted) return released(it, left);
  return { to: 'leave-settle', memory: { ...listing(it, now), unlisted: it.unlisted + 1 } };
}

/** Why a look that shows nothing to end is not believed at once. */
function whyDoubted(seen: Seen, me: Holder): Doubt['about'] | null {
  if (isLeftBehind(seen)) return 'plain';
  return generation(seen).some((request) => isOwn(request, me)) ? 'own' : null;
}

/** What became of a removal. */
function removed(it: Holder, answer: Answer, now: Moment): HolderGo {
  switch (answer.is) {
    case 'stands':
      if (answer.standing === 'failed') return released(it, 'failed');
      if (answer.standing === 'waits') return released({ ...it, name: answer.name }, 'waits');
      return { to: answer.standing === 'removed' ? 'gone' : 'follow-removal', memory: { ...it, name: answer.name } };
    case 'lost':
      return { to: 'find-removal', memory: settlingLost({ ...it, name: answer.name }, now) };
    // It was seen a moment ago: in its first minute it is not even found. Source:
    // docs/design/azure.md#the-first-five-minutes.
    case 'missing':
      if (now.date < it.youngUntil) return released(it, 'too-young');
      return { to: 'leave-settle', memory: listing(it, now) };
    case 'too-young':
      return released(it, 'too-young');
    case 'again':
      return pausing('leave-again', it, now);
    case 'late':
    case 'absent':
      return readAnew('leave', it, now);
    case 'exists':
    case 'refused':
    case 'failed':
    case 'done':
    case 'seen':
    case 'running':
    case 'gone':
      return released(it, 'failed');
  }
}

function released(it: Holder, left: Released['left']): HolderGo {
  return { end: { kind: 'released', gaveUp: it.why, left }, memory: it };
}
