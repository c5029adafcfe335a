import { describe, expect, it } from '@jest/globals';
import { inWorld, severalAtOnce } from '../scenario/support.ts';
import { awsInputs, awsInWords, drawAwsCase } from './aws-cases.ts';
import { drawAwsEstate } from './aws-estates.ts';
import { drawCeilings, underCeilings } from './aws-guards.ts';
import { differences } from './compared.ts';
import { createDraw, seeds } from './draw.ts';
import { linesOf } from './expected.ts';
import { openInProcess } from './in-process.ts';

const casesEach = 25;

describe('AWS: any ceilings with any texts', () => {
  const tally = { fault: 0, refusal: 0, grants: 0 };

  it.each(seeds(6))('allow exactly the grants below all of them (seed %i) (P10)', async (seed) => {
    const draw = createDraw(700 + seed);
    const estate = drawAwsEstate(draw);
    const cases = Array.from({ length: casesEach }, () => {
      const { texts, outcomes } = drawAwsCase(draw, estate, { fault: 0, refusal: 0, grants: 100 });
      const drawn = drawCeilings(draw, estate, texts.operation !== 'provision');
      // Under a ceiling of targets, `all` is each account by itself: a different selection.
      const ceilings = linesOf(texts.target).includes('all') ? { ...drawn, targets: '' } : drawn;
      return { texts, ceilings, outcomes: outcomes.map((outcome) => underCeilings(outcome, ceilings, estate)) };
    });
    const options = {
      clock: 'real',
      estate,
      aws: { throttlePerSecond: null, organizationsWithoutPaths: draw.percent(30) },
    } as const;
    const problems = await inWorld(options, async (world) => {
      const action = await openInProcess(world, world.aws.ambientCredentials());
      try {
        return await severalAtOnce(cases, async ({ texts, ceilings, outcomes }) => {
          const given = {
            'allowed-principals': ceilings.principals,
            'allowed-targets': ceilings.targets,
            'allowed-roles': ceilings.roles,
          };
          const ceiling = Object.fromEntries(Object.entries(given).filter(([, text]) => text !== ''));
          const found = await action.understand({ ...awsInputs(texts), ...ceiling });
          tally[found.kind] += 1;
          const problem = differences(found, outcomes, awsInWords);
          return problem === null ? [] : [`${JSON.stringify({ ...texts, ...ceiling })}: ${problem}`];
        });
      } finally {
        action.close();
      }
    });
    expect(problems.flat()).toEqual([]);
  });

  it('allowed some and refused some', () => {
    expect(tally.grants).toBeGreaterThan(20);
    expect(tally.refusal).toBeGreaterThan(20);
  });
});
