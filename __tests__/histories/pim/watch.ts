import type { World } from '../../../rehearsal/world.ts';
import { grantAt } from '../azure/names.ts';
import { clockTime, watchGrants, type Watch } from '../watch.ts';
import { isAbout } from './story.ts';

/** Checks that each holder has the reported access until its end, and that nothing else is changed. */
export function watchPim(world: World, count: number): Watch {
  let others: string | null = null;
  return watchGrants(world, count, (grant, { entitled, breaks }) => {
    const { pim, estate } = world.azure;
    const now = world.now();
    const endAt = endOf(world, grant);
    for (const { actor, grant: of, end } of entitled)
      if (of === grant && now < end && endAt !== null && endAt < end)
        breaks(
          `early ${grant} ${actor} ${end}`,
          `P5a: ${actor} was told that it has grant ${grant} until ${clockTime(end)}, and it ${endAt === 0 ? 'is gone' : `ends at ${clockTime(endAt)}`}`,
        );
    const shown = JSON.stringify([
      pim.schedules().filter((it) => !grantsOf(count).some((tuple) => isAbout(tuple, it))),
      estate.assignments().filter((it) => !grantsOf(count).some((tuple) => isAbout(tuple, it))),
    ]);
    others ??= shown;
    if (others !== shown) breaks('others', `P3: what no lease was about is not what it was: ${others} → ${shown}`);
    for (const { kind, id } of pim.plainChanges())
      breaks(`plain ${id}`, `P3: a ${kind} was tried on ${id}, which a schedule has made`);
  });
}

function grantsOf(count: number): readonly ReturnType<typeof grantAt>[] {
  return Array.from({ length: count }, (_, index) => grantAt(index));
}

/** In ms epoch: `null` never, 0 without access. */
function endOf({ azure: { pim, estate } }: World, grant: number): number | null {
  const schedule = pim.find(grantAt(grant));
  if (schedule !== undefined) return schedule.endAt;
  return estate.has(grantAt(grant)) ? null : 0;
}
