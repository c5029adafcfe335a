import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { azureByIds, azureByNames, azureIds, azureStep, inAzure, onCallBlobReader, scopes } from './azure-support.ts';
import { declaredOutputs, facts, fileOf, headline, places, resultsOf, seen, uuid } from './reports.ts';
import { errors } from './support.ts';

const definition = `${scopes.subscription}/providers/Microsoft.Authorization/roleDefinitions/${azureIds.blobReader}`;
const assignmentAt = (scope: string): RegExp =>
  new RegExp(`^${scope}/providers/Microsoft.Authorization/roleAssignments/[0-9a-f-]{36}$`, 'u');

const granted = ({ azure: { estate } }: World): void => {
  estate.add(onCallBlobReader);
};
const write = 'Microsoft.Authorization/roleAssignments/write';
const revoke = { ...azureByIds, operation: 'revoke' };
const late: WorldOptions = { azure: { lag: { readMs: 600_000, deleteMs: 600_000 } } };

/** From the change on, no request is answered; the change takes place. */
function silence({ script }: World): void {
  let over = false;
  script.onRequest({ operation: 'roleAssignments.put' }, () => {
    over = true;
  });
  script.fault({ where: () => over, times: Infinity }, { kind: 'hang', processed: true });
}

/** A step for each status, its outputs, and the first words that a person reads. */
const endings: readonly {
  readonly name: string;
  readonly verdict: string;
  readonly inputs: Step['inputs'];
  readonly options?: WorldOptions;
  readonly prepare?: (world: World) => void;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly exitCode: number;
}[] = [
  {
    name: 'SUCCEEDED with a grant',
    verdict: '✅ Granted',
    inputs: azureByIds,
    outputs: { status: 'SUCCEEDED', changed: 'true', 'request-id': expect.stringMatching(uuid), 'failure-reason': '' },
    exitCode: 0,
  },
  {
    name: 'SUCCEEDED without a change',
    verdict: '✅ Unchanged',
    inputs: azureByIds,
    prepare: granted,
    outputs: { status: 'SUCCEEDED', changed: 'false', 'request-id': '', 'failure-reason': '' },
    exitCode: 0,
  },
  {
    name: 'SUCCEEDED with another description',
    verdict: '✅ Updated',
    inputs: { ...azureByIds, description: 'on call' },
    prepare: granted,
    outputs: { status: 'SUCCEEDED', changed: 'true', 'request-id': expect.stringMatching(uuid), 'failure-reason': '' },
    exitCode: 0,
  },
  {
    name: 'SUCCEEDED with a revoke',
    verdict: '✅ Revoked',
    inputs: revoke,
    prepare: granted,
    outputs: { status: 'SUCCEEDED', changed: 'true', 'request-id': expect.stringMatching(uuid), 'failure-reason': '' },
    exitCode: 0,
  },
  {
    name: 'FAILED by a lock',
    verdict: '❌ FAILED',
    inputs: revoke,
    prepare: (world) => {
      granted(world);
      world.azure.estate.lock(scopes.subscription, 'CanNotDelete');
    },
    outputs: {
      status: 'FAILED',
      changed: 'false',
      'failure-reason': expect.stringContaining('ScopeLocked: The scope'),
    },
    exitCode: 1,
  },
  {
    name: 'FAILED since it was never seen',
    verdict: '❌ FAILED',
    inputs: azureByIds,
    options: late,
    outputs: {
      status: 'FAILED',
      changed: 'true',
      'request-id': expect.stringMatching(uuid),
      'failure-reason': expect.stringContaining('reading back did not show the grant'),
    },
    exitCode: 1,
  },
  {
    name: 'IN_PROGRESS with wait: false',
    verdict: '⏳ IN_PROGRESS',
    inputs: { ...azureByIds, wait: 'false' },
    options: late,
    outputs: { status: 'IN_PROGRESS', changed: 'true', 'request-id': expect.stringMatching(uuid) },
    exitCode: 0,
  },
  {
    name: 'IN_PROGRESS with an unknown result',
    verdict: '⏳ IN_PROGRESS',
    inputs: { ...azureByIds, timeout: '20s' },
    prepare: silence,
    outputs: {
      status: 'IN_PROGRESS',
      changed: 'true',
      'request-id': '',
      'failure-reason': expect.stringContaining(write),
    },
    exitCode: 1,
  },
];

const grantOutputs = {
  'principal-id': azureIds.onCall,
  'principal-type': 'Group',
  'role-id': definition,
  'target-id': scopes.resourceGroup,
};

describe('outputs, results, results-file and summary on Azure', () => {
  it.each(endings)(
    'of a step that ends $name, with at most one annotation for the grant (P1)',
    async ({ inputs, options, prepare, outputs, exitCode, verdict }) => {
      await inAzure(options ?? {}, async (world) => {
        prepare?.(world);
        const result = await azureStep(world, inputs);
        expect(result.exitCode).toBe(exitCode);
        expect(Object.keys(result.outputs).sort()).toEqual(declaredOutputs());
        expect(result.outputs).toMatchObject({ ...outputs, ...grantOutputs });
        // That the access is permanent is a notice about the step.
        const levels = result.annotations.map(({ level }) => level).filter((level) => level !== 'notice');
        expect(levels).toEqual(exitCode === 0 ? [] : ['error']);

        const [record, ...others] = resultsOf(result);
        const { status, changed, 'request-id': id, 'failure-reason': reason } = result.outputs;
        expect(others).toEqual([]);
        expect(record).toMatchObject({
          ...grantOutputs,
          status,
          changed: changed === 'true',
          'request-id': id,
          'assignment-id': result.outputs['assignment-id'],
          'failure-reason': reason,
        });
        expect(fileOf(result)['results']).toEqual([record]);

        expect(headline(result.summary).split(':')[0]).toBe(verdict);
        expect(facts(result.summary)['Request ID'] ?? '').toBe(id);
        expect(seen(result.summary)).toContain(reason);
        // Only a change that a read showed is reported as visible, and none as effective.
        const shown = status === 'SUCCEEDED' && changed === 'true' && verdict !== '✅ Revoked';
        expect(result.summary.includes('is visible, but might not be effective yet')).toBe(shown);
        expect(result.log.includes('is visible, but might not be effective yet')).toBe(shown);
      });
    },
  );

  it('name the assignment by its full ID, which is the existing one (P1)', async () => {
    await inAzure({}, async (world) => {
      for (const scope of [scopes.resourceGroup, scopes.child, scopes.managementGroup]) {
        const inputs = { ...azureByIds, target: scope };
        for (const it of [inputs, inputs, { ...inputs, operation: 'revoke' }]) {
          const there = world.azure.estate.find({ ...onCallBlobReader, scope })?.id;
          const { 'assignment-id': id = '' } = (await azureStep(world, it)).outputs;
          expect(id).toMatch(assignmentAt(scope));
          expect(id).toBe(there ?? world.azure.estate.find({ ...onCallBlobReader, scope })?.id);
        }
      }
    });
  });

  it("have names with their IDs where they were looked up, in the words of Azure's portal", async () => {
    await inAzure({}, async (world) => {
      const result = await azureStep(world, azureByNames);
      const names = { 'principal-name': 'Payments On-Call', 'role-name': 'Storage Blob Data Reader' };
      expect(resultsOf(result)[0]).toMatchObject({ ...names, 'target-name': 'payments-prod' });
      expect(facts(result.summary)).toMatchObject({
        Principal: `group Payments On-Call ${azureIds.onCall}`,
        Role: `Storage Blob Data Reader ${azureIds.blobReader}`,
        Scope: `payments-prod ${scopes.resourceGroup}`,
        'Started by': 'octocat (ID 583231)',
        Environment: 'production-access',
        Run: '#42, attempt 1',
        'Request ID': result.outputs['request-id'],
      });
      expect(result.summary).toContain('<summary>Request to Azure RBAC</summary>');
    });
  });

  it('of a refusal, where no grant was known, report the reason and that nothing was changed', async () => {
    await inAzure({}, async (world) => {
      const result = await azureStep(world, { ...azureByNames, role: 'No Such Role' });
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false', results: '[]' });
      expect(result.outputs['request-id']).toBeUndefined();
      expect(fileOf(result)).toMatchObject({ schema: 2, actor: 'octocat', results: [], environment: null });
      expect(result.outputs['failure-reason']).toContain('No Such Role');
      expect(errors(result)).toContain('nothing was changed');
    });
  });

  it('after a revoke report that the end of the access can need ten minutes, and the inherited access (P1)', async () => {
    await inAzure({}, async (world) => {
      granted(world);
      world.azure.estate.add({ ...onCallBlobReader, scope: scopes.managementGroup });
      const result = await azureStep(world, revoke);
      for (const text of [result.log, seen(result.summary)]) {
        expect(text).toContain('is deleted, but the access can last longer. Azure can take up to ten minutes');
        expect(text).toContain(`still inherits this role from ${scopes.managementGroup}`);
      }
    });
  });

  it('never report a change as effective, whether it was made, existed or was removed (P1)', async () => {
    await inAzure({}, async (world) => {
      const results = [
        await azureStep(world, azureByIds),
        await azureStep(world, azureByIds),
        await azureStep(world, revoke),
      ];
      expect(results.map(({ outputs }) => outputs['changed'])).toEqual(['true', 'false', 'true']);
      for (const { log, summary } of results)
        expect(`${log}${summary}`.replaceAll('might not be effective yet', '')).not.toMatch(
          /\beffective\b|\bin force\b|\bactive\b/iu,
        );
    });
  });
});

describe('the log on Azure', () => {
  it('has the steps for a person: signed in, IDs and names, plan, carried out with request ID, verified, result', async () => {
    await inAzure({}, async (world) => {
      const result = await azureStep(world, azureByNames);
      const id = result.outputs['request-id'] ?? '';
      const grant = 'group "Payments On-Call" with role "Storage Blob Data Reader" on scope "payments-prod"';
      const { ids } = world.azure;
      const found = places(result.log, [
        'Requested: assign: principal group:Payments On-Call',
        `as client ID ${ids.clientId}, object ID ${ids.callerObjectId}, tenant ID ${ids.tenantId} until `,
        `Group "Payments On-Call" (${azureIds.onCall}).`,
        `Role "Storage Blob Data Reader" (${azureIds.blobReader}).`,
        `Scope "payments-prod" (${scopes.resourceGroup}).`,
        `Plan: create ${grant}.`,
        `Carried out ${write}: request ID ${id}.`,
        `Verified by reading back: ${grant} is there.`,
        `SUCCEEDED: ${grant}. Changed. The access is permanent. Request ID: ${id}.`,
      ]);
      expect(found).not.toContain(-1);
      expect(found).toEqual([...found].sort((a, b) => a - b));
    });
  });

  it('of an update names the differences from the request', async () => {
    await inAzure({}, async (world) => {
      granted(world);
      const { log } = await azureStep(world, { ...azureByIds, description: 'on call' });
      expect(log).toContain('Plan: update group');
      expect(log).toContain('(differs from the request: description)');
    });
  });
});
