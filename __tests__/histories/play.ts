import { storm, type Storm } from '../../rehearsal/storm.ts';
import { startWorld, type World } from '../../rehearsal/world.ts';
import type { Chronicle } from './chronicle.ts';
import { finish, playSweep } from './finish.ts';
import { playHand } from './hand.ts';
import { playJob } from './jobs.ts';
import { alice, grantAt } from './names.ts';
import { second, type History } from './plan.ts';
import { chronicleOf } from './record.ts';
import { makerOf } from './runs.ts';
import { allOfHistory, type Stage } from './stage.ts';
import { watchWorld } from './watch.ts';

/** Lets a history happen with real processes, and writes down what did. */
export async function play(history: History, dist?: string): Promise<Chronicle> {
  const { surroundings } = history;
  const world = await startWorld({
    clock: surroundings.clock,
    startAt: surroundings.startAt,
    operations: { durationMs: { ...surroundings.operationsMs, seed: history.number } },
    lag: { schedulesMs: surroundings.schedulesLagMs, assignmentsMs: surroundings.assignmentsLagMs },
    firings: surroundings.firings,
  });
  try {
    return await playIn(world, history, dist);
  } finally {
    await world.close();
  }
}

async function playIn(world: World, history: History, dist: string | undefined): Promise<Chronicle> {
  const { surroundings } = history;
  const stage: Stage = {
    world,
    history,
    dist,
    watch: watchWorld(world, allOfHistory(history).map(grantAt), (name) => makerOf(world, name)),
    beganAt: world.now(),
    runs: [],
    notes: [],
    jobsLost: [],
    active: new Map(),
    protectedFrom: [null, null],
    unclearFrom: [null, null],
    nextRun: 1,
  };
  if (surroundings.hasPast) await makePast(stage);
  for (const index of surroundings.permanent) {
    world.estate.add(grantAt(index));
    stage.watch.notOurs.add(index);
  }
  if (surroundings.failures !== null) {
    const { from, times, fate } = surroundings.failures;
    world.schedules.script({ nth: from, times }, { fate });
  }
  const weathers = stormsOf(world, history);
  await Promise.all(
    history.actors.map(async (actor) => {
      await world.clock.sleep(actor.startMs);
      if (actor.kind === 'job') await playJob(stage, actor);
      else if (actor.kind === 'sweep') await playSweep(stage, actor);
      else await playHand(stage, actor);
    }),
  );
  for (const weather of weathers) weather.calm();
  await finish(stage);
  return chronicleOf(stage);
}

/** A conflict of a schedule means that its name is taken: that comes from nowhere nor by chance. */
function stormsOf(world: World, { number, surroundings: { storm: shares } }: History): readonly Storm[] {
  if (shares === null) return [];
  return [
    storm(world, { seed: number, services: ['sso'], ...shares }),
    storm(world, { seed: number + 1, services: ['scheduler'], ...shares, conflicts: 0 }),
  ];
}

/** Somebody else's deletion, before anything of ours: what the lists of operations reach back to. */
async function makePast({ world }: Stage): Promise<void> {
  const other = { ...grantAt(0), ...alice };
  world.estate.add(other);
  world.estate.start('delete', other, { durationMs: 500 });
  await world.clock.sleep(second);
}
