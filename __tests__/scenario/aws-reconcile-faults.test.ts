import { describe, expect, it } from '@jest/globals';

import type { World } from '../../rehearsal/world.ts';
import { stepWithFiles } from './access-files.ts';
import { inLeases, leased, take } from './lease-support.ts';
import {
  cleanRun,
  problemsAtRequests,
  refusal,
  wireFaults,
  type NamedFault,
  type Reconciling,
} from './reconcile-faults.ts';
import { ids, signIn } from './support.ts';

const bob = '2448f4a8-70a1-7026-1c37-9a40cf1c0f5b';
const file = `version: 1
cloud: aws
owns:
  roles: [IncidentAdmin, ReadOnlyAccess]
  targets: ['ou:/Workloads/**']
grants:
  - principal: group:Payments On-Call
    role: IncidentAdmin
    target: account:payments-prod
  - principal: group:Auditors
    role: ReadOnlyAccess
    target: account:payments-prod
  - principal: user:alice@example.com
    role: ReadOnlyAccess
    target: account:payments-staging
    expires: 2026-01-31
`;
function keyOf(account: string, permissionSet: string, principal: string): string {
  return `${account} ${permissionSet} ${principal}`;
}

const inputs = {
  ...signIn,
  operation: 'reconcile',
  'access-file': 'access.yml',
  prune: 'revoke',
  'max-removals': '5',
} as const;

const lease = { ...leased, principal: `user:${bob}`, target: ids.staging, lifetime: '8h', 'keep-after-job': 'true' };

const aws: Reconciling = {
  inWorld: (scene) =>
    inLeases({}, async (world) => {
      const reading = { permissionSet: 'ReadOnlyAccess', account: ids.staging };
      world.aws.estate.add({ ...reading, principal: 'user:alice@example.com' });
      await take(world, lease);
      return scene(world);
    }),
  reconcile: (world) => stepWithFiles(world, { 'access.yml': file }, inputs),
  held: ({ aws: { estate } }: World) =>
    estate.assignments().map(({ accountId, permissionSetArn, principalId }) => ({
      key: keyOf(accountId, permissionSetArn, principalId),
      properties: '',
    })),
  due: ({ aws: { estate } }: World) => ({
    made: [{ key: keyOf(ids.prod, ids.incidentAdmin, ids.onCall), properties: '' }],
    removed: [
      keyOf(ids.staging, ids.readOnly, ids.auditors),
      keyOf(ids.dataLake, ids.readOnly, ids.auditors),
      keyOf(ids.staging, ids.readOnly, estate.find.principal('user:alice@example.com').principalId),
    ],
  }),
  keyOf: (result) => keyOf(String(result['target-id']), String(result['role-id']), String(result['principal-id'])),
  isWrite: ({ operation }) => /^(?:Create|Delete|Update)/u.test(operation),
  keptUnread: /so some are unknown/u,
};

const faults: readonly NamedFault[] = [
  ['a refusal', refusal(400, () => 'AccessDeniedException')],
  ['a conflict', () => ({ kind: 'conflict' })],
  ['an answer that something does not exist', refusal(400, () => 'ResourceNotFoundException')],
  ['a fault of the service', refusal(500, () => 'InternalServerException')],
  ...wireFaults,
];

const clean = cleanRun(aws);

describe('reconcile on AWS', () => {
  it.each(faults.map(([name, fault], row) => ({ name, fault, row })))(
    'with $name at one request is green only if all is done, and a second run makes the remaining changes (P11)',
    async ({ fault, row }) => {
      const it = await clean;
      expect(it.requests.length).toBeGreaterThan(20);
      expect(await problemsAtRequests(aws, it, fault, row, 12)).toEqual([]);
    },
    1_200_000,
  );
});
