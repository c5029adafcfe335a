import { describe, expect, it } from '@jest/globals';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { Effect } from '../../rehearsal/script.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import {
  byLeaseId,
  holdersIn,
  inAzureLeases,
  isGranted,
  leasedOnAzure,
  postOnAzure,
  takeOnAzure,
} from './azure-lease-support.ts';
import { grantsOf, tenant } from './azure-many.ts';
import { inPim, leasedByPim, leasedSchedule, revokedByPim, run, takeByPim } from './azure-pim-support.ts';
import { azureByIds, azureStep, onCallBlobReader, scopes, warnings } from './azure-support.ts';
import { hour, job, minute, told } from './lease-support.ts';
import { headline, resultsOf } from './reports.ts';
import { errors } from './support.ts';

const [one, two, three] = [job(1), job(2), job(3)];
const onBoth = { target: `${azureByIds.target}\n${scopes.subscription}`, 'keep-after-job': 'true' } as const;
const both = { ...leasedOnAzure, ...onBoth };
const bothByPim = { ...leasedByPim, ...onBoth };
const alsoAbove = { ...onCallBlobReader, scope: scopes.subscription };
const longer = (main: StepResult) => ({ ...byLeaseId('extend', main), lifetime: '3h' }) as const;
const goneText = 'The lease is gone: it was released, swept or revoked, or it has ended.';

/** Resource of each result, its status and its change. */
function endsOf(result: StepResult): readonly unknown[] {
  return resultsOf(result).map((it) => [it['target-id'], it['status'], it['lease-state'], it['failure-reason']]);
}

describe('extend on Azure, with a part of the lease that', () => {
  it('was removed, is red for that grant, and extends the other (P1)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, both, one);
      world.azure.estate.remove(onCallBlobReader);
      const extended = await azureStep(world, longer(main), two);
      expect(endsOf(extended)).toEqual([
        [scopes.subscription, 'SUCCEEDED', 'leased', ''],
        [scopes.resourceGroup, 'FAILED', '', goneText],
      ]);
      expect([extended.exitCode, extended.outputs['status'], extended.outputs['changed']]).toEqual([
        1,
        'FAILED',
        'true',
      ]);
      expect(errors(extended)).toContain('Take a new one with `operation: assign`');
      expect([isGranted(world), world.azure.estate.has(alsoAbove)]).toEqual([false, true]);
      // Its new ID is for the remaining grants.
      const again = await azureStep(world, longer(extended), three);
      expect([errors(again), resultsOf(again).length]).toEqual(['', 1]);
    }));

  it('another caller leases now, is red for that grant, and leaves that lease alone (P1)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, both, one);
      world.azure.estate.remove(onCallBlobReader);
      await takeOnAzure(world, { ...leasedOnAzure, 'keep-after-job': 'true' }, two);
      const extended = await azureStep(world, longer(main), three);
      expect(endsOf(extended)).toEqual([
        [scopes.subscription, 'SUCCEEDED', 'leased', ''],
        [scopes.resourceGroup, 'FAILED', '', goneText],
      ]);
      expect(isGranted(world)).toBe(true);
    }));

  it('was permanent from the beginning, is green: it stays unchanged, and the step reports that', () =>
    inAzureLeases({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      const main = await takeOnAzure(world, both, one);
      expect(resultsOf(main).map((it) => it['lease-state'])).toEqual(['permanent', 'leased']);
      const extended = await azureStep(world, longer(main), two);
      expect([extended.exitCode, endsOf(extended)]).toEqual([
        0,
        [
          [scopes.subscription, 'SUCCEEDED', 'leased', ''],
          [scopes.resourceGroup, 'SUCCEEDED', 'permanent', ''],
        ],
      ]);
      expect(told(extended, 'warning')).toEqual([expect.stringContaining('already existed and is permanent')]);
    }));

  it("is not readable, is red for that grant, in the cloud's words, and extends the other", () =>
    inAzureLeases({}, async (world) => {
      const staging = '/subscriptions/11111111-2222-4333-8444-555555555502';
      const main = await takeOnAzure(world, { ...both, target: `${azureByIds.target}\n${staging}` }, one);
      const gone: Effect = { kind: 'error', status: 404, code: 'SubscriptionNotFound', message: 'It was deleted.' };
      const isAtStaging = ({ operation, url }: JournalEntry): boolean =>
        operation === 'roleAssignments.list' && url?.includes(staging) === true;
      world.script.weather((entry) => (isAtStaging(entry) ? gone : undefined));
      const extended = await azureStep(world, longer(main), two);
      expect(endsOf(extended)).toEqual([
        [scopes.resourceGroup, 'SUCCEEDED', 'leased', ''],
        [staging, 'FAILED', '', expect.stringContaining('SubscriptionNotFound')],
      ]);
      expect(extended.exitCode).toBe(1);
    }));
});

/** Twenty-four grants, four more than a lease ID can name. */
const count = 24;
const { estate, ...places } = tenant({ groups: 5, resourceGroups: 12 });
const many = { ...leasedOnAzure, ...grantsOf(places, { groups: 2, roles: 1, scopes: 12 }), 'keep-after-job': 'true' };
/** A safety net in real time for each step. */
const slowly = { timeoutMs: 200_000 } as const;

describe('extend on Azure, of a lease ID that names places', () => {
  const membersOf = ({ outputs }: StepResult): Record<string, unknown> =>
    JSON.parse(Buffer.from((outputs['lease-id'] ?? '').slice(4), 'base64url').toString()) as Record<string, unknown>;

  it('is red where grants of it are gone, reports how many, and extends the others (P1)', () =>
    inAzureLeases({ estate }, async (world) => {
      const before = new Set(world.azure.estate.assignments().map(({ id }) => id));
      const main = await takeOnAzure(world, many, { ...one, ...slowly });
      const taken = world.azure.estate.assignments().filter(({ id }) => !before.has(id));
      for (const { id } of taken.slice(0, 2)) world.azure.estate.remove(id);
      const extended = await azureStep(world, longer(main), { ...two, ...slowly });
      const reason = `2 of the ${count} grants of this lease are gone: they were released, swept or made permanent, or have ended.`;
      expect(resultsOf(extended).map((it) => it['status'])).toEqual(
        Array.from({ length: count - 2 }, () => 'SUCCEEDED'),
      );
      expect(extended.outputs).toMatchObject({ status: 'FAILED', changed: 'true', 'failure-reason': reason });
      expect([extended.exitCode, headline(extended.summary)]).toEqual([
        1,
        '❌ Part of the lease is gone: 22 grants, 22 leased',
      ]);
      expect(errors(extended)).toContain(`${reason}\nWhat to do: `);
      expect(extended.summary).toContain(reason);
      // The new ID counts the remaining grants.
      const again = await azureStep(world, longer(extended), { ...three, ...slowly });
      expect([errors(again), resultsOf(again).length]).toEqual(['', count - 2]);
    }));

  it('is green where some were permanent from the beginning: they were never counted', () =>
    inAzureLeases({ estate }, async (world) => {
      const [scope = ''] = places.resourceGroups;
      const [principalId = ''] = places.groups;
      const [role = ''] = places.roles;
      world.azure.estate.add({ scope, principalId, role });
      const main = await takeOnAzure(world, many, { ...one, ...slowly });
      expect(membersOf(main)['n']).toBe(count - 1);
      const extended = await azureStep(world, longer(main), { ...two, ...slowly });
      expect([errors(extended), resultsOf(extended).length]).toEqual(['', count - 1]);
    }));
});

describe('extend through Privileged Identity Management, with a part of the lease that', () => {
  it('was revoked, is red for that grant, and extends the other (P1)', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, bothByPim, run(1));
      await world.clock.advance(6 * minute);
      expect((await azureStep(world, revokedByPim, run(2))).exitCode).toBe(0);
      const extended = await azureStep(world, { ...longer(main), reason: 'INC-1 goes on' }, run(3));
      expect(endsOf(extended)).toEqual([
        [scopes.subscription, 'SUCCEEDED', 'leased', ''],
        [scopes.resourceGroup, 'FAILED', '', goneText],
      ]);
      expect([extended.exitCode, isGranted(world)]).toEqual([1, false]);
    }));

  it('was revoked, and leased by another caller since, is red for that grant', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, bothByPim, run(1));
      await world.clock.advance(6 * minute);
      await azureStep(world, revokedByPim, run(2));
      await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' }, run(3));
      const extended = await azureStep(world, { ...longer(main), reason: 'INC-1 goes on' }, run(4));
      expect(endsOf(extended)).toEqual([
        [scopes.subscription, 'SUCCEEDED', 'leased', ''],
        [scopes.resourceGroup, 'FAILED', '', goneText],
      ]);
    }));

  it('was permanent from the beginning, is green: it stays unchanged, and the step reports that', () =>
    inPim({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      const main = await takeByPim(world, bothByPim, run(1));
      await world.clock.advance(6 * minute);
      const extended = await azureStep(world, { ...longer(main), reason: 'INC-1 goes on' }, run(2));
      expect([errors(extended), endsOf(extended)]).toEqual([
        '',
        [
          [scopes.subscription, 'SUCCEEDED', 'leased', ''],
          [scopes.resourceGroup, 'SUCCEEDED', 'permanent', ''],
        ],
      ]);
      expect(warnings(extended)).toContain('already existed and is permanent');
    }));

  it('has ended, is red for that grant, and is not made again', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, bothByPim, run(1));
      world.azure.pim.remove(onCallBlobReader);
      await world.clock.advance(hour / 2);
      const extended = await azureStep(world, { ...longer(main), reason: 'INC-1 goes on' }, run(2));
      expect(endsOf(extended)).toEqual([
        [scopes.resourceGroup, 'FAILED', '', goneText],
        [scopes.subscription, 'SUCCEEDED', 'leased', ''],
      ]);
      expect(leasedSchedule(world)).toBeUndefined();
    }));
});

describe('extend on Azure, canceled during the release of the old hold (P2)', () => {
  it.each(['true', 'false'])('reports the new lease, which exists (keep-after-job: %s)', (keepAfterJob) =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, 'keep-after-job': keepAfterJob }, one);
      const extending = { ...byLeaseId('extend', main), lifetime: '3h' };
      const cancelled = { ...two, cancel: { operation: 'roleAssignments.put', nth: 2 } } as const;
      const extended = await azureStep(world, extending, cancelled);
      expect(extended.outputs['lease-id']).toMatch(/./u);
      expect(extended.outputs['expires-at']).toBe('2026-11-21T23:00:00Z');
      expect(told(extended, 'warning').join()).toMatch(/The old lease could not be released.*before that was done/u);
      expect(errors(extended)).not.toContain('The post step releases');
      const ended = await postOnAzure(world, extended, { ...two, inputs: extending });
      expect([ended.exitCode, holdersIn(world).length]).toEqual([0, keepAfterJob === 'true' ? 1 : 0]);
      const released = await azureStep(world, byLeaseId('release', extended), three);
      expect(released.exitCode).toBe(0);
    }),
  );
});
