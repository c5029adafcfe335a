import { startWorld } from '../rehearsal/world.ts';
import { patienceMs, rows } from './bulk.ts';
import { subscriptionBuckets } from './bulk-azure.ts';
import { azureBulk } from './bulk-places.ts';
import { bucketFloor } from './floor.ts';
import { share, type Row } from './table.ts';
import { runMeasured } from './usage.ts';

/** 500 leases in one subscription with Azure's buckets enforced, taken, and given back by the post step's four minutes. */
export async function measureBulkAzureLease(): Promise<readonly Row[]> {
  const { estate, inputs, grants } = azureBulk(10, 1, 50);
  const world = await startWorld({ clouds: ['azure'], estate, azure: { throttle: subscriptionBuckets } });
  try {
    const leased = { ...world.azure.inputs, ...inputs, lifetime: '2h' };
    const before = world.azure.estate.assignments().length;
    const main = await runMeasured(world, { inputs: leased, timeoutMs: patienceMs });
    const taken = world.azure.estate.assignments().length - before;
    if (taken !== grants) throw new Error(`${taken} role assignments are there`);
    const refused = main.requests.filter(({ status }) => status === 429).length;
    const figures = { virtualMs: main.virtualMs, requests: main.requests.length, refused };
    const step = { stage: 'post', inputs: leased, state: main.state, timeoutMs: patienceMs } as const;
    const post = await runMeasured(world, step);
    const ended = grants - (world.azure.estate.assignments().length - before);
    const least = bucketFloor(grants, subscriptionBuckets.deletes).seconds.toFixed(0);
    const seconds = (post.virtualMs / 1000).toFixed(0);
    const times = ` (${seconds} s to ${least} s, the bucket of deletions; ${post.requests.length} requests)`;
    return [
      ...rows(`Azure: ${grants} leases`, figures, bucketFloor(grants, subscriptionBuckets.writes), grants, null),
      share(`Azure: ${grants} leases: ended by the post step`, ended / grants, times),
    ];
  } finally {
    await world.close();
  }
}
