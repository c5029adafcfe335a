import { expect } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import type { TestCloud } from './clouds.ts';
import { errors, inWorld, severalAtOnce } from './support.ts';

/** Many grants in one step, and the check of their state in the cloud. */
export interface Bulk {
  readonly cloud: TestCloud;
  readonly world: WorldOptions;
  readonly inputs: Readonly<Record<string, string>>;
  /** Number of grants, and number of those that must change. */
  readonly grants: number;
  readonly changes: number;
  /** State of the cloud, in texts that are the same for the same state. */
  readonly state: (world: World) => readonly string[];
  /** Grant of each effective change. */
  readonly effects: (world: World) => readonly string[];
}

interface Clean {
  readonly requests: readonly string[];
  readonly state: readonly string[];
}

/** Runs a step that is not killed: its requests, and its result. */
export function runClean(bulk: Bulk): Promise<Clean> {
  return inWorld({ ...bulk.cloud.world, ...bulk.world }, async (world) => {
    const result = await bulk.cloud.step(world, bulk.inputs);
    expect(faultsOf(bulk, world, result)).toEqual([]);
    return { requests: result.requests.map(({ operation }) => operation), state: bulk.state(world) };
  });
}

/** Problems with the end of a step that had to make all grants; empty without problems. */
function faultsOf(bulk: Bulk, world: World, result: StepResult): readonly string[] {
  const { status, results = '[]' } = result.outputs;
  const records = JSON.parse(results) as readonly { readonly status: string }[];
  const effects = bulk.effects(world);
  const checks = {
    [`it exited with ${result.exitCode ?? result.signal ?? ''}`]: result.exitCode === 0,
    [`its status is ${status ?? 'missing'}: ${errors(result)}`]: status === 'SUCCEEDED',
    [`${records.length} of ${bulk.grants} grants are reported`]: records.length === bulk.grants,
    'not all grants are SUCCEEDED': records.every((record) => record.status === 'SUCCEEDED'),
    [`${effects.length} effective changes, and ${bulk.changes} were needed`]: effects.length === bulk.changes,
    'something was effective twice': new Set(effects).size === effects.length,
  };
  return Object.entries(checks).flatMap(([problem, fine]) => (fine ? [] : [problem]));
}

/** Effect of the request at which the step is killed, without a response. */
export const carriedOut: Effect = { kind: 'hang', processed: true };

/**
 * Kills the step at each of these requests, in a world of its own each time, and runs it again: the second run must
 * have the result of a run that is not killed. Returns the problems, and the number of runs that were killed.
 */
export async function killAndRunAgain(
  bulk: Bulk,
  clean: Clean,
  indexes: readonly number[],
  fate: Effect,
): Promise<{ readonly problems: readonly string[]; readonly killed: number }> {
  let killed = 0;
  const problems = await severalAtOnce(indexes, (index) =>
    inWorld({ ...bulk.cloud.world, ...bulk.world }, async (world) => {
      world.script.fault({ index }, fate);
      const first = await bulk.cloud.step(world, bulk.inputs, { signals: [{ when: { index }, signal: 'SIGKILL' }] });
      if (first.signal === 'SIGKILL') killed += 1;
      const again = await bulk.cloud.step(world, bulk.inputs);
      const state = bulk.state(world);
      const found = [
        ...(first.signal === null && first.exitCode !== 0 ? ['the first run ended red by itself'] : []),
        ...(first.fileProblems.length === 0 ? [] : [`half-written files: ${first.fileProblems.join('; ')}`]),
        ...faultsOf(bulk, world, again),
        ...(state.join('\n') === clean.state.join('\n') ? [] : [`the end is another: ${state.join('; ')}`]),
      ];
      const operation = clean.requests[index] ?? '';
      return found.map((problem) => `killed at request ${index} (${operation}): ${problem}\n${again.log}`);
    }),
  );
  return { problems: problems.flat(), killed };
}

/** Every `step`-th index from `first` on. */
export function sampled(length: number, first: number, step: number): readonly number[] {
  return Array.from({ length }, (_, index) => index).filter((index) => index >= first && (index - first) % step === 0);
}

/** Indexes of the requests that start a change. */
export function startsIn({ requests }: Clean): readonly number[] {
  const isStart = (operation: string): boolean => /^(?:Create|Delete|Provision)|\.(?:put|delete)$/.test(operation);
  return requests.flatMap((operation, index) => (isStart(operation) ? [index] : []));
}
