import type { Budget, Clock } from '../../clock.ts';
import type { Deadline } from './protocol.ts';

/** How long taking or releasing a lease of one grant may last. */
export interface TimeLimit {
  /** Milliseconds since the epoch. */
  readonly until: () => number;
  /** Whether it still counts: what was begun is brought to a safe end without it. */
  readonly counts: () => boolean;
  readonly isOver: () => boolean;
  /** What was begun has not come to a safe end within reason. */
  readonly isSpent: () => boolean;
  /** Whether it comes after a moment on the monotonic clock. */
  readonly allows: (mono: number) => boolean;
  /** How long its first turn may be waited for, in milliseconds since the epoch. */
  readonly latest: number;
  /** It begins to count now: until here one only waited for the others of the step. */
  begin(): void;
  /** From now on it counts no more, within reason. */
  goOnUnlimited(): void;
  /** Waits until a moment on the monotonic clock; `false` where the limit comes before. */
  sleepUntil(mono: number): Promise<boolean>;
}

/** What was begun has this long to come to a safe end, in milliseconds. */
const graceMs = 3 * 60_000;

/** @param latest however long it waits before it begins, it is over then, in milliseconds since the epoch */
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
      // Timers cut off what is less than a millisecond: whoever woke too early would wait once more.
      if (rest > 0) await clock.sleep(Math.ceil(Math.min(rest, Math.max(0, most))), signal);
      return rest <= most;
    },
  };
}

/** How long something may still be sent, in milliseconds. @param date now, in milliseconds since the epoch */
export function roomUntil(notAfter: Deadline | null, clock: Clock, date: number): number {
  if (notAfter === null) return Infinity;
  return Math.min(notAfter.mono - clock.mono(), notAfter.date - date);
}

/** An answer is waited for so long, in milliseconds. */
const answerMs = 60_000;

/** The budget of one request that may be sent for `room` milliseconds from now. */
export function sendingWithin(room: number, clock: Clock, signal: AbortSignal): Budget {
  return { until: clock.now() + answerMs, sendBy: clock.mono() + room, signal };
}
