import { describe, expect, test } from '@jest/globals';

import { listingFor } from '../../../src/access/files/port.ts';
import { loadEstate } from '../../../rehearsal/estate-file/load.ts';
import { readText } from '../../docs/repository.ts';
import { owning, record, row, selected, withAccess } from './support.ts';

const onCall = { permissionSet: 'IncidentAdmin', account: 'payments-prod', principal: 'group:Payments On-Call' };

const base = loadEstate();
const estate = {
  ...base,
  groups: base.groups.map((group) => ({ ...group, members: ['alice@example.com'] })),
};

/** A policy, with the records in the account of the role. */
function policyFor(name: string, roleArn: string): unknown {
  const [, , , , account = ''] = roleArn.split(':');
  return JSON.parse(readText(`docs/policies/${name}.json`).replaceAll('111122223333', account));
}

describe('docs/policies', () => {
  test.each([
    ['inventory', 'arn:aws:iam::111122223333:role/access-broker'],
    ['inventory', 'arn:aws:iam::444455556666:role/access-broker'],
    ['reconcile', 'arn:aws:iam::111122223333:role/access-broker'],
  ])('%s.json allows what access files read, as %s', (name, roleArn) =>
    withAccess({ estate, aws: { roleArn, policy: policyFor(name, roleArn) } }, async (opened) => {
      const { world, port, budget } = opened;
      world.aws.estate.add(onCall);
      world.aws.estate.add({ ...onCall, principal: 'user:alice@example.com' });
      record(world, onCall, { kind: 'hold' });
      record(world, onCall, { kind: 'timer' });
      const rows = await port.resolveRows(
        [
          row({
            principal: ['group:Payments On-Call', 'user:alice@example.com'],
            role: ['IncidentAdmin'],
            target: ['ou:/Workloads/**', 'account:identity'],
          }),
        ],
        budget,
      );
      expect(rows).toMatchObject([{ ok: true }]);
      const selecting = [
        owning({ role: ['IncidentAdmin'], target: ['ou:/Workloads/**'] }),
        owning({}),
        owning({ target: ['account:payments-prod'] }),
        ...(name === 'inventory' ? [owning({ principal: ['user:alice@example.com'] })] : []),
      ];
      for (const [index, selection] of (await selected(opened, ...selecting)).entries())
        for (const need of Object.values(listingFor)) {
          const { existing, notices } = await port.list([selection], need, budget);
          expect(notices).toEqual([]);
          expect(existing.every(({ principalState }) => principalState === 'found')).toBe(true);
          // The user has a lease through a group only.
          expect(existing.some(({ kind }) => kind === 'lease')).toBe(index < 3 || need.breadth === 'effective');
          await port.protections(existing, { planFor: null }, budget);
          for (const it of existing.slice(0, 1)) await port.recheck(it, budget);
        }
      const denied = world.journal.all().filter((entry) => entry.denied !== undefined);
      const isExpected = roleArn.includes('111122223333') && name === 'inventory';
      expect([...new Set(denied.map(({ operation }) => operation))]).toEqual(
        isExpected ? ['ListAccountAssignmentsForPrincipal'] : [],
      );
    }),
  );
});
