import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import {
  asked,
  endJob,
  forbid,
  hour,
  inLeases,
  isThere,
  job,
  leased,
  listing,
  minute,
  permanently,
  post,
  records,
  revoking,
  shortly,
  summaryText,
  sweeping,
  take,
  told,
  until,
} from './lease-support.ts';
import { resultsOf } from './reports.ts';
import { byIds, errors, onCallAssignment, step } from './support.ts';

const end = Date.parse('2026-11-21T22:00:00Z');
const [one, two, three] = [job(1), job(2), job(3)];
const holder = 'octo-org/infra run 7001 (job access) by octocat (INC-1) until 2026-11-21 22:00 UTC';

describe('a permanent assign', () => {
  it('of a leased grant names its holders, and no timer removes it later (P3)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, leased, one);
      const made = await step(world, permanently, two);
      expect(made.exitCode).toBe(0);
      expect(made.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'expires-at': '',
        'ends-at-latest': '',
        'expiry-guarantee': '',
        'lease-id': '',
      });
      expect(told(made, 'warning')).toEqual([
        expect.stringContaining(
          `: The access was leased by ${holder}. It is permanent now: the end of those leases does not remove it.`,
        ),
      ]);
      expect(summaryText(made)).toContain('is permanent now');
      expect(shortly(world)).toEqual(['timer 22:00 dead']);
      // Its holder's post step, a sweep, and time do not remove it.
      await post(world, main, one);
      endJob(world, 1);
      await until(world, end + hour);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world)]).toEqual([0, true]);
      expect(world.aws.schedules.firings()).toEqual([]);
    }));

  it('of a grant without a lease needs Create, List and Delete', () =>
    inLeases({}, async (world) => {
      const made = await step(world, permanently);
      expect(asked(made, 'scheduler')).toEqual(['CreateSchedule', 'ListSchedules', 'DeleteSchedule']);
      expect([made.exitCode, isThere(world), shortly(world), told(made, 'warning')]).toEqual([0, true, [], []]);
    }));

  it('of permanent access changes nothing', () =>
    inLeases({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const made = await step(world, permanently);
      expect([made.exitCode, made.outputs['changed']]).toEqual([0, 'false']);
      expect(asked(made, 'scheduler')).toEqual(['ListSchedules']);
    }));

  it('that is interrupted is red: the access stays without an end until it is repeated (P3)', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      world.script.fault(
        { service: 'sso', operation: 'CreateAccountAssignment', times: 1 },
        { kind: 'error', code: 'AccessDeniedException', status: 400, message: 'no more' },
      );
      const broken = await step(world, permanently, two);
      expect([broken.exitCode, broken.outputs['status'], isThere(world)]).toEqual([1, 'FAILED', true]);
      expect(errors(broken)).toMatch(
        /Making the access permanent was interrupted: .*The access has no end until the permanent `assign` is repeated, or `operation: revoke`/su,
      );
      expect(shortly(world)).toEqual(['hold 22:00', 'hold never', 'timer 22:00 dead']);
      // No step takes a lease of it, and a sweep reports it and leaves it.
      const joiner = await step(world, { ...leased, timeout: '3m' }, three);
      expect([joiner.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(joiner)).toContain(
        'octo-org/infra run 7002 (job access) by octocat is making this access permanent, or was interrupted while doing so',
      );
      await world.advance(20 * minute);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(swept)).toContain('A permanent assign of this grant was interrupted');
      expect(errors(swept)).toContain('Repeat the permanent `assign`, or run `operation: revoke`.');
    }));

  it.each([
    ['repeating it', permanently, true],
    ['a revoke', revoking, false],
  ])('that was interrupted is resolved by %s', (_, inputs, stays) =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      world.script.fault(
        { service: 'sso', operation: 'CreateAccountAssignment', times: 1 },
        { kind: 'error', code: 'AccessDeniedException', status: 400, message: 'no more' },
      );
      await step(world, permanently, two);
      await world.advance(20 * minute);
      const resolved = await step(world, inputs, two);
      expect([resolved.exitCode, isThere(world)]).toEqual([0, stays]);
      expect(records(world).filter(({ end: at }) => at > Date.parse('2100-01-01'))).toEqual([]);
      const swept = await step(world, sweeping, three);
      expect([swept.exitCode, isThere(world)]).toEqual([0, stays]);
    }),
  );

  it('is not begun where the records are not writable: nothing was changed', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      forbid(world, 'scheduler:CreateSchedule');
      const made = await step(world, permanently, two);
      expect([made.exitCode, made.outputs['changed']]).toEqual([1, 'false']);
      expect(errors(made)).toContain('scheduler:CreateSchedule');
      expect(shortly(world)).toEqual(['hold 22:00', 'timer 22:00 armed']);
    }));
});

describe('a revoke', () => {
  it('of a leased grant names its holders (P5)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, leased, one);
      const revoked = await step(world, revoking, two);
      expect([revoked.exitCode, isThere(world)]).toEqual([0, false]);
      expect(told(revoked, 'warning')).toEqual([
        expect.stringContaining(`: The access was leased. These holders lost it: ${holder}.`),
      ]);
      expect(summaryText(revoked)).toContain('These holders lost it');
      const ended = await post(world, main, one);
      expect([ended.exitCode, shortly(world)]).toEqual([0, []]);
    }));

  it('of a grant without a lease names no holder', () =>
    inLeases({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const revoked = await step(world, revoking);
      expect([revoked.exitCode, isThere(world), shortly(world), told(revoked, 'warning')]).toEqual([0, false, [], []]);
      expect(resultsOf(revoked)).toHaveLength(1);
    }));

  it('of missing access changes nothing', () =>
    inLeases({}, async (world) => {
      const revoked = await step(world, revoking);
      expect([revoked.exitCode, revoked.outputs['changed'], shortly(world)]).toEqual([0, 'false', []]);
    }));
});

describe('without the scheduler inputs (P5)', () => {
  it.each([
    ['a permanent assign', byIds],
    ['a revoke', { ...byIds, operation: 'revoke' }],
  ])('%s reports that it does not look for leases', (_, inputs) =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      const result = await step(world, inputs, two);
      expect(result.exitCode).toBe(0);
      expect(asked(result, 'scheduler')).toEqual([]);
      expect(`${result.log}${summaryText(result)}`).toMatch(/aws-scheduler-role-arn/u);
    }),
  );
});

describe('an interrupted permanent assign, with a lease', () => {
  const brokenOff = (scene: (world: World, lease: StepResult) => Promise<void>): Promise<void> =>
    inLeases({}, async (world) => {
      const lease = await take(world, leased, one);
      world.script.outcome({ kind: 'create' }, { status: 'FAILED', failureReason: 'The account is suspended.' });
      expect((await step(world, permanently, two)).exitCode).toBe(1);
      await scene(world, lease);
    });

  it("is not a holder in a list, which has the lease's own end", () =>
    brokenOff(async (world) => {
      const list = await step(world, listing, three);
      expect(list.outputs).toMatchObject({ 'lease-state': 'leased', 'expires-at': '2026-11-21T22:00:00Z' });
      expect(list.log).toMatch(/Held by \S+ run 7001 [^;]* until 2026-11-21 22:00 UTC\./u);
      expect(list.log).toMatch(/A permanent assign by \S+ run 7002 .* is running, or was interrupted/u);
      expect(list.log).not.toContain('2286');
    }));

  it('is the reason of the remaining access in the post step of the lease', () =>
    brokenOff(async (world, lease) => {
      const ended = await post(world, lease, one);
      expect([ended.exitCode, isThere(world), shortly(world)]).toEqual([0, true, ['hold never', 'timer 22:00 dead']]);
      expect(told(ended, 'warning')).toEqual([
        expect.stringMatching(/The access stays: \S+ run 7002 .* is making it permanent, or was interrupted\./u),
      ]);
    }));
});
