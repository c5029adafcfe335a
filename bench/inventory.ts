import { startWorld, type World } from '../rehearsal/world.ts';
import { patienceMs } from './bulk.ts';
import { awsPlace, azurePlace } from './inventory-places.ts';
import { REQUESTS_PER_SECOND } from './floor.ts';
import { atMost, type Row } from './table.ts';
import { runMeasured } from './usage.ts';
import { subscriptionBuckets } from './bulk-azure.ts';

const goals = { time: 1.1, requests: 1.1, memoryMB: 200 };

/**
 * Everything that exists, and access files that have all of it, under the quotas of AWS and Azure, on the virtual clock:
 * 500 accounts with 20 permission sets each, and a management group with 200 subscriptions.
 */
export async function measureInventory(): Promise<readonly Row[]> {
  return [...(await measureAws()), ...(await measureAzure())];
}

/**
 * None of these runs changes anything. What is kept is read twice: first for the plan, and again after looking for
 * operations in progress, because one that ended in between is in neither (`keepAsFound` in the engine).
 */
const runs = [
  { operation: 'inventory', what: 'inventory', hasFiles: false, lists: 1 },
  { operation: 'inventory', what: 'inventory with access files of as many rows', hasFiles: true, lists: 1 },
  { operation: 'reconcile', what: 'reconcile of these files', hasFiles: true, lists: 2 },
] as const;

async function measureAws(): Promise<readonly Row[]> {
  const { estate, inputs, files, assignments, fewestToFind, places } = awsPlace();
  const rows: Row[] = [];
  const world = await startWorld({ estate, journal: 'counts' });
  try {
    for (const { operation, what, hasFiles, lists } of runs) {
      const more = hasFiles ? { 'access-file': Object.keys(files).join('\n') } : {};
      const step = await measure(world, { ...inputs, ...more, operation }, hasFiles ? files : {});
      expectNumber(world.aws.estate.assignments().length, assignments);
      expectNumber(world.aws.estate.operations().length, 0);
      const fewest = fewestToFind + lists * places;
      const floor = fewest / REQUESTS_PER_SECOND;
      const seconds = step.virtualMs / 1000;
      const times = ` (${seconds.toFixed(0)} s to ${floor.toFixed(0)} s, ${fewest} requests at ${REQUESTS_PER_SECOND}/s)`;
      const title = `AWS: ${assignments} assignments, ${what}`;
      rows.push(
        atMost(`${title}: time to floor`, seconds / floor, goals.time, ' ×', times),
        atMost(`${title}: requests to the fewest`, step.requests / fewest, null, ' ×', ` (${step.requests})`),
        memory(title, step.peakMB, step.aliveMB),
      );
    }
  } finally {
    await world.close();
  }
  return rows;
}

async function measureAzure(): Promise<readonly Row[]> {
  const { estate, inputs, assignments, fewest, subscriptions } = azurePlace();
  const world = await startWorld({
    clouds: ['azure'],
    estate,
    azure: { throttle: subscriptionBuckets },
    journal: 'counts',
  });
  try {
    const step = await measure(world, { ...world.azure.inputs, ...inputs });
    expectNumber(world.azure.estate.assignments().length, assignments);
    const title = `Azure: ${assignments} assignments in ${subscriptions} subscriptions, inventory`;
    const detail = ` (${step.requests} to ${fewest}, ${(step.virtualMs / 1000).toFixed(0)} s)`;
    return [
      atMost(`${title}: requests to the fewest`, step.requests / fewest, goals.requests, ' ×', detail),
      memory(title, step.peakMB, step.aliveMB),
    ];
  } finally {
    await world.close();
  }
}

interface Sample {
  readonly virtualMs: number;
  readonly requests: number;
  readonly peakMB: number;
  readonly aliveMB: number;
}

async function measure(
  world: World,
  inputs: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<Sample> {
  const before = sentIn(world);
  const { virtualMs, usage } = await runMeasured(world, {
    inputs,
    files,
    env: { REHEARSAL_HURRY: '1' },
    timeoutMs: patienceMs,
  });
  return { ...usage, virtualMs, requests: sentIn(world) - before };
}

/** Requests to the clouds and the issuer of ID tokens, from the beginning. */
function sentIn({ journal }: World): number {
  return Object.values(journal.counts()).reduce((one, other) => one + other, 0);
}

function memory(title: string, peakMB: number, aliveMB: number): Row {
  const alive = aliveMB === 0 ? '' : ` (alive after a collection at most ${Math.round(aliveMB)} MB)`;
  return atMost(`${title}: peak memory`, Math.round(peakMB), goals.memoryMB, ' MB', alive);
}

function expectNumber(number: number, expected: number): void {
  if (number !== expected) throw new Error(`there are ${number}, not ${expected}`);
}
