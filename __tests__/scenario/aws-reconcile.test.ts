import { describe, expect, it } from '@jest/globals';

import type { World } from '../../rehearsal/world.ts';
import { record } from '../aws/access/support.ts';
import { stepWithFiles } from './access-files.ts';
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
/** In the estate, inside `owns`, and in no row. */
const extra = { permissionSet: 'ReadOnlyAccess', account: 'data-lake', principal: 'group:Auditors' };
const ignored = { permissionSet: 'IncidentAdmin', account: 'payments-staging', principal: 'user:bob@example.com' };
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
  it('makes what is missing, removes what is extra, and changes nothing the second time (P11)', () =>
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

  it('reports what is extra by default, and fails before any change with prune: fail (P11)', () =>
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

  it('calls no lease permanent that it cannot make permanent (P1, P3)', () =>
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

  it('keeps what was leased or removed between the plan and its removal (P11)', () =>
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

  it('takes away what has expired by revoke, and nothing else (P11)', () =>
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

  it('drafts a file of what is there, of which reconcile plans nothing', () =>
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
