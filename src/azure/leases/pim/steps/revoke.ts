import { createProtocol, type Go, type Moment, type Phases, type Protocol } from '#access/leases/protocol/protocol';
import { goesOn } from '../statuses.ts';
import type { Answer, Ask } from './asks.ts';
import { asRead, readAnew, settlingLost } from '../../steps/writing.ts';
import { listing, pausing, type Asking } from './asking.ts';
import type { Constants } from './constants.ts';
import {
  doubtAbout,
  holdersIn,
  isDoubted,
  isLeftBehind,
  reliedOn,
  unlisted,
  type Doubt,
  type OtherHolder,
  type Seen,
} from './seen.ts';

/** What whoever revokes one access knows. */
export interface Revocation extends Asking {
  /** The request that is followed, or taken back. */
  readonly name: string;
  /** When the access ends by itself, in milliseconds since the epoch; `null` where it does not, or nothing is there. */
  readonly endsAt: number | null;
  /** Until then it may be too young to be found, or ended, in milliseconds since the epoch. */
  readonly youngUntil: number;
  /** From then on it can be ended, in milliseconds since the epoch: nobody asks before. */
  readonly ripeAt: number;
  /** Those who rely on it. */
  readonly others: readonly OtherHolder[];
  /** What the last look was not believed about. */
  readonly doubted: Doubt | null;
  /** How often an access was ended that was there again. */
  readonly ended: number;
  /** Another access of the same grant was listed that begins later: it is to go, too. */
  readonly isFollowed: boolean;
  /** How often a schedule was looked for in vain that a request has made. */
  readonly unlisted: number;
}

/**
 * How a revocation has ended. `plain`: what is there was not made through Privileged Identity Management. `unlisted`: a
 * request for it was carried out, and no schedule of it was ever listed. `remade`: it was there again each time. `waits`: a
 * person has to approve its removal. `failed`: it could not be ended.
 */
export type RevocationOutcome = 'revoked' | 'plain' | 'unlisted' | 'remade' | 'waits' | 'failed';

type RevocationGo = Go<Revocation, RevocationOutcome>;

/** So often an access is ended that somebody makes again. */
const mostEnded = 3;

const phases: Phases<Revocation, Ask, Answer, RevocationOutcome> = {
  revoke: {
    ask: () => ({ do: 'look' }),
    then: (it, answer, now) =>
      answer.is === 'seen' ? placed(asRead(it, answer.asOf), answer.seen, now) : { end: 'failed', memory: it },
  },
  cancel: {
    ask: ({ name }) => ({ do: 'cancel', name }),
    then: (it, answer, now) => {
      if (answer.is === 'failed') return { end: 'failed', memory: it };
      // What is not there, and listed, is listed too long.
      return answer.is === 'done' ? readAnew('revoke', it, now) : pausing('again', it, now);
    },
  },
  ripen: {
    ask: ({ sleepUntil }) => ({ do: 'sleep', until: sleepUntil }),
    then: (it, _, now) => readAnew('revoke', it, now),
  },
  remove: {
    // Whatever is there by then is to go: however old the look is.
    ask: () => ({ do: 'request', wish: { type: 'remove' }, notAfter: { mono: Infinity, date: Infinity } }),
    then: removed,
  },
  follow: {
    ask: ({ name }) => ({ do: 'follow', name, isLost: false }),
    then: removed,
  },
  find: {
    ask: ({ name }) => ({ do: 'follow', name, isLost: true }),
    then: (it, answer, now) => (answer.is === 'absent' ? { to: 'settle', memory: it } : removed(it, answer, now)),
  },
  settle: {
    ask: ({ settledAt }) => ({ do: 'sleep', until: settledAt }),
    then: (it, _, now) => readAnew('revoke', it, now),
  },
  again: {
    ask: ({ sleepUntil }) => ({ do: 'sleep', until: sleepUntil }),
    then: (it, _, now) => readAnew('revoke', it, now),
  },
  gone: {
    ask: () => ({ do: 'verify', expected: 'gone' }),
    then: (it, answer, now) => {
      if (answer.is === 'gone') return it.isFollowed ? readAnew('revoke', it, now) : { end: 'revoked', memory: it };
      if (answer.is !== 'running') return { end: 'failed', memory: it };
      return it.ended >= mostEnded ? { end: 'remade', memory: it } : readAnew('revoke', it, now);
    },
  },
};

/** Ends an access for all who rely on it, only through Privileged Identity Management; begins at `revoke`. */
export const revocationProtocol: Protocol<Revocation, Ask, Answer, RevocationOutcome> = createProtocol(phases);

export function newRevocation(constants: Constants, { mono }: Moment): Revocation {
  return {
    constants,
    name: '',
    endsAt: null,
    youngUntil: 0,
    ripeAt: 0,
    others: [],
    doubted: null,
    ended: 0,
    isFollowed: false,
    unlisted: 0,
    readAt: mono,
    settledAt: 0,
    sleepUntil: 0,
  };
}

/** What a look leads to. */
function placed(before: Revocation, seen: Seen, now: Moment): RevocationGo {
  const { schedule, plain, requests } = seen;
  const nobody = { constants: before.constants, holder: '', replaces: null };
  const endsAt = schedule?.end ?? null;
  const found = holdersIn(reliedOn(seen, nobody, now.date), endsAt ?? 0);
  const known = new Set(before.others.map(({ name }) => name));
  const others =
    schedule === null ? before.others : [...before.others, ...found.filter(({ name }) => !known.has(name))];
  const { youngest, margin } = before.constants;
  const start = schedule?.start ?? 0;
  // What no request has made is none of its own: whether that has to be old is not known. What has not begun has no age.
  const ripeAt = schedule?.request == null || start > now.date + margin ? 0 : start + youngest;
  const youngUntil = start + youngest + margin;
  const isFollowed = schedule?.isFollowed === true;
  const it: Revocation = { ...before, endsAt, youngUntil, ripeAt, others, isFollowed, doubted: null };
  const begins = schedule !== null && schedule.start > now.date;
  const waiting = requests.find(
    ({ type, standing }) => type !== 'remove' && (standing === 'waits' || (begins && standing === 'planned')),
  );
  if (waiting !== undefined) return { to: 'cancel', memory: { ...it, name: waiting.name } };
  const removal = schedule !== null && requests.find(({ type, standing }) => type === 'remove' && standing === 'waits');
  if (removal) return { end: 'waits', memory: { ...it, name: removal.name } };
  const moving = requests.find(({ standing }) => goesOn(standing));
  if (moving !== undefined) return pausing('again', it, now);
  if (schedule !== null && now.date < ripeAt)
    return { to: 'ripen', memory: { ...it, sleepUntil: now.mono + ripeAt - now.date } };
  if (schedule !== null) return { to: 'remove', memory: it };
  if (plain?.is === 'recent') return pausing('again', it, now);
  const isUnlisted = unlisted(seen, it.constants, now.date).length > 0;
  if (isUnlisted && it.unlisted < it.constants.mostUnlisted)
    return { to: 'settle', memory: { ...listing(it, now), unlisted: it.unlisted + 1 } };
  if (isUnlisted && plain !== null) return { end: 'unlisted', memory: it };
  if (isLeftBehind(seen) && !isDoubted(before, 'plain', seen))
    return { to: 'settle', memory: { ...listing(it, now), doubted: doubtAbout('plain', seen) } };
  // One that was made without it cannot be ended through it.
  return { end: plain === null ? 'revoked' : 'plain', memory: it };
}

/** What became of a removal. */
function removed(it: Revocation, answer: Answer, now: Moment): RevocationGo {
  switch (answer.is) {
    case 'stands':
      if (answer.standing === 'failed') return { end: 'failed', memory: it };
      if (answer.standing === 'waits') return { end: 'waits', memory: { ...it, name: answer.name } };
      return answer.standing === 'removed'
        ? { to: 'gone', memory: { ...it, name: answer.name, ended: it.ended + 1 } }
        : { to: 'follow', memory: { ...it, name: answer.name } };
    case 'lost':
      return { to: 'find', memory: settlingLost({ ...it, name: answer.name }, now) };
    // Clocks differ, or it is none that was known: in its first minutes an access is not found, or cannot be ended.
    // Source: docs/design/azure.md#the-first-five-minutes.
    case 'missing':
      // What has no end and is listed as a schedule need not be one.
      if (it.endsAt === null && now.date >= it.youngUntil) return { end: 'plain', memory: it };
      return pausing('again', it, now);
    // Another request about it is on its way, or waits: the next look shows it.
    case 'exists':
    case 'too-young':
    case 'again':
      return pausing('again', it, now);
    case 'late':
    case 'absent':
      return readAnew('revoke', it, now);
    case 'refused':
    case 'failed':
    case 'done':
    case 'seen':
    case 'running':
    case 'gone':
      return { end: 'failed', memory: it };
  }
}
