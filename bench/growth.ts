import { startWorld } from '../rehearsal/world.ts';
import { expectAssigned, operations, patienceMs } from './bulk.ts';
import { awsBulk, type Bulk } from './bulk-places.ts';
import { atMost, type Row } from './table.ts';
import { runMeasured, type Usage } from './usage.ts';

/** 100, 1,000 and 10,000 grants. */
const sizes: readonly (() => Bulk)[] = [() => awsBulk(5, 1, 20), () => awsBulk(10, 1, 100), () => awsBulk(10, 5, 200)];

const goals = { memoryMB: 200, growth: 1.25 };

interface Sample extends Usage {
  readonly grants: number;
  readonly virtualS: number;
  readonly requests: number;
}

/**
 * Memory and time as the number of grants grows, AWS's quotas in force, on the virtual clock, where the largest takes more
 * than an hour and a half: credentials are renewed on the way.
 */
export async function measureGrowth(): Promise<readonly Row[]> {
  const samples: Sample[] = [];
  for (const size of sizes) samples.push(await measure(size()));
  const largest = samples.at(-1);
  return [
    ...samples.map((sample) => {
      const alive = sample.aliveMB === 0 ? '' : ` (alive after a collection at most ${Math.round(sample.aliveMB)} MB)`;
      const goal = sample === largest ? goals.memoryMB : null;
      const what = `AWS: ${sample.grants} grants: peak memory of the step`;
      return atMost(what, Math.round(sample.peakMB), goal, ' MB', alive);
    }),
    ...samples.map(({ grants, cpuS, virtualS, requests }) => {
      const besides = ` (${((virtualS * 1000) / grants).toFixed(0)} ms on the clock, ${(requests / grants).toFixed(2)} requests)`;
      return atMost(`AWS: ${grants} grants: CPU a grant`, (cpuS * 1000) / grants, null, ' ms', besides);
    }),
    growth('CPU a further grant, last growth to the one before', samples, ({ cpuS }) => cpuS),
    growth('time a further grant, last growth to the one before', samples, ({ virtualS }) => virtualS),
  ];
}

/** What each grant between the last two sizes cost, compared with the two before: the start of the process plays no part. */
function growth(what: string, samples: readonly Sample[], of: (sample: Sample) => number): Row {
  const [small, middle, large] = samples;
  if (small === undefined || middle === undefined || large === undefined) throw new Error('three sizes are compared');
  const between = (one: Sample, other: Sample): number => (of(other) - of(one)) / (other.grants - one.grants);
  return atMost(`AWS: ${what}`, between(middle, large) / between(small, middle), goals.growth, ' ×');
}

async function measure({ estate, inputs, grants }: Bulk): Promise<Sample> {
  const world = await startWorld({ estate, aws: { operations }, journal: 'counts' });
  try {
    const { usage, virtualMs } = await runMeasured(world, {
      inputs: { ...inputs, operation: 'assign' },
      timeoutMs: patienceMs,
    });
    expectAssigned(world, grants);
    const requests = Object.values(world.journal.counts()).reduce((one, other) => one + other, 0);
    return { ...usage, grants, virtualS: virtualMs / 1000, requests };
  } finally {
    await world.close();
  }
}
