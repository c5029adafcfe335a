import { whenAborted } from './aborting.ts';
import { createBatch, type Batch } from './batch.ts';
import type { Budget, Clock } from '../clock.ts';
import { absent, type Cloud, type Observation } from '../cloud.ts';
import { CloudError } from '../errors.ts';
import type { Grant } from '../grant.ts';

/** Reads single grants; those that come together share requests. */
export interface Reading {
  read(grant: Grant, budget: Budget): Promise<Observation>;
  /** Says that a grant will be read once it is changed. */
  expect(grant: Grant): void;
  /** Waits until the others that the same request reads are changed too, within reason. */
  together(grant: Grant, signal: AbortSignal): Promise<void>;
  /** Says that a grant need not be waited for, however it went. */
  arrived(grant: Grant): void;
  close(): void;
}

/**
 * Wait of a grant for others, in milliseconds for each group that is read together. A few grants are read often; with many,
 * that would be a request for each grant.
 */
const waitEachMs = 3_000;
const shortestWaitMs = 5_000;
const longestWaitMs = 15 * 60_000;
/** Number of grants that are read without waiting for more. */
const largest = 100;

interface Group {
  readonly coming: Set<Grant>;
  readonly waiting: (() => void)[];
  timer: (() => void) | null;
}

/** @param most number of grants in all; a single one waits for no other */
export function createReading(cloud: Cloud, clock: Clock, most: number): Reading {
  const alone = most === 1;
  const groups = new Map<string, Group>();
  const readMany = (grants: readonly Grant[], budget: Budget): Promise<readonly Observation[]> =>
    cloud.read(grants, budget);
  const batched = createBatch('Reading', readMany, clock);
  const apart = new Map<string, Batch<Grant, Observation>>();
  /** An error in one place must not hide the reads of the others. */
  const readApart = (grant: Grant): Batch<Grant, Observation> => {
    const key = cloud.readTogether(grant);
    const batch = apart.get(key) ?? createBatch('Reading', readMany, clock);
    apart.set(key, batch);
    return batch;
  };

  const groupOf = (grant: Grant): Group => {
    const key = cloud.readTogether(grant);
    const group = groups.get(key) ?? { coming: new Set(), waiting: [], timer: null };
    groups.set(key, group);
    return group;
  };
  const release = (group: Group): void => {
    group.timer?.();
    group.timer = null;
    for (const go of group.waiting.splice(0)) go();
  };
  const settle = (group: Group): void => {
    if (group.coming.size === 0 || group.waiting.length >= largest) release(group);
  };

  return {
    async read(grant, budget) {
      if (!alone) {
        return batched.ask(grant, budget).catch((error: unknown) => {
          if (!(error instanceof CloudError)) throw error;
          return readApart(grant).ask(grant, budget);
        });
      }
      const [read] = await readMany([grant], budget);
      return read ?? absent;
    },
    expect(grant) {
      groupOf(grant).coming.add(grant);
    },
    together(grant, signal) {
      const group = groupOf(grant);
      if (!group.coming.delete(grant) || signal.aborted) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const unheard = whenAborted(signal, () => {
          group.waiting.splice(group.waiting.indexOf(go), 1);
          if (group.waiting.length === 0) release(group);
          reject(signal.reason as Error);
        });
        const go = (): void => {
          unheard();
          resolve();
        };
        group.waiting.push(go);
        const patienceMs = Math.min(longestWaitMs, Math.max(shortestWaitMs, groups.size * waitEachMs));
        group.timer ??= clock.after(patienceMs, () => {
          release(group);
        });
        settle(group);
      });
    },
    arrived(grant) {
      const group = groupOf(grant);
      if (group.coming.delete(grant)) settle(group);
    },
    close() {
      for (const group of groups.values()) release(group);
    },
  };
}
