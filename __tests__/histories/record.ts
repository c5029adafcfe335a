import type { Chronicle } from './chronicle.ts';
import { allOf, type Stage } from './stage.ts';

export function chronicleOf(stage: Stage): Chronicle {
  const { world, history, side, watch, runs, notes, beganAt, jobsLost } = stage;
  return {
    history,
    side,
    beganAt,
    endedAt: world.now(),
    runs: runs.toSorted((one, other) => one.beganAt - other.beganAt),
    grants: allOf(stage).map((index) => side.storyOf(stage, index)),
    notes: [...notes, ...side.requestNotes(stage)].sort((one, other) => one.at - other.at),
    broken: watch.broken(),
    jobsLost,
  };
}
