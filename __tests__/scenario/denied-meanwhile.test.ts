import { describe, expect, it } from '@jest/globals';
import type { Effect } from '../../rehearsal/script.ts';
import { inAzureLeases, isGranted, leasedOnAzure, postOnAzure, takeOnAzure } from './azure-lease-support.ts';
import { inPim, leasedByPim, leasedSchedule, postByPim, takeByPim } from './azure-pim-support.ts';
import { inLeases, isThere, leased, minute, post, take, unrecorded } from './lease-support.ts';
import { errors, ids, step } from './support.ts';

const denied: Effect = { kind: 'error', status: 403, code: 'AccessDeniedException', message: 'You may not.' };
const page: Effect = { kind: 'http', status: 403, body: '<html>proxy</html>', contentType: 'text/html' };

const answers: readonly (readonly [string, Effect])[] = [
  ['a denial', denied],
  ['a page of a proxy', page],
];
const onAws = ['ListAccountAssignments', 'ListSchedules', 'DescribeAccountAssignmentDeletionStatus', 'DeleteSchedule'];
const onAzure = ['roleAssignments.list', 'roleAssignments.delete'];
const onPim = ['roleAssignmentScheduleRequests.list', 'roleAssignmentSchedules.list', 'roleAssignments.list'];

/** A right can be on its way, and a proxy can recover: neither lets access outlive its job (P13). */
describe.each(answers)('%s that passes (P13)', (_, effect) => {
  it.each(onAws)('does not keep post from ending access on AWS: at %s', (operation) =>
    inLeases({}, async (world) => {
      for (const inputs of operation === 'ListSchedules' || operation === 'DeleteSchedule'
        ? [leased]
        : [leased, unrecorded]) {
        const main = await take(world, { ...inputs, lifetime: '30d' });
        world.script.fault({ operation, times: 2 }, effect);
        const result = await post(world, main, { inputs });
        expect([result.exitCode, errors(result), isThere(world)]).toEqual([0, '', false]);
      }
    }),
  );

  it.each(onAws.slice(0, 2))('does not keep release from ending it: at %s', (operation) =>
    inLeases({}, async (world) => {
      const main = await take(world, { ...leased, 'keep-after-job': 'true' });
      world.script.fault({ operation, times: 2 }, effect);
      const { cloud, 'aws-role-to-assume': role } = leased;
      const lease = main.outputs['lease-id'] ?? '';
      const result = await step(world, { cloud, 'aws-role-to-assume': role, operation: 'release', 'lease-id': lease });
      expect([result.exitCode, errors(result), isThere(world)]).toEqual([0, '', false]);
    }),
  );

  it("does not keep post from ending it with credentials of the job's own, and no ID token", () =>
    inLeases({}, async (world) => {
      const env = world.aws.ambientCredentials();
      const inputs = { ...unrecorded, 'aws-role-to-assume': 'none' };
      const main = await take(world, inputs, { env, idToken: false });
      world.script.fault({ operation: 'DeleteAccountAssignment' }, effect);
      const result = await post(world, main, { inputs, env, idToken: false });
      expect([result.exitCode, errors(result), isThere(world)]).toEqual([0, '', false]);
    }));

  it.each(onAzure)('does not keep post from ending access on Azure: at %s', (operation) =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, lifetime: '30d' });
      world.script.fault({ operation, times: 2 }, effect);
      const result = await postOnAzure(world, main);
      expect([result.exitCode, errors(result), isGranted(world)]).toEqual([0, '', false]);
    }),
  );

  it.each(onPim)('does not keep post from ending access through PIM: at %s', (operation) =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, leasedByPim);
      await world.advance(6 * minute);
      world.script.fault({ operation, times: 2 }, effect);
      const result = await postByPim(world, main);
      expect([result.exitCode, errors(result), leasedSchedule(world)]).toEqual([0, '', undefined]);
    }),
  );
});

it('that hits one of three requests, which reports expired credentials, does not stop the others (P13)', () =>
  inLeases({}, async (world) => {
    const target = [ids.prod, ids.staging, ids.dataLake].join('\n');
    for (const inputs of [leased, unrecorded]) {
      const main = await take(world, { ...inputs, target, lifetime: '30d' });
      let until: number | null = null;
      world.script.weather(({ service, operation, at }) => {
        if (operation === 'DeleteAccountAssignment' && until === null) {
          until = at + minute / 6;
          return { kind: 'error', status: 403, code: 'ExpiredTokenException', message: 'expired' };
        }
        if (service !== 'sts' || at >= (until ?? 0)) return undefined;
        return { kind: 'error', status: 403, code: 'AccessDenied', message: 'Not authorized' };
      });
      const before = world.aws.estate.effectiveChanges().length;
      const result = await post(world, main, { inputs });
      expect([result.exitCode, errors(result)]).toEqual([0, '']);
      expect(world.aws.estate.effectiveChanges().length - before).toBe(3);
    }
  }));
