import type { Turn } from '#access/clock';
import { assignmentActions } from '../../assignments/assignment-writes.ts';
import type { TakeTurns } from './executor-tools.ts';

/** What may rest on a read. */
export type Write = 'put' | 'delete';

const actions = { put: assignmentActions.write, delete: assignmentActions.delete } as const;

/** The turn of the write that will rest on the next read, or on the last one. */
export interface WriteTurn {
  /** Waits for it, unless it is there already; `false` where there is no time for it. */
  wait(before: Write): Promise<boolean>;
  /** As part of a budget. */
  readonly given: () => { readonly turn?: Turn };
  /** Nothing is written, or it is done. */
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
