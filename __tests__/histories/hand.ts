import { second, type Hand } from './plan.ts';
import { note, type Stage } from './stage.ts';

export async function playHand(stage: Stage, { grant, when }: Hand): Promise<void> {
  const { world, watch, side, active } = stage;
  const isFree = (): boolean =>
    ![...active.values()].some((grants) => grants.includes(grant)) && side.isFree(stage, grant);
  for (let tries = 0; when === 'free' && !isFree(); tries += 1) {
    if (tries === 200) return;
    await world.clock.sleep(10 * second);
  }
  const done = side.grantByHand(stage, grant, when === 'free');
  if (done === null) return;
  watch.notOurs.add(grant);
  note(stage, `somebody grants ${grant} by hand (${done})`);
  const times = done === 'protected' ? stage.protectedFrom : stage.unclearFrom;
  times[grant] ??= world.now();
}
