import type { Turn } from '#access/clock';
import { assignmentActions } from '../../assignments/assignment-writes.ts';
import type { TakeTurns } from './executor-tools.ts';

/** A write that is based on a read. */
type Write = 'put' | 'delete';

const actions = { put: assignmentActions.write, delete: assignmentActions.delete } as const;

/** Turn of the write that is based on the next read, or on the last one. */
export interface WriteTurn {
  /** Waits for the turn, unless it has come already; `false` where there is no time for it. */
  wait(before: Write): Promise<boolean>;
  /** The turn as part of a budget. */
  readonly given: () => { readonly turn?: Turn };
  /** Called when nothing is written, or the write is done. */
  readonly drop: () => void;
}

export function createWriteTurn(takeTurns: TakeTurns): WriteTurn {
  let held: { readonly turn: Turn; readonly of: Write } | null = null;
  const drop = (): void => {
    held?.turn.release();
    held = null;
  };
  return {
    async wait(before) {
      if (held?.of === before) return true;
      drop();
      const [turn] = (await takeTurns([actions[before]])) ?? [];
      held = turn === undefined ? null : { turn, of: before };
      return held !== null;
    },
    given: () => (held === null ? {} : { turn: held.turn }),
    drop,
  };
}
