import { second, type Actor, type History, type Job, type Surroundings } from './plan.ts';

/** A job that takes a lease of the first grant and releases it in its post step. */
export function job(name: string, startMs: number, more: Partial<Job> = {}): Job {
  return {
    kind: 'job',
    name,
    startMs,
    grants: [0],
    lifetimeMinutes: 10,
    timeoutMinutes: 5,
    skewMs: 0,
    trouble: null,
    stayMs: 10 * second,
    ending: { kind: 'post', trouble: null },
    lostAfterMs: null,
    ...more,
  };
}

/** Histories that have a name instead of a number, and surroundings that differ from calm ones. */
export function historyIn<S extends Surroundings>(
  calm: S,
): (name: string, changes: Partial<S>, actors: readonly Actor[]) => History {
  return (name, changes, actors) => ({
    ...{ seed: 0, number: 1, name, grants: 1, actors },
    surroundings: { ...calm, ...changes },
  });
}
