import { describe, expect, it } from '@jest/globals';
import type { Estate } from '../../rehearsal/estate.ts';
import { ids, inWorld, severalAtOnce, step } from '../scenario/support.ts';
import { drawAwsEstate } from './aws-estates.ts';
import { awsOutcomes, type AwsTexts } from './aws-oracle.ts';
import { drawAwsTexts } from './aws-texts.ts';
import { createDraw, seeds, type Draw } from './draw.ts';
import type { Outcome } from './expected.ts';
import { planApplyPlan, type PlanCloud } from './plan-runs.ts';

const aws: PlanCloud = {
  step: (world, inputs) => step(world, inputs),
  inWords: (grant) => {
    const place = `${grant['role-id'] ?? ''} ${grant['target-id'] ?? ''}`;
    return grant['principal-id'] === ''
      ? place
      : `${grant['principal-type'] ?? ''} ${grant['principal-id'] ?? ''} ${place}`;
  },
  changes: ({ aws: { estate } }) => estate.operations().filter(({ status }) => status === 'SUCCEEDED').length,
};

const most = 24;

/**
 * In the management account itself: a delegated administrator cannot use permission sets that are provisioned there.
 */
const roleArn = 'arn:aws:iam::444455556666:role/access-broker';

interface Case {
  readonly texts: AwsTexts;
  readonly outcome: Outcome;
}

/** Texts of one meaning that AWS can carry out: few grants, none where nothing can be assigned. */
function drawCase(draw: Draw, estate: Estate): Case {
  for (;;) {
    const texts = drawAwsTexts(draw, estate);
    const [outcome, ...others] = awsOutcomes(texts, estate, '444455556666');
    if (outcome === undefined || others.length > 0) continue;
    if (outcome.kind !== 'grants') {
      if (draw.percent(4)) return { texts, outcome };
      continue;
    }
    if (outcome.grants.length <= most && outcome.grants.every((grant) => isPossible(grant, texts, estate)))
      return { texts, outcome };
  }
}

function isPossible(grant: string, { operation, target }: AwsTexts, { organization, provisioned }: Estate): boolean {
  const [id = ''] = grant.split(' ').slice(-1);
  const account = organization?.accounts.find((it) => it.id === id);
  if (account === undefined || account.state !== undefined || id === organization?.managementAccount) return false;
  // A permission set that is not provisioned there ends FAILED.
  return operation !== 'provision' || (provisioned !== undefined && target.includes('outdated'));
}

/** Half of the requested grants exist, so that some are kept. */
function prepared(estate: Estate, { texts, outcome }: Case): Estate {
  if (outcome.kind !== 'grants' || texts.operation === 'provision') return estate;
  const assignments = outcome.grants
    .filter((_, index) => index % 2 === 0)
    .map((grant) => {
      const [type = '', principal = '', arn = '', account = ''] = grant.split(' ');
      const entry = estate.permissionSets.find(({ id }) => arn.endsWith(`/${id}`));
      return { permissionSet: entry?.name ?? '', account, principal: `${type.toLowerCase()}:${principal}` };
    });
  return { ...estate, assignments };
}

function inputsOf({ operation, principal, target, role, allowPrivileged }: AwsTexts): Readonly<Record<string, string>> {
  return {
    cloud: 'aws',
    'aws-region': ids.region,
    'aws-role-to-assume': roleArn,
    operation,
    target,
    role,
    ...(operation === 'provision' ? {} : { principal }),
    ...(allowPrivileged ? { 'allow-privileged': 'true' } : {}),
  };
}

describe('AWS: plans of any texts (P8)', () => {
  it('have exactly the grants that the estate gives; after their application, a new plan keeps everything', async () => {
    const problems = await severalAtOnce(seeds(10), async (seed) => {
      const draw = createDraw(500 + seed);
      const estate = drawAwsEstate(draw);
      const drawn = drawCase(draw, estate);
      return inWorld({ estate: prepared(estate, drawn), aws: { roleArn } }, async (world) => {
        const found = await planApplyPlan(aws, world, inputsOf(drawn.texts), drawn.outcome);
        return found.map((problem) => `seed ${seed}, ${JSON.stringify(drawn.texts)}: ${problem}`);
      });
    });
    expect(problems.flat()).toEqual([]);
  });
});
