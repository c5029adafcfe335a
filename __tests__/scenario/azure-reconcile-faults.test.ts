import { describe, expect, it } from '@jest/globals';

import type { JournalEntry } from '../../rehearsal/journal.ts';
import { stepWithFiles } from './azure-access-files.ts';
import { dueIn, file, heldIn, inEstate, keyOf } from './azure-reconcile-estate.ts';
import {
  cleanRun,
  problemsAtRequests,
  problemsWith,
  refusal,
  runUnder,
  indexesOf,
  wireFaults,
  type Fault,
  type NamedFault,
  type Reconciling,
} from './reconcile-faults.ts';

const inputs = {
  operation: 'reconcile',
  prune: 'revoke',
  'max-removals': '10',
  'allow-privileged': 'true',
} as const;

const azure: Reconciling = {
  inWorld: inEstate,
  reconcile: (world) => stepWithFiles(world, { 'access.yml': file }, inputs),
  held: heldIn,
  due: dueIn,
  keyOf: (result) => keyOf(String(result['target-id']), String(result['role-id']), String(result['principal-id'])),
  isWrite: ({ operation }) => /\.(?:put|delete|cancel)$/u.test(operation),
  keptUnread: /the directory does not say/u,
};

/** A refusal with the code that each of Azure's services has for it; GitHub's issuer has none. */
function refused(status: number, arm: string, graph: string, entra: string): Fault {
  return refusal(status, (service) => (service === 'graph' ? graph : service === 'entra' ? entra : arm));
}

const faults: readonly NamedFault[] = [
  ['403', refused(403, 'AuthorizationFailed', 'Authorization_RequestDenied', '53003')],
  ['404', refused(404, 'ResourceNotFound', 'Request_ResourceNotFound', '90002')],
  ['409', () => ({ kind: 'conflict' })],
  ['500', refused(500, 'InternalServerError', 'InternalServerError', '90033')],
  ['503', refused(503, 'ServiceUnavailable', 'ServiceUnavailable', '90033')],
  ...wireFaults,
];

const cases = faults.map(([name, fault], row) => ({ name, fault, row }));
const clean = cleanRun(azure);

describe('reconcile on Azure', () => {
  it.each(cases)(
    'with $name at one request is green only if all is done, and a second run makes the remaining changes (P11)',
    async ({ fault, row }) => {
      const it = await clean;
      expect(it.requests.length).toBeGreaterThan(50);
      expect(await problemsAtRequests(azure, it, fault, row, 9)).toEqual([]);
    },
    1_200_000,
  );

  it.each(cases)(
    'with $name at every request of a kind is green only if all is done, and a second run makes the remaining changes (P11)',
    async ({ fault, row }) => {
      const it = await clean;
      const kinds = [...new Set(it.requests.map(kindOf))];
      const affected = indexesOf(kinds.length, row, 9).map((index) => kinds[index]);
      const run = (kind: string | undefined): Promise<readonly string[]> =>
        runUnder(azure, it, fault, (entry) => kindOf(entry) === kind);
      expect(await problemsWith(affected, run)).toEqual([]);
    },
    1_200_000,
  );
});

/** Services have operations of the same name. */
function kindOf({ service, operation }: JournalEntry): string {
  return `${service} ${operation}`;
}
