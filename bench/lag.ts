import { startWorld } from '../rehearsal/world.ts';
import { runGreen } from './green.ts';
import { byIds } from './inputs.ts';
import { atMost, median, quantile, type Row } from './table.ts';

const operations = 32;
const atOnce = 4;

/**
 * How long after an operation has ended in the cloud we know it, in real time, over operations of 1 to 15 s spread
 * evenly: each waits in a world of its own, four at a time.
 */
export async function measureLag(): Promise<readonly Row[]> {
  const durations = Array.from({ length: operations }, (_, index) => 1_000 + (14_000 * (index + 0.5)) / operations);
  // Long ones first, so that the last to run are short.
  const queue = durations.reverse();
  const lags: number[] = [];
  const work = async (): Promise<void> => {
    for (let duration = queue.shift(); duration !== undefined; duration = queue.shift())
      lags.push(await lagOf(duration));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return [
    atMost(`lag, median of ${operations} operations`, median(lags) / 1000, 0.6, ' s'),
    atMost('lag, 95th percentile', quantile(lags, 0.95) / 1000, 1.5, ' s'),
  ];
}

async function lagOf(durationMs: number): Promise<number> {
  const world = await startWorld({ clock: 'real', aws: { operations: { durationMs } } });
  try {
    const { requests } = await runGreen(world, { inputs: byIds });
    const started = requests.find(({ operation }) => operation === 'CreateAccountAssignment');
    const polls = requests.filter(({ operation }) => operation === 'DescribeAccountAssignmentCreationStatus');
    const known = polls.at(-1);
    if (started === undefined || known === undefined) throw new Error('nothing was polled');
    return known.at - (started.at + durationMs);
  } finally {
    await world.close();
  }
}
