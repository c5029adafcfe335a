import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import type { AzureOptions } from '../../rehearsal/azure/options.ts';
import { azureIds, azureStep, inAzure, scopes } from './azure-support.ts';
import { stepWithFiles } from './azure-access-files.ts';
import { errors, policy } from './support.ts';

const bob = '05e00000-0000-4000-8000-000000000002';
const reconcile = { operation: 'reconcile', prune: 'revoke', 'max-removals': '10' } as const;

/** A file that owns Reader and Storage Blob Data Reader in one resource group. */
const path = 'access/payments.yml';
const file = (...grants: readonly string[]): Readonly<Record<string, string>> => ({
  [path]: [
    'version: 1',
    'cloud: azure',
    'owns:',
    '  roles: [Reader, Storage Blob Data Reader]',
    '  targets: [resource-group:payments-prod]',
    grants.length === 0 ? 'grants: []' : 'grants:',
    ...grants,
    '',
  ].join('\n'),
});
const onCallReads = [
  '  - principal: group:Payments On-Call',
  '    role: Storage Blob Data Reader',
  '    target: resource-group:payments-prod',
];
const at = (principalId: string, role = 'Reader'): { scope: string; role: string; principalId: string } => ({
  scope: scopes.resourceGroup,
  role,
  principalId,
});
const onCall = at(azureIds.onCall, 'Storage Blob Data Reader');

function kinds(world: World): readonly string[] {
  return world.azure.estate.effectiveChanges().map(({ kind }) => kind);
}

describe('reconcile on Azure', () => {
  it('makes missing access, then removes extra access, and changes nothing the second time (P11)', async () => {
    await inAzure({}, async (world) => {
      const { estate } = world.azure;
      estate.add(at(bob));
      const first = await stepWithFiles(world, file(...onCallReads), reconcile);
      expect(errors(first)).toBe('');
      expect(first.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect([estate.has(onCall), estate.has(at(bob))]).toEqual([true, false]);
      expect(kinds(world)).toEqual(['create', 'delete']);
      const second = await stepWithFiles(world, file(...onCallReads), reconcile);
      expect(second.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      expect(kinds(world)).toHaveLength(2);
    });
  });

  it('removes nothing outside of its roles, scopes and types, nothing inherited, and no lease (P3, P11)', async () => {
    await inAzure({}, async (world) => {
      const { estate, pim } = world.azure;
      const others = [
        at(bob, 'Contributor'),
        { ...at(bob), scope: scopes.subscription },
        { ...at(bob), scope: `${scopes.resourceGroup}/providers/Microsoft.KeyVault/vaults/pay-keys` },
        at(azureIds.deploy),
      ];
      for (const one of others) estate.add(one);
      const ended = at(azureIds.onCall);
      pim.add({ ...ended, endAt: world.now() + 3_600_000 });
      const result = await stepWithFiles(world, file(), reconcile);
      expect(errors(result)).toBe('');
      expect(result.outputs['changed']).toBe('false');
      expect([...others, ended].every((one) => estate.has(one))).toBe(true);
    });
  });

  it('reports extra access by default, is red with `fail`, and changes nothing (P11)', async () => {
    await inAzure({}, async (world) => {
      world.azure.estate.add(at(bob));
      const reported = await stepWithFiles(world, file(), { operation: 'reconcile' });
      expect(reported.outputs['status']).toBe('SUCCEEDED');
      expect(reported.stdout).toContain('in no row');
      const failed = await stepWithFiles(world, file(), { operation: 'reconcile', prune: 'fail' });
      expect(failed.exitCode).toBe(1);
      expect(kinds(world)).toEqual([]);
    });
  });

  it('removes nothing where there is more than max-removals (P11)', async () => {
    await inAzure({}, async (world) => {
      world.azure.estate.add(at(bob));
      world.azure.estate.add(at(azureIds.alice));
      const result = await stepWithFiles(world, file(), { ...reconcile, 'max-removals': '1' });
      expect(errors(result)).toContain('max-removals allows 1');
      expect(kinds(world)).toEqual([]);
    });
  });

  it('reports its refusal in the Markdown of the plan (P11)', async () => {
    const temp = await mkdtemp(join(tmpdir(), 'plan-'));
    await inAzure({}, async (world) => {
      world.azure.estate.add(at(bob));
      const secondLine = async (inputs: Readonly<Record<string, string>>): Promise<string> => {
        const more = { env: { RUNNER_TEMP: temp } };
        const { outputs } = await stepWithFiles(world, file(), { ...reconcile, 'dry-run': 'true', ...inputs }, more);
        return (await readFile(outputs['plan-markdown'] ?? '', 'utf8')).split('\n')[1] ?? '';
      };
      expect(await secondLine({})).toBe('');
      expect(await secondLine({ 'max-removals': '0' })).toContain('**This plan was refused:** `This step would remove');
      expect(await secondLine({ prune: 'fail' })).toContain("`1 assignment in 'owns' is in no row");
    }).finally(() => rm(temp, { recursive: true, force: true }));
  });

  it('updates condition and description, and removes access with a condition (P11)', async () => {
    await inAzure({}, async (world) => {
      const { estate } = world.azure;
      const condition =
        "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})) OR (@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'paydata'))";
      estate.add({ ...onCall, description: 'by hand' });
      estate.add({ ...at(bob, 'Storage Blob Data Reader'), condition });
      const result = await stepWithFiles(
        world,
        file(...onCallReads, '    description: ticket 4711', `    condition: ${JSON.stringify(condition)}`),
        reconcile,
      );
      expect(errors(result)).toBe('');
      expect(estate.find(onCall)).toMatchObject({ description: 'ticket 4711', condition });
      expect(kinds(world)).toEqual(['update', 'delete']);
    });
  });

  it('makes leased access of a row permanent, and leaves other leases (P3)', async () => {
    await inAzure({}, async (world) => {
      const { estate } = world.azure;
      const lease = { lifetime: '30m', 'keep-after-job': 'true', target: scopes.resourceGroup };
      for (const inputs of [
        { principal: `group:${azureIds.onCall}`, role: azureIds.blobReader },
        { principal: `user:${bob}`, role: azureIds.reader },
      ])
        expect(errors(await azureStep(world, { ...lease, ...inputs }))).toBe('');
      expect(estate.find(onCall)?.description).toContain('[cloud-access lease');
      const result = await stepWithFiles(world, file(...onCallReads), reconcile);
      expect(errors(result)).toBe('');
      expect(estate.find(onCall)?.description ?? '').not.toContain('[cloud-access lease');
      expect(estate.find(at(bob))?.description).toContain('[cloud-access lease');
    });
  });

  it('removes nothing before every other change has succeeded (P11)', async () => {
    await inAzure({}, async (world) => {
      world.azure.estate.add(at(bob));
      const fault = { kind: 'error', status: 400, code: 'RoleAssignmentLimitExceeded' } as const;
      world.script.fault({ operation: 'roleAssignments.put' }, fault);
      const result = await stepWithFiles(world, file(...onCallReads), reconcile);
      expect(errors(result)).toContain('Not started');
      expect(kinds(world)).toEqual([]);
    });
  });

  it('leaves what changed after the plan was made (P11)', async () => {
    await inAzure({}, async (world) => {
      const { estate } = world.azure;
      const extra = estate.add(at(bob));
      world.script.onRequest({ operation: 'roleAssignments.put', nth: 1 }, () => {
        estate.remove(at(bob));
        estate.add({ ...at(bob), name: extra.name, description: 'needed after all' });
      });
      const result = await stepWithFiles(world, file(...onCallReads), reconcile);
      expect(errors(result)).toBe('');
      expect(estate.has(at(bob))).toBe(true);
      expect(result.stdout).toContain('It was changed after it was listed.');
    });
  });

  it('keeps the last Owner, and removes others of a privileged role only if an input allows it (P10, P11)', async () => {
    const roles = '[Owner, User Access Administrator]';
    const text = (file()[path] ?? '').replace('[Reader, Storage Blob Data Reader]', roles);
    const owners = { [path]: text };
    await inAzure({}, async (world) => {
      const { estate } = world.azure;
      estate.add(at(bob, 'Owner'));
      estate.add(at(azureIds.alice, 'User Access Administrator'));
      await stepWithFiles(world, owners, reconcile);
      expect(kinds(world)).toEqual([]);
      const allowed = await stepWithFiles(world, owners, { ...reconcile, 'allow-privileged': 'true' });
      expect(errors(allowed)).toBe('');
      expect([estate.has(at(bob, 'Owner')), estate.has(at(azureIds.alice, 'User Access Administrator'))]).toEqual([
        true,
        false,
      ]);
      expect(allowed.stdout).toContain('It is the last Owner of');
    });
  });

  it('removes the assignment of an expired row whose principal was deleted, as access in no row (P8, P11)', async () => {
    const gone = '05e00000-0000-4000-8000-0000000000aa';
    const expired = ['  - principal: ' + gone, '    role: Reader', '    target: resource-group:payments-prod'];
    const files = file(...expired, '    expires: 2020-01-31');
    await inAzure({}, async (world) => {
      world.azure.estate.add(at(gone));
      const revoked = await stepWithFiles(world, files, { operation: 'revoke' });
      expect([errors(revoked), kinds(world)]).toEqual(['', []]);
      const result = await stepWithFiles(world, files, reconcile);
      expect([errors(result), kinds(world)]).toEqual(['', ['delete']]);
      expect(result.stdout).toContain('access/payments.yml:7: This row has expired');
      expect(result.stdout).toContain('Of 1 assignment to remove, 1 is in no row.');
    });
  });

  it('owns the scopes below a management group where the file includes them (P11)', async () => {
    const below = [
      'version: 1',
      'cloud: azure',
      'owns:',
      '  roles: [Storage Blob Data Reader]',
      `  targets: ['management-group:mg-platform', '!subscription:payments-staging']`,
      '  below: true',
      'grants: []',
      '',
    ].join('\n');
    const inStaging = { ...onCall, scope: '/subscriptions/11111111-2222-4333-8444-555555555502' };
    await inAzure({}, async (world) => {
      const { estate } = world.azure;
      const gone = [onCall, { ...onCall, scope: scopes.resource }, { ...onCall, scope: scopes.managementGroup }];
      for (const one of [...gone, inStaging]) estate.add(one);
      const result = await stepWithFiles(world, { 'access.yml': below }, reconcile);
      expect(errors(result)).toBe('');
      expect(gone.some((one) => estate.has(one))).toBe(false);
      expect(estate.has(inStaging)).toBe(true);
    });
  });

  it('plans no change for the draft of an inventory', async () => {
    const temp = await mkdtemp(join(tmpdir(), 'draft-'));
    await inAzure({}, async (world) => {
      world.azure.estate.add(onCall);
      world.azure.estate.add({ ...at(bob), description: 'by hand' });
      const inventory = { operation: 'inventory', 'access-file': '', target: scopes.resourceGroup };
      const shown = await stepWithFiles(world, {}, inventory, { env: { RUNNER_TEMP: temp } });
      const draft = await readFile(shown.outputs['access-file-draft'] ?? '', 'utf8');
      const result = await stepWithFiles(world, { 'draft.yml': draft }, reconcile);
      expect([errors(result), result.outputs['changed']]).toEqual(['', 'false']);
      expect(draft).toContain('bob@example.com');
    }).finally(() => rm(temp, { recursive: true, force: true }));
  });

  it('is red before any change where the access under Privileged Identity Management is not readable (P11)', async () => {
    await inAzure({}, async (world) => {
      world.azure.estate.add(at(bob));
      world.script.fault(
        { operation: 'roleAssignmentScheduleInstances.list', times: 1_000 },
        { kind: 'error', status: 403, code: 'AuthorizationFailed' },
      );
      const result = await stepWithFiles(world, file(...onCallReads), reconcile);
      expect(result.exitCode).toBe(1);
      expect(kinds(world)).toEqual([]);
    });
  });
});

const role = (name: string): AzureOptions => ({
  callerRole: {
    permissions: [{ actions: (policy(`azure-${name}`) as { readonly Actions: readonly string[] }).Actions }],
    scopes: [scopes.subscription],
  },
});

const denied = ({ requests }: StepResult): readonly unknown[] => requests.flatMap(({ denied: it }) => it ?? []);

interface InventoryFile {
  readonly rows: readonly Readonly<Record<'kind' | 'source', string>>[];
}

describe('an inventory with a file on Azure', () => {
  it('shows inherited access and access that can be activated, and counts neither as drift (P11)', async () => {
    const temp = await mkdtemp(join(tmpdir(), 'inventory-'));
    await inAzure({ azure: { pim: { eligible: [{ ...at(bob), endAt: Date.now() + 3_600_000 }] } } }, async (world) => {
      world.azure.estate.add(onCall);
      const result = await stepWithFiles(
        world,
        file(...onCallReads),
        { operation: 'inventory', prune: 'fail' },
        { env: { RUNNER_TEMP: temp } },
      );
      const { rows } = JSON.parse(await readFile(result.outputs['inventory-file'] ?? '', 'utf8')) as InventoryFile;
      expect(rows.map(({ kind, source }) => `${kind} ${source}`).sort()).toEqual([
        'permanent direct',
        'permanent inherited',
        'pim-eligible direct',
      ]);
      expect([errors(result), result.outputs['drift']]).toEqual(['', 'false']);
    }).finally(() => rm(temp, { recursive: true, force: true }));
  });
});

describe('the roles of access files on Azure', () => {
  it('allow reconcile: docs/policies/azure-reconcile.json', async () => {
    await inAzure({ azure: role('reconcile') }, async (world) => {
      world.azure.estate.add(at(bob));
      const result = await stepWithFiles(world, file(...onCallReads), reconcile);
      expect([errors(result), denied(result)]).toEqual(['', []]);
      expect(kinds(world)).toEqual(['create', 'delete']);
    });
  });

  it('allow inventory, and a reconcile that changes nothing: docs/policies/azure-inventory.json', async () => {
    await inAzure({ azure: role('inventory') }, async (world) => {
      world.azure.estate.add(at(bob));
      const whole = await stepWithFiles(
        world,
        {},
        { operation: 'inventory', target: scopes.subscription, 'access-file': '' },
      );
      const compared = await stepWithFiles(world, file(...onCallReads), { operation: 'inventory' });
      const planned = await stepWithFiles(world, file(...onCallReads), { ...reconcile, 'dry-run': 'true' });
      for (const result of [whole, compared, planned]) expect([errors(result), denied(result)]).toEqual(['', []]);
      expect(compared.outputs['drift']).toBe('true');
      expect(kinds(world)).toEqual([]);
    });
  });
});
