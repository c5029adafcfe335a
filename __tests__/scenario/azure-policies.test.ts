import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CallerRole } from '../../rehearsal/azure/options.ts';
import type { FederatedCredential } from '../../rehearsal/azure/options.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { readText } from '../docs/repository.ts';
import { azureByIds, azureByNames, azureIds, azureStep, inAzure, onCallBlobReader, scopes } from './azure-support.ts';
import { denied } from './policy-documents.ts';
import { errors, policy } from './support.ts';

/** A custom role in the form of `az role definition create`. */
interface RoleFile {
  readonly Actions: readonly string[];
  readonly NotActions: readonly string[];
  readonly DataActions: readonly string[];
  readonly AssignableScopes: readonly string[];
}

const broker = policy('azure-broker') as RoleFile;
const condition = readText('docs/policies/azure-condition.txt');

/** The broker as the documents define it: the role, assigned where it is assignable, under the condition. */
function callerRole(actions: readonly string[] = broker.Actions): CallerRole {
  return { permissions: [{ actions, notActions: broker.NotActions }], scopes: broker.AssignableScopes, condition };
}

interface Scene {
  readonly title: string;
  readonly inputs: Step['inputs'];
  readonly before?: (world: World) => void;
}

const granted = ({ azure: { estate } }: World): void => {
  estate.add({ ...onCallBlobReader, description: 'before' });
};
const revoke = { operation: 'revoke' } as const;

const scenes: readonly Scene[] = [
  { title: 'assign by ids', inputs: azureByIds },
  { title: 'assign by names', inputs: azureByNames },
  {
    title: 'assign a user on a subscription by name',
    inputs: { ...azureByNames, principal: 'user:alice@example.com', target: 'subscription:payments-prod' },
  },
  { title: 'assign on a child resource', inputs: { ...azureByIds, target: scopes.child } },
  { title: 'another description', inputs: { ...azureByIds, description: 'after' }, before: granted },
  { title: 'revoke by ids', inputs: { ...azureByIds, ...revoke }, before: granted },
  { title: 'revoke by names', inputs: { ...azureByNames, ...revoke }, before: granted },
];

const play = (scene: Scene, role: CallerRole): Promise<StepResult> =>
  inAzure({ azure: { callerRole: role } }, async (world) => {
    scene.before?.(world);
    const result = await azureStep(world, scene.inputs);
    expect(world.azure.estate.effectiveChanges()).toHaveLength(result.outputs['changed'] === 'true' ? 1 : 0);
    return result;
  });

describe('docs/policies/azure-broker.json with azure-condition.txt', () => {
  const results = new Map<Scene, StepResult>();
  beforeAll(async () => {
    for (const scene of scenes) results.set(scene, await play(scene, callerRole()));
  });

  it('allows every scene: nothing is denied, and each makes its change', () => {
    const ends = [...results].map(([{ title }, it]) => [title, it.exitCode, it.outputs['changed'], denied(it)]);
    expect(ends).toEqual(scenes.map(({ title }) => [title, 0, 'true', []]));
  });

  it('has no action twice, no wildcard, and nothing that reads or changes data', () => {
    expect(new Set(broker.Actions).size).toBe(broker.Actions.length);
    expect(broker.Actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(broker.DataActions).toEqual([]);
  });

  it.each(broker.Actions)(
    'needs %s: it was used, and without it a scene ends red and reports it (P9)',
    async (action) => {
      const [scene] = [...results].find(([, { requests }]) => requests.some((it) => it.action === action)) ?? [];
      if (scene === undefined) throw new Error(`${action} is never used`);
      const result = await play(scene, callerRole(broker.Actions.filter((it) => it !== action)));
      expect(result.exitCode).toBe(1);
      expect(result.outputs['status']).toBe('FAILED');
      // A list leaves out assignments that the identity cannot read; anything else is denied by name.
      expect(errors(result)).toMatch(new RegExp(`${action}|signed-in identity can see no`, 'u'));
      expect(errors(result)).toContain('What to do: ');
    },
  );

  it.each<[string, Step['inputs']]>([
    ['another role', { ...azureByIds, role: azureIds.reader }],
    ['a role that hands out access, allowed by the step', { ...azureByIds, role: 'Owner', 'allow-privileged': 'true' }],
    ['a service principal', { ...azureByIds, principal: `service-principal:${azureIds.deploy}` }],
    ['another subscription', { ...azureByIds, target: '/subscriptions/11111111-2222-4333-8444-555555555502' }],
    ['the management group above', { ...azureByIds, target: scopes.managementGroup }],
  ])(
    'refuses to grant with %s: nothing is changed, and the hint names the permission and its condition (P9)',
    async (_, inputs) => {
      const result = await play({ title: '', inputs }, callerRole());
      expect(result.exitCode).toBe(1);
      expect(result.outputs['status']).toBe('FAILED');
      expect(denied(result)).not.toEqual([]);
      expect(errors(result)).toContain('answered AuthorizationFailed: The client');
      expect(errors(result)).toMatch(
        /What to do: .*[Tt]he identity needs Microsoft\.Authorization\/role(?:Assignments|Definitions)/u,
      );
      if (result.requests.some(({ operation }) => operation === 'roleAssignments.put'))
        expect(errors(result)).toContain('whose condition allows this role and principal');
    },
  );

  it.each([
    ['another role', { ...onCallBlobReader, role: azureIds.reader }, { role: azureIds.reader }],
    [
      'a service principal',
      { ...onCallBlobReader, principalId: azureIds.deploy },
      { principal: `service-principal:${azureIds.deploy}` },
    ],
  ])('refuses to remove access with %s: it stays (P3)', async (_, tuple, inputs) => {
    await inAzure({ azure: { callerRole: callerRole() } }, async (world) => {
      world.azure.estate.add(tuple);
      const result = await azureStep(world, { ...azureByIds, ...revoke, ...inputs });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toContain('Microsoft.Authorization/roleAssignments/delete');
      expect(world.azure.estate.has(tuple)).toBe(true);
    });
  });
});

/** Parameters of `az ad app federated-credential create`. */
interface CredentialFile {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

function credential(name: string): FederatedCredential {
  const { issuer, subject, audiences } = policy(name) as CredentialFile;
  expect(audiences).toHaveLength(1);
  return { issuer, subject, audience: audiences[0] ?? '' };
}

describe.each<[string, Step['context']]>([
  ['azure-credential-environment', {}],
  ['azure-credential-immutable', { immutableSubject: true }],
])('docs/policies/%s.json', (name, own) => {
  const run = (context: Step['context']): Promise<StepResult> =>
    inAzure({ azure: { federatedCredentials: [credential(name)] } }, (world) =>
      azureStep(world, azureByIds, { context: { ...own, ...context } }),
    );

  it('allows its own job', async () => {
    const result = await run({});
    expect(errors(result)).toBe('');
    expect(result.exitCode).toBe(0);
  });

  it.each<[string, Step['context']]>([
    ['the other form of the subject', { immutableSubject: own?.immutableSubject !== true }],
    ['another environment', { environment: 'staging-access' }],
    ['no environment', { environment: null }],
    ['another repository', { repository: 'octo-org/other', repositoryId: '1' }],
    ['a repository of another owner', { repository: 'octo-evil/infra', ownerId: '2' }],
  ])('does not allow a job with %s', async (_, context) => {
    const result = await run(context);
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toMatch(/AADSTS70021\d?/u);
    expect(result.requests.filter(({ service, operation }) => service === 'arm' && operation !== 'metadata')).toEqual(
      [],
    );
  });
});
