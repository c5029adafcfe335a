import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { byLeaseId, inAzureLeases, leasedOnAzure, postOnAzure } from './azure-lease-support.ts';
import { grantsOf, tenant } from './azure-many.ts';
import { azureStep } from './azure-support.ts';
import { hour, job, minute, told } from './lease-support.ts';
import { errors } from './support.ts';

const patienceMs = 900_000;
/** A safety net in real time for each step. */
const slowly = { timeoutMs: 500_000 } as const;

/** Five hundred grants in one subscription: five groups, two roles, fifty resource groups. */
const count = 500;
const { estate, ...places } = tenant({ groups: 5, resourceGroups: 50 });
const many = { ...leasedOnAzure, ...grantsOf(places, { groups: 5, roles: 2, scopes: 50 }), timeout: '10m' };
const kept = { ...many, 'keep-after-job': 'true' };

/** Existing part of the access that a step has leased. */
function counting(world: World): () => number {
  const before = world.azure.estate.assignments().length;
  return () => world.azure.estate.assignments().length - before;
}

function expectGreen(step: StepResult): void {
  expect([errors(step), told(step, 'warning')]).toEqual(['', []]);
}

/** The refill of Resource Manager's buckets alone takes thirty seconds. */
const byQuotaMs = 1.5 * minute;

describe('five hundred leases in one subscription (Many)', () => {
  it(
    'are all taken, and all released by post within its time, with three requests each',
    () =>
      inAzureLeases({ estate }, async (world) => {
        const left = counting(world);
        const main = await azureStep(world, many, slowly);
        expectGreen(main);
        expect(left()).toBe(count);
        expect(main.requests.length).toBeLessThan(2.8 * count);
        const ended = await postOnAzure(world, main, { ...slowly, inputs: many });
        expectGreen(ended);
        expect(left()).toBe(0);
        expect(ended.requests.length).toBeLessThan(3.1 * count);
        expect(ended.virtualMs).toBeLessThan(byQuotaMs);
      }),
    patienceMs,
  );

  it(
    'are all released by their lease ID, or ended by a sweep',
    () =>
      inAzureLeases({ estate }, async (world) => {
        const left = counting(world);
        const main = await azureStep(world, kept, { ...job(1), ...slowly });
        const released = await azureStep(world, byLeaseId('release', main), { ...job(2), ...slowly });
        expect([errors(released), left()]).toEqual(['', 0]);
        // The fifty places of its lease ID are listed before.
        expect(released.requests.length).toBeLessThan(3.3 * count);
        expect(released.virtualMs).toBeLessThan(byQuotaMs);

        await azureStep(world, kept, { ...job(3), ...slowly });
        await world.advance(2 * hour + 2 * minute);
        const swept = await azureStep(world, { operation: 'sweep' }, { ...job(4), ...slowly });
        expect([errors(swept), left()]).toEqual(['', 0]);
        expect(swept.requests.length).toBeLessThan(3.1 * count);
        expect(swept.virtualMs).toBeLessThan(byQuotaMs);
      }),
    patienceMs,
  );
});

it('forty leases at two requests a second need only the time of their requests (Many)', () =>
  inAzureLeases({ estate }, async (world) => {
    const left = counting(world);
    const forty = { ...leasedOnAzure, ...grantsOf(places, { groups: 2, roles: 2, scopes: 10 }), timeout: '2m' };
    const slow = { ...forty, 'max-requests-per-second': '2' };
    const main = await azureStep(world, slow, { ...job(1), ...slowly });
    expectGreen(main);
    expect([left(), main.requests.length < 3.5 * 40]).toEqual([40, true]);
    expect(main.virtualMs).toBeLessThan(minute);
    const ended = await postOnAzure(world, main, { ...slowly, inputs: slow });
    expectGreen(ended);
    expect(left()).toBe(0);
  }));
