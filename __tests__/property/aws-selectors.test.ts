import { describe, expect, it } from '@jest/globals';
import { inWorld, severalAtOnce } from '../scenario/support.ts';
import { awsInputs, awsInWords, drawAwsCase } from './aws-cases.ts';
import { drawAwsEstate } from './aws-estates.ts';
import { differences } from './compared.ts';
import { createDraw, seeds } from './draw.ts';
import { openInProcess } from './in-process.ts';

const estates = 12;
const casesEach = 30;

/** Fewer refusals, so that most cases are selections. */
const keep = { fault: 50, refusal: 25, grants: 100 } as const;

describe('AWS: any texts of principal, target and role', () => {
  const tally = { fault: 0, refusal: 0, grants: 0 };

  it.each(seeds(estates))(
    'lead to exactly the grants that the estate gives, or to its fault or refusal (seed %i) (P8)',
    async (seed) => {
      const draw = createDraw(seed);
      const estate = drawAwsEstate(draw);
      const cases = Array.from({ length: casesEach }, () => drawAwsCase(draw, estate, keep));
      const withoutPaths = draw.percent(30);
      const options = {
        clock: 'real',
        estate,
        aws: { throttlePerSecond: null, organizationsWithoutPaths: withoutPaths },
      } as const;
      const problems = await inWorld(options, async (world) => {
        const action = await openInProcess(world, world.aws.ambientCredentials());
        try {
          return await severalAtOnce(cases, async ({ texts, outcomes }) => {
            const found = await action.understand(awsInputs(texts));
            tally[found.kind] += 1;
            const problem = differences(found, outcomes, awsInWords);
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
