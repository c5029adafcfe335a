import type { Draw } from '../property/draw.ts';
import { second, type Surroundings } from './plan.ts';

/** What histories of one side are drawn from. */
export interface Ways {
  readonly surroundings: (draw: Draw, grants: number) => Surroundings;
  /** How many jobs a history has. */
  readonly jobs: readonly number[];
  /** How many of a hundred histories have one of these besides jobs and sweeps. */
  readonly others: readonly (readonly ['hand' | 'permanent' | 'revoke', share: number])[];
  /** Operations that a trouble comes at, when somebody takes and when somebody gives back; the n-th request of all at most. */
  readonly joining: readonly string[];
  readonly leaving: readonly string[];
  readonly mostRequests: number;
  /** How many of a hundred histories have a sweep in their course. */
  readonly sweeps: number;
  readonly lifetimesMinutes: readonly number[];
  /** From the end of main to what comes next, in milliseconds. */
  readonly stayMs: (draw: Draw, lifetimeMinutes: number) => number;
  /** A request is late by up to so many seconds, and one second more; of several at once, none stands still for longer. */
  readonly lateSeconds: number;
  /** How long it takes at least until a lease stands, in milliseconds. */
  readonly takesMs: (surroundings: Surroundings) => number;
}

export const throttling = { throttles: 0.15, outages: 0.02, resets: 0, lost: 0, conflicts: 0.03 } as const;
export const breaking = { throttles: 0.03, outages: 0.03, resets: 0.03, lost: 0.06, conflicts: 0.03 } as const;

export const jobs = [2, 2, 2, 3, 3, 4] as const;
export const lifetimesMinutes = [5, 5, 6, 7, 8, 10, 12, 15, 20, 30, 60] as const;

/** Some seconds, minutes, or until about the lease's end. */
export function stayMs(draw: Draw, lifetimeMinutes: number): number {
  return draw.pick([
    draw.int(20) * second,
    draw.int(120) * second,
    // About its end.
    Math.max(0, (lifetimeMinutes * 60 - 150 + draw.int(200)) * second),
  ]);
}
