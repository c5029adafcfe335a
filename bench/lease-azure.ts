import type { Step } from '../rehearsal/runner/step.ts';
import { startWorld, type World } from '../rehearsal/world.ts';
import { azureByIds } from './inputs.ts';
import { runGreen } from './green.ts';
import { atMost, type Row } from './table.ts';

const rounds = 5;

/** Past the time in which Privileged Identity Management ends no access, in milliseconds. */
const agedMs = 6 * 60_000;

/** What a lease on Azure that nobody else holds costs over a plain grant: requests, and waiting on the virtual clock. */
export async function measureAzureLease(): Promise<readonly Row[]> {
  const described = await measure({});
  const byPim = await measure({ 'azure-pim': 'true', reason: 'INC-1' }, agedMs);
  return [
    atMost('Azure: requests more in main', described.requestsMore, 0, ' requests'),
    atMost('Azure: requests about role assignments in post', described.inPost, 3, ' requests'),
    atMost('Azure: seconds of waiting, main and post', described.waited, 0, ' s'),
    atMost('PIM: requests more in main', byPim.requestsMore, null, ' requests'),
    atMost('PIM: requests about access in post', byPim.inPost, null, ' requests'),
    atMost('PIM: seconds of waiting, main and post', byPim.waited, null, ' s'),
  ];
}

/** The most of each figure. @param apartMs between what is done, in milliseconds: before the lease is taken, and before it is given back */
async function measure(how: Step['inputs'], apartMs = 0): Promise<Sample> {
  const samples: Sample[] = [];
  const world = await startWorld({ clouds: ['azure'], azure: { pim: { takesMs: 0 } } });
  try {
    for (let round = 0; round < rounds; round += 1) samples.push(await compare(world, how, apartMs));
  } finally {
    await world.close();
  }
  const most = (name: keyof Sample): number => Math.max(...samples.map((sample) => sample[name]));
  return { requestsMore: most('requestsMore'), inPost: most('inPost'), waited: most('waited') };
}

interface Sample {
  readonly requestsMore: number;
  readonly inPost: number;
  /** The rehearsal's clock goes on only where the action waits. */
  readonly waited: number;
}

async function compare(world: World, how: Step['inputs'], apartMs: number): Promise<Sample> {
  const inputs = { ...azureByIds, ...world.azure.inputs };
  const lease = { ...inputs, ...how, lifetime: '2h' };
  const plain = await runGreen(world, { inputs });
  await runGreen(world, { inputs: { ...inputs, operation: 'revoke' } });
  await world.advance(apartMs);
  const main = await runGreen(world, { inputs: lease });
  await world.advance(apartMs);
  const post = await runGreen(world, { stage: 'post', inputs: lease, state: main.state });
  const { estate, pim } = world.azure;
  const described = estate
    .assignments()
    .some(({ description }) => description?.includes('[cloud-access lease') === true);
  if (described || pim.schedules().length > 0) throw new Error(`the lease has left something behind:\n${post.log}`);
  return {
    requestsMore: main.requests.length - plain.requests.length,
    inPost: post.requests.filter(
      ({ operation }) => operation.startsWith('roleAssignment') && !operation.includes('Polic'),
    ).length,
    waited: (main.virtualMs - plain.virtualMs + post.virtualMs) / 1_000,
  };
}
