import { describe, expect, it } from '@jest/globals';
import type { AzureEstate } from '../../rehearsal/azure/estate.ts';
import { azureStep, inAzure } from '../scenario/azure-support.ts';
import { severalAtOnce } from '../scenario/support.ts';
import { drawAzureEstate } from './azure-estates.ts';
import { azureOutcomes, type AzureTexts } from './azure-oracle.ts';
import { drawAzureTexts } from './azure-texts.ts';
import { createDraw, seeds, type Draw } from './draw.ts';
import type { Outcome } from './expected.ts';
import { planApplyPlan, type PlanCloud } from './plan-runs.ts';

const azure: PlanCloud = {
  step: (world, inputs) => azureStep(world, inputs),
  inWords: (grant) => {
    const text = (name: string): string => (grant[name] ?? '').toLowerCase();
    return `${grant['principal-type'] ?? ''} ${text('principal-id')} ${text('role-id').split('/').at(-1) ?? ''} ${text('target-id')}`;
  },
  changes: ({ azure: { estate } }) => estate.effectiveChanges().length,
};

const most = 24;

interface Case {
  readonly texts: AzureTexts;
  readonly outcome: Outcome;
}

/** Texts that Azure can carry out: few grants, each of a role that is known where it is assigned. */
function drawCase(draw: Draw, estate: AzureEstate): Case {
  for (;;) {
    const texts = { ...drawAzureTexts(draw, estate), inSubscription: true };
    const [outcome] = azureOutcomes(texts, estate);
    if (outcome === undefined) continue;
    if (outcome.kind !== 'grants') {
      if (draw.percent(4)) return { texts, outcome };
      continue;
    }
    const isPossible = (grant: string): boolean => canBeAssigned(grant, estate);
    if (outcome.grants.length <= most && outcome.grants.every(isPossible)) return { texts, outcome };
  }
}

/** A custom role can be unknown there, and a disabled subscription accepts no change. */
function canBeAssigned(grant: string, { roleDefinitions, subscriptions }: AzureEstate): boolean {
  const [, , role = '', ...scope] = grant.split(' ');
  const disabled = subscriptions.filter(({ state }) => state === 'Disabled').map(({ id }) => id);
  const isBuiltIn = roleDefinitions.some(({ id, type }) => id === role && type === 'BuiltInRole');
  return isBuiltIn && !disabled.some((id) => scope.join(' ').includes(id));
}

/** Half of the requested grants exist, so that some are kept. */
function prepared(estate: AzureEstate, { outcome }: Case): AzureEstate {
  if (outcome.kind !== 'grants') return estate;
  const assignments = outcome.grants
    .filter((_, index) => index % 2 === 0)
    .map((grant) => {
      const [, principalId = '', role = '', ...scope] = grant.split(' ');
      return { scope: scope.join(' '), role, principalId };
    });
  return { ...estate, assignments };
}

describe('Azure: plans of any texts (P8)', () => {
  it('have exactly the grants that the estate gives; after their application, a new plan keeps everything', async () => {
    const problems = await severalAtOnce(seeds(10), async (seed) => {
      const draw = createDraw(500 + seed);
      const whole = drawAzureEstate(draw);
      if (whole.azure === undefined) throw new Error('There is no Azure.');
      const drawn = drawCase(draw, whole.azure);
      const { operation, principal, target, role, allowPrivileged } = drawn.texts;
      const inputs = { operation, principal, target, role };
      const estate = { ...whole, azure: prepared(whole.azure, drawn) };
      return inAzure({ estate }, async (world) => {
        const allowing = operation === 'assign' && allowPrivileged ? { 'allow-privileged': 'true' } : {};
        const found = await planApplyPlan(azure, world, { ...inputs, ...allowing }, drawn.outcome);
        return found.map((problem) => `seed ${seed}, ${JSON.stringify(drawn.texts)}: ${problem}`);
      });
    });
    expect(problems.flat()).toEqual([]);
  });
});
