import { describe, expect, it } from '@jest/globals';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Estate } from '../../rehearsal/estate.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { RequestMatch } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import { azureByIds, azureByNames, azureStep, inAzure, onCallBlobReader, scopes } from './azure-support.ts';
import { expectNothingForged, hostile, oneLine } from './hostile-texts.ts';
import { someOf } from './matrix.ts';
import { resultsOf } from './reports.ts';
import { errors } from './support.ts';

const debug = { env: { RUNNER_DEBUG: '1' } };

function expectRed(world: World, result: StepResult): void {
  expect(result.exitCode).toBe(1);
  expect(result.outputs['status']).toBe('FAILED');
  expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
  expect(errors(result)).not.toContain('bug in');
  expectNothingForged(world, result);
}

/** A service of Azure, and a request of a step by names that it refuses. */
const services: readonly (readonly [string, RequestMatch])[] = [
  ['Resource Manager', { operation: 'roleAssignments.put' }],
  ['Microsoft Graph', { operation: 'groups.list' }],
  ['Entra', { operation: 'token' }],
];

describe('a hostile text forges no command, no output and no cell on Azure', () => {
  it.each(someOf(0, hostile))('in the message of an error from any service: %s (P10)', async (_, message) => {
    await inAzure({}, async (world) => {
      for (const [, match] of services) {
        world.script.fault(match, { kind: 'error', status: 400, code: 'BadRequest', message });
        expectRed(world, await azureStep(world, azureByNames, debug));
      }
    });
  });

  it.each(services)('in the code of an error, or a page from another server, of %s', async (_, match) => {
    await inAzure({}, async (world) => {
      const message = 'x\n::error title=forged::forged';
      world.script.fault(match, { kind: 'error', status: 400, code: 'Bad ##[error]forged\n::notice::forged', message });
      expectRed(world, await azureStep(world, azureByNames, debug));
      const page = '<html>\n::set-output name=status::SUCCEEDED\n##[error]forged</html>';
      world.script.fault(match, { kind: 'http', status: 400, body: page });
      expectRed(world, await azureStep(world, azureByNames, debug));
    });
  });

  it.each(someOf(1, hostile))('in names in the directory and the subscription: %s (P10)', async (_, text) => {
    await inAzure({ estate: withNames(text) }, async (world) => {
      const granted = await azureStep(world, { ...azureByIds, principal: stranger.group, role: stranger.role });
      expect(granted.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(resultsOf(granted)[0]).toMatchObject({ 'principal-name': text, 'role-name': text });
      expectNothingForged(world, granted);
      for (const near of [{ target: `subscription:${oneLine(text)}Q` }, { role: `${oneLine(text)}Q` }]) {
        expectRed(world, await azureStep(world, { ...azureByIds, ...near }));
      }
      const twins = await azureStep(world, { ...azureByIds, principal: 'user:twin@example.com' });
      expect(errors(twins)).toContain(stranger.users[0]);
      expectRed(world, twins);
    });
  });

  it.each(someOf(2, hostile))('in the properties of an existing grant: %s', async (_, text) => {
    await inAzure({}, async (world) => {
      world.azure.estate.add({ ...onCallBlobReader, condition: text, description: text });
      const result = await azureStep(world, azureByIds, debug);
      expect(errors(result)).toContain('with a condition, and this step gives none');
      expectRed(world, result);
    });
  });

  it.each(someOf(3, hostile))('in the IDs of a response: %s (P10)', async (_, text) => {
    await inAzure({}, async (world) => {
      const own = {
        id: text,
        name: text,
        properties: {
          scope: onCallBlobReader.scope,
          principalId: onCallBlobReader.principalId,
          roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${onCallBlobReader.role}`,
          principalType: text,
        },
      };
      world.script.fault({ operation: 'roleAssignments.put' }, { kind: 'answer', body: own });
      expectNothingForged(world, await azureStep(world, azureByIds, debug));
      world.script.fault({ operation: 'roleAssignments.list', times: 9 }, { kind: 'answer', body: { value: [own] } });
      expectNothingForged(world, await azureStep(world, azureByIds, debug));
    });
  });

  it.each(someOf(4, hostile))('in inputs: %s', async (_, text) => {
    await inAzure({}, async (world) => {
      const line = oneLine(text);
      for (const principal of [`group:${line}`, `user:${line}`, `service-principal:${line}`]) {
        const named = await azureStep(world, { ...azureByIds, principal });
        expect(named.exitCode).toBe(1);
        expectNothingForged(world, named);
      }
      const value = text.replaceAll('\0', ''); // no environment variable has one
      const faulty = await azureStep(world, {
        ...azureByIds,
        target: value,
        timeout: value,
        'azure-tenant-id': value,
        'azure-environment': value,
        'assignment-name': value,
        operation: value,
      });
      expect(faulty.exitCode).toBe(1);
      expect(faulty.requests).toEqual([]);
      expectNothingForged(world, faulty);
    });
  });

  it.each(someOf(5, hostile))('in a requested description and condition: %s', async (_, text) => {
    await inAzure({}, async (world) => {
      const value = text.replaceAll('\0', '');
      expectNothingForged(
        world,
        await azureStep(world, { ...azureByIds, description: value, condition: value }, debug),
      );
    });
  });
});

const stranger = {
  group: '96000000-0000-4000-8000-0000000000ff',
  role: 'c0570000-0000-4000-8000-0000000000ff',
  users: ['05e00000-0000-4000-8000-0000000000fe', '05e00000-0000-4000-8000-0000000000ff'],
} as const;

/** The hostile text as the name of everything that is looked up. */
function withNames(text: string): Estate {
  const estate = loadEstate();
  const { azure } = estate;
  if (azure === undefined) throw new Error('the estate has an Azure');
  const twins = stranger.users.map((id) => ({
    id,
    displayName: text,
    userPrincipalName: text,
    mail: 'twin@example.com',
  }));
  const role = {
    id: stranger.role,
    name: text,
    type: 'CustomRole',
    permissions: [{ actions: ['*/read'] }],
    assignableScopes: [scopes.subscription],
  } as const;
  return {
    ...estate,
    azure: {
      ...azure,
      users: [...azure.users, ...twins],
      groups: [...azure.groups, { id: stranger.group, displayName: text }],
      roleDefinitions: [...azure.roleDefinitions, role],
      subscriptions: [...azure.subscriptions, { id: '11111111-2222-4333-8444-5555555555ff', name: text }],
    },
  };
}

describe('a hostile name on Azure', () => {
  it('of a granted group is shown unchanged, and harmless', async () => {
    const name = '"evil | <b>x</b> ##[set-output name=status;]FAILED ::error::forged';
    await inAzure({ estate: withNames(name) }, async (world) => {
      const result = await azureStep(world, { ...azureByIds, principal: `group:${name}` });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', 'principal-id': stranger.group });
      expect(resultsOf(result)[0]?.['principal-name']).toBe(name);
      expect(result.log).toContain('"evil | <b>x</b>');
      expectNothingForged(world, result);
    });
  });

  it('of a workflow, a branch or an environment is shown in the claims of a refused token, and harmless', async () => {
    await inAzure({}, async (world) => {
      const text = 'x\n::error title=forged::forged ##[error]forged <b>';
      const context = { environment: text, workflow: text, ref: `refs/heads/${text}`, actor: text };
      const result = await azureStep(world, azureByIds, { context });
      expect(errors(result)).toContain('AADSTS700213');
      expectRed(world, result);
    });
  });
});
