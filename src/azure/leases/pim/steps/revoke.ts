import { createProtocol, type Go, type Moment, type Protocol } from '#access/leases/protocol/protocol';
import { goesOn } from '../statuses.ts';
import type { Answer, Ask } from './asks.ts';
import { listing, pauseThenRead, pausing, readAnew } from '../../steps/writing.ts';
import type { Constants } from './constants.ts';
import { leavingPhases, type Leaving } from './leave.ts';
import { doubtAbout, holdersIn, isDoubted, isLeftBehind, reliedOn, unlisted, type Seen } from './seen.ts';

/** What whoever revokes one access knows. */
export interface Revocation extends Leaving {
  /** When the access ends by itself, in milliseconds since the epoch; `null` where it does not, or nothing is there. */
  readonly endsAt: number | null;
  /** From then on it can be ended, in milliseconds since the epoch: nobody asks before. */
  readonly ripeAt: number;
  /** How often an access was ended that was there again. */
  readonly ended: number;
  /** Another access of the same grant was listed that begins later: it is to go, too. */
  readonly isFollowed: boolean;
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

/** Ends an access for all who rely on it, only through Privileged Identity Management; begins at `leave`. */
export const revocationProtocol: Protocol<Revocation, Ask, Answer, RevocationOutcome> = createProtocol({
  ripen: pauseThenRead('leave'),
  ...leavingPhases<Revocation, RevocationOutcome>({
    placed,
    // Whatever is there by then is to go: however old the look is.
    notAfter: () => ({ mono: Infinity, date: Infinity }),
    failed: (memory) => ({ end: 'failed', memory }),
    waits: (memory) => ({ end: 'waits', memory }),
    blocked: (it, by, now) => {
      // What has no end and is listed as a schedule need not be one.
      if (by === 'missing' && it.endsAt === null && now.date >= it.youngUntil) return { end: 'plain', memory: it };
      // It is to be ended, and is waited for: clocks differ, or it is none that was known, and in its first minutes an access is
      // not found, or cannot be ended; of another request about it the next look tells. Source:
      // docs/design/azure.md#the-first-five-minutes.
      return pausing('leave-again', it, now);
    },
    ended: (it) => ({ ...it, ended: it.ended + 1 }),
    gone: (it, answer, now) => {
      if (answer.is === 'gone') return it.isFollowed ? readAnew('leave', it, now) : { end: 'revoked', memory: it };
      if (answer.is !== 'running') return { end: 'failed', memory: it };
      return it.ended >= mostEnded ? { end: 'remade', memory: it } : readAnew('leave', it, now);
    },
  }),
});

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
  if (moving !== undefined) return pausing('leave-again', it, now);
  if (schedule !== null && now.date < ripeAt)
    return { to: 'ripen', memory: { ...it, sleepUntil: now.mono + ripeAt - now.date } };
  if (schedule !== null) return { to: 'remove', memory: it };
  if (plain?.is === 'recent') return pausing('leave-again', it, now);
  const isUnlisted = unlisted(seen, it.constants, now.date).length > 0;
  if (isUnlisted && it.unlisted < it.constants.mostUnlisted)
    return { to: 'leave-settle', memory: { ...listing(it, now), unlisted: it.unlisted + 1 } };
  if (isUnlisted && plain !== null) return { end: 'unlisted', memory: it };
  if (isLeftBehind(seen) && !isDoubted(before, 'plain', seen))
    return { to: 'leave-settle', memory: { ...listing(it, now), doubted: doubtAbout('plain', seen) } };
  // One that was made without it cannot be ended through it.
  return { end: plain === null ? 'revoked' : 'plain', memory: it };
}
