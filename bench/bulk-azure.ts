import { startWorld } from '../rehearsal/world.ts';
import { patienceMs, rows } from './bulk.ts';
import { azureBulk } from './bulk-places.ts';
import { bucketFloor } from './floor.ts';
import type { Row } from './table.ts';
import { runMeasured } from './usage.ts';

/** A subscription's buckets for one identity [docs:request-limits-and-throttling], here enforced. */
export const subscriptionBuckets = {
  reads: { capacity: 250, perSecond: 25 },
  writes: { capacity: 200, perSecond: 10 },
  deletes: { capacity: 200, perSecond: 10 },
};

/** 1,000 grants in one subscription against its enforced buckets, on the virtual clock. */
export async function measureBulkAzure(): Promise<readonly Row[]> {
  const { estate, inputs, grants } = azureBulk(20, 1, 50);
  const world = await startWorld({ clouds: ['azure'], estate, azure: { throttle: subscriptionBuckets } });
  const measured: Row[] = [];
  try {
    for (const [operation, what, bucket] of [
      ['assign', 'creations', subscriptionBuckets.writes],
      ['revoke', 'deletions', subscriptionBuckets.deletes],
    ] as const) {
      const step = await runMeasured(world, {
        inputs: { ...world.azure.inputs, ...inputs, operation },
        timeoutMs: patienceMs,
      });
      const there = world.azure.estate.assignments().length;
      if (there !== (operation === 'assign' ? grants : 0)) throw new Error(`${there} role assignments are there`);
      const refused = step.requests.filter(({ status }) => status === 429).length;
      const figures = { virtualMs: step.virtualMs, requests: step.requests.length, refused };
      measured.push(...rows(`Azure: ${grants} ${what}`, figures, bucketFloor(grants, bucket), grants, null));
    }
  } finally {
    await world.close();
  }
  return measured;
}
