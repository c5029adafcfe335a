import type { Budget, Clock } from '../../clock.ts';
import type { Deadline } from './protocol.ts';

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
