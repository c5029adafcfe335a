import { describe, expect, it } from '@jest/globals';
import { bulk, busiestSecond, mostAtOnce, mostOnOneAccount } from './aws-bulk-support.ts';
import { inWorld, step } from './support.ts';

/** Three groups on 30 accounts: 90 creations. */
const wide = bulk({ seed: 9 }, { groups: 3, accounts: 30 });
/** Three groups on ten accounts. */
const small = bulk({ seed: 9 }, { groups: 3, accounts: 10 });
const spread = { durationMs: { from: 2_000, to: 15_000, seed: 11 } };

const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);

describe('the pace of many grants on AWS', () => {
  it('keeps every quota: 20 requests a second, 15 creations, one operation on an account, and no refusal (Many)', async () => {
    await inWorld({ estate: wide.estate, aws: { operations: spread } }, async (world) => {
      const result = await step(world, wide.inputs);
      expect(result.exitCode).toBe(0);
      const operations = world.aws.estate.operations();
      expect(operations).toHaveLength(90);
      expect(busiestSecond(result.requests)).toBeLessThanOrEqual(20);
      expect(mostAtOnce(operations)).toBe(15);
      expect(mostOnOneAccount(world)).toBe(1);
      const refused = result.requests.filter(({ code }) => code !== undefined);
      expect(refused.map(({ operation, code }) => `${operation} ${code ?? ''}`)).toEqual([]);
      // The room of 15 is used nearly all the time.
      const durations = operations.map(({ createdAt, finishAt }) => finishAt - createdAt);
      expect(result.virtualMs).toBeLessThan((sum(durations) / 15) * 1.15 + 12_000);
    });
  });

  it('reads at nine tenths of the quota or more (Many)', async () => {
    const many = { groups: 1, permissionSets: 4, accounts: 30 };
    const { estate, inputs, grants } = bulk({ seed: 9, assigned: { principals: 1, ...many } }, many);
    await inWorld({ estate }, async (world) => {
      const { exitCode, requests } = await step(world, { ...inputs, 'dry-run': 'true' });
      expect(exitCode).toBe(0);
      const times = requests.flatMap(({ operation, at }) => (operation === 'ListAccountAssignments' ? [at] : []));
      expect(times).toHaveLength(grants);
      const floorMs = ((grants - 1) / 20) * 1_000;
      expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1.1 * floorMs);
    });
  });

  it('is not delayed by one slow account: the others are done long before it (Many)', async () => {
    const [slow = ''] = small.targets;
    const durationMs = ({ accountId }: { readonly accountId?: string }): number =>
      accountId === slow ? 45_000 : 2_000;
    await inWorld({ estate: small.estate, aws: { operations: { durationMs } } }, async (world) => {
      const result = await step(world, small.inputs);
      expect(result.exitCode).toBe(0);
      const [begin = 0] = world.aws.estate.operations().map(({ createdAt }) => createdAt);
      const others = world.aws.estate.operations().filter(({ accountId }) => accountId !== slow);
      expect(Math.max(...others.map(({ finishAt }) => finishAt)) - begin).toBeLessThan(15_000);
      // Its three follow each other nearly without a gap.
      const own = world.aws.estate.operations().filter(({ accountId }) => accountId === slow);
      expect(Math.max(...own.map(({ finishAt }) => finishAt)) - begin).toBeLessThan(3 * 45_000 * 1.1);
      expect(mostOnOneAccount(world)).toBe(1);
    });
  });

  it('is lowered by max-in-flight (Many)', async () => {
    await inWorld({ estate: small.estate }, async (world) => {
      const result = await step(world, { ...small.inputs, 'max-in-flight': '4' });
      expect(result.exitCode).toBe(0);
      expect(mostAtOnce(world.aws.estate.operations())).toBe(4);
      const revoked = await step(world, { ...small.inputs, operation: 'revoke', 'max-in-flight': '1' });
      expect(revoked.exitCode).toBe(0);
      expect(mostAtOnce(world.aws.estate.operations().filter(({ kind }) => kind === 'delete'))).toBe(1);
    });
  });

  it('is lowered by max-requests-per-second (Many)', async () => {
    await inWorld({ estate: small.estate }, async (world) => {
      const result = await step(world, { ...small.inputs, 'max-requests-per-second': '5' });
      expect(result.exitCode).toBe(0);
      expect(busiestSecond(result.requests)).toBeLessThanOrEqual(5);
      expect(busiestSecond(result.requests)).toBeGreaterThanOrEqual(4);
    });
  });

  it('cannot be raised above the quotas by these inputs', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, { ...small.inputs, 'max-requests-per-second': '21', 'max-in-flight': '101' });
      expect(result.exitCode).toBe(1);
      expect(result.requests).toEqual([]);
      expect(result.log).toMatch(/max-requests-per-second.*20/u);
      expect(result.log).toMatch(/max-in-flight.*100/u);
    });
  });

  it('of deletions has no limit of 15, only those of the accounts and max-in-flight', async () => {
    const { estate, inputs, targets } = bulk(
      { seed: 9, assigned: { principals: 2, permissionSets: 1, accounts: 30 } },
      { groups: 2, accounts: 30 },
    );
    await inWorld({ estate, aws: { operations: { durationMs: 10_000 } } }, async (world) => {
      const result = await step(world, { ...inputs, operation: 'revoke' });
      expect(result.exitCode).toBe(0);
      expect(mostAtOnce(world.aws.estate.operations())).toBeGreaterThan(15);
      expect(mostAtOnce(world.aws.estate.operations())).toBeLessThanOrEqual(targets.length);
      expect(mostOnOneAccount(world)).toBe(1);
      expect(busiestSecond(result.requests)).toBeLessThanOrEqual(20);
    });
  });
});
