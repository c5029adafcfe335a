import { afterAll, describe, expect, it } from '@jest/globals';
import type { Effect } from '../../rehearsal/script.ts';
import { azureCases, azureEffects } from './boundary-cases.ts';
import { cleanRequests, lagging, run, runCount } from './boundary-runs.ts';
import { isRun } from './matrix.ts';
import { severalAtOnce } from './support.ts';

afterAll(() => {
  process.stdout.write(`azure-boundaries: ${runCount()} runs of the built action\n`);
});

/**
 * Every request of every operation is a boundary, one in three in ordinary tests: after every fault at it, the change
 * is made exactly once, or never.
 */
describe.each(Object.entries(azureCases))('%s (P1)', (_, boundaryCase) => {
  let requests: Promise<readonly string[]> | null = null;
  const boundaries = (): Promise<readonly string[]> => (requests ??= cleanRequests(boundaryCase));

  it.each(Object.entries<Effect>(azureEffects).map(([title, effect], row) => [title, effect, row] as const))(
    'ends with the right result, done exactly once, with %s at any one request',
    async (_effect, effect, row) => {
      const problems = await severalAtOnce(await boundaries(), (_operation, index) =>
        isRun(row, index) ? run(boundaryCase, [[{ index }, effect]]) : [],
      );
      expect(problems.flat()).toEqual([]);
    },
  );

  it.each<[string, Effect]>([
    ['a lost response', { kind: 'lost' }],
    ['a lost response to a completed request', { kind: 'hang', processed: true }],
  ])(
    'ends with the right result, done exactly once, while reads lag, with %s at any one request',
    async (_effect, effect) => {
      const problems = await severalAtOnce(await boundaries(), (_operation, index) =>
        isRun(effect.kind === 'lost' ? 0 : 1, index) ? run(boundaryCase, [[{ index }, effect]], lagging) : [],
      );
      expect(problems.flat()).toEqual([]);
    },
  );
});
