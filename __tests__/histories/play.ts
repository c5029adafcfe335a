import { startWorld, type World } from '../../rehearsal/world.ts';
import type { Chronicle } from './chronicle.ts';
import { finish, playSweep } from './finish.ts';
import { playHand } from './hand.ts';
import { playJob } from './jobs.ts';
import { playOrder } from './orders.ts';
import type { History } from './plan.ts';
import { chronicleOf } from './record.ts';
import { sideOf } from './sides.ts';
import type { HistoryContext } from './context.ts';

/** Plays a history with real processes, and records its events. */
export async function play(history: History, dist?: string): Promise<Chronicle> {
  const { surroundings } = history;
  const world = await startWorld({
    clock: surroundings.clock,
    startAt: surroundings.startAt,
    ...sideOf(history).world(history),
  });
  try {
    return await playIn(world, history, dist);
  } finally {
    await world.close();
  }
}

async function playIn(world: World, history: History, dist: string | undefined): Promise<Chronicle> {
  const side = sideOf(history);
  const context: HistoryContext = {
    world,
    history,
    side,
    dist,
    watch: side.watch(world, history),
    beganAt: world.now(),
    runs: [],
    notes: [],
    jobsLost: [],
    active: new Map(),
    protectedFrom: [null, null],
    unclearFrom: [null, null],
    revoking: [],
    nextRun: 1,
  };
  await side.begin(context);
  const weathers = side.storms(context);
  await Promise.all(
    history.actors.map(async (actor) => {
      await world.clock.sleep(actor.startMs);
      if (actor.kind === 'job') await playJob(context, actor);
      else if (actor.kind === 'sweep') await playSweep(context, actor);
      else if (actor.kind === 'hand') await playHand(context, actor);
      else await playOrder(context, actor);
    }),
  );
  for (const weather of weathers) weather.calm();
  await finish(context);
  return chronicleOf(context);
}
