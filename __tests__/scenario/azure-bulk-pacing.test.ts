import { describe, expect, it } from '@jest/globals';
import type { AzureSize } from '../../rehearsal/azure/estates.ts';
import type { AzureOptions } from '../../rehearsal/azure/options.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { grantsOf, tenant, throttled } from './azure-many.ts';
import { mostWithin } from './request-rates.ts';
import { azureByIds, azureStep, inAzure, requestsTo } from './azure-support.ts';
import { fileOf } from './reports.ts';
import { errors } from './support.ts';

interface Scene {
  readonly size: AzureSize;
  readonly count: Parameters<typeof grantsOf>[1];
  readonly azure?: AzureOptions;
  readonly inputs?: Step['inputs'];
  readonly before?: (world: World) => void;
}

/** Makes many grants in a tenant of their own; afterwards all of them exist, and none was made twice. */
async function play({ size, count, azure = {}, inputs = {}, before }: Scene): Promise<StepResult> {
  const place = tenant(size);
  return inAzure({ estate: place.estate, azure }, async (world) => {
    before?.(world);
    const result = await azureStep(world, { ...grantsOf(place, count), ...inputs });
    expect(errors(result)).toBe('');
    expect(world.azure.estate.effectiveChanges()).toHaveLength(count.groups * count.roles * count.scopes);
    return result;
  });
}

const puts = (result: StepResult): StepResult['requests'] => requestsTo(result, 'roleAssignments.put');
const lasted = (requests: StepResult['requests']): number => (requests.at(-1)?.at ?? 0) - (requests[0]?.at ?? 0);

/** The documented buckets, enforced. */
const buckets = {
  reads: { capacity: 250, perSecond: 25 },
  writes: { capacity: 200, perSecond: 10 },
  deletes: { capacity: 200, perSecond: 10 },
} as const;

describe('the buckets of a subscription', () => {
  it('are used up and not overdrawn: no 429, in little more than the least time (Many)', async () => {
    const result = await play({
      size: { resourceGroups: 50, groups: 6 },
      count: { groups: 6, roles: 1, scopes: 50 },
      azure: { throttle: buckets },
    });
    expect(throttled(result)).toEqual([]);
    // The content of the bucket is sent at once, and the rest as it refills. An unused bucket would take far longer.
    expect(lasted(puts(result))).toBeLessThanOrEqual(1.25 * ((300 - 200) / 10) * 1_000);
    expect(puts(result)).toHaveLength(300);
    // Three hundred grants are too much for an output, or not: the file has them all.
    expect(fileOf(result)['results']).toHaveLength(300);
    expect(result.log).toMatch(/\d+ of 300 done, 0 failed, \d+ in flight, about [\d.]+ (?:s|min).* left\./u);
  });

  it('are shared with others: the run follows their headers before a 429, which is rare (Many)', async () => {
    const result = await play({
      size: { resourceGroups: 50, groups: 2 },
      count: { groups: 2, roles: 1, scopes: 50 },
      azure: { throttle: { ...buckets, writes: { capacity: 40, perSecond: 10 } } },
      before: (world) => {
        world.competitor(0.5);
      },
    });
    expect(throttled(result).length).toBeLessThanOrEqual(4);
    const floor = ((100 - 40) / 5) * 1_000;
    expect(lasted(puts(result))).toBeLessThanOrEqual(1.15 * floor);
  });

  it('that others have emptied are known from the first response: later requests wait for their token', async () => {
    const result = await play({
      size: { resourceGroups: 40, groups: 1 },
      count: { groups: 1, roles: 1, scopes: 40 },
      azure: { throttle: { ...buckets, writes: { capacity: 12, perSecond: 10 } } },
      // The first answer comes before the others are sent.
      inputs: { 'max-in-flight': '1' },
    });
    expect(throttled(result)).toEqual([]);
    expect(lasted(puts(result))).toBeGreaterThanOrEqual(((40 - 12) / 10) * 1_000 - 100);
  });

  it('are separate for reads, writes and deletes, and for each subscription', async () => {
    const place = tenant({ resourceGroups: 15, groups: 1, subscriptions: 2 });
    const azure = {
      throttle: { ...buckets, writes: { capacity: 15, perSecond: 1 }, deletes: { capacity: 30, perSecond: 5 } },
    };
    await inAzure({ estate: place.estate, azure }, async (world) => {
      const inputs = grantsOf(place, { groups: 1, roles: 1, scopes: 30 });
      // Thirty in one subscription would take fifteen seconds.
      const assigned = await azureStep(world, inputs);
      expect(throttled(assigned)).toEqual([]);
      expect(assigned.virtualMs).toBeLessThan(2_000);
      // No write is left, and deletes are another matter.
      const revoked = await azureStep(world, { ...inputs, operation: 'revoke' });
      expect(throttled(revoked)).toEqual([]);
      expect(revoked.virtualMs).toBeLessThan(2_000);
      expect(world.azure.estate.effectiveChanges()).toHaveLength(60);
    });
  });

  it('that throttle after all are waited for as long as they request, and every grant is made once', async () => {
    const result = await play({
      size: { resourceGroups: 30, groups: 1 },
      count: { groups: 1, roles: 1, scopes: 30 },
      before: ({ script }) => {
        script.fault(
          { operation: 'roleAssignments.put', nth: 5, times: 6 },
          { kind: 'throttle', retryAfterSeconds: 7 },
        );
      },
    });
    const refused = throttled(result);
    expect(refused).toHaveLength(6);
    const [first] = refused;
    const [next] = puts(result).filter(({ at }) => at > (first?.at ?? 0));
    expect((next?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(7_000);
  });
});

describe('max-requests-per-second (Many)', () => {
  it('is kept by each bucket in every second', async () => {
    const result = await play({
      size: { resourceGroups: 40, groups: 1 },
      count: { groups: 1, roles: 1, scopes: 40 },
      inputs: { 'max-requests-per-second': '5' },
    });
    const arm = result.requests.filter(({ service, operation }) => service === 'arm' && operation !== 'metadata');
    expect(mostWithin(puts(result), 1_000)).toBeLessThanOrEqual(5);
    expect(
      mostWithin(
        arm.filter(({ operation }) => operation === 'roleAssignments.list'),
        1_000,
      ),
    ).toBeLessThanOrEqual(5);
    expect(lasted(puts(result))).toBeLessThan(10_000);
  });
});

describe('max-in-flight', () => {
  it.each([
    ['20 by default', {}, 20],
    ['lowered', { 'max-in-flight': '3' }, 3],
  ])('limits the changes that are in progress: %s (Many)', async (_, inputs, most) => {
    const ms = 900;
    const result = await play({
      size: { resourceGroups: 50, groups: 1 },
      count: { groups: 1, roles: 1, scopes: 50 },
      inputs,
      before: ({ script }) => {
        script.weather(({ operation }) => (operation === 'roleAssignments.put' ? { kind: 'delay', ms } : undefined));
      },
    });
    expect(mostWithin(puts(result), ms)).toBe(most);
    expect(lasted(puts(result))).toBeLessThan(1.3 * (50 / most) * ms);
  });

  it.each([
    ['max-in-flight', '21', /max-in-flight: 21 is more than the cloud's quota of 20\. This input can only lower it/u],
    ['max-in-flight', '0', /max-in-flight: "0" is not a whole number/u],
    ['max-requests-per-second', '26', /max-requests-per-second: 26 is more than the cloud's quota of 25/u],
    ['max-requests-per-second', 'many', /max-requests-per-second: "many" is not/u],
  ])('and max-requests-per-second can only be lowered: %s %s is a fault', async (input, value, text) => {
    await inAzure({}, async (world) => {
      const result = await azureStep(world, { ...azureByIds, [input]: value });
      expect(errors(result)).toMatch(text);
      expect(result.requests).toEqual([]);
    });
  });
});
