import { describe, expect, it } from '@jest/globals';
import type { World } from '../../rehearsal/world.ts';
import {
  changesIn,
  holdersIn,
  inAzureLeases,
  isGranted,
  leasedAssignment,
  leasedOnAzure,
  postOnAzure,
  sweepingAzure,
} from './azure-lease-support.ts';
import { azureStep, onCallBlobReader, requestsTo } from './azure-support.ts';
import { endJob, job, minute, told } from './lease-support.ts';
import { errors } from './support.ts';

const slowly = { timeoutMs: 500_000 } as const;
const one = { ...job(1), ...slowly };
const two = { ...job(2), ...slowly };
const never = 100_000_000;
const says = /the access is gone|nothing was granted/iu;
/** The second list is either the first of the lease itself, or its verification. */
const atItsSecondList = { operation: 'roleAssignments.list', nth: 2 } as const;

describe('a lease on Azure with a successful PUT, while reads lag longer than expected', () => {
  it.each([
    ['1m', 90_000],
    ['30s', 45_000],
    ['5m', 400_000],
  ])('and that runs out of its %s is waited for, and gone before the step reports it (%i ms) (P4)', (timeout, readMs) =>
    inAzureLeases({ azure: { lag: { readMs } } }, async (world) => {
      const main = await azureStep(world, { ...leasedOnAzure, timeout }, one);
      expect([main.exitCode, main.outputs['changed'], isGranted(world)]).toEqual([1, 'false', false]);
      expect(errors(main)).toMatch(/The time limit passed before the lease was taken\..*The access is gone/su);
      expect(changesIn(main).at(-1)).toBe('delete 200');
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, changesIn(ended)]).toEqual([0, []]);
    }),
  );

  it('and that no read ever shows is red, names the possible access, and is left to post, which is red too, and to a sweep (P1)', () =>
    inAzureLeases({ azure: { lag: { readMs: 15 * minute } } }, async (world) => {
      const main = await azureStep(world, { ...leasedOnAzure, timeout: '1m' }, one);
      expect([main.exitCode, main.outputs['status'], main.outputs['changed']]).toEqual([1, 'FAILED', 'true']);
      expect(main.virtualMs).toBeLessThan(5 * minute);
      const told = errors(main);
      expect(told).toContain(
        `it created the role assignment ${leasedAssignment(world)?.id ?? ''}, but no read has shown it`,
      );
      expect(told).toContain(requestsTo(main, 'roleAssignments.put')[0]?.requestId);
      expect(told).toMatch(/What to do: .*`operation: sweep`/su);
      expect(told).not.toMatch(says);
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, isGranted(world)]).toEqual([1, true]);
      expect(ended.virtualMs).toBeLessThan(4 * minute);
      expect(errors(ended)).toMatch(/two minutes of reading have not shown it.*What to do: .*`operation: sweep`/su);
      expect(ended.log).not.toMatch(says);
      await world.advance(15 * minute);
      endJob(world, 1);
      const swept = await azureStep(world, sweepingAzure, two);
      expect([swept.exitCode, isGranted(world)]).toEqual([0, false]);
    }));

  it('and that no read showed in main is ended by post, once a read shows it (P4)', () =>
    inAzureLeases({ azure: { lag: { readMs: 10 * minute } } }, async (world) => {
      const main = await azureStep(world, { ...leasedOnAzure, timeout: '1m' }, one);
      await world.advance(10 * minute);
      const ended = await postOnAzure(world, main, one);
      expect([errors(ended), isGranted(world)]).toEqual(['', false]);
    }));

  it.each([20_000, 60_000, 90_000])(
    'and that is canceled is ended by post when a read shows it (%i ms) (P4)',
    (readMs) =>
      inAzureLeases({ azure: { lag: { readMs } } }, async (world) => {
        const main = await azureStep(world, leasedOnAzure, { ...one, cancel: atItsSecondList });
        expect([main.exitCode, isGranted(world)]).toEqual([1, true]);
        const ended = await postOnAzure(world, main, one);
        expect([errors(ended), ended.exitCode, isGranted(world)]).toEqual(['', 0, false]);
        expect(changesIn(ended)).toEqual(['delete 200']);
        expect(ended.virtualMs).toBeLessThan(4 * minute);
      }),
  );

  it('and that is canceled makes post red where no read ever shows it (P1)', () =>
    inAzureLeases({ azure: { lag: { readMs: never } } }, async (world) => {
      const main = await azureStep(world, leasedOnAzure, { ...one, cancel: atItsSecondList });
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, isGranted(world)]).toEqual([1, true]);
      expect(errors(ended)).toContain('it might still exist');
      expect(ended.log).not.toMatch(says);
    }));

  it.each<[string, (world: World) => void]>([
    [
      'deletes, and hears nothing of that',
      ({ script }) => {
        script.fault({ operation: 'roleAssignments.delete', times: 1 }, { kind: 'hang', processed: true });
      },
    ],
    [
      'has to delete it later, and another caller is quicker',
      ({ script, azure }) => {
        const deleting = { operation: 'roleAssignments.delete' } as const;
        script.fault({ ...deleting, times: 1 }, { kind: 'throttle', retryAfterSeconds: 5 });
        script.onRequest({ ...deleting, nth: 1 }, () => {
          script.at(1_000, () => {
            azure.estate.remove(onCallBlobReader);
          });
        });
      },
    ],
    [
      'is about to delete when a sweep does',
      ({ script, azure }) => {
        script.onRequest({ operation: 'roleAssignments.delete', nth: 1 }, () => {
          azure.estate.remove(onCallBlobReader);
        });
      },
    ],
  ])('and that is canceled is not reported as not found where post sees it, %s (P1)', (_what, happen) =>
    inAzureLeases({}, async (world) => {
      const main = await azureStep(world, leasedOnAzure, { ...one, cancel: atItsSecondList });
      happen(world);
      const ended = await postOnAzure(world, main, one);
      expect([errors(ended), ended.exitCode, isGranted(world)]).toEqual(['', 0, false]);
      expect(told(ended, 'warning')).toEqual([]);
      expect(ended.log).toContain('Verified by reading back: the access is gone.');
      expect(ended.virtualMs).toBeLessThan(2 * minute);
    }),
  );

  it('is not deleted before a read shows it: other holders can have joined', () =>
    inAzureLeases({ azure: { lag: { readMs: never } } }, async (world) => {
      const main = await azureStep(world, leasedOnAzure, { ...one, cancel: atItsSecondList });
      const ended = await postOnAzure(world, main, one);
      expect([changesIn(ended), holdersIn(world)]).toEqual([[], [1]]);
    }));
});

describe('a lease on Azure with an entry next to others, while reads lag for too long', () => {
  const kept = { ...leasedOnAzure, 'keep-after-job': 'true', lifetime: '20h' } as const;
  const besideAnother = (readMs: number, work: (world: World) => Promise<void>): Promise<void> =>
    inAzureLeases({ azure: { lag: { readMs } } }, async (world) => {
      await azureStep(world, { ...leasedOnAzure, timeout: '10m' }, two);
      await world.advance(10 * minute);
      expect(holdersIn(world)).toEqual([2]);
      await work(world);
    });

  it('and that runs out of its time is looked for, and released when a read shows it (P4)', () =>
    besideAnother(46_000, async (world) => {
      const main = await azureStep(world, { ...kept, timeout: '30s' }, one);
      expect([main.exitCode, main.outputs['changed'], holdersIn(world)]).toEqual([1, 'false', [2]]);
      expect(errors(main)).toContain('The access stays for its other holders.');
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, ended.requests]).toEqual([0, []]);
    }));

  it('and that is canceled is released by post when a read shows it (P4)', () =>
    besideAnother(90_000, async (world) => {
      const main = await azureStep(world, kept, { ...one, cancel: { operation: 'roleAssignments.put' } });
      const ended = await postOnAzure(world, main, one);
      expect([errors(ended), ended.exitCode, holdersIn(world)]).toEqual(['', 0, [2]]);
    }));

  it('and that no read ever shows is reported as that, in main and in post', () =>
    besideAnother(15 * minute, async (world) => {
      await world.advance(20 * minute);
      const main = await azureStep(world, { ...kept, timeout: '30s' }, one);
      expect([main.exitCode, main.outputs['changed'], holdersIn(world).length]).toEqual([1, 'true', 2]);
      expect(errors(main)).toContain(
        'Azure reported that it added the entry of this lease to those of others, but no read has shown it yet',
      );
      const ended = await postOnAzure(world, main, one);
      expect(ended.exitCode).toBe(1);
      expect(errors(ended)).toMatch(/added the entry of this lease to those of others, but two minutes of reading/u);
    }));
});

describe('a lease on Azure that is canceled before its request (P4)', () => {
  it('leaves post nothing to look for, and no reason for a warning', () =>
    inAzureLeases({}, async (world) => {
      // The plan's own read is then too old for a write, so that the lease reads again.
      world.script.fault({ operation: 'roleAssignments.list', times: 1 }, { kind: 'late', ms: 4_000 });
      const main = await azureStep(world, leasedOnAzure, { ...one, cancel: atItsSecondList });
      expect([main.exitCode, changesIn(main), main.outputs['changed']]).toEqual([1, [], 'false']);
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, ended.requests, told(ended, 'warning')]).toEqual([0, [], []]);
    }));
});

describe('a lease on Azure without a response to its PUT (P2)', () => {
  it('and that no read shows makes post warn, without a statement about an end', () =>
    inAzureLeases({ azure: { lag: { readMs: never } } }, async (world) => {
      world.script.fault({ operation: 'roleAssignments.put', times: 1 }, { kind: 'hang', processed: true });
      const main = await azureStep(world, leasedOnAzure, { ...one, cancel: { operation: 'roleAssignments.put' } });
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, isGranted(world)]).toEqual([0, true]);
      expect(told(ended, 'warning').join()).toMatch(/was interrupted, or got no answer,.*If the lease appears later/su);
      expect(ended.log).not.toMatch(says);
    }));
});

describe('a lease on Azure that gets 409 forever', () => {
  it('is red with code, message, request ID and hint, and reports no access as gone (P9)', () =>
    inAzureLeases({}, async (world) => {
      const message =
        'The role assignment already exists. The ID of the existing role assignment is 0123456789abcdef0123456789abcdef.';
      const stop = world.script.weather(({ operation }) =>
        operation === 'roleAssignments.put'
          ? { kind: 'error', status: 409, code: 'RoleAssignmentExists', message }
          : undefined,
      );
      const main = await azureStep(world, leasedOnAzure, one);
      stop();
      expect([main.exitCode, main.outputs['status'], main.outputs['changed']]).toEqual([1, 'FAILED', 'false']);
      const said = errors(main);
      expect(said).toMatch(
        /The time limit passed before the lease was taken\..*RoleAssignmentExists: The role assignment/su,
      );
      expect(said).toContain(requestsTo(main, 'roleAssignments.put').at(-1)?.requestId);
      expect(said).toContain('01234567-89ab-cdef-0123-456789abcdef');
      expect(said).not.toContain('gone');
      expect(main.log).toContain('Reading again.');
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, changesIn(ended)]).toEqual([0, []]);
    }));

  it('once, and is made then, does not mention it where another step ends the lease', () =>
    inAzureLeases({ azure: { lag: { readMs: 90_000 } } }, async (world) => {
      const refusal = { kind: 'error', status: 409, code: 'RoleAssignmentExists', message: 'It exists.' } as const;
      world.script.fault({ operation: 'roleAssignments.put', times: 1 }, refusal);
      const main = await azureStep(world, { ...leasedOnAzure, timeout: '1m' }, one);
      expect([main.exitCode, changesIn(main), isGranted(world)]).toEqual([
        1,
        ['put 409', 'put 201', 'delete 200'],
        false,
      ]);
      expect(errors(main)).not.toContain('RoleAssignmentExists');
    }));
});
