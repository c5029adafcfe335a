import { second, type Hand } from './plan.ts';
import { note, type HistoryContext } from './context.ts';

export async function playHand(context: HistoryContext, { grant, when }: Hand): Promise<void> {
  const { world, watch, side, active } = context;
  const isFree = (): boolean =>
    ![...active.values()].some((grants) => grants.includes(grant)) && side.isFree(context, grant);
  for (let tries = 0; when === 'free' && !isFree(); tries += 1) {
    if (tries === 200) return;
    await world.clock.sleep(10 * second);
  }
  const done = side.grantByHand(context, grant, when === 'free');
  if (done === null) return;
  watch.notOurs.add(grant);
  note(context, `a person grants ${grant} by hand (${done})`);
  const times = done === 'protected' ? context.protectedFrom : context.unclearFrom;
  times[grant] ??= world.now();
}
