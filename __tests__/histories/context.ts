import type { World } from '../../rehearsal/world.ts';
import type { Note, ProcessRun } from './chronicle.ts';
import type { History } from './plan.ts';
import type { CloudSide } from './side.ts';
import type { Watch } from './watch.ts';

/** Common state of the actors of a history. */
export interface HistoryContext {
  readonly world: World;
  readonly history: History;
  readonly side: CloudSide;
  readonly watch: Watch;
  readonly dist: string | undefined;
  readonly beganAt: number;
  readonly runs: ProcessRun[];
  readonly notes: Note[];
  readonly jobsLost: { actor: string; at: number }[];
  /** Processes at work: run ID → their grants. */
  readonly active: Map<string, readonly number[]>;
  readonly protectedFrom: (number | null)[];
  readonly unclearFrom: (number | null)[];
  /** Grants that are being revoked, once for each revoke. */
  readonly revoking: number[];
  nextRun: number;
}

export function note({ world, notes }: HistoryContext, text: string): void {
  notes.push({ at: world.now(), text });
}

export function allOf({ history }: HistoryContext): readonly number[] {
  return allOfHistory(history);
}

/** The numbers of its grants. */
export function allOfHistory(history: History): readonly number[] {
  return Array.from({ length: history.grants }, (_, index) => index);
}
