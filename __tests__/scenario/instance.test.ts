import { describe, expect, it } from '@jest/globals';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Estate, Instance } from '../../rehearsal/estate.ts';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { byIds, byNames, calls, errors, ids, inWorld, pushOne, signIn, step } from './support.ts';

const [home] = loadEstate().instances;
if (home === undefined) throw new Error('the estate has an instance');

/** An instance of a member account: it has no permission sets. */
const accountInstance: Instance = {
  arn: 'arn:aws:sso:::instance/ssoins-1111aaaa2222bbbb',
  name: 'of-a-team',
  identityStoreId: 'd-1111aaaa22',
  ownerAccount: '111122223333',
  region: 'us-east-1',
  permissionSetsEnabled: false,
};

const withInstances = (...instances: readonly Instance[]): { readonly estate: Estate } => ({
  estate: { ...loadEstate(), instances },
});

/** The response of an earlier service, which did not report whether an instance has permission sets. */
function hidePermissionSetsEnabled(world: World, instances: readonly Instance[]): void {
  for (const { arn, identityStoreId, ownerAccount } of instances) {
    const body = { InstanceArn: arn, IdentityStoreId: identityStoreId, OwnerAccountId: ownerAccount, Status: 'ACTIVE' };
    const asked = (entry: JournalEntry): boolean =>
      (entry.body as { readonly InstanceArn?: string }).InstanceArn === arn;
    world.script.fault({ operation: 'DescribeInstance', where: asked }, { kind: 'answer', body });
  }
}

/** By IDs, and nothing pinned. */
const found: Step['inputs'] = { ...signIn, principal: byIds.principal, target: byIds.target, role: byIds.role };

describe('a pinned instance', () => {
  it.each([
    ['assign', byIds],
    ['revoke', { ...byIds, operation: 'revoke', principal: 'group:Auditors', role: 'ReadOnlyAccess' }],
    ['provision', { ...pushOne, 'aws-instance-arn': ids.instance, 'aws-identity-store-id': ids.storeArn }],
  ])('needs no ListInstances and no DescribeInstance: %s', (_, inputs) =>
    inWorld({}, async (world) => {
      const result = await step(world, inputs);
      expect(result.exitCode).toBe(0);
      expect(calls(result)).not.toHaveProperty('ListInstances');
      expect(calls(result)).not.toHaveProperty('DescribeInstance');
    }),
  );

  it('with only the ID of its store is looked up for its owner only', () =>
    inWorld({}, async (world) => {
      const result = await step(world, { ...byIds, 'aws-identity-store-id': ids.store });
      expect(result.exitCode).toBe(0);
      expect(calls(result)).toMatchObject({ DescribeInstance: 1 });
      expect(calls(result)).not.toHaveProperty('ListInstances');
      const open = await step(world, {
        ...byIds,
        'aws-identity-store-id': ids.store,
        role: 'Billing',
        'allow-privileged': 'true',
      });
      expect(open.exitCode).toBe(0);
      expect(calls(open)).not.toHaveProperty('DescribeInstance');
    }));

  it('alone is looked up for its identity store, where a name needs it', () =>
    inWorld({}, async (world) => {
      const result = await step(world, { ...byNames, 'aws-instance-arn': ids.instance });
      expect(result.exitCode).toBe(0);
      expect(calls(result)).toMatchObject({ DescribeInstance: 1, GetGroupId: 1 });
      expect(calls(result)).not.toHaveProperty('ListInstances');
    }));

  it('of another Region is an error that names aws-region, and nothing is changed', () =>
    inWorld({}, async (world) => {
      const result = await step(world, { ...byIds, 'aws-region': 'eu-west-1' });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('ResourceNotFoundException');
      expect(errors(result)).toContain('aws-region');
      expect(world.aws.estate.effectiveChanges()).toEqual([]);
    }));

  it('that does not exist is an error that names aws-instance-arn', () =>
    inWorld({}, async (world) => {
      const result = await step(world, {
        ...byIds,
        'aws-instance-arn': 'arn:aws:sso:::instance/ssoins-0000000000000000',
      });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('aws-instance-arn');
    }));
});

describe('without a pin', () => {
  it('the only instance is found by one request and reported in the log', () =>
    inWorld({}, async (world) => {
      const result = await step(world, found);
      expect(result.exitCode).toBe(0);
      expect(calls(result)).toMatchObject({ ListInstances: 1 });
      expect(calls(result)).not.toHaveProperty('DescribeInstance');
      expect(result.log).toContain(ids.instance);
      expect(result.log).toContain(ids.management);
    }));

  it('an instance of several Regions is used in its primary Region, which is reported', () =>
    inWorld(withInstances({ ...home, additionalRegions: ['eu-west-1'] }), async (world) => {
      const result = await step(world, { ...byNames, 'aws-region': 'eu-west-1' });
      expect(result.exitCode).toBe(0);
      expect(result.requests.filter((it) => it.operation === 'ListInstances').map((it) => it.region)).toEqual([
        'eu-west-1',
      ]);
      const others = result.requests.filter((it) => it.service === 'sso' && it.operation !== 'ListInstances');
      expect(new Set(others.map((it) => it.region))).toEqual(new Set(['us-east-1']));
      expect(result.log).toMatch(/primary Region of the instance is us-east-1, not eu-west-1/u);
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
    }));

  it('the wrong Region is an error that names the Region and the input that settles it (P9)', () =>
    inWorld({}, async (world) => {
      const result = await step(world, { ...byNames, 'aws-region': 'eu-central-1' });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('eu-central-1');
      expect(errors(result)).toContain('aws-region');
      expect(world.aws.estate.effectiveChanges()).toEqual([]);
      const fromVariable = await step(world, { ...byNames, 'aws-region': '' }, { env: { AWS_REGION: 'eu-west-3' } });
      expect(errors(fromVariable)).toContain('eu-west-3');
    }));

  it('no instance is an error', () =>
    inWorld(withInstances({ ...home, status: 'CREATE_IN_PROGRESS' }), async (world) => {
      const result = await step(world, found);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('CREATE_IN_PROGRESS');
      expect(errors(result)).toContain('aws-instance-arn');
    }));

  it('a Region that a service control policy denies is an error that reports that', () =>
    inWorld({}, async (world) => {
      const message =
        'User is not authorized to perform: sso:ListInstances with an explicit deny in a service control policy';
      world.script.fault(
        { operation: 'ListInstances', times: 9 },
        { kind: 'error', status: 400, code: 'AccessDeniedException', message },
      );
      const result = await step(world, found);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain(message);
      expect(errors(result)).toMatch(/What to do: .*service control policy/su);
    }));
});

describe('of several instances', () => {
  it('the only ACTIVE one is used', () =>
    inWorld(withInstances({ ...accountInstance, status: 'DELETE_IN_PROGRESS' }, home), async (world) => {
      const result = await step(world, found);
      expect(result.exitCode).toBe(0);
      expect(calls(result)).not.toHaveProperty('DescribeInstance');
      expect(
        world.aws.estate.has({
          account: 'payments-prod',
          permissionSet: 'IncidentAdmin',
          principal: 'group:Payments On-Call',
        }),
      ).toBe(true);
    }));

  it('the one with permission sets is used, in any order of the list', () =>
    inWorld(withInstances(accountInstance, home), async (world) => {
      const result = await step(world, found);
      expect(result.exitCode).toBe(0);
      expect(result.log).toContain(`Using the instance ${ids.instance}`);
      expect(calls(result)).not.toHaveProperty('DescribeOrganization');
    }));

  it('the one that the management account owns is used where none reports permission sets', () =>
    inWorld(withInstances(accountInstance, home), async (world) => {
      hidePermissionSetsEnabled(world, [accountInstance, home]);
      const result = await step(world, found);
      expect(result.exitCode).toBe(0);
      expect(result.log).toContain(`Using the instance ${ids.instance}`);
      expect(calls(result)).toMatchObject({ DescribeInstance: 2, DescribeOrganization: 1 });
    }));

  const twin: Instance = {
    ...accountInstance,
    name: 'twin',
    ownerAccount: ids.management,
    permissionSetsEnabled: true,
  };

  it('that cannot be distinguished all are listed, with the input that selects one, and nothing is changed (P8)', () =>
    inWorld(withInstances(home, twin), async (world) => {
      const result = await step(world, found);
      expect(result.exitCode).toBe(1);
      for (const { arn, identityStoreId } of [twin, home]) {
        expect(errors(result)).toContain(arn);
        expect(errors(result)).toContain(identityStoreId);
      }
      expect(errors(result)).toContain('aws-instance-arn');
      expect(world.aws.estate.effectiveChanges()).toEqual([]);
      const pinned = await step(world, { ...found, 'aws-instance-arn': ids.instance });
      expect(pinned.exitCode).toBe(0);
    }));

  it('the given identity store selects one', () =>
    inWorld(withInstances(home, twin), async (world) => {
      const result = await step(world, { ...found, 'aws-identity-store-id': ids.store });
      expect(result.exitCode).toBe(0);
      expect(result.log).toContain(`Using the instance ${ids.instance}`);
      const other = await step(world, { ...found, 'aws-identity-store-id': 'd-0000000000' });
      expect(other.exitCode).toBe(1);
      expect(errors(other)).toContain('d-0000000000');
      expect(errors(other)).toContain(ids.store);
      expect(errors(other)).toContain('aws-identity-store-id');
    }));
});
