import { describe, expect, it } from '@jest/globals';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Estate } from '../../rehearsal/estate.ts';
import { distinct, lines, recordsOf } from './aws-bulk-support.ts';
import { byIds, calls, errors, ids, inWorld, signIn, step } from './support.ts';

/** The default estate with more organizational units and accounts in its organization. */
function withMore(
  more: Partial<Pick<NonNullable<Estate['organization']>, 'organizationalUnits' | 'accounts'>>,
): Estate {
  const estate = loadEstate();
  const { organization } = estate;
  if (organization === undefined) throw new Error('the default estate has an organization');
  return {
    ...estate,
    organization: {
      ...organization,
      organizationalUnits: [...organization.organizationalUnits, ...(more.organizationalUnits ?? [])],
      accounts: [...organization.accounts, ...(more.accounts ?? [])],
    },
  };
}

const dryRun = { ...byIds, 'dry-run': 'true' } as const;
const root = 'r-f6g7';

describe('names in selectors of AWS', () => {
  it('are looked up once each, for any number of lines with them', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, {
        ...signIn,
        principal: lines('group:Payments On-Call', 'group:Auditors', 'group:Payments On-Call', `group:${ids.onCall}`),
        role: lines('ReadOnlyAccess', 'Billing', 'SecretReader', 'ReadOnlyAccess', ids.readOnly),
        target: lines('account:payments-prod', 'account:data-lake', 'account:payments-prod', ids.prod),
        'dry-run': 'true',
      });
      expect(result.exitCode).toBe(0);
      expect(recordsOf(result)).toHaveLength(2 * 3 * 2);
      expect(calls(result)).toMatchObject({ GetGroupId: 2, ListAccounts: 1, ListPermissionSets: 1 });
      const described = result.requests
        .filter(({ operation }) => operation === 'DescribePermissionSet')
        .map(({ body }) => JSON.stringify(body));
      expect(new Set(described).size).toBe(described.length);
      // Names of all kinds are in the results, with their IDs.
      expect(distinct(result, 'target-name')).toEqual(['data-lake', 'payments-prod']);
      expect(distinct(result, 'principal-id')).toEqual([ids.auditors, ids.onCall].sort());
    });
  });

  it('can have spaces, slashes and other signs; a path that two units have is refused with both IDs (P8)', async () => {
    const estate = withMore({
      organizationalUnits: [
        { id: 'ou-f6g7-spaced01', name: 'Research & Development (EU)', parent: root },
        { id: 'ou-f6g7-slashed1', name: 'Workloads/Production', parent: root },
      ],
      accounts: [
        { id: '555500001111', name: 'r&d: one, two!', parent: 'ou-f6g7-spaced01' },
        { id: '555500002222', name: 'slashed', parent: 'ou-f6g7-slashed1' },
      ],
    });
    await inWorld({ estate }, async (world) => {
      const spaced = await step(world, { ...dryRun, target: 'ou:/Research & Development (EU)/**' });
      expect(distinct(spaced, 'target-id')).toEqual(['555500001111']);
      const named = await step(world, { ...dryRun, target: lines('account:r&d: one, two!', ids.prod) });
      expect(distinct(named, 'target-id')).toEqual([ids.prod, '555500001111']);
      const two = await step(world, { ...dryRun, target: 'ou:/Workloads/Production/**' });
      expect(two.exitCode).toBe(1);
      expect(errors(two)).toContain('ou-f6g7-prod0001');
      expect(errors(two)).toContain('ou-f6g7-slashed1');
    });
  });

  it('from the organization cannot alter log and summary', async () => {
    const evil = 'x\n::error title=owned::y | <b>z</b>';
    const estate = withMore({
      accounts: [
        { id: '555500003333', name: evil, parent: 'ou-f6g7-prod0001', state: 'SUSPENDED' },
        { id: '555500004444', name: `${evil}2`, parent: 'ou-f6g7-prod0001' },
      ],
    });
    await inWorld({ estate }, async (world) => {
      const result = await step(world, { ...dryRun, target: 'ou:/Workloads/Production/**' });
      expect(result.exitCode).toBe(0);
      expect(distinct(result, 'target-id')).toEqual([ids.prod, '555500004444']);
      expect(errors(result)).toBe('');
      expect(result.log).toMatch(/Skipped.*555500003333/u);
      expect(result.summary).not.toContain('<b>');
      const refused = await step(world, {
        ...dryRun,
        target: lines('account:x', 'ou:/Workloads/Production/**', '!account:data-lake'),
      });
      expect(refused.annotations).toHaveLength(1);
      expect(refused.annotations[0]?.title).not.toBe('owned');
    });
  });

  it('are exact: another letter case, a part or a wildcard of a name does not match (P8)', async () => {
    await inWorld({}, async (world) => {
      for (const target of ['account:payments', 'account:PAYMENTS-PROD', 'ou:/workloads', 'ou:/Workloads/Prod']) {
        const result = await step(world, { ...dryRun, target });
        expect([target, result.exitCode]).toEqual([target, 1]);
        expect(errors(result)).toMatch(/compared exactly/u);
      }
    });
  });

  it('of closed and pending accounts are refused, and skipped where a unit contains them', async () => {
    const estate = withMore({
      accounts: (['CLOSED', 'PENDING_CLOSURE', 'PENDING_ACTIVATION'] as const).map((state, index) => ({
        id: `55550000555${index}`,
        name: `gone-${index}`,
        parent: 'ou-f6g7-stag0001',
        state,
      })),
    });
    await inWorld({ estate }, async (world) => {
      const brought = await step(world, { ...dryRun, target: 'ou:/Workloads/Staging' });
      expect(distinct(brought, 'target-id')).toEqual([ids.staging]);
      for (const state of ['CLOSED', 'PENDING_CLOSURE', 'PENDING_ACTIVATION'])
        expect(brought.log).toContain(`is ${state}`);
      expect(brought.log.match(/Skipped/gu)).toHaveLength(1);
      const named = await step(world, {
        ...dryRun,
        target: lines('account:gone-0', 'account:gone-2', 'account:payments-prod'),
      });
      expect(named.exitCode).toBe(1);
      expect(errors(named)).toContain('"gone-0" (555500005550) is CLOSED');
      expect(errors(named)).toContain('"gone-2" (555500005552) is PENDING_ACTIVATION');
    });
  });
});
