import { describe, expect, it } from '@jest/globals';
import type { Effect } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import { byLeaseId, leasedAssignment } from './azure-lease-support.ts';
import {
  asked,
  inPim,
  lastRequest,
  leasedByPim,
  leasedSchedule,
  postByPim,
  revokedByPim,
  run,
  takeByPim,
} from './azure-pim-support.ts';
import { azureStep, onCallBlobReader, warnings } from './azure-support.ts';
import { minute } from './lease-support.ts';
import { errors } from './support.ts';

const put = 'roleAssignmentScheduleRequests.put';
const down: Effect = { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'Try later.' };
const refused: Effect = { kind: 'error', status: 403, code: 'AuthorizationFailed', message: 'no' };
const unknown: Effect = { kind: 'error', status: 404, code: 'RoleAssignmentScheduleRequestNotFound', message: 'no' };
const why = 'roleAssignmentScheduleRequests/write answered ServiceUnavailable: Try later. (request ID ';

function takesNoRequest(world: World): void {
  world.script.weather(({ operation }) => (operation === put ? down : undefined));
}

/** The next request is carried out without a response; nothing is readable from then on. */
function losesTheNext(world: World): void {
  const before = asked(world).length;
  world.script.fault({ operation: put }, { kind: 'lost' });
  world.script.weather(({ operation }) => {
    const isRead = operation.startsWith('roleAssignmentSchedule') && operation !== put;
    return isRead && asked(world).length > before ? refused : undefined;
  });
}

describe('Privileged Identity Management that is down for requests (P1)', () => {
  const one = { ...run(1), timeoutMs: 100_000 } as const;
  const two = { ...run(2), timeoutMs: 100_000 } as const;

  it('is the reason of a lease that was not taken, with its request ID', () =>
    inPim({}, async (world) => {
      takesNoRequest(world);
      const main = await azureStep(world, leasedByPim, one);
      expect([main.outputs['status'], main.outputs['changed'], main.outputs['request-id']]).toEqual([
        'FAILED',
        'false',
        '',
      ]);
      expect(errors(main)).toContain(why);
      const ended = await postByPim(world, main, one);
      expect([errors(ended), warnings(ended), ended.exitCode]).toEqual(['', '', 0]);
    }));

  it('is the reason of a release that leaves the access to Azure', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' }, run(1));
      await world.clock.advance(6 * minute);
      takesNoRequest(world);
      const released = await azureStep(world, byLeaseId('release', main), two);
      expect(released.exitCode).toBe(0);
      expect(warnings(released)).toContain(why);
      expect(warnings(released)).toContain('Azure ends the access at 2026-11-21 21:0');
    }));

  it('leaves a revoke in progress, with the request without a response, and reports the end of the access', () =>
    inPim({}, async (world) => {
      await takeByPim(world, leasedByPim, run(1));
      await world.clock.advance(6 * minute);
      takesNoRequest(world);
      const revoked = await azureStep(world, revokedByPim, two);
      expect([revoked.exitCode, revoked.outputs['status']]).toEqual([1, 'IN_PROGRESS']);
      expect(revoked.outputs['request-id']).toMatch(/^[0-9a-f-]{36}$/u);
      expect(errors(revoked)).toContain(
        `The result of request ${revoked.outputs['request-id'] ?? ''}, which ends the access, is unknown`,
      );
      expect(errors(revoked)).toContain(why);
      expect(errors(revoked)).toContain('Azure ends it by itself at 2026-11-21 21:0');
    }));
});

describe('a request to Privileged Identity Management that was carried out without a response (P1)', () => {
  it('is reported as a possible change where nothing is readable afterwards', () =>
    inPim({}, async (world) => {
      losesTheNext(world);
      const main = await azureStep(world, leasedByPim, run(1));
      expect(leasedAssignment(world)).toBeDefined();
      expect([main.outputs['status'], main.outputs['changed']]).toEqual(['FAILED', 'true']);
      expect(main.outputs['request-id']).toBe(lastRequest(world).name);
      expect(errors(main)).toContain(`The result of request ${lastRequest(world).name} is unknown`);
      expect(errors(main)).toContain('at 2026-11-21 21:00 UTC at the earliest');
    }));

  it("and that extends others' access is reported with the end that it can have then", () =>
    inPim({}, async (world) => {
      world.azure.pim.add({ ...onCallBlobReader, endAt: world.clock.now() + 20 * minute });
      await world.clock.advance(2 * minute);
      losesTheNext(world);
      const main = await azureStep(world, leasedByPim, run(1));
      expect(leasedSchedule(world)?.endAt).toBe(Date.parse('2026-11-21T21:02:00Z'));
      expect(errors(main)).toContain(
        `The result of request ${lastRequest(world).name}, which extends the access, is unknown`,
      );
      expect(errors(main)).toContain('If it was carried out, Azure ends the access at 2026-11-21 21:02 UTC.');
    }));

  it('and that ends the access is reported by a revoke that can read nothing afterwards', () =>
    inPim({}, async (world) => {
      await takeByPim(world, leasedByPim, run(1));
      await world.clock.advance(6 * minute);
      losesTheNext(world);
      const revoked = await azureStep(world, revokedByPim, run(2));
      expect(leasedAssignment(world)).toBe(undefined);
      expect([revoked.outputs['status'], revoked.outputs['changed']]).toEqual(['IN_PROGRESS', 'true']);
      expect(revoked.outputs['request-id']).toBe(lastRequest(world).name);
    }));

  it('and that is not found by its name for a while is found in the list: its ID is reported', () =>
    inPim({}, async (world) => {
      world.script.fault({ operation: put }, { kind: 'lost' });
      const until = world.clock.now() + minute / 2;
      world.script.weather(({ operation }) =>
        operation === 'roleAssignmentScheduleRequests.get' && world.clock.now() < until ? unknown : undefined,
      );
      const main = await takeByPim(world, leasedByPim, { ...run(1), timeoutMs: 100_000 });
      expect(asked(world)).toEqual(['AdminAssign Provisioned']);
      expect([main.outputs['changed'], main.outputs['request-id']]).toEqual(['true', lastRequest(world).name]);
    }));
});
