import { describe, expect, it } from '@jest/globals';
import type { World } from '../../rehearsal/world.ts';
import {
  changesIn,
  describeByHand,
  holdersIn,
  inAzureLeases,
  isGranted,
  leasedAssignment,
  leasedOnAzure,
  postOnAzure,
  recordOf,
  slowWire,
  sweepingAzure,
  takeOnAzure,
} from './azure-lease-support.ts';
import { azureByIds, azureIds, azureStep, onCallBlobReader, scopes } from './azure-support.ts';
import { asked, endJob, hour, job, minute, summaryText, told } from './lease-support.ts';
import { resultsOf } from './reports.ts';
import { errors } from './support.ts';

const [one, two, three] = [job(1), job(2), job(3)];
const kept = { ...leasedOnAzure, 'keep-after-job': 'true' } as const;
const staging = '/subscriptions/11111111-2222-4333-8444-555555555502';

/** A lease whose job has ended, and whose post step never ran. */
async function orphaned(world: World, inputs: Record<string, string> = leasedOnAzure): Promise<void> {
  await takeOnAzure(world, inputs, one);
  endJob(world, 1);
}

describe('a sweep on Azure', () => {
  it('ends the lease of a job that has ended', () =>
    inAzureLeases({}, async (world) => {
      await orphaned(world);
      const swept = await azureStep(world, sweepingAzure, three);
      expect([errors(swept), changesIn(swept), isGranted(world)]).toEqual(['', ['delete 200'], false]);
      expect(swept.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(resultsOf(swept)).toEqual([
        expect.objectContaining({ 'target-id': scopes.resourceGroup, status: 'SUCCEEDED', changed: true }),
      ]);
      expect(summaryText(swept)).toContain(
        'The access was ended, because its job has ended. Its holder was octo-org/infra run 7001 (job 4501).',
      );
      expect(summaryText(swept)).toContain('but the access can last longer');
    }));

  it('ends expired leases, and sends no request about their jobs', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      // Half a minute before the margin is over.
      await world.advance(2 * hour);
      const early = await azureStep(world, sweepingAzure, three);
      expect([early.exitCode, isGranted(world)]).toEqual([0, true]);
      await world.advance(minute);
      const swept = await azureStep(world, sweepingAzure, three);
      expect([errors(swept), isGranted(world), asked(swept, 'github')]).toEqual(['', false, []]);
      expect(summaryText(swept)).toContain('it has no holder any more (its lease ended at 2026-11-21 22:00 UTC)');
    }));

  it('leaves the lease of a job that runs', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      const swept = await azureStep(world, sweepingAzure, three);
      expect([swept.exitCode, resultsOf(swept), changesIn(swept), isGranted(world)]).toEqual([0, [], [], true]);
      expect(swept.log).toContain('Nothing to do.');
    }));

  it('ends a keep-after-job lease by time only, without a request about its job (P5)', () =>
    inAzureLeases({}, async (world) => {
      await orphaned(world, kept);
      const swept = await azureStep(world, sweepingAzure, three);
      expect([swept.exitCode, isGranted(world), asked(swept, 'github')]).toEqual([0, true, []]);
      await world.advance(2 * hour + minute);
      expect((await azureStep(world, sweepingAzure, three)).exitCode).toBe(0);
      expect(isGranted(world)).toBe(false);
    }));

  it.each<[string, (world: World) => void]>([
    [
      'the run was deleted',
      (world) => {
        world.github.forget('7001');
      },
    ],
    [
      'the token cannot read',
      (world) => {
        world.github.allow('none');
      },
    ],
  ])('treats a job as unknown where %s: the lease ends by time, with a notice', (_, before) =>
    inAzureLeases({}, async (world) => {
      await orphaned(world);
      before(world);
      const swept = await azureStep(world, sweepingAzure, three);
      expect([swept.exitCode, isGranted(world), changesIn(swept)]).toEqual([0, true, []]);
      expect(summaryText(swept)).toMatch(
        /1 lease ends only at its end time, because it is unknown whether its job has ended/u,
      );
    }),
  );

  it('treats jobs of another repository, and those without a check run ID, as unknown', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, { ...leasedOnAzure, 'job-check-run-id': '' }, one);
      endJob(world, 1);
      const described = (recordOf(world)?.entries ?? []).map(({ holder }) => holder);
      expect(described[0]).toMatch(/^[0-9a-z]+\.[0-9a-z]+\.1\.0\.[0-9a-v]{8}$/u);
      const swept = await azureStep(world, sweepingAzure, three);
      expect([swept.exitCode, isGranted(world)]).toEqual([0, true]);
      expect(summaryText(swept)).toContain('1 lease ends only at its end time');
    }));

  it('ends and writes nothing while there are other holders; it ends the access when the last job has ended (P5)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      await takeOnAzure(world, { ...leasedOnAzure, lifetime: '3h' }, two);
      endJob(world, 1);
      const swept = await azureStep(world, sweepingAzure, three);
      expect([errors(swept), changesIn(swept), holdersIn(world), resultsOf(swept)]).toEqual(['', [], [1, 2], []]);
      expect(swept.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      endJob(world, 2);
      const again = await azureStep(world, sweepingAzure, three);
      expect([errors(again), isGranted(world), resultsOf(again).length]).toEqual(['', false, 1]);
      expect(summaryText(again)).toContain('2 of its jobs have ended');
    }));

  it('ends a lease without holders', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      describeByHand(world, (description) => description.replace(/: .*\]$/u, ':]'));
      const swept = await azureStep(world, sweepingAzure, three);
      expect([errors(swept), isGranted(world)]).toEqual(['', false]);
      expect(summaryText(swept)).toContain('because its record names no holder');
    }));

  it('as a dry run reports the leases to end, and ends nothing', () =>
    inAzureLeases({}, async (world) => {
      await orphaned(world);
      const swept = await azureStep(world, { ...sweepingAzure, 'dry-run': 'true' }, three);
      expect([swept.exitCode, swept.outputs['changed'], changesIn(swept), isGranted(world)]).toEqual([
        0,
        'true',
        [],
        true,
      ]);
      expect(resultsOf(swept)).toHaveLength(1);
      expect(swept.log).toContain('Nothing was changed.');
    }));

  it.each<[string, Record<string, string>]>([
    ['target', { target: scopes.child }],
    ['principal', { principal: `user:${azureIds.alice}` }],
    ['role', { role: azureIds.reader }],
  ])('can be narrowed by %s', (_, narrow) =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, { ...leasedOnAzure, ...narrow }, one);
      await takeOnAzure(world, leasedOnAzure, two);
      endJob(world, 1);
      endJob(world, 2);
      const swept = await azureStep(world, { ...sweepingAzure, ...narrow }, three);
      expect([errors(swept), isGranted(world), resultsOf(swept).length]).toEqual(['', true, 1]);
      // Whether it may, and the one job that it is about.
      expect(asked(swept, 'github')).toHaveLength(2);
      await azureStep(world, sweepingAzure, three);
      expect(isGranted(world)).toBe(false);
    }),
  );

  it('leaves out the scope of an exclusion, and everything below it (P8)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, { ...leasedOnAzure, target: `${scopes.resourceGroup}\n${scopes.child}` }, one);
      endJob(world, 1);
      const excluding = { ...sweepingAzure, target: `${scopes.subscription}\n!resource-group:Payments-Data` };
      const swept = await azureStep(world, excluding, three);
      expect([errors(swept), resultsOf(swept).map((it) => it['target-id'])]).toEqual(['', [scopes.resourceGroup]]);
      expect(world.azure.estate.has({ ...onCallBlobReader, scope: scopes.child })).toBe(true);
    }));

  it('of a management group ends the leases below it, and at it, each once, in any subscription (P8)', () =>
    inAzureLeases({}, async (world) => {
      const targets = [scopes.managementGroup, scopes.subscription, staging, scopes.child];
      await takeOnAzure(world, { ...leasedOnAzure, target: targets.join('\n') }, one);
      endJob(world, 1);
      const swept = await azureStep(
        world,
        { ...sweepingAzure, target: `${scopes.managementGroup}\n${scopes.subscription}` },
        three,
      );
      expect([
        errors(swept),
        resultsOf(swept)
          .map((it) => it['target-id'])
          .toSorted(),
      ]).toEqual(['', targets.toSorted()]);
    }));

  it('of a subscription does not touch inherited access, nor other subscriptions (P3)', () =>
    inAzureLeases({}, async (world) => {
      const targets = [scopes.managementGroup, scopes.subscription, staging];
      await takeOnAzure(world, { ...leasedOnAzure, target: targets.join('\n') }, one);
      endJob(world, 1);
      const swept = await azureStep(world, sweepingAzure, three);
      expect([errors(swept), resultsOf(swept).map((it) => it['target-id'])]).toEqual(['', [scopes.subscription]]);
      for (const scope of [scopes.managementGroup, staging])
        expect(world.azure.estate.has({ ...onCallBlobReader, scope })).toBe(true);
    }));

  it('does not touch access without a valid record, with any other text in it (P3)', () =>
    inAzureLeases({}, async (world) => {
      const foreign = ['', 'lease until tomorrow', '[cloud-access: mine]', 'lease v1 0123456789:'];
      for (const [index, description] of foreign.entries())
        world.azure.estate.add({
          ...onCallBlobReader,
          principalId: `05e00000-0000-4000-8000-00000000000${index + 1}`,
          description,
        });
      await orphaned(world);
      const before = world.azure.estate.assignments().length;
      const swept = await azureStep(world, sweepingAzure, three);
      expect([errors(swept), world.azure.estate.assignments().length]).toEqual(['', before - 1]);
      expect(summaryText(swept)).not.toContain('proves nothing');
    }));

  it('of the root of the tenant, or without a place, is an input fault that names the input (P6)', () =>
    inAzureLeases({}, async (world) => {
      const root = await azureStep(world, { ...sweepingAzure, target: '/' });
      const nowhere = await azureStep(world, { ...sweepingAzure, 'azure-subscription-id': '' });
      for (const swept of [root, nowhere]) {
        expect([swept.exitCode, swept.requests]).toEqual([1, []]);
        expect(errors(swept)).toContain('target');
      }
    }));

  it('that cannot list is red', () =>
    inAzureLeases(
      { azure: { callerRole: { permissions: [{ actions: ['Microsoft.Resources/*/read'] }] } } },
      async (world) => {
        const swept = await azureStep(world, sweepingAzure, three);
        expect(swept.exitCode).toBe(1);
        expect(errors(swept)).toContain('Microsoft.Authorization/roleAssignments/read');
      },
    ));

  it('that cannot end an expired lease is red, ends the rest, and reports the lease and the reason (P1)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, { ...leasedOnAzure, target: `${scopes.resourceGroup}\n${scopes.child}` }, one);
      endJob(world, 1);
      world.azure.estate.lock(scopes.resourceGroup, 'CanNotDelete');
      const swept = await azureStep(world, sweepingAzure, three);
      expect([swept.exitCode, isGranted(world), swept.outputs['status']]).toEqual([1, true, 'FAILED']);
      expect(errors(swept)).toMatch(/could not be ended, although its job has ended: .*ScopeLocked/su);
      expect(errors(swept)).toContain('Ask the owners of the lock');
      expect(world.azure.estate.has({ ...onCallBlobReader, scope: scopes.child })).toBe(false);
    }));

  it('sends one request to GitHub for all leases of one job, and one for its permission', () =>
    inAzureLeases({}, async (world) => {
      const targets = [scopes.resourceGroup, scopes.subscription, scopes.child];
      await takeOnAzure(world, { ...leasedOnAzure, target: targets.join('\n') }, one);
      endJob(world, 1);
      const swept = await azureStep(world, sweepingAzure, three);
      expect([errors(swept), resultsOf(swept).length, asked(swept, 'github').length]).toEqual(['', 3, 2]);
    }));

  it('at the same time as another sweep: both green, all leases ended', () =>
    inAzureLeases({}, async (world) => {
      await orphaned(world);
      const both = await Promise.all([azureStep(world, sweepingAzure, two), azureStep(world, sweepingAzure, three)]);
      expect([both.map(errors), isGranted(world)]).toEqual([['', ''], false]);
    }));

  it.each([0, 1, 2, 3])(
    "at the same time as a join of the same grant keeps the new holder's access (%i) (P5)",
    (seed) =>
      inAzureLeases({}, async (world) => {
        await orphaned(world);
        slowWire(world, 200 + 150 * seed);
        const [swept, joined] = await Promise.all([
          azureStep(world, sweepingAzure, two),
          takeOnAzure(world, leasedOnAzure, three),
        ]);
        expect([errors(swept), holdersIn(world).includes(3)]).toEqual(['', true]);
        const ended = await postOnAzure(world, joined, three);
        expect([errors(ended), holdersIn(world).includes(3)]).toEqual(['', false]);
        // An entry of the ended job that the join has restored is removed by the next sweep.
        const again = await azureStep(world, sweepingAzure, two);
        expect([errors(again), isGranted(world)]).toEqual(['', false]);
      }),
  );

  it('leaves access alone that was made permanent or ended since its list, and is green (P3)', () =>
    inAzureLeases({}, async (world) => {
      await orphaned(world);
      world.script.onRequest({ operation: 'roleAssignments.list', nth: 2 }, () => {
        describeByHand(world, () => 'permanent');
      });
      const swept = await azureStep(world, sweepingAzure, three);
      expect([errors(swept), changesIn(swept), leasedAssignment(world)?.description]).toEqual(['', [], 'permanent']);
      expect(summaryText(swept)).toContain('The access exists without a lease record, so it was left unchanged.');
    }));

  it('run twice does nothing the second time', () =>
    inAzureLeases({}, async (world) => {
      await orphaned(world);
      await azureStep(world, sweepingAzure, two);
      const again = await azureStep(world, sweepingAzure, three);
      expect([again.exitCode, again.outputs['changed'], changesIn(again)]).toEqual([0, 'false', []]);
    }));
});

it('that sees the ended job of an entry that a join has restored ends that one too (P5)', () =>
  inAzureLeases({}, async (world) => {
    await takeOnAzure(world, leasedOnAzure, one);
    const main = await takeOnAzure(world, leasedOnAzure, two);
    const left = await postOnAzure(world, main, two);
    expect([left.exitCode, holdersIn(world), told(left, 'warning')]).toEqual([0, [1], []]);
    endJob(world, 1);
    const swept = await azureStep(world, sweepingAzure, three);
    expect([errors(swept), isGranted(world)]).toEqual(['', false]);
    const again = await takeOnAzure(world, { ...leasedOnAzure, principal: azureByIds.principal }, three);
    expect(again.outputs['lease-state']).toBe('leased');
  }));
