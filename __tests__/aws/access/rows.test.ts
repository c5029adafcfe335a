import { describe, expect, test } from '@jest/globals';

import type { ResolvedRow } from '../../../src/access/files/port.ts';
import { row, withAccess } from './support.ts';

const messages = (it: ResolvedRow | undefined): readonly string[] =>
  it === undefined || it.ok ? [] : it.refusals.map(({ message }) => message);
const grantsOf = (it: ResolvedRow | undefined): readonly string[] =>
  it?.ok === true
    ? it.grants.map(({ principal, role, target }) => [principal.name, role.name, target.name ?? target.id].join(' | '))
    : [];

describe('resolveRows', () => {
  test('looks up each distinct line once, for any number of rows', () =>
    withAccess({}, async ({ port, budget, requests }) => {
      const rows = Array.from({ length: 2_000 }, (_, index) =>
        row({
          principal: [index % 2 === 0 ? 'group:Payments On-Call' : 'user:alice@example.com'],
          role: ['IncidentAdmin', 'ReadOnlyAccess'],
          target: index % 3 === 0 ? ['ou:/Workloads/**'] : ['account:payments-prod'],
        }),
      );
      const resolved = await port.resolveRows(rows, budget);
      expect(resolved.every(({ ok }) => ok)).toBe(true);
      expect(grantsOf(resolved[1])).toEqual([
        'alice@example.com | IncidentAdmin | payments-prod',
        'alice@example.com | ReadOnlyAccess | payments-prod',
      ]);
      expect(grantsOf(resolved[0])).toHaveLength(6);
      const { GetGroupId, GetUserId, ListAccounts, ListPermissionSets } = requests();
      expect([GetGroupId, GetUserId, ListPermissionSets]).toEqual([1, 2, 1]);
      expect(ListAccounts).toBeLessThanOrEqual(2);
      await port.resolveRows(rows, budget);
      expect(requests()).toEqual({});
    }));

  test('reports every inexact value with its row, and resolves the other rows (P8)', () =>
    withAccess({}, async ({ port, budget }) => {
      const [bad, good, none] = await port.resolveRows(
        [
          row({ principal: ['group:Nobody', 'user:none'], role: ['Nothing'], target: ['ou:/Nowhere'] }),
          row({ principal: ['group:Auditors'], role: ['Billing'], target: ['account:data-lake'] }),
          row({ principal: ['group:Auditors'], role: ['Billing'], target: ['account:sandbox'] }),
        ],
        budget,
      );
      expect(messages(bad)).toEqual([
        expect.stringContaining('"Nobody"'),
        expect.stringContaining('"none"'),
        expect.stringContaining('"Nothing"'),
        expect.stringContaining('/Nowhere'),
      ]);
      expect(grantsOf(good)).toEqual(['Auditors | Billing | data-lake']);
      expect(messages(none)).toEqual([expect.stringContaining('2 accounts are named "sandbox"')]);
    }));

  test('leaves out the management account and its own, and reports a named one as privileged (P10)', () =>
    withAccess({}, async ({ port, budget }) => {
      const [broad, named] = await port.resolveRows(
        [
          row({ principal: ['group:Auditors'], role: ['Billing'], target: ['ou:r-f6g7/**'] }),
          row({ principal: ['group:Auditors'], role: ['Billing'], target: ['444455556666', '111122223333'] }),
        ],
        budget,
      );
      expect(broad).toMatchObject({
        ok: true,
        leftOut: [expect.stringContaining('management'), expect.stringContaining('identity')],
        notices: [expect.stringContaining('legacy-billing')],
      });
      expect(broad?.ok === true && broad.privileged.size).toBe(0);
      expect(named?.ok === true && [...named.privileged.values()].map(({ message }) => message)).toEqual([
        expect.stringContaining('444455556666'),
        expect.stringContaining('111122223333'),
      ]);
    }));

  test('refuses a named account that is not ACTIVE, and leaves out one that a unit brought (P8)', () =>
    withAccess({}, async ({ port, budget }) => {
      const who = { principal: ['group:Auditors'], role: ['Billing'] };
      const [named, brought] = await port.resolveRows(
        [row({ ...who, target: ['account:legacy-billing'] }), row({ ...who, target: ['ou:r-f6g7/**'] })],
        budget,
      );
      expect(messages(named)).toEqual([expect.stringContaining('"legacy-billing"')]);
      expect(brought).toMatchObject({ ok: true, notices: [expect.stringContaining('legacy-billing')] });
    }));

  test('by IDs alone requests only the instance, and leaves the grants to the other functions', () =>
    withAccess({}, async ({ port, cloud, budget, requests }) => {
      const [found] = await port.resolveRows(
        [
          row({
            principal: ['group:84a8f408-6091-7017-9b2e-5d4c3b2a1f00'],
            role: ['arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-1a2b3c4d5e6f7081'],
            target: ['123456789012'],
          }),
        ],
        budget,
      );
      expect(Object.keys(requests()).toSorted()).toEqual(['AssumeRoleWithWebIdentity', 'ListInstances', 'token']);
      if (found?.ok !== true) throw new Error('the row means a grant');
      expect(await cloud.read(found.grants, budget)).toMatchObject([{ standing: 'current' }]);
    }));
});
