import type { World } from '../../rehearsal/world.ts';
import { time, type Granted, type LeaseCloud } from './lease-cloud.ts';
import type { Scene } from './lease-runs.ts';

/** Who was cut off although what it was told has not ended, and who was told more than there is. */
export function cutOffs({ world, cloud, holdings }: Scene): readonly string[] {
  return holdings().flatMap(({ who, grant, from, until }) =>
    cloud
      .endsOf(world, grant)
      .filter((at) => at >= from && at < until)
      .map((at) => `${who} was cut off at ${time(at)}, and holds it until ${time(until)}`),
  );
}

/** Grants of the scene that are there, and should not be. */
export function leftOver(cloud: LeaseCloud, world: World, grants: readonly Granted[], when: string): readonly string[] {
  return grants
    .filter((grant) => cloud.has(world, grant))
    .map((it) => `${when} there is still ${it.principalId} on ${it.targetId}`);
}
