import { describe, expect, test } from '@jest/globals';

import { owning, selected, withAccess } from './support.ts';

const billing = 'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-2b3c4d5e6f708192';
const readOnly = 'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-1a2b3c4d5e6f7081';
const grant = (account: string, role = readOnly, type: 'USER' | 'GROUP' = 'GROUP') => ({
  kind: 'assignment' as const,
  principal: { type, id: '84a8f408-6091-7017-9b2e-5d4c3b2a1f00', name: null },
  role: { id: role, name: null },
  target: { id: account, name: null },
});

describe('select', () => {
  test('covers the accounts that are below a unit, except the management account and suspended ones (P11)', () =>
    withAccess({}, async (opened) => {
      const [owned] = await opened.port.select(
        [owning({ role: ['ReadOnlyAccess'], target: ['ou:r-f6g7/**', '!account:data-lake'] })],
        opened.budget,
      );
      if (owned?.ok !== true) throw new Error('it is selected');
      const { covers } = owned.selection;
      const covered = ['123456789012', '777788889999', '111122223333', '012345678901', '444455556666', '999900001111'];
      expect(covered.map((account) => covers(grant(account)))).toEqual([true, true, true, false, false, false]);
      expect(covers(grant('123456789012', billing))).toBe(false);
      expect(owned.notices).toEqual([expect.stringContaining('management'), expect.stringContaining('legacy-billing')]);
    }));

  test('of ignored access covers every account below a unit: none of them is pruned (P11)', () =>
    withAccess({}, async (opened) => {
      const [ignored] = await selected(opened, {
        ...owning({ role: ['ReadOnlyAccess'], target: ['ou:r-f6g7/**', '!account:data-lake'] }),
        leavesAlone: true,
      });
      const accounts = ['123456789012', '777788889999', '111122223333', '012345678901', '444455556666', '999900001111'];
      expect(accounts.map((account) => ignored?.covers(grant(account)))).toEqual([true, true, true, false, true, true]);
    }));

  test('is the same text for the same IDs, in any spelling', () =>
    withAccess({}, async (opened) => {
      const texts = await selected(
        opened,
        owning({ role: ['ReadOnlyAccess', 'Billing'], target: ['account:payments-prod', '777788889999'] }),
        owning({ role: [billing, readOnly], target: ['777788889999', '123456789012'] }),
        owning({ role: [billing, readOnly], target: ['777788889999'] }),
        owning({ role: [billing, readOnly], target: ['777788889999'], principalTypes: ['USER'] }),
      );
      expect(texts[0]?.canonical).toBe(texts[1]?.canonical);
      expect(new Set(texts.map(({ canonical }) => canonical)).size).toBe(3);
    }));

  test('narrows by type and by principal, in any letter case; without lines it is everything', () =>
    withAccess({}, async (opened) => {
      const [groups, auditors, everything] = await selected(
        opened,
        owning({ principalTypes: ['GROUP'] }),
        owning({ principal: ['group:84A8F408-6091-7017-9B2E-5D4C3B2A1F00'] }),
        owning({}),
      );
      const user = grant('123456789012', billing, 'USER');
      const group = grant('444455556666');
      expect([groups, auditors, everything].map((it) => [it?.covers(user), it?.covers(group)])).toEqual([
        [false, true],
        [false, true],
        [true, true],
      ]);
    }));

  test('refuses inexact lines, and an exclusion that matches nothing (P8)', () =>
    withAccess({}, async ({ port, budget }) => {
      const [unknown, useless] = await port.select(
        [
          owning({ role: ['Nothing'], target: ['ou:/Nowhere'] }),
          owning({ role: ['Billing'], target: ['account:data-lake', '!account:payments-prod'] }),
        ],
        budget,
      );
      expect(unknown).toMatchObject({ ok: false, refusals: [{}, {}] });
      expect(useless?.ok === false && useless.refusals.map(({ message }) => message)).toEqual([
        expect.stringContaining('!account:payments-prod'),
      ]);
    }));
});
