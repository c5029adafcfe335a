import type { Draw } from '../property/draw.ts';
import { second, type Surroundings } from './plan.ts';

/** Distributions of the histories of one side. */
export interface Ways {
  readonly surroundings: (draw: Draw, grants: number) => Surroundings;
  /** Number of jobs of a history. */
  readonly jobs: readonly number[];
  /** Number of a hundred histories that have one of these in addition to jobs and sweeps. */
  readonly others: readonly (readonly ['hand' | 'permanent' | 'revoke', share: number])[];
  /** Operations at which a fault can occur, during a lease and during a release; the n-th request of all at most. */
  readonly joining: readonly string[];
  readonly leaving: readonly string[];
  readonly mostRequests: number;
  /** Number of a hundred histories that have a sweep in their course. */
  readonly sweeps: number;
  readonly lifetimesMinutes: readonly number[];
  /** Time from the end of main to the next event, in milliseconds. */
  readonly stayMs: (draw: Draw, lifetimeMinutes: number) => number;
  /**
   * A request is late by up to this many seconds, and one second more; with several at once, no process is suspended
   * for longer.
   */
  readonly lateSeconds: number;
  /** Least time until a lease is established, in milliseconds. */
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
