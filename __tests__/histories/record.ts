import type { Chronicle } from './chronicle.ts';
import { allOf, type HistoryContext } from './context.ts';

export function chronicleOf(context: HistoryContext): Chronicle {
  const { world, history, side, watch, runs, notes, beganAt, jobsLost } = context;
  return {
    history,
    side,
    beganAt,
    endedAt: world.now(),
    runs: runs.toSorted((one, other) => one.beganAt - other.beganAt),
    grants: allOf(context).map((index) => side.storyOf(context, index)),
    notes: [...notes, ...side.requestNotes(context)].sort((one, other) => one.at - other.at),
    broken: watch.broken(),
    jobsLost,
  };
}
