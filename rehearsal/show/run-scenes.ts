import { startWorld } from '../world.ts';
import { play, type Played } from './play.ts';
import type { Scene } from './scene.ts';

/** A scene that was played. */
export interface Shown {
  /** 1-based. */
  readonly number: number;
  readonly scene: Scene;
  readonly parts: readonly Played[];
  /** Everything that is not as the scene expects it. */
  readonly faults: readonly string[];
}

/** A process for each of the many steps would take more than half of the time. */
const quicker = { reusesProcesses: true } as const;

/**
 * Plays scenes in order.
 *
 * @param only the number of the one that is handed over; those before it in its world are played too
 */
export async function* runScenes(scenes: readonly Scene[], only: number | null = null): AsyncGenerator<Shown> {
  const needsShared = only === null || scenes[only - 1]?.world === undefined;
  const shared = needsShared ? await startWorld({ ...quicker, clouds: ['aws', 'azure'] }) : null;
  try {
    for (const [index, scene] of scenes.entries()) {
      const number = index + 1;
      if (only !== null && (number > only || (number < only && scene.world !== undefined))) continue;
      const world = scene.world === undefined ? shared : null;
      const shown = await show(number, scene, world);
      if (only === null || number === only) yield shown;
    }
  } finally {
    await shared?.close();
  }
}

type World = Awaited<ReturnType<typeof startWorld>>;

async function show(number: number, scene: Scene, given: World | null): Promise<Shown> {
  const world = given ?? (await startWorld({ ...quicker, ...scene.world }));
  const parts: Played[] = [];
  const broken: string[] = [];
  try {
    for await (const played of play(world, scene)) parts.push(played);
  } catch (error) {
    broken.push((error as Error).message);
  } finally {
    if (world !== given) await world.close();
  }
  return { number, scene, parts, faults: [...parts.flatMap(({ faults }) => faults), ...broken] };
}
