import { describe, expect, it } from '@jest/globals';
import { byLeaseId } from './azure-lease-support.ts';
import { grantsOf, tenant } from './azure-many.ts';
import { inPim, leasedByPim, postByPim, run, takeByPim } from './azure-pim-support.ts';
import { azureStep, requestsTo, warnings } from './azure-support.ts';
import { minute } from './lease-support.ts';
import { resultsOf } from './reports.ts';
import { errors } from './support.ts';

const patienceMs = 300_000;
/** A safety net in real time for each step. */
const slowly = { timeoutMs: 200_000 } as const;

/** Twenty-four grants, four more than a lease ID can name: three groups, two roles, four resource groups. */
const count = 24;
const { estate, ...places } = tenant({ groups: 5, resourceGroups: 6 });
const many = { ...leasedByPim, ...grantsOf(places, { groups: 3, roles: 2, scopes: 4 }), timeout: '10m' };
const kept = { ...many, 'keep-after-job': 'true' };

describe('more grants through Privileged Identity Management than a lease ID can name (Many)', () => {
  it(
    'are all taken, and all released by post in its time',
    () =>
      inPim({ estate }, async (world) => {
        const main = await takeByPim(world, many, slowly);
        expect(resultsOf(main).map((it) => it['lease-state'])).toEqual(Array.from({ length: count }, () => 'leased'));
        expect(world.azure.pim.schedules()).toHaveLength(count);
        await world.clock.advance(6 * minute);
        const ended = await postByPim(world, main, slowly);
        expect([errors(ended), warnings(ended)]).toEqual(['', '']);
        expect(world.azure.pim.schedules()).toEqual([]);
        expect(ended.virtualMs).toBeLessThan(4 * minute);
      }),
    patienceMs,
  );

  it(
    'are found by their places, released by the lease ID alone, and other access is not',
    () =>
      inPim({ estate }, async (world) => {
        const main = await takeByPim(world, kept, { ...run(1), ...slowly });
        // A different lease of the same step, of one of these grants and of others.
        const beside = { ...leasedByPim, ...grantsOf(places, { groups: 1, roles: 1, scopes: 6 }), timeout: '10m' };
        await world.clock.advance(2 * minute);
        await takeByPim(world, { ...beside, 'keep-after-job': 'true' }, { ...run(2), ...slowly });
        await world.clock.advance(6 * minute);
        const released = await azureStep(world, byLeaseId('release', main), { ...run(3), ...slowly });
        expect([errors(released), resultsOf(released).length]).toEqual(['', count]);
        const left = world.azure.pim.schedules().map(({ scope, principalId }) => `${scope} ${principalId}`);
        expect(left).toHaveLength(6);
        expect(new Set(left).size).toBe(6);
        expect(warnings(released)).toMatch(/The access stays for octo-org\/infra run 7002/u);
        expect(requestsTo(released, 'roleAssignmentSchedules.list').length).toBeLessThanOrEqual(3 * count);
        const again = await azureStep(world, byLeaseId('release', main), { ...run(3), ...slowly });
        expect([errors(again), again.outputs['changed']]).toEqual(['', 'false']);
      }),
    patienceMs,
  );

  it(
    'are all extended by the lease ID alone, and the new one releases them',
    () =>
      inPim({ estate }, async (world) => {
        const main = await takeByPim(world, kept, { ...run(1), ...slowly });
        await world.clock.advance(6 * minute);
        const longer = { ...byLeaseId('extend', main), lifetime: '3h', reason: 'INC-1 goes on', timeout: '10m' };
        const extended = await azureStep(world, longer, { ...run(2), ...slowly });
        expect([errors(extended), resultsOf(extended).length]).toEqual(['', count]);
        const end = Date.parse(extended.outputs['expires-at'] ?? '');
        expect(world.azure.pim.schedules().map(({ endAt }) => endAt)).toEqual(Array.from({ length: count }, () => end));
        const released = await azureStep(world, byLeaseId('release', extended), { ...run(3), ...slowly });
        expect([errors(released), resultsOf(released).length]).toEqual(['', count]);
        expect(world.azure.pim.schedules()).toEqual([]);
      }),
    patienceMs,
  );
});
