import type { Step } from '../runner/step.ts';
import type { World } from '../world.ts';
import type { Scene } from './scene.ts';

type Inputs = Step['inputs'];

/** A step that signs in to the world's Azure. */
export const inAzure =
  (inputs: Inputs) =>
  (world: World): Inputs => ({ cloud: 'azure', ...world.azure.inputs, ...inputs });

const onCall = {
  principal: 'group:Payments On-Call',
  role: 'Key Vault Secrets User',
  target: 'resource-group:payments-prod',
} as const;

const inLockedGroup = { ...onCall, target: 'resource-group:rg-locked' } as const;

/** An administrator granted it before the lock was set. */
function grantInLockedGroup({ azure }: World): void {
  const group = azure.estate.groups.find(({ displayName }) => displayName === 'Payments On-Call');
  azure.estate.add({
    scope: `/subscriptions/${azure.ids.subscriptionId}/resourceGroups/rg-locked`,
    role: inLockedGroup.role,
    principalId: group?.id ?? '',
  });
}

export const azureScenes: readonly Scene[] = [
  {
    title: 'Azure: assign a role to a group, twice',
    caption: 'The step',
    inputs: inAzure({ ...onCall, operation: 'assign' }),
    expected: { exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'true' }, changes: 1 },
    then: [
      {
        caption: 'Run again: the assignment exists already, so nothing changes',
        inputs: inAzure({ ...onCall, operation: 'assign' }),
        expected: { exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'false' }, changes: 0 },
      },
    ],
  },
  {
    title: 'Azure: revoke it',
    inputs: inAzure({ ...onCall, operation: 'revoke' }),
    expected: { exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'true' }, changes: 1 },
  },
  {
    title: 'Azure: a wrong federated credential',
    note: 'The application trusts the environment staging-access; the job runs in production-access.',
    world: {
      clouds: ['azure'],
      azure: {
        federatedCredentials: [
          {
            issuer: 'https://token.actions.githubusercontent.com',
            subject: 'repo:octo-org/infra:environment:staging-access',
            audience: 'api://AzureADTokenExchange',
          },
        ],
      },
    },
    inputs: inAzure({ ...onCall, operation: 'assign' }),
    expected: {
      exitCode: 1,
      outputs: { status: 'FAILED', 'failure-reason': /AADSTS700213: No matching federated identity record/ },
      changes: 0,
    },
  },
  {
    title: 'Azure: a lock that keeps an assignment from being revoked',
    note: 'The resource group has a delete lock, which protects its role assignments too.',
    before: grantInLockedGroup,
    inputs: inAzure({ ...inLockedGroup, operation: 'revoke' }),
    expected: { exitCode: 1, outputs: { status: 'FAILED', 'failure-reason': /ScopeLocked/ }, changes: 0 },
  },
];
