import { describe, expect, it } from '@jest/globals';
import { severalAtOnce } from '../scenario/support.ts';
import { inAzure } from '../scenario/azure-support.ts';
import { azureInputs, azureInWords, drawAzureCase } from './azure-cases.ts';
import { drawAzureEstate } from './azure-estates.ts';
import { differences } from './compared.ts';
import { createDraw, seeds } from './draw.ts';
import { openInProcess } from './in-process.ts';

const estates = 12;
const casesEach = 30;

/** Fewer refusals, so that most cases are selections. */
const keep = { fault: 40, refusal: 15, grants: 100 } as const;

describe('Azure: any texts of principal, target and role', () => {
  const tally = { fault: 0, refusal: 0, grants: 0 };

  it.each(seeds(estates))(
    'lead to exactly the grants that the estate gives, or to its fault or refusal (seed %i) (P8)',
    async (seed) => {
      const draw = createDraw(seed);
      const estate = drawAzureEstate(draw);
      const { azure } = estate;
      if (azure === undefined) throw new Error('There is no Azure.');
      const cases = Array.from({ length: casesEach }, () => drawAzureCase(draw, azure, keep));
      const pageSize = draw.pick([2, 50]);
      const problems = await inAzure({ clock: 'real', estate, azure: { pageSize } }, async (world) => {
        const action = await openInProcess(world);
        try {
          return await severalAtOnce(cases, async ({ texts, outcomes }) => {
            const found = await action.understand(azureInputs(texts, world.azure.inputs));
            tally[found.kind] += 1;
            const problem = differences(found, outcomes, azureInWords);
            return problem === null ? [] : [`${JSON.stringify(texts)}: ${problem}`];
          });
        } finally {
          action.close();
        }
      });
      expect(problems.flat()).toEqual([]);
    },
  );

  it('were at least 300, and enough of each end', () => {
    expect(tally.fault + tally.refusal + tally.grants).toBeGreaterThanOrEqual(300);
    expect(tally.grants).toBeGreaterThan(150);
    expect(tally.refusal).toBeGreaterThan(40);
    expect(tally.fault).toBeGreaterThan(20);
  });
});
