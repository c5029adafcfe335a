import { createProtocol, type Go, type Moment, type Protocol } from '#access/leases/protocol/protocol';
import { goesOn } from '../statuses.ts';
import type { Answer, Ask } from './asks.ts';
import { listing, pauseThenRead, pausing, readAnew } from '../../steps/writing.ts';
import type { Constants } from './constants.ts';
import { leavingPhases, type Leaving } from './leave.ts';
import { doubtAbout, holdersIn, isDoubted, isLeftBehind, reliedOn, unlisted, type Seen } from './seen.ts';

/** Memory of a revocation of one grant. */
export interface Revocation extends Leaving {
  /** When the access ends by itself, in milliseconds since the epoch; `null` where it does not, or there is none. */
  readonly endsAt: number | null;
  /** Time from which it can be ended, in milliseconds since the epoch: no removal is requested earlier. */
  readonly ripeAt: number;
  /** Number of removals so far. */
  readonly ended: number;
  /** Another access of the same grant that begins later was listed: it has to be removed too. */
  readonly isFollowed: boolean;
}

/**
 * Outcome of a revocation. `plain`: the access was not made through Privileged Identity Management. `unlisted`: a request for
 * it was carried out, but its schedule was never listed. `remade`: it was created again each time. `waits`: a person has to
 * approve its removal. `failed`: it could not be ended.
 */
export type RevocationOutcome = 'revoked' | 'plain' | 'unlisted' | 'remade' | 'waits' | 'failed';

type RevocationGo = Go<Revocation, RevocationOutcome>;

/** Maximum number of removals of access that is created again. */
const mostEnded = 3;

/** Ends access for all its holders, only through Privileged Identity Management; begins at `leave`. */
export const revocationProtocol: Protocol<Revocation, Ask, Answer, RevocationOutcome> = createProtocol({
  ripen: pauseThenRead('leave'),
  ...leavingPhases<Revocation, RevocationOutcome>({
    placed,
    // Any access has to be removed, however old the look is.
    notAfter: () => ({ mono: Infinity, date: Infinity }),
    failed: (memory) => ({ end: 'failed', memory }),
    waits: (memory) => ({ end: 'waits', memory }),
    blocked: (it, by, now) => {
      // A listed schedule without an end might not be one.
      if (by === 'missing' && it.endsAt === null && now.date >= it.youngUntil) return { end: 'plain', memory: it };
      // The step waits until it can be ended: clocks differ, or it is a new access, which Azure does not find or end in its
      // first minutes. The next look shows other requests about it. Source: docs/design/azure.md#the-first-five-minutes.
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

/** Next phase after a look. */
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
  // Whether access without a request has to be old is not known. Access that has not begun has no age.
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
  // Access that was made without Privileged Identity Management cannot be ended through it.
  return { end: plain === null ? 'revoked' : 'plain', memory: it };
}
