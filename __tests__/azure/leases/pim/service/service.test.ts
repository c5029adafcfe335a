import { expect, test } from '@jest/globals';
import { readingBudget, type Budget } from '../../../../../src/access/clock.ts';
import { openPimService } from '../../../../../src/azure/leases/pim/service/service.ts';
import type { AzureSession } from '../../../../../src/azure/session.ts';
import { createFakeClock } from '../../../../access/fake-clock.ts';

test('a slow list can use the time limit while responses come, and each response has its own', async () => {
  const clock = createFakeClock();
  const { signal } = new AbortController();
  const ends: number[] = [];
  const read = async (_action: string, _scope: string, budget: Budget): Promise<readonly never[]> => {
    ends.push(budget.until - clock.now(), budget.patienceMs ?? 0);
    await clock.sleep(30_000, signal);
    budget.onAnswer?.();
    ends.push(budget.until - clock.now());
    return [];
  };
  const service = openPimService({ read } as unknown as AzureSession);
  await clock.during(service.schedulesAround('/subscriptions/1', readingBudget(clock, signal)));
  expect(ends).toEqual([120_000, 45_000, 120_000]);
});
