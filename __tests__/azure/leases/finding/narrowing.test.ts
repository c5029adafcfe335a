import { expect, test } from '@jest/globals';
import type { Line, ListRequest } from '../../../../src/access/request.ts';
import { narrowing } from '../../../../src/azure/leases/finding/narrowing.ts';
import type { Places } from '../../../../src/azure/resolve/places.ts';
import type { AzureSession } from '../../../../src/azure/session.ts';

const budget = { until: 0, signal: new AbortController().signal };
const places = { subscriptions: () => Promise.resolve([]) } as unknown as Places;
const session = { settings: { subscriptionId: null } } as unknown as AzureSession;
const subscription = (value: string): Line => ({ text: `subscription:${value}`, kind: 'subscription-name', value });

test('all faults of targets and exclusions are reported at once', async () => {
  const lines = { targets: [subscription('alpha')], exclusions: [subscription('beta'), subscription('gamma')] };
  const bounds = { timeoutMs: 60_000, maxInFlight: null };
  const request: ListRequest = { operation: 'list', principals: [], roles: [], ...lines, ...bounds };
  await expect(narrowing(request, session, places, budget)).rejects.toMatchObject({
    of: [/"alpha"/u, /"beta"/u, /"gamma"/u].map((name) =>
      expect.objectContaining({ message: expect.stringMatching(name) }),
    ),
  });
});
