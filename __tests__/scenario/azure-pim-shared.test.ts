import { describe, expect, it } from '@jest/globals';
import { leasedAssignment } from './azure-lease-support.ts';
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
import { azureByIds, azureStep, onCallBlobReader, scopes, warnings } from './azure-support.ts';
import { hour, minute } from './lease-support.ts';
import { errors } from './support.ts';

const policyAt = { scope: scopes.resourceGroup, role: 'Storage Blob Data Reader' } as const;

describe('an access through Privileged Identity Management with several holders', () => {
  it('is extended by the second holder, and left to Azure by the first (P5)', () =>
    inPim({}, async (world) => {
      const first = await takeByPim(world, leasedByPim, run(1));
      await world.clock.advance(10 * minute);
      const second = await takeByPim(world, { ...leasedByPim, lifetime: '2h' }, run(2));
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminUpdate Provisioned']);
      expect(second.outputs).toMatchObject({ 'lease-state': 'shared', 'expiry-guarantee': 'platform' });
      expect(leasedSchedule(world)?.endAt).toBe(Date.parse(second.outputs['expires-at'] ?? ''));
      const ended = await postByPim(world, first, run(1));
      expect([errors(ended), ended.exitCode]).toEqual(['', 0]);
      expect(warnings(ended)).toMatch(
        /The access stays for octo-org\/infra run 7002 .+\. Azure ends it at 2026-11-21 22:10 UTC/u,
      );
      expect(leasedAssignment(world)).toBeDefined();
      const last = await postByPim(world, second, run(2));
      expect(warnings(last)).toMatch(/The access stays for octo-org\/infra run 7001/u);
      expect(asked(world)).toHaveLength(2);
      // When the time of the first is over, there is no other holder.
      await world.clock.advance(65 * minute);
      const over = await postByPim(world, second, run(2));
      expect([errors(over), warnings(over), leasedAssignment(world)]).toEqual(['', '', undefined]);
    }));

  it('is never shortened: a request for less leaves a trace with one minute more (P5)', () =>
    inPim({}, async (world) => {
      await takeByPim(world, { ...leasedByPim, lifetime: '3h' }, run(1));
      const before = leasedSchedule(world)?.endAt ?? 0;
      await world.clock.advance(2 * minute);
      const second = await takeByPim(world, leasedByPim, run(2));
      expect(leasedSchedule(world)?.endAt).toBe(before + minute);
      expect(second.outputs['expires-at']).toBe('2026-11-21T21:02:00Z');
    }));

  it('is used unchanged where it cannot be extended and lasts long enough, with a warning', () =>
    inPim({}, async (world) => {
      world.azure.pim.setPolicy({ ...policyAt, maximumDuration: 'PT1H' });
      await takeByPim(world, leasedByPim, run(1));
      await world.clock.advance(90_000);
      const second = await takeByPim(world, { ...leasedByPim, lifetime: '30m' }, run(2));
      expect(second.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'false',
        'lease-id': '',
        'lease-state': 'shared',
      });
      expect(warnings(second)).toContain('might end it before this lease ends');
      const ended = await postByPim(world, second, run(2));
      expect([errors(ended), asked(world)]).toEqual(['', ['AdminAssign Provisioned']]);
    }));

  it('fails, naming the end, where it cannot be extended and ends too soon', () =>
    inPim({}, async (world) => {
      world.azure.pim.setPolicy({ ...policyAt, maximumDuration: 'PT1H' });
      await takeByPim(world, { ...leasedByPim, lifetime: '30m' }, run(1));
      await world.clock.advance(10 * minute);
      const second = await azureStep(world, { ...leasedByPim, lifetime: '55m' }, run(2));
      expect(second.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(second)).toMatch(/ends at 2026-11-21 20:30 UTC, which is earlier than requested/u);
      expect(errors(second)).toContain('ExpirationRule');
      const ended = await postByPim(world, second, run(2));
      expect([errors(ended), leasedAssignment(world) === undefined]).toEqual(['', false]);
    }));

  it('was made by others and lasts long enough: used, and never ended (P3)', () =>
    inPim({}, async (world) => {
      world.azure.pim.add({ ...onCallBlobReader, endAt: world.clock.now() + 5 * hour });
      const main = await takeByPim(world);
      expect(main.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'false',
        'lease-id': '',
        'expires-at': '2026-11-21T21:00:00Z',
        'ends-at-latest': '2026-11-22T01:00:30Z',
        'expiry-guarantee': 'platform',
      });
      await world.clock.advance(10 * minute);
      await postByPim(world, main);
      expect([asked(world), leasedAssignment(world) === undefined]).toEqual([['AdminAssign Provisioned'], false]);
    }));

  it('was made by others and ends too soon: extended, and left to Azure by post', () =>
    inPim({}, async (world) => {
      world.azure.pim.add({ ...onCallBlobReader, endAt: world.clock.now() + 20 * minute });
      await world.clock.advance(2 * minute);
      const main = await takeByPim(world);
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminUpdate Provisioned']);
      await world.clock.advance(10 * minute);
      const ended = await postByPim(world, main);
      expect(warnings(ended)).toContain('not made by this action');
      expect(leasedAssignment(world)).toBeDefined();
    }));

  it.each([
    ['through Privileged Identity Management', true],
    ['by a plain role assignment', false],
  ])('is permanent %s: kept, and never removed (P3)', (_, byPim) =>
    inPim({ azure: { pim: { hidesPermanent: !byPim } } }, async (world) => {
      if (byPim) world.azure.pim.add(onCallBlobReader);
      else await azureStep(world, azureByIds);
      const main = await takeByPim(world);
      expect(main.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false', 'lease-state': 'permanent' });
      expect(warnings(main)).toContain('The access already existed and is permanent.');
      await world.clock.advance(10 * minute);
      const ended = await postByPim(world, main);
      expect([errors(ended), leasedAssignment(world) === undefined]).toEqual(['', false]);
      const strict = await azureStep(world, { ...leasedByPim, 'on-existing': 'fail' });
      expect(strict.outputs['status']).toBe('FAILED');
    }),
  );

  it('was made during the look-up: no role assignment counts as permanent before its schedule can be listed (P1)', () =>
    inPim({}, async (world) => {
      world.script.onRequest({ operation: 'roleAssignments.list', nth: 2 }, async () => {
        world.clock.stalled(1);
        await world.clock.sleep(2_000);
        world.clock.stalled(-1);
        world.azure.pim.add({ ...onCallBlobReader, endAt: world.now() + 3 * hour });
      });
      const main = await takeByPim(world);
      expect([main.outputs['lease-state'], main.outputs['expires-at']]).toEqual(['shared', '2026-11-21T21:00:00Z']);
      expect(warnings(main)).not.toContain('permanent');
    }));

  it('is requested only for the remaining time, by a caller that had to wait before (P5)', () =>
    inPim({}, async (world) => {
      const when = { operation: 'roleAssignmentScheduleRequests.put' } as const;
      world.script.fault(when, { kind: 'hang' });
      const main = await takeByPim(
        world,
        { ...leasedByPim, timeout: '30m' },
        { pauses: [{ when, forMs: 4 * minute }] },
      );
      expect(main.outputs['expires-at']).toBe('2026-11-21T21:00:00Z');
      expect(lastRequest(world).expiration).toMatchObject({ type: 'AfterDuration', duration: 'PT54M' });
      expect(main.outputs['ends-at-latest']).toMatch(/^2026-11-21T21:00:/u);
    }));

  it('is revoked for all holders, who are named', () =>
    inPim({}, async (world) => {
      await takeByPim(world, leasedByPim, run(1));
      await world.clock.advance(10 * minute);
      await takeByPim(world, { ...leasedByPim, lifetime: '2h' }, run(2));
      const revoked = await azureStep(world, revokedByPim, run(3));
      expect([errors(revoked), revoked.outputs['status'], revoked.outputs['changed']]).toEqual([
        '',
        'SUCCEEDED',
        'true',
      ]);
      expect(warnings(revoked)).toMatch(/These holders lost it: .+ run 7001 .+ run 7002/u);
      expect(lastRequest(world).justification).toMatch(
        / \[cloud-access lease v1 [0-9a-v]{12}: [0-9a-z.]+@[0-9a-z]{5}\]$/u,
      );
      expect(leasedAssignment(world)).toBe(undefined);
    }));

  it('is revoked after a wait, in its first five minutes', () =>
    inPim({}, async (world) => {
      await takeByPim(world, leasedByPim, run(1));
      const revoked = await azureStep(world, { ...revokedByPim, timeout: '10m' }, run(2));
      expect([errors(revoked), revoked.outputs['status']]).toEqual(['', 'SUCCEEDED']);
      expect(revoked.log).toMatch(
        /first five minutes, which are over at 2026-11-21T20:05:\d\dZ\. Waiting (?:5 min|4 min \d+ s) before/u,
      );
      const asks = revoked.requests.filter(({ operation }) => operation === 'roleAssignmentScheduleRequests.put');
      expect(asks.map(({ code = 'taken' }) => code)).toEqual(['taken']);
      expect(leasedAssignment(world)).toBe(undefined);
      const again = await azureStep(world, revokedByPim, run(2));
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
    }));

  it.each(['RoleAssignmentDoesNotExist', 'ActiveDurationTooShort'])(
    'is revoked once Azure finds it old enough too, with any time in its schedule (%s)',
    (code) =>
      inPim({}, async (world) => {
        await takeByPim(world, leasedByPim, run(1));
        await world.clock.advance(6 * minute);
        const refused = { kind: 'error', status: 400, code, message: 'It is young.' } as const;
        world.script.fault({ operation: 'roleAssignmentScheduleRequests.put' }, refused);
        const revoked = await azureStep(world, revokedByPim, run(2));
        expect([errors(revoked), revoked.outputs['status']]).toEqual(['', 'SUCCEEDED']);
        expect(revoked.log).toContain('The access cannot be ended yet. Looking again in');
        expect(leasedAssignment(world)).toBe(undefined);
      }),
  );

  it('is not revoked within a shorter time limit, without a useless wait: red, with its end and a hint (P9)', () =>
    inPim({}, async (world) => {
      await takeByPim(world, leasedByPim, run(1));
      const began = world.now();
      const revoked = await azureStep(world, { ...revokedByPim, timeout: '1m' }, run(2));
      expect([revoked.outputs['status'], revoked.outputs['changed']]).toEqual(['FAILED', 'false']);
      expect(errors(revoked)).toMatch(
        /first five minutes, which are over at 2026-11-21T20:05:\d\dZ: `timeout` ends before that\. Azure ends it by itself at 2026-11-21 21:00 UTC/u,
      );
      expect(errors(revoked)).toContain('now with a `timeout` of at least 6m');
      expect(world.now() - began).toBeLessThan(minute / 2);
    }));

  it('is not ended by a revoke through Privileged Identity Management where that has no record of it (P3)', () =>
    inPim({ azure: { pim: { hidesPermanent: true } } }, async (world) => {
      await azureStep(world, azureByIds);
      const revoked = await azureStep(world, revokedByPim);
      expect(revoked.outputs['status']).toBe('FAILED');
      expect(errors(revoked)).toContain('Leave out `azure-pim`');
      expect(leasedAssignment(world)).toBeDefined();
    }));
});
