import { describe, expect, it } from '@jest/globals';
import type { AzureOptions } from '../../rehearsal/azure/options.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { deployBicep, deployFileIdentities, exampleFileValues, exampleValues } from '../setup/deployment.ts';
import {
  inAzureLeases,
  leasedAssignment,
  leasedOnAzure,
  listingAzure,
  postOnAzure,
  sweepingAzure,
  takeOnAzure,
} from './azure-lease-support.ts';
import { stepWithFiles } from './azure-access-files.ts';
import { azureByIds, azureByNames, azureIds, azureStep, inAzure, onCallBlobReader } from './azure-support.ts';
import { hour, job } from './lease-support.ts';
import { identityOf } from './setup-identity.ts';
import { errors, ownPullRequest } from './support.ts';

const deployment = deployBicep(exampleValues);

const identity = (who: 'broker' | 'sweeper'): AzureOptions => identityOf(deployment, who);
const ending = (number: number): ReturnType<typeof job> => job(number, { environment: 'lease-end' });
const green = (...results: readonly StepResult[]): void => {
  const denied = results.map(({ requests }) => requests.filter((it) => it.denied !== undefined));
  expect(results.map((it, index) => [it.exitCode, errors(it), denied[index]])).toEqual(results.map(() => [0, '', []]));
};

describe('the deployment of setup/azure.bicep', () => {
  it('is enough for the broker: leases that overlap and end with their jobs, a permanent grant and its revocation', () =>
    inAzureLeases({ azure: identity('broker') }, async (world) => {
      const first = await takeOnAzure(world, leasedOnAzure, job(1));
      const second = await takeOnAzure(world, { ...leasedOnAzure, ...azureByNames }, job(2));
      const ended = await postOnAzure(world, first, job(1));
      const last = await postOnAzure(world, second, job(2));
      expect(leasedAssignment(world)).toBeUndefined();
      const stays = await azureStep(world, azureByIds, job(3));
      const revoked = await azureStep(world, { ...azureByIds, operation: 'revoke' }, job(4));
      green(first, second, ended, last, stays, revoked);
      expect(leasedAssignment(world)).toBeUndefined();
    }));

  it('does not allow the broker to grant other roles, or to other kinds of principals (P10)', () =>
    inAzureLeases({ azure: identity('broker') }, async (world) => {
      const role = await azureStep(world, { ...leasedOnAzure, role: azureIds.reader });
      const workload = await azureStep(world, { ...leasedOnAzure, principal: `service-principal:${azureIds.deploy}` });
      expect([role.exitCode, workload.exitCode, world.azure.estate.effectiveChanges()]).toEqual([1, 1, []]);
    }));

  it('is enough for the sweeper to list, to sweep and to release', async () => {
    const taken = await inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, lifetime: '5m', 'keep-after-job': 'true' });
      const { name = '', description } = leasedAssignment(world) ?? {};
      return { name, description: description ?? '', id: main.outputs['lease-id'] ?? '' };
    });
    const { id, ...left } = taken;
    await inAzureLeases({ azure: identity('sweeper') }, async (world) => {
      world.azure.estate.add({ ...onCallBlobReader, ...left });
      const listed = await azureStep(world, listingAzure, ending(1));
      await world.advance(hour);
      const swept = await azureStep(world, sweepingAzure, ending(2));
      green(listed, swept);
      expect(leasedAssignment(world)).toBeUndefined();
      world.azure.estate.add({ ...onCallBlobReader, ...left });
      const released = await azureStep(world, { operation: 'release', 'lease-id': id }, ending(3));
      green(released);
      expect(leasedAssignment(world)).toBeUndefined();
    });
  });

  it('does not allow the sweeper to grant (P10)', () =>
    inAzureLeases({ azure: identity('sweeper') }, async (world) => {
      const granted = await azureStep(world, leasedOnAzure, ending(1));
      expect([granted.exitCode, leasedAssignment(world)]).toEqual([1, undefined]);
      expect(errors(granted)).toContain('roleAssignments/write');
    }));

  it.each([
    ['broker', ending(1)],
    ['sweeper', job(1)],
  ] as const)('does not allow a job of another environment to sign in as the %s (P10)', (who, context) =>
    inAzureLeases({ azure: identity(who) }, async (world) => {
      const result = await azureStep(world, listingAzure, context);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(/AADSTS7002\d+/u);
    }),
  );
});

describe('the deployment of setup/azure-files.bicep', () => {
  const made = deployFileIdentities({ ...exampleFileValues, rolesInFiles: [azureIds.blobReader] });
  const own = (who: 'planner' | 'applier' | 'expirer'): AzureOptions => identityOf(made, who);
  const row = (expires: string | null): string => `  - principal: group:${azureIds.onCall}
    role: ${azureIds.blobReader}
    target: resource-group:payments-prod
${expires === null ? '' : `    expires: ${expires}\n`}`;
  const file = (...grants: readonly string[]): Readonly<Record<string, string>> => ({
    'access.yml': `version: 1
cloud: azure
owns:
  roles: [${azureIds.blobReader}]
  targets: ['resource-group:payments-prod']
grants:${grants.length === 0 ? ' []' : `\n${grants.join('')}`}
`,
  });
  const reconcile = { operation: 'reconcile', prune: 'revoke', 'max-removals': '10' };
  const planning = { ...reconcile, 'dry-run': 'true' };
  const branch = { context: { environment: null } };

  it.each([
    ['a pull request', ownPullRequest],
    ['the default branch', branch],
  ])('is enough for the planner to plan and to list in %s, and not to apply', (_, more) =>
    inAzure({ azure: own('planner') }, async (world) => {
      const job = { ...more, context: { environment: null } };
      world.azure.estate.add({ ...onCallBlobReader, principalId: azureIds.alice });
      const planned = await stepWithFiles(world, file(row(null)), planning, job);
      const listed = await stepWithFiles(world, file(row(null)), { operation: 'inventory' }, job);
      green(planned, listed);
      expect([planned.outputs['changed'], listed.outputs['drift']]).toEqual(['true', 'true']);
      const applied = await stepWithFiles(world, file(row(null)), reconcile, job);
      expect([applied.exitCode, world.azure.estate.effectiveChanges()]).toEqual([1, []]);
      expect(errors(applied)).toContain('roleAssignments/write');
    }),
  );

  it('is enough for the applier to grant and revoke, and only listed roles (P10)', () =>
    inAzure({ azure: own('applier') }, async (world) => {
      world.azure.estate.add({ ...onCallBlobReader, principalId: azureIds.alice });
      const applied = await stepWithFiles(world, file(row(null)), reconcile);
      green(applied);
      const other = Object.values(file(row(null))).map((text) => text.replaceAll(azureIds.blobReader, azureIds.reader));
      const refused = await stepWithFiles(world, { 'access.yml': other.join('') }, reconcile);
      expect(world.azure.estate.effectiveChanges().map(({ kind }) => kind)).toEqual(['create', 'delete']);
      expect([refused.exitCode, errors(refused)]).toEqual([1, expect.stringContaining('roleAssignments/write')]);
    }));

  it('is enough for the expirer to revoke expired rows, and not to grant (P10)', () =>
    inAzure({ azure: own('expirer') }, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      const revoked = await stepWithFiles(world, file(row('2020-01-31')), { operation: 'revoke' }, ending(1));
      green(revoked);
      expect(world.azure.estate.effectiveChanges().map(({ kind }) => kind)).toEqual(['delete']);
      const granted = await stepWithFiles(world, file(row(null)), reconcile, ending(2));
      expect([granted.exitCode, world.azure.estate.effectiveChanges().length]).toEqual([1, 1]);
    }));

  it.each([
    ['planner', ending(1)],
    ['applier', branch],
    ['expirer', job(1)],
  ] as const)('does not allow another job to sign in as the %s (P10)', (who, more) =>
    inAzure({ azure: own(who) }, async (world) => {
      const result = await stepWithFiles(world, file(row(null)), planning, more);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(/AADSTS7002\d+/u);
    }),
  );
});
