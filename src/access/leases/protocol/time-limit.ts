import type { Budget, Clock } from '../../clock.ts';
import type { Deadline } from './protocol.ts';

/** Time limit for taking or releasing a lease of one grant. */
export interface TimeLimit {
  /** Milliseconds since the epoch. */
  readonly until: () => number;
  /** True if it still applies: a join that was given up is brought to a safe end without it. */
  readonly counts: () => boolean;
  readonly isOver: () => boolean;
  /** True if the grace period after the limit has passed as well, without a safe end. */
  readonly isSpent: () => boolean;
  /** True if it ends after a moment on the monotonic clock. */
  readonly allows: (mono: number) => boolean;
  /** Latest moment to wait for the first turn, in milliseconds since the epoch. */
  readonly latest: number;
  /** Starts the time: so far the grant only waited for others of the step. */
  begin(): void;
  /** Replaces the limit by the grace period. */
  goOnUnlimited(): void;
  /** Waits until a moment on the monotonic clock; `false` where the limit comes before. */
  sleepUntil(mono: number): Promise<boolean>;
}

/** Grace period to bring a join that was given up to a safe end, in milliseconds. */
const graceMs = 3 * 60_000;

/** @param latest hard end, however late the time starts, in milliseconds since the epoch */
export function createTimeLimit({ until: given, signal }: Budget, clock: Clock, latest: number): TimeLimit {
  const opened = clock.now();
  let until = given;
  let counts = true;
  const room = (): number => (counts ? until - clock.now() : Infinity);
  const restTo = (mono: number): number => mono - clock.mono();
  return {
    until: () => until,
    counts: () => counts,
    isOver: () => counts && clock.now() >= until,
    isSpent: () => !counts && clock.now() >= until,
    allows: (mono) => restTo(mono) <= room(),
    latest,
    begin() {
      if (counts) until = Math.min(latest, clock.now() + given - opened);
    },
    goOnUnlimited() {
      if (!counts) return;
      counts = false;
      until = clock.now() + graceMs;
    },
    async sleepUntil(mono) {
      const rest = restTo(mono);
      const most = room();
      // Timers cut off fractions of a millisecond: a sleeper that woke too early would wait once more.
      if (rest > 0) await clock.sleep(Math.ceil(Math.min(rest, Math.max(0, most))), signal);
      return rest <= most;
    },
  };
}

/** Time left to send a request, in milliseconds. @param date now, in milliseconds since the epoch */
export function roomUntil(notAfter: Deadline | null, clock: Clock, date: number): number {
  if (notAfter === null) return Infinity;
  return Math.min(notAfter.mono - clock.mono(), notAfter.date - date);
}

/** Maximum wait for an answer, in milliseconds. */
const answerMs = 60_000;

/** Budget of one request that has to be sent within `room` milliseconds. */
export function sendingWithin(room: number, clock: Clock, signal: AbortSignal): Budget {
  return { until: clock.now() + answerMs, sendBy: clock.mono() + room, signal };
}
