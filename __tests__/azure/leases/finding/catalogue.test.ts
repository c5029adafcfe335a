import { expect, test } from '@jest/globals';
import type { Budget } from '../../../../src/access/clock.ts';
import { CloudError, type FailureKind } from '../../../../src/access/errors.ts';
import { readCatalogue } from '../../../../src/azure/leases/finding/catalogue.ts';
import type { Places } from '../../../../src/azure/resolve/places.ts';
import type { AzureSession } from '../../../../src/azure/session.ts';
import { createFakeClock } from '../../../access/fake-clock.ts';
import { createFakeLog, type FakeLog } from '../../../access/fake-log.ts';

const scope = '/subscriptions/11111111-2222-4333-8444-555555555501';
const budget: Budget = { until: 0, signal: new AbortController().signal };

/** A session that cannot read the directory of a subscription. */
function session(kind: FailureKind, log: FakeLog): AzureSession {
  const operation = 'Microsoft.Resources/subscriptions/read';
  const failure = { kind, operation, code: 'x', message: 'y', requestId: null, retryAfterMs: null, hint: null };
  const it = {
    settings: { signIn: { kind: 'ambient', tenantId: null } },
    tools: { log, clock: createFakeClock() },
    serverTime: (ours: number) => ours,
    read: () => Promise.resolve([]),
    get: () => Promise.reject(new CloudError(failure)),
  };
  return it as unknown as AzureSession;
}

test.each<FailureKind>(['denied', 'invalid', 'not-found'])(
  'continues, and reports it, where the directory is: %s',
  async (kind) => {
    const log = createFakeLog();
    expect(await readCatalogue(session(kind, log), {} as Places, [scope], budget)).toEqual({ leased: [], altered: [] });
    expect(log.at('info')).toEqual([expect.stringContaining('Could not search for leases of delegated identities')]);
  },
);

test.each<FailureKind>(['unavailable', 'unreachable', 'throttled'])(
  'fails where the access is not readable: %s',
  async (kind) => {
    const looking = readCatalogue(session(kind, createFakeLog()), {} as Places, [scope], budget);
    await expect(looking).rejects.toThrow(CloudError);
  },
);
