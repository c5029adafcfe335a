import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { grantsOf, tenant } from './azure-many.ts';
import {
  byLeaseId,
  holdersIn,
  inAzureLeases,
  isGranted,
  leasedOnAzure,
  postOnAzure,
  slowWire,
} from './azure-lease-support.ts';
import { azureByIds, azureStep } from './azure-support.ts';
import { hour, job, minute, told } from './lease-support.ts';
import { resultsOf } from './reports.ts';
import { errors } from './support.ts';

const patienceMs = 900_000;
/** A safety net in real time for each step: many of them share one processor. */
const slowly = { timeoutMs: 600_000 } as const;
const noRoom = 'has no room for more';

function legs(count: number) {
  return Array.from({ length: count }, (_, index) => job(index + 1));
}

describe('twenty legs of a matrix that take the same lease at once (P5)', () => {
  it(
    'all get it within the time limit, no entry is lost, and the access ends with the last one when all end at once',
    () =>
      inAzureLeases({}, async (world) => {
        slowWire(world);
        const twenty = legs(20);
        const mains = await Promise.all(twenty.map((it) => azureStep(world, leasedOnAzure, { ...it, ...slowly })));
        expect(mains.map(errors)).toEqual(mains.map(() => ''));
        expect(Math.max(...mains.map(({ virtualMs }) => virtualMs))).toBeLessThan(5 * minute);
        expect(holdersIn(world).toSorted((a, b) => a - b)).toEqual(twenty.map((_, index) => index + 1));
        const posts = await Promise.all(
          mains.map((main, index) => postOnAzure(world, main, { ...twenty[index], ...slowly })),
        );
        expect(posts.map(errors)).toEqual(posts.map(() => ''));
        expect(Math.max(...posts.map(({ virtualMs }) => virtualMs))).toBeLessThan(4 * minute);
        expect(isGranted(world)).toBe(false);
      }),
    patienceMs,
  );

  it(
    'where the description has room for fewer: each gets it or a failure, and those that have it keep it',
    () =>
      inAzureLeases({}, async (world) => {
        slowWire(world);
        const described = { ...leasedOnAzure, description: 'd'.repeat(256), reason: 'r'.repeat(120) };
        const mains = await Promise.all(legs(20).map((it) => azureStep(world, described, { ...it, ...slowly })));
        const held = mains.flatMap(({ exitCode }, index) => (exitCode === 0 ? [index + 1] : []));
        const refused = mains.filter(({ exitCode }) => exitCode !== 0);
        expect(held.length).toBeGreaterThanOrEqual(10);
        expect(refused.length).toBeGreaterThan(0);
        for (const main of refused) {
          expect(errors(main)).toContain(noRoom);
          expect(errors(main)).toContain('Run the step again when other holders have left');
          expect(main.outputs).toMatchObject({ status: 'FAILED', changed: 'false', 'lease-id': '' });
        }
        expect(holdersIn(world).toSorted((a, b) => a - b)).toEqual(held);
        // A refused step has nothing to release, and takes nothing from the others.
        for (const main of refused.slice(0, 2)) expect((await postOnAzure(world, main)).exitCode).toBe(0);
        expect(holdersIn(world)).toHaveLength(held.length);
      }),
    patienceMs,
  );
});

/** Two hundred grants: five groups, two roles, twenty resource groups. */
const { estate, ...places } = tenant({ groups: 5, resourceGroups: 20 });
const twoHundred = { ...leasedOnAzure, ...grantsOf(places, { groups: 5, roles: 2, scopes: 20 }), timeout: '10m' };

describe('a step with two hundred leases (Many)', () => {
  it(
    'takes them all, and releases all together in the time of post',
    () =>
      inAzureLeases({ estate }, async (world) => {
        const main = await azureStep(world, twoHundred, slowly);
        expect([errors(main), resultsOf(main).length]).toEqual(['', 200]);
        expect(new Set(resultsOf(main).map((it) => it['lease-state']))).toEqual(new Set(['leased']));
        expect((main.outputs['lease-id'] ?? '').length).toBeLessThan(2_000);
        for (const [key, value] of Object.entries(main.state))
          expect([key, Buffer.byteLength(`STATE_${key}=${value}`) < 8_192]).toEqual([key, true]);
        const before = world.azure.estate.assignments().length;
        const ended = await postOnAzure(world, main, slowly);
        expect([errors(ended), told(ended, 'warning')]).toEqual(['', []]);
        expect(before - world.azure.estate.assignments().length).toBe(200);
        expect(ended.virtualMs).toBeLessThan(4 * minute);
      }),
    patienceMs,
  );

  it(
    'is found by its lease ID, which names places instead of grants, and by a sweep',
    () =>
      inAzureLeases({ estate }, async (world) => {
        const some = grantsOf(places, { groups: 3, roles: 1, scopes: 10 });
        const kept = { ...leasedOnAzure, ...some, 'keep-after-job': 'true' };
        const [first, second] = [await azureStep(world, kept, job(1)), await azureStep(world, kept, job(2))];
        expect([errors(first), errors(second)]).toEqual(['', '']);
        const there = world.azure.estate.assignments().length;
        const released = await azureStep(world, byLeaseId('release', first), { ...job(3), ...slowly });
        expect([errors(released), resultsOf(released).length]).toEqual(['', 30]);
        expect(world.azure.estate.assignments()).toHaveLength(there);
        await world.advance(2 * hour + 2 * minute);
        const swept = await azureStep(world, { operation: 'sweep' }, { ...job(4), ...slowly });
        expect([errors(swept), resultsOf(swept).length]).toEqual(['', 30]);
        expect(there - world.azure.estate.assignments().length).toBe(30);
      }),
    patienceMs,
  );
});

it('a lease needs no request for other grants of the step', () =>
  inAzureLeases({}, async (world) => {
    const two = {
      ...leasedOnAzure,
      target: `${azureByIds.target}\n/subscriptions/11111111-2222-4333-8444-555555555501`,
    };
    const main = await azureStep(world, two);
    const [leased, plain] = [main, await azureStep(world, { ...two, lifetime: 'permanent', 'dry-run': 'true' })];
    const lists = (of: StepResult): number =>
      of.requests.filter(({ operation }) => operation === 'roleAssignments.list').length;
    // One to plan by, as without leases, and one each to verify.
    expect(lists(leased)).toBe(lists(plain) + 2);
  }));
