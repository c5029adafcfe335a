import { runStep, type Step, type StepResult } from '../rehearsal/runner/step.ts';
import { startWorld, type World } from '../rehearsal/world.ts';
import { azureByIds } from './inputs.ts';
import { atMost, type Row } from './table.ts';

const rounds = 5;

/** What a lease on Azure that nobody else holds costs over a plain grant: requests, and waiting on the virtual clock. */
export async function measureAzureLease(): Promise<readonly Row[]> {
  const samples: Sample[] = [];
  const world = await startWorld({ clouds: ['azure'] });
  try {
    for (let round = 0; round < rounds; round += 1) samples.push(await compare(world));
  } finally {
    await world.close();
  }
  const most = (name: keyof Sample): number => Math.max(...samples.map((sample) => sample[name]));
  return [
    atMost('Azure: requests more in main', most('requestsMore'), 0, ' requests'),
    atMost('Azure: requests about role assignments in post', most('inPost'), 3, ' requests'),
    atMost('Azure: seconds of waiting, main and post', most('waited'), 0, ' s'),
  ];
}

interface Sample {
  readonly requestsMore: number;
  readonly inPost: number;
  /** The rehearsal's clock goes on only where the action waits. */
  readonly waited: number;
}

async function compare(world: World): Promise<Sample> {
  const inputs = { ...azureByIds, ...world.azure.inputs };
  const lease = { ...inputs, lifetime: '2h' };
  const plain = await green(world, { inputs });
  await green(world, { inputs: { ...inputs, operation: 'revoke' } });
  const main = await green(world, { inputs: lease });
  const post = await green(world, { stage: 'post', inputs: lease, state: main.state });
  if (world.azure.estate.assignments().some(({ description }) => description?.includes('[cloud-access lease') === true))
    throw new Error(`the lease has left something behind:\n${post.log}`);
  return {
    requestsMore: main.requests.length - plain.requests.length,
    inPost: post.requests.filter(({ operation }) => operation.startsWith('roleAssignments')).length,
    waited: (main.virtualMs - plain.virtualMs + post.virtualMs) / 1_000,
  };
}

async function green(world: World, step: Step): Promise<StepResult> {
  const result = await runStep(world, step);
  if (result.exitCode !== 0) throw new Error(`a step failed:\n${result.log}`);
  return result;
}
