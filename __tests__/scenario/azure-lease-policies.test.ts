import { describe, expect, it } from '@jest/globals';
import type { CallerRole } from '../../rehearsal/azure/options.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { readText } from '../docs/repository.ts';
import { azureByIds, azureIds, azureStep, onCallBlobReader } from './azure-support.ts';
import {
  inAzureLeases,
  leasedAssignment,
  leasedOnAzure,
  listingAzure,
  postOnAzure,
  sweepingAzure,
  takeOnAzure,
} from './azure-lease-support.ts';
import { hour, job } from './lease-support.ts';
import { errors, policy } from './support.ts';

interface RoleFile {
  readonly Actions: readonly string[];
  readonly NotActions: readonly string[];
  readonly AssignableScopes: readonly string[];
}

const textOf = (name: string): string => readText(`docs/policies/${name}`);

/** A role as the documents define it, assigned where it is assignable, under its condition. */
function roleOf(name: string, condition: string, without: string | null = null): CallerRole {
  const { Actions, NotActions, AssignableScopes } = policy(name) as RoleFile;
  const actions = Actions.filter((action) => action !== without);
  return { permissions: [{ actions, notActions: NotActions }], scopes: AssignableScopes, condition: textOf(condition) };
}

const broker = roleOf('azure-broker', 'azure-condition.txt');
const sweeper = (without: string | null = null): CallerRole =>
  roleOf('azure-sweeper', 'azure-sweeper-condition.txt', without);

const denied = (...results: readonly StepResult[]): readonly string[] =>
  results.flatMap(({ requests }) => requests.flatMap((it) => (it.denied === undefined ? [] : [it.action ?? ''])));
const usedBy = (...results: readonly StepResult[]): readonly string[] =>
  [...new Set(results.flatMap(({ requests }) => requests.flatMap(({ action }) => action ?? [])))].toSorted();

/** A lease of another job, which is gone. */
function leaveBehind(world: World, entries: string): void {
  world.azure.estate.add({ ...onCallBlobReader, description: entries });
}

describe('docs/policies/azure-broker.json with azure-condition.txt, for leases', () => {
  it('takes, shares, extends, releases, makes permanent and revokes: nothing is denied', () =>
    inAzureLeases({ azure: { callerRole: broker } }, async (world) => {
      const first = await takeOnAzure(world, leasedOnAzure, job(1));
      const second = await takeOnAzure(world, leasedOnAzure, job(2));
      const extended = await azureStep(
        world,
        { operation: 'extend', 'lease-id': second.outputs['lease-id'] ?? '', lifetime: '3h' },
        job(2),
      );
      const ended = await postOnAzure(world, first, job(1));
      const permanently = { ...azureByIds, reason: 'INC-1' };
      const stays = await azureStep(world, permanently, job(3));
      const revoked = await azureStep(world, { ...permanently, operation: 'revoke' }, job(4));
      const all = [first, second, extended, ended, stays, revoked];
      expect(all.map((it) => [it.exitCode, errors(it)])).toEqual(all.map(() => [0, '']));
      expect(denied(...all)).toEqual([]);
      expect(leasedAssignment(world)).toBeUndefined();
    }));
});

describe('docs/policies/azure-sweeper.json with azure-sweeper-condition.txt', () => {
  /** The description of a lease, taken by the action itself in another world. */
  const taken = (): Promise<{ readonly name: string; readonly description: string; readonly id: string }> =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, lifetime: '5m', 'keep-after-job': 'true' });
      const { name = '', description } = leasedAssignment(world) ?? {};
      return { name, description: description ?? '', id: main.outputs['lease-id'] ?? '' };
    });
  const withLease = async (role: CallerRole, scene: (world: World, id: string) => Promise<void>): Promise<void> => {
    const { name, description, id } = await taken();
    await inAzureLeases({ azure: { callerRole: role } }, async (world) => {
      world.azure.estate.add({ ...onCallBlobReader, name, description });
      await scene(world, id);
    });
  };

  it('lists, sweeps and releases leases without other holders: nothing is denied, nothing unused', async () => {
    const used: string[] = [];
    await withLease(sweeper(), async (world) => {
      const listed = await azureStep(world, listingAzure);
      await world.advance(hour);
      const swept = await azureStep(world, sweepingAzure);
      expect([errors(listed), errors(swept), denied(listed, swept)]).toEqual(['', '', []]);
      expect(swept.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(leasedAssignment(world)).toBeUndefined();
      used.push(...usedBy(listed, swept));
    });
    await withLease(sweeper(), async (world, id) => {
      const released = await azureStep(world, { operation: 'release', 'lease-id': id });
      expect([errors(released), denied(released), leasedAssignment(world)]).toEqual(['', [], undefined]);
    });
    expect(used.toSorted()).toEqual((policy('azure-sweeper') as RoleFile).Actions.toSorted());
  });

  const needed = (policy('azure-sweeper') as RoleFile).Actions.filter((it) => it.includes('roleAssignments'));
  it.each(needed)('needs %s: without it a sweep is red and reports it (P9)', (action) =>
    withLease(sweeper(action), async (world) => {
      await world.advance(hour);
      const swept = await azureStep(world, sweepingAzure);
      expect([swept.exitCode, leasedAssignment(world) === undefined]).toEqual([1, false]);
      expect(errors(swept)).toContain(action);
    }),
  );

  it('finds the leases of delegated identities by the directory of the subscription: without it, the step reports that it did not look', () =>
    withLease(sweeper('Microsoft.Resources/subscriptions/read'), async (world) => {
      await world.advance(hour);
      const swept = await azureStep(world, sweepingAzure);
      expect([errors(swept), leasedAssignment(world)]).toEqual(['', undefined]);
      expect(swept.log).toContain('Could not search for leases of delegated identities at ');
    }));

  it('cannot grant access, nor end access outside its condition (P3, P10)', async () => {
    await withLease(sweeper(), async (world) => {
      const granted = await azureStep(world, { ...leasedOnAzure, role: azureIds.reader });
      expect([granted.exitCode, world.azure.estate.effectiveChanges()]).toEqual([1, []]);
    });
    await inAzureLeases({ azure: { callerRole: sweeper() } }, async (world) => {
      leaveBehind(world, 'by hand');
      const revoked = await azureStep(world, {
        operation: 'revoke',
        principal: `service-principal:${azureIds.deploy}`,
        role: azureIds.reader,
        target: leasedOnAzure.target,
      });
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
      expect(revoked.outputs['changed']).toBe('false');
    });
  });
});
