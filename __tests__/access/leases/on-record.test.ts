import { describe, expect, test } from '@jest/globals';

import type { Leases } from '../../../src/access/leases/port.ts';
import { onRecord } from '../../../src/access/leases/leasing.ts';
import type { Step } from '../../../src/access/plan/plan.ts';
import type { Request } from '../../../src/access/request.ts';
import { assignmentOf, request } from '../fixtures.ts';
import { epoch } from '../fake-clock.ts';

const budget = { until: epoch + 1_000, signal: new AbortController().signal };
const lease: Request['lifetime'] = { kind: 'lease', ms: 3_600_000, keepAfterJob: false, onExisting: 'keep' };

/** Leases of which the first grant is leased, and the first two have records; `asked` counts the questions. */
function leases(concerned = true): { readonly port: Leases; readonly asked: string[] } {
  const asked: string[] = [];
  const nth = (name: string, most: number) => (grants: readonly unknown[]) => {
    asked.push(name);
    return Promise.resolve(grants.map((_, index) => index < most));
  };
  const port = { concerns: () => concerned, areLeased: nth('leased', 1), haveRecords: nth('records', 2) };
  return { port: port as unknown as Leases, asked };
}

const grants = [1, 2, 3].map((group) => assignmentOf(group));
const kept = grants.map((grant): Step => ({ action: 'keep', grant, seen: null }));

describe('the leases on record', () => {
  test.each<[string, Partial<Request>, readonly string[], string]>([
    [
      'a lease is taken in addition to others',
      { operation: 'assign', lifetime: lease },
      ['create', 'keep', 'keep'],
      'leased',
    ],
    ['a leased grant is made permanent', { operation: 'assign' }, ['create', 'create', 'keep'], 'records'],
    ['records of missing access are removed', { operation: 'revoke' }, ['remove', 'remove', 'keep'], 'records'],
  ])('%s', async (_, over, actions, question) => {
    const { port, asked } = leases();
    const steps = await onRecord(kept, { ...request, ...over }, port, budget);
    expect(steps.map(({ action }) => action)).toEqual(actions);
    expect(asked).toEqual([question]);
  });

  test('is not requested where nothing is kept, where leases do not matter, or where there are none', async () => {
    const { port, asked } = leases();
    const made = kept.map(({ grant, seen }): Step => ({ action: 'create', grant, seen }));
    expect(await onRecord(made, request, port, budget)).toEqual(made);
    expect(await onRecord(kept, request, leases(false).port, budget)).toEqual(kept);
    expect(await onRecord(kept, request, null, budget)).toEqual(kept);
    expect(asked).toEqual([]);
  });
});
