import { second, type History, type PimSurroundings } from '../plan.ts';

export function pimOf({ surroundings }: Pick<History, 'surroundings'>): PimSurroundings {
  if (surroundings.of !== 'pim') throw new Error('This history is not about Privileged Identity Management.');
  return surroundings;
}

/** Greatest age of the data in a step's final report, in milliseconds: on their way, and as lists were before. */
export function readingMs(history: Pick<History, 'surroundings'>): number {
  const { readLagMs, deleteLagMs, schedulesLagMs, wireMs } = pimOf(history);
  return Math.max(readLagMs, deleteLagMs, schedulesLagMs) + wireMs + 5 * second;
}
