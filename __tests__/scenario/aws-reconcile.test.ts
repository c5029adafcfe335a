import { describe, expect, it } from '@jest/globals';

import type { World } from '../../rehearsal/world.ts';
import { record } from '../aws/access/support.ts';
import { stepWithFiles } from './access-files.ts';
import { start, withEnder } from './lease-support.ts';
import { together } from './policy-documents.ts';
import { calls, errors, inWorld, policy, signIn } from './support.ts';

const file = `version: 1
cloud: aws
owns:
  roles: [IncidentAdmin, ReadOnlyAccess]
  targets: ['ou:/Workloads/**']
ignore:
  - principal: user:bob@example.com
    role: '*'
    target: ou:/Workloads/**
grants:
  - principal: group:Payments On-Call
    role: IncidentAdmin
    target: account:payments-prod
  - principal: group:Auditors
    role: ReadOnlyAccess
    target: [account:payments-prod, account:payments-staging]
`;

const inputs = { ...signIn, operation: 'reconcile', 'access-file': 'access.yml' } as const;
const pruning = { ...inputs, prune: 'revoke', 'max-removals': '5' } as const;
const underPolicy = { aws: { policy: policy('reconcile') } };

const wanted = { permissionSet: 'IncidentAdmin', account: 'payments-prod', principal: 'group:Payments On-Call' };
/** Access in the estate, inside `owns`, and in no row. */
const extra = { permissionSet: 'ReadOnlyAccess', account: 'data-lake', principal: 'group:Auditors' };
const ignored = { permissionSet: 'IncidentAdmin', account: 'payments-staging', principal: 'user:bob@example.com' };
/** The trust policy of a role that ends the leases of two schedule groups. */
const ofBothGroups: unknown = JSON.parse(
  JSON.stringify(policy('lease-execution-trust')).replace(
    /"(arn:aws:scheduler:[^"]*)\/cloud-access"/u,
    '["$1/cloud-access","$1/payments"]',
  ),
);
const outside = { permissionSet: 'Billing', account: 'payments-prod', principal: 'group:Auditors' };

function shown({ aws: { estate } }: World): readonly boolean[] {
  return [wanted, extra, ignored, outside].map((it) => estate.has(it));
}

function changes({ aws: { estate } }: World): readonly string[] {
  return estate.effectiveChanges().map(({ kind }) => kind);
}

function populated(world: World): World {
  world.aws.estate.add(ignored);
  world.aws.estate.add(outside);
  return world;
}

describe('reconcile on AWS', () => {
  it('makes missing access, removes extra access, and changes nothing the second time (P11)', () =>
    inWorld(underPolicy, async (world) => {
      populated(world);
      const first = await stepWithFiles(world, { 'access.yml': file }, pruning);
      expect([first.exitCode, errors(first)]).toEqual([0, '']);
      expect(first.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(shown(world)).toEqual([true, false, true, true]);
      expect(changes(world)).toEqual(['create', 'delete']);
      const second = await stepWithFiles(world, { 'access.yml': file }, pruning);
      expect(second.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      expect(changes(world)).toHaveLength(2);
    }));

  it('reports extra access by default, and fails before any change with prune: fail (P11)', () =>
    inWorld(underPolicy, async (world) => {
      populated(world);
      const red = await stepWithFiles(world, { 'access.yml': file }, { ...inputs, prune: 'fail' });
      expect([red.exitCode, changes(world)]).toEqual([1, []]);
      expect(errors(red)).toContain('data-lake');
      const green = await stepWithFiles(world, { 'access.yml': file }, inputs);
      expect([green.exitCode, changes(world)]).toEqual([0, ['create']]);
      expect(green.log).toContain('data-lake');
      expect(shown(world)).toEqual([true, true, true, true]);
    }));

  it('removes nothing if there is more to remove than max-removals (P11)', () =>
    inWorld(underPolicy, async (world) => {
      populated(world);
      world.aws.estate.add({ ...extra, principal: 'group:Payments On-Call' });
      const red = await stepWithFiles(world, { 'access.yml': file }, { ...pruning, 'max-removals': '1' });
      expect([red.exitCode, changes(world)]).toEqual([1, []]);
      expect(errors(red)).toContain('max-removals');
    }));

  it('keeps a lease that another schedule group has on record (P11)', () =>
    inWorld({}, async (world) => {
      populated(world);
      record(world, extra, { kind: 'hold', group: 'payments' });
      record(world, extra, { kind: 'timer', group: 'payments' });
      const groups = { 'aws-scheduler-group': 'cloud-access\npayments' };
      const result = await stepWithFiles(world, { 'access.yml': file }, { ...pruning, ...groups });
      expect([result.exitCode, errors(result)]).toEqual([0, '']);
      expect(shown(world)).toEqual([true, true, true, true]);
    }));

  it('removes nothing if the records of leases cannot be read (P11)', () =>
    inWorld({}, async (world) => {
      populated(world);
      world.script.fault(
        { operation: 'ListSchedules', times: 999 },
        { kind: 'error', status: 403, code: 'AccessDeniedException' },
      );
      const red = await stepWithFiles(world, { 'access.yml': file }, pruning);
      expect([red.exitCode, changes(world)]).toEqual([1, []]);
      expect(errors(red)).toContain('scheduler:ListSchedules');
    }));

  it('reports no lease as permanent that it cannot make permanent (P1, P3)', () =>
    inWorld({}, async (world) => {
      populated(world);
      world.aws.estate.add(wanted);
      record(world, wanted, { kind: 'hold' });
      record(world, wanted, { kind: 'timer' });
      const red = await stepWithFiles(world, { 'access.yml': file }, pruning);
      expect([red.exitCode, changes(world)]).toEqual([1, []]);
      expect(errors(red)).toContain('This access is a lease');
      expect(errors(red)).toContain('aws-scheduler-role-arn');
    }));

  it('makes leases permanent and grants under reconcile.json and make-permanent.json (P1, P3)', () =>
    inWorld({ startAt: start, aws: { policy: together('reconcile', 'make-permanent') } }, async (world) => {
      populated(world);
      world.aws.estate.add(wanted);
      for (const kind of ['hold', 'timer'] as const) record(world, wanted, { kind });
      const more = file.replace('[account:payments-prod, account:payments-staging]', 'ou:/Workloads/**');
      const made = await stepWithFiles(world, { 'access.yml': more }, { ...pruning, ...withEnder });
      expect([made.exitCode, errors(made)]).toEqual([0, '']);
      expect(made.requests.filter(({ denied }) => denied !== undefined)).toEqual([]);
      expect(world.aws.schedules.all().map(({ state }) => state)).toEqual(['DISABLED']);
      const again = await stepWithFiles(world, { 'access.yml': more }, { ...pruning, ...withEnder });
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
    }));

  it('makes a lease permanent in the group that has its records, of several (P1, P3)', () =>
    inWorld({ startAt: start, aws: { executionRole: { trust: ofBothGroups } } }, async (world) => {
      populated(world);
      world.aws.estate.add(wanted);
      world.aws.schedules.addGroup('cloud-access');
      for (const kind of ['hold', 'timer'] as const) record(world, wanted, { kind, group: 'payments' });
      const groups = { ...pruning, ...withEnder, 'aws-scheduler-group': 'cloud-access\npayments' };
      const made = await stepWithFiles(world, { 'access.yml': file }, groups);
      expect([made.exitCode, errors(made)]).toEqual([0, '']);
      // The holder is named by its record, which is in that group too.
      expect(made.log).toContain('The access was leased by octo/shop run 1');
      expect(world.aws.schedules.all().map(({ group, state }) => [group, state])).toEqual([['payments', 'DISABLED']]);
      expect(shown(world)).toEqual([true, false, true, true]);
    }));

  it('changes no lease with records in a group that is not in its inputs, and names that group (P1)', () =>
    inWorld({}, async (world) => {
      populated(world);
      world.aws.estate.add(wanted);
      record(world, wanted, { kind: 'timer', group: 'payments' });
      const red = await stepWithFiles(world, { 'access.yml': file }, { ...inputs, ...withEnder, operation: 'assign' });
      expect(red.exitCode).toBe(1);
      expect(errors(red)).toContain('recorded in the schedule group payments');
      expect(errors(red)).toContain('can name several groups');
    }));

  it('keeps access that was leased or removed between the plan and its removal (P11)', () =>
    inWorld({}, async (world) => {
      populated(world);
      const gone = { ...extra, principal: 'group:Payments On-Call' };
      world.aws.estate.add(gone);
      world.script.onRequest({ operation: 'CreateAccountAssignment', nth: 1 }, () => {
        record(world, extra, { kind: 'timer' });
        world.aws.estate.remove(gone);
      });
      const result = await stepWithFiles(world, { 'access.yml': file }, pruning);
      expect([result.exitCode, errors(result)]).toEqual([0, '']);
      expect(shown(world)).toEqual([true, true, true, true]);
      expect(calls(result)['DeleteAccountAssignment']).toBeUndefined();
      expect(result.log).toContain('It has a lease by now.');
    }));

  it('does not start removals if a creation fails (P11)', () =>
    inWorld({}, async (world) => {
      populated(world);
      world.script.outcome({ kind: 'create' }, { status: 'FAILED', failureReason: 'The quota was reached.' });
      const red = await stepWithFiles(world, { 'access.yml': file }, pruning);
      expect([red.exitCode, changes(world)]).toEqual([1, []]);
      expect(red.log).toContain('Not started');
    }));

  it.each([
    'ListAccountAssignments',
    'ListAccountsForProvisionedPermissionSet',
    'ListPermissionSetsProvisionedToAccount',
  ])('is red before any change if a list of %s is not complete (P11)', (operation) =>
    inWorld({}, async (world) => {
      populated(world);
      world.script.fault(
        { operation, nth: 2, times: 99 },
        { kind: 'error', status: 400, code: 'AccessDeniedException' },
      );
      const result = await stepWithFiles(world, { 'access.yml': file }, pruning);
      const isAsked = (calls(result)[operation] ?? 0) > 1;
      expect(changes(world).includes('delete') && isAsked).toBe(false);
      if (isAsked) expect([result.exitCode, changes(world)]).toEqual([1, []]);
    }),
  );

  it('removes expired access with revoke, and nothing else (P11)', () =>
    inWorld(underPolicy, async (world) => {
      populated(world);
      world.aws.estate.add(wanted);
      const expired = file.replace(
        '    target: account:payments-prod\n',
        '    target: account:payments-prod\n    expires: 2020-01-01\n',
      );
      const result = await stepWithFiles(world, { 'access.yml': expired }, { ...inputs, operation: 'revoke' });
      expect([result.exitCode, errors(result)]).toEqual([0, '']);
      expect(shown(world)).toEqual([false, true, true, true]);
    }));

  it('keeps a lease of an expired row with a record in another schedule group, with revoke (P11)', () =>
    inWorld({}, async (world) => {
      populated(world);
      world.aws.estate.add(wanted);
      world.aws.schedules.addGroup('cloud-access');
      for (const kind of ['hold', 'timer'] as const) record(world, wanted, { kind, group: 'payments' });
      const expired = file.replace(
        '    target: account:payments-prod\n',
        '    target: account:payments-prod\n    expires: 2020-01-01\n',
      );
      const groups = { ...inputs, operation: 'revoke', 'aws-scheduler-group': 'cloud-access\npayments' };
      const result = await stepWithFiles(world, { 'access.yml': expired }, groups);
      expect([result.exitCode, errors(result), changes(world)]).toEqual([0, '', []]);
      expect(result.requests.filter(({ operation }) => operation === 'GetSchedule')).toHaveLength(2);
    }));
});

describe('inventory on AWS', () => {
  const inventory = { ...signIn, operation: 'inventory' } as const;
  const reading = { aws: { policy: policy('inventory') } };

  it('shows drift under a policy that changes nothing', () =>
    inWorld(reading, async (world) => {
      populated(world);
      const result = await stepWithFiles(world, { 'access.yml': file }, { ...inventory, 'access-file': 'access.yml' });
      expect([result.exitCode, errors(result)]).toEqual([0, '']);
      expect(result.outputs).toMatchObject({ drift: 'true' });
      expect(result.requests.filter(({ operation }) => /^(?:Create|Delete|Update)/u.test(operation))).toEqual([]);
      expect(result.requests.filter(({ denied }) => denied !== undefined)).toEqual([]);
    }));

  it('drafts a file of the existing access, for which reconcile plans no change', () =>
    inWorld({}, async (world) => {
      populated(world);
      const target = { target: 'ou:/Workloads/**' };
      const result = await stepWithFiles(world, {}, { ...inventory, ...target });
      expect([result.exitCode, errors(result)]).toEqual([0, '']);
      const name = (result.outputs['access-file-draft'] ?? '').split('/').at(-1) ?? '';
      const draft = Object.entries(result.files).find(([path]) => path.endsWith(name))?.[1] ?? '';
      expect(draft).toContain('# Auditors');
      const again = await stepWithFiles(world, { 'access.yml': draft }, { ...inputs, prune: 'fail' });
      expect([again.exitCode, errors(again), changes(world)]).toEqual([0, '', []]);
      expect(again.outputs).toMatchObject({ changed: 'false' });
    }));
});
