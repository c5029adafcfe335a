import { grantAt } from './names.ts';
import { minute, second, type Hand } from './plan.ts';
import { note, type Stage } from './stage.ts';
import { isOf, isSame } from './watch.ts';

export async function playHand(stage: Stage, { grant, when }: Hand): Promise<void> {
  const { world, watch } = stage;
  for (let tries = 0; when === 'free' && !isFree(stage, grant); tries += 1) {
    if (tries === 200) return;
    await world.clock.sleep(10 * second);
  }
  const wasThere = world.estate.has(grantAt(grant));
  world.estate.add(grantAt(grant));
  watch.notOurs.add(grant);
  note(stage, `somebody grants ${grant} by hand${wasThere ? ', which is there already' : ''}`);
  const times = when === 'free' ? stage.protectedFrom : stage.unclearFrom;
  times[grant] ??= world.now();
}

/** Nothing of ours holds it, works at it, or is still to fire. */
function isFree({ world, active }: Stage, grant: number): boolean {
  const assignment = grantAt(grant);
  if (world.estate.has(assignment) || [...active.values()].some((grants) => grants.includes(grant))) return false;
  if (world.estate.operations().some((it) => it.status === 'IN_PROGRESS' && isSame(it, assignment))) return false;
  const now = world.now();
  return world.schedules
    .all()
    .filter((schedule) => isOf(schedule, assignment))
    .every(({ name, state, startsAt = 0, modifiedAt }) => {
      const end = Number(name.split('-')[1]) * 1_000;
      if (name.endsWith('-h')) return now > end + minute;
      // What was disabled while it was due may still arrive.
      return state === 'ENABLED' ? now > startsAt + 19 * minute : now > modifiedAt + 3 * minute;
    });
}
