import { type Moment, saveThen } from '#access/leases/protocol/protocol';
import { goesOn } from '../statuses.ts';
import type { Answer } from './asks.ts';
import {
  asRead,
  listing,
  pauseThenRead,
  pausing,
  readAnew,
  settleThenRead,
  settling,
  settlingLost,
  whileFresh,
} from '../../steps/writing.ts';
import { decideJoin } from './decision.ts';
import {
  abandoned,
  type GivenUp,
  type Holder,
  type HolderGo,
  type HolderOutcome,
  type HolderPhases,
} from './holder.ts';
import { generation, holdersIn, isOwn, reliedOn, type Seen } from './seen.ts';

/** Takes a lease: looks, then creates access that ends by itself, or extends the existing one. */
export const joinPhases: HolderPhases = {
  look: {
    ask: () => ({ do: 'look' }),
    then: (it, answer, now) =>
      answer.is === 'seen' ? placed(asRead(it, answer.asOf), answer.seen, now) : giveUp(it, 'failed', now),
  },
  // Right before the first request: looks leave nothing behind.
  note: saveThen('creating', (it) => ({ to: it.next, memory: { ...it, noted: true, next: '' } })),
  assign: {
    ask: (it) => ({
      do: 'request',
      wish: { type: 'assign', end: it.end },
      notAfter: whileFresh(it, it.end - it.constants.margin),
    }),
    then: asked,
  },
  extend: {
    ask: (it) => ({
      do: 'request',
      wish: { type: 'update', end: it.until },
      notAfter: whileFresh(it, Math.min(it.end, it.endsAt) - it.constants.margin),
    }),
    then: (it, answer, now) => {
      if (answer.is === 'exists' && it.tries < it.constants.mostAgain)
        return pausing('again', { ...it, shared: true, tries: it.tries + 1 }, now);
      // The rules might forbid an extension, or another request is in the way: the access is used as it is.
      if (answer.is !== 'refused' && answer.is !== 'exists') return asked(it, answer, now);
      return it.endsAt >= it.end - it.constants.margin
        ? { to: 'verify-uncounted', memory: it }
        : giveUp(it, 'shorter', now);
    },
  },
  follow: {
    ask: ({ name }) => ({ do: 'follow', name, isLost: false }),
    then: asked,
  },
  find: {
    ask: ({ name }) => ({ do: 'follow', name, isLost: true }),
    then: (it, answer, now) => (answer.is === 'absent' ? { to: 'settle', memory: it } : asked(it, answer, now)),
  },
  settle: settleThenRead('look'),
  again: pauseThenRead('look'),
  verify: {
    ask: () => ({ do: 'verify', expected: 'there' }),
    then: (it, answer, now) => seenRunning(it, answer, now, 'save-held'),
  },
  'verify-adopted': {
    ask: () => ({ do: 'verify', expected: 'there' }),
    then: (it, answer, now) => seenRunning(it, answer, now, 'save-adopted'),
  },
  'verify-uncounted': {
    ask: () => ({ do: 'verify', expected: 'there' }),
    then: (it, answer, now) => seenRunning(it, answer, now, 'save-uncounted'),
  },
  // Nothing had been requested when it was interrupted.
  'give-up': saveThen('over', (it) => ({ end: { kind: 'released', gaveUp: it.why, left: 'nothing' }, memory: it })),
  'save-held': saveThen('held', (it) => ({ end: { kind: 'held' }, memory: it })),
  'save-adopted': nothingToRelease({ kind: 'adopted', uncounted: false }),
  'save-uncounted': nothingToRelease({ kind: 'adopted', uncounted: true }),
  'save-kept': nothingToRelease({ kind: 'kept' }),
  'save-own': nothingToRelease({ kind: 'pending', own: true }),
  'save-pending': nothingToRelease({ kind: 'pending', own: false }),
};

/** End of a join that leaves the post step nothing to release. */
function nothingToRelease(end: HolderOutcome): HolderPhases[string] {
  return saveThen('over', (memory) => ({ end, memory }));
}

/** Next phase after a look. */
function placed(before: Holder, seen: Seen, now: Moment): HolderGo {
  const others = reliedOn(seen, before, now.date);
  const endsAt = seen.schedule?.end ?? 0;
  const decision = decideJoin(seen, before, now.date);
  const it: Holder = {
    ...before,
    endsAt,
    others: holdersIn(others, endsAt),
    shared: before.shared || isContended(seen, before, now),
    doubted: decision.do === 'doubt' ? decision.doubt : null,
  };
  const isLate = now.date >= it.end - it.constants.margin;
  switch (decision.do) {
    case 'keep':
      return isSettled(it, now) ? { to: 'save-kept', memory: it } : { to: 'settle', memory: it };
    case 'attach':
      return {
        to: seen.requests.some((request) => request.name === decision.name && isOwn(request, it))
          ? 'save-own'
          : 'save-pending',
        memory: { ...it, name: decision.name },
      };
    case 'follow':
      return asking('follow', { ...it, name: decision.name, mayStand: true });
    case 'refuse':
      return giveUp({ ...it, until: decision.from }, 'planned', now);
    case 'adopt':
      return { to: 'verify-adopted', memory: it };
    case 'have':
      // It is unknown since when the request is carried out.
      if (it.shared && !it.landed) return { to: 'settle', memory: { ...settling(it, now), landed: true } };
      return isSettled(it, now) ? { to: 'verify', memory: it } : { to: 'settle', memory: it };
    case 'doubt':
      return { to: 'settle', memory: listing(it, now) };
    case 'look-again':
      if (it.unlisted >= it.constants.mostUnlisted) return giveUp(it, decision.left, now);
      return isLate ? giveUp(it, 'late', now) : pausing('again', { ...it, unlisted: it.unlisted + 1 }, now);
    case 'wait':
      return isLate ? giveUp(it, 'late', now) : pausing('again', it, now);
    case 'assign':
      // A lost request might still arrive: a second one is not sent beside it.
      if (!isSettled(it, now)) return { to: 'settle', memory: it };
      if (isLate) return giveUp(it, 'late', now);
      return asking('assign', { ...it, until: seen.schedule?.start ?? it.end, landed: false });
    case 'extend':
      if (isLate) return giveUp(it, 'late', now);
      return asking('extend', { ...it, until: decision.end, landed: false });
  }
}

/** Next phase: a request, or following one that is in progress. */
function asking(to: string, it: Holder): HolderGo {
  return it.noted ? { to, memory: it } : { to: 'note', memory: { ...it, next: to } };
}

function isSettled({ settledAt }: Holder, { mono }: Moment): boolean {
  return mono >= settledAt;
}

/** True if another holder has changed the access lately, or might be about to: its requests based on older looks might still arrive. */
function isContended(seen: Seen, me: Holder, { date }: Moment): boolean {
  const { settle, margin } = me.constants;
  const isRecent = seen.requests.some((it) => !isOwn(it, me) && date < it.at + settle + margin);
  return isRecent || generation(seen).some((it) => !isOwn(it, me) && seen.schedule !== null);
}

/** Next phase after a request. */
function asked(it: Holder, answer: Answer, now: Moment): HolderGo {
  switch (answer.is) {
    case 'stands':
      return standing({ ...it, name: answer.name, mayStand: true }, answer, now);
    case 'lost':
      return { to: 'find', memory: settlingLost({ ...it, name: answer.name, mayStand: true, shared: true }, now) };
    case 'exists':
      if (it.tries >= it.constants.mostAgain) return giveUp(it, it.until > it.end ? 'planned' : 'taken', now);
      return pausing('again', { ...it, shared: true, tries: it.tries + 1 }, now);
    // It is gone, or in its first minute, in which Azure does not find it. Source:
    // docs/design/azure.md#the-first-five-minutes.
    case 'missing':
      return pausing('again', { ...it, shared: true }, now);
    case 'again':
      return pausing('again', it, now);
    case 'absent':
      return readAnew('look', { ...it, shared: true }, now);
    case 'late':
      return now.date >= it.end - it.constants.margin ? giveUp(it, 'late', now) : readAnew('look', it, now);
    case 'refused':
    case 'too-young':
    case 'failed':
    case 'done':
    case 'seen':
    case 'running':
    case 'gone':
      return giveUp(it, 'failed', now);
  }
}

/** Next phase after a request, by its standing. */
function standing(before: Holder, answer: Extract<Answer, { readonly is: 'stands' }>, now: Moment): HolderGo {
  const it = answer.standing === 'active' ? extended(before) : before;
  if (answer.standing === 'failed' || answer.standing === 'removed') return giveUp(it, 'failed', now);
  if (answer.standing === 'waits') return { to: 'save-own', memory: it };
  if (answer.standing !== 'active')
    return goesOn(answer.standing) || answer.standing === 'planned'
      ? { to: 'follow', memory: it }
      : giveUp(it, 'failed', now);
  // Another holder might not have seen this request yet, and might request an earlier end, or the removal.
  return it.shared ? { to: 'settle', memory: { ...settling(it, now), landed: true } } : { to: 'verify', memory: it };
}

/** The existing access was extended, though no look has shown it. */
function extended(it: Holder): Holder {
  return it.endsAt === 0 ? it : { ...it, endsAt: Math.max(it.endsAt, it.until) };
}

/** Green only when a read shows that the access is active, and lasts long enough (P1). */
function seenRunning(it: Holder, answer: Answer, now: Moment, to: string): HolderGo {
  if (answer.is === 'gone') return readAnew('look', { ...it, shared: true }, now);
  if (answer.is !== 'running') return giveUp(it, 'failed', now);
  const endsAt = answer.end ?? it.endsAt;
  const isEnough = answer.end === null || to === 'save-adopted' || answer.end >= it.end - it.constants.margin;
  return isEnough ? { to, memory: { ...it, endsAt } } : pausing('again', { ...it, shared: true }, now);
}

function giveUp(it: Holder, why: GivenUp, now: Moment): HolderGo {
  if (!it.mayStand) return { end: { kind: 'released', gaveUp: why, left: 'nothing' }, memory: it };
  return abandoned(it, why, now);
}
