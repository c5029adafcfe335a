import { expect, it } from '@jest/globals';
import { drawn } from './altered-answers.ts';
import { alterationsOfLease, runAlteredLease, type Stage } from './altered-leases.ts';
import { aws } from './lease-aws.ts';
import { azure } from './lease-azure.ts';
import type { LeaseCloud } from './lease-cloud.ts';
import { pim } from './lease-pim.ts';
import { isWhole } from './matrix.ts';
import { describeSignals, severalAtOnce } from './support.ts';

const steps: readonly (readonly [string, LeaseCloud, Stage])[] = [
  ['AWS: taking a lease', aws, 'main'],
  ['AWS: giving it back', aws, 'post'],
  ['Azure: taking a lease', azure, 'main'],
  ['Azure: giving it back', azure, 'post'],
  ['Privileged Identity Management: taking a lease', pim, 'main'],
  ['Privileged Identity Management: giving it back', pim, 'post'],
];

describeSignals('responses about leases with a member that is missing, null, of another type, or unknown', () => {
  it.each(steps)(
    "%s: reports nothing false, and the access ends at the lease's end (P1)",
    async (_, cloud, stage) => {
      const all = await alterationsOfLease(cloud, stage);
      expect(all.length).toBeGreaterThan(10);
      const problems = await severalAtOnce(drawn(all), (alteration) => runAlteredLease(cloud, stage, alteration));
      expect(problems.flat()).toEqual([]);
    },
    isWhole ? 1_800_000 : undefined,
  );

  it('a list that keeps calling a request unknown is not requested forever: post ends in its time (P9)', async () => {
    const status = {
      operation: 'arm roleAssignmentScheduleRequests.list',
      path: 'value[].properties.status',
      to: 'is unknown',
    } as const;
    expect(await runAlteredLease(pim, 'post', status)).toEqual([]);
  });
});
