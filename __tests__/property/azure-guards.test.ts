import { describe, expect, it } from '@jest/globals';
import type { AzureEstate } from '../../rehearsal/azure/estate.ts';
import { inAzure } from '../scenario/azure-support.ts';
import { severalAtOnce } from '../scenario/support.ts';
import { azureInputs, azureInWords, drawAzureCase, type AzureCase } from './azure-cases.ts';
import { drawAzureEstate } from './azure-estates.ts';
import { drawCeilings, underCeilings } from './azure-guards.ts';
import { differences } from './compared.ts';
import { createDraw, seeds, type Draw } from './draw.ts';
import { openInProcess } from './in-process.ts';

const casesEach = 25;

/** Without custom roles by ID: one of another place cannot be looked up there, with any ceilings. */
function drawCase(draw: Draw, estate: AzureEstate): AzureCase {
  const own = estate.roleDefinitions.filter(({ type }) => type === 'CustomRole');
  for (;;) {
    const drawn = drawAzureCase(draw, estate, { fault: 0, refusal: 0, grants: 100 });
    if (!own.some(({ id }) => drawn.texts.role.includes(id))) return drawn;
  }
}

describe('Azure: any ceilings with any texts', () => {
  const tally = { fault: 0, refusal: 0, grants: 0 };

  it.each(seeds(6))('allow exactly the grants below all of them (seed %i) (P10)', async (seed) => {
    const draw = createDraw(700 + seed);
    const estate = drawAzureEstate(draw);
    const { azure } = estate;
    if (azure === undefined) throw new Error('There is no Azure.');
    const cases = Array.from({ length: casesEach }, () => {
      const drawn = drawCase(draw, azure);
      const texts = { ...drawn.texts, inSubscription: true };
      const ceilings = drawCeilings(draw, azure);
      return {
        texts,
        ceilings,
        outcomes: drawn.outcomes.flatMap((outcome) => underCeilings(outcome, ceilings, azure)),
      };
    });
    const problems = await inAzure({ clock: 'real', estate }, async (world) => {
      const action = await openInProcess(world);
      try {
        return await severalAtOnce(cases, async ({ texts, ceilings, outcomes }) => {
          const given = {
            'allowed-principals': ceilings.principals,
            'allowed-targets': ceilings.targets,
            'allowed-roles': ceilings.roles,
          };
          const ceiling = Object.fromEntries(Object.entries(given).filter(([, text]) => text !== ''));
          const found = await action.understand({ ...azureInputs(texts, world.azure.inputs), ...ceiling });
          tally[found.kind] += 1;
          const problem = differences(found, outcomes, azureInWords);
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
