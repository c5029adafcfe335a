import { describe, expect, it } from '@jest/globals';
import type { CallerRole } from '../../rehearsal/azure/options.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { inPim, leasedByPim, postByPim, revokedByPim } from './azure-pim-support.ts';
import { azureByNames, azureStep } from './azure-support.ts';
import { minute } from './lease-support.ts';
import { someOf } from './matrix.ts';
import { errors, policy } from './support.ts';

/** A custom role in the form of `az role definition create`. */
interface RoleFile {
  readonly Actions: readonly string[];
  readonly NotActions: readonly string[];
  readonly AssignableScopes: readonly string[];
}

const broker = policy('azure-pim') as RoleFile;

function callerRole(actions: readonly string[] = broker.Actions): CallerRole {
  return { permissions: [{ actions, notActions: broker.NotActions }], scopes: broker.AssignableScopes };
}

/** Everything that the role is for: a lease that is ended, one that waits and is canceled, a list. */
async function play(world: World): Promise<readonly StepResult[]> {
  const byNames = { ...leasedByPim, role: azureByNames.role, target: azureByNames.target };
  const main = await azureStep(world, byNames);
  await world.clock.advance(6 * minute);
  const post = await postByPim(world, main);
  world.azure.pim.script({}, { takesMs: 0, statuses: [['PendingApproval', 0]] });
  const pending = await azureStep(world, leasedByPim);
  const listed = await azureStep(world, {
    operation: 'list',
    'azure-pim': 'true',
    target: 'subscription:payments-prod',
  });
  const revoked = await azureStep(world, revokedByPim);
  return [main, post, pending, listed, revoked];
}

/** End of each of them. */
const ended = ['SUCCEEDED', undefined, 'PENDING_APPROVAL', 'SUCCEEDED', 'SUCCEEDED'];

const told = (results: readonly StepResult[]): string =>
  results.map((result) => [errors(result), result.outputs['status'] ?? '', result.log].join('\n')).join('\n');

describe('docs/policies/azure-pim.json', () => {
  it('suffices', () =>
    inPim({ azure: { callerRole: callerRole() } }, async (world) => {
      const results = await play(world);
      expect(results.map((it) => it.requests.filter(({ denied }) => denied !== undefined))).toEqual(
        results.map(() => []),
      );
      expect(results.map(({ outputs }) => outputs['status'])).toEqual(ended);
      expect(told(results)).not.toMatch(/[Cc]ould not (?:be )?read/u);
    }));

  it.each(someOf(0, broker.Actions))('has nothing unused: %s', (action) =>
    inPim({ azure: { callerRole: callerRole(broker.Actions.filter((it) => it !== action)) } }, async (world) => {
      const results = await play(world);
      const isDenied = results.some(({ requests }) => requests.some(({ denied }) => denied !== undefined));
      // Missing read rights are not refusals, and a missing right after a request is refused in other words.
      const isOtherwise = results.some(({ outputs }, index) => outputs['status'] !== ended[index]);
      expect(isDenied || isOtherwise).toBe(true);
    }),
  );
});
