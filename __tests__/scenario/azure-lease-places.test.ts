import { describe, expect, it } from '@jest/globals';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { CallerRole } from '../../rehearsal/azure/options.ts';
import type { Effect } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import { byLeaseId, inAzureLeases, leasedOnAzure, takeOnAzure } from './azure-lease-support.ts';
import { grantsOf, tenant } from './azure-many.ts';
import { inPim, leasedByPim, run, takeByPim } from './azure-pim-support.ts';
import { azureStep } from './azure-support.ts';
import { job, minute } from './lease-support.ts';
import { resultsOf } from './reports.ts';
import { errors, policy } from './support.ts';

const patienceMs = 300_000;
/** A safety net in real time for each step. */
const slowly = { timeoutMs: 200_000 } as const;

/** Twenty-four grants, four more than a lease ID can name: two groups, twelve resource groups. */
const count = 24;
const { estate, ...places } = tenant({ groups: 5, resourceGroups: 12 });
const many = { ...grantsOf(places, { groups: 2, roles: 1, scopes: 12 }), timeout: '10m', 'keep-after-job': 'true' };
const kept = { ...leasedOnAzure, ...many };
const keptByPim = { ...leasedByPim, ...many };

/** All permissions of a published policy, at the resource groups and nowhere above. */
function atResourceGroups(name: 'azure-broker' | 'azure-pim'): CallerRole {
  const { Actions: actions, NotActions: notActions } = policy(name) as Readonly<
    Record<'Actions' | 'NotActions', readonly string[]>
  >;
  return { permissions: [{ actions, notActions }], scopes: places.resourceGroups };
}

const [first = ''] = places.resourceGroups;

/** Sets the response of lists at the first resource group from now on. */
function answerAtFirst(world: World, effect: Effect): void {
  const isThere = ({ operation, url }: JournalEntry): boolean =>
    operation === 'roleAssignments.list' && url?.includes(`${first}/`) === true;
  world.script.weather((entry) => (isThere(entry) ? effect : undefined));
}

describe('more grants than a lease ID can name, by an identity with rights at their resource groups only (Many)', () => {
  it(
    'are extended and released by the lease ID alone',
    () =>
      inAzureLeases({ estate, azure: { callerRole: atResourceGroups('azure-broker') } }, async (world) => {
        const before = world.azure.estate.assignments().length;
        const main = await takeOnAzure(world, kept, { ...job(1), ...slowly });
        expect(world.azure.estate.assignments()).toHaveLength(before + count);
        const longer = { ...byLeaseId('extend', main), lifetime: '3h', timeout: '10m' };
        const extended = await azureStep(world, longer, { ...job(2), ...slowly });
        expect([errors(extended), resultsOf(extended).length]).toEqual(['', count]);
        expect(extended.outputs['expires-at']).toBe('2026-11-21T23:00:00Z');
        const released = await azureStep(world, byLeaseId('release', extended), { ...job(3), ...slowly });
        expect([errors(released), resultsOf(released).length]).toEqual(['', count]);
        expect(world.azure.estate.assignments()).toHaveLength(before);
      }),
    patienceMs,
  );

  it(
    'are extended and released through Privileged Identity Management too',
    () =>
      inPim({ estate, azure: { callerRole: atResourceGroups('azure-pim') } }, async (world) => {
        const main = await takeByPim(world, keptByPim, { ...run(1), ...slowly });
        expect(world.azure.pim.schedules()).toHaveLength(count);
        await world.clock.advance(6 * minute);
        const longer = { ...byLeaseId('extend', main), lifetime: '3h', reason: 'INC-1 goes on', timeout: '10m' };
        const extended = await azureStep(world, longer, { ...run(2), ...slowly });
        expect([errors(extended), resultsOf(extended).length]).toEqual(['', count]);
        const released = await azureStep(world, byLeaseId('release', extended), { ...run(3), ...slowly });
        expect([errors(released), resultsOf(released).length]).toEqual(['', count]);
        expect(world.azure.pim.schedules()).toEqual([]);
      }),
    patienceMs,
  );
});

describe('a place of a lease ID', () => {
  it(
    'that is not readable does not stop the others: they are released, and the step is red and names it (P1)',
    () =>
      inAzureLeases({ estate }, async (world) => {
        const before = world.azure.estate.assignments().length;
        const main = await takeOnAzure(world, kept, { ...job(1), ...slowly });
        answerAtFirst(world, { kind: 'error', status: 403, code: 'AuthorizationFailed', message: 'no' });
        const released = await azureStep(world, byLeaseId('release', main), { ...job(2), ...slowly });
        expect(resultsOf(released).map((it) => it['status'])).toEqual(
          Array.from({ length: count - 2 }, () => 'SUCCEEDED'),
        );
        expect([released.exitCode, released.outputs['status']]).toEqual([1, 'FAILED']);
        expect(released.outputs['failure-reason']).toContain(`At ${first}: `);
        expect(errors(released)).toMatch(/Part of the lease could not be read.*roleAssignments\/read/su);
        expect(released.summary).toContain('❌ Part of the lease could not be read: 22 grants, 22 revoked');
        expect(world.azure.estate.assignments()).toHaveLength(before + 2);
      }),
    patienceMs,
  );

  it(
    'that is a deleted resource group has no access any longer',
    () =>
      inAzureLeases({ estate }, async (world) => {
        const main = await takeOnAzure(world, kept, { ...job(1), ...slowly });
        for (const { id, scope } of world.azure.estate.assignments())
          if (scope === first) world.azure.estate.remove(id);
        answerAtFirst(world, { kind: 'error', status: 404, code: 'ResourceGroupNotFound', message: 'It is gone.' });
        const released = await azureStep(world, byLeaseId('release', main), { ...job(2), ...slowly });
        expect([errors(released), resultsOf(released).length]).toEqual(['', count - 2]);
        const again = await azureStep(world, byLeaseId('release', main), { ...job(2), ...slowly });
        expect([errors(again), again.outputs['changed']]).toEqual(['', 'false']);
      }),
    patienceMs,
  );

  it(
    'without any readable place makes a release red: it is unknown whether the lease is gone',
    () =>
      inAzureLeases({ estate }, async (world) => {
        const main = await takeOnAzure(world, kept, { ...job(1), ...slowly });
        world.script.weather(({ operation }) =>
          operation === 'roleAssignments.list'
            ? { kind: 'error', status: 403, code: 'AuthorizationFailed', message: 'no' }
            : undefined,
        );
        const released = await azureStep(world, byLeaseId('release', main), { ...job(2), ...slowly });
        expect([released.exitCode, released.outputs['status']]).toEqual([1, 'FAILED']);
        expect(errors(released)).toContain('AuthorizationFailed');
      }),
    patienceMs,
  );
});
