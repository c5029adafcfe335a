import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
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
  post,
  records,
  shortly,
  summaryText,
  take,
  told,
} from './lease-support.ts';
import { resultsOf } from './reports.ts';
import { errors, ids, onCallAssignment, step } from './support.ts';

const [one, two, three] = [job(1), job(2), job(3)];
const kept = { ...leased, 'keep-after-job': 'true' } as const;
const longer = { ...leased, lifetime: '3h', reason: 'deploy' } as const;
const byLease = { cloud: 'aws', 'aws-role-to-assume': ids.broker } as const;
const idOf = ({ outputs }: StepResult): string => outputs['lease-id'] ?? '';
const releasing = (main: StepResult) => ({ ...byLease, operation: 'release', 'lease-id': idOf(main) }) as const;
const extending = (main: StepResult, lifetime = '4h') =>
  ({ ...byLease, operation: 'extend', 'lease-id': idOf(main), lifetime }) as const;

describe('release', () => {
  it('by another job ends the access of a keep-after-job lease (P5)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, kept, one);
      await post(world, main, one);
      endJob(world, 1);
      expect(isThere(world)).toBe(true);
      const released = await step(world, releasing(main), two);
      expect(released.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect([released.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
      expect(summaryText(released)).toContain('They can last up to 2 h more');
    }));

  it('by the same job leaves its post step no task', () =>
    inLeases({}, async (world) => {
      const main = await take(world, leased, one);
      const released = await step(world, releasing(main), one);
      expect([released.exitCode, isThere(world)]).toEqual([0, false]);
      const ended = await post(world, main, one);
      expect([ended.exitCode, isThere(world)]).toEqual([0, false]);
    }));

  it('of a lease that is already gone is green, and changes nothing (P1)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, kept, one);
      await step(world, releasing(main), two);
      const again = await step(world, releasing(main), two);
      expect(again.exitCode).toBe(0);
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      expect(summaryText(again)).toContain('The lease was already gone');
    }));

  it('ends only its own holder (P5)', () =>
    inLeases({}, async (world) => {
      const first = await take(world, kept, one);
      await take(world, { ...longer, 'keep-after-job': 'true' }, two);
      const released = await step(world, releasing(first), three);
      expect([released.exitCode, isThere(world)]).toEqual([0, true]);
      expect(summaryText(released)).toContain('The access stays for octo-org/infra run 7002');
      expect(records(world).filter(({ kind }) => kind === 'hold')).toHaveLength(1);
    }));

  it('ends all grants of the step together (P5)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, { ...kept, target: `${ids.prod}\n${ids.staging}\n${ids.dataLake}` }, one);
      expect(records(world).filter(({ kind }) => kind === 'hold')).toHaveLength(3);
      const released = await step(world, releasing(main), two);
      expect([released.exitCode, shortly(world), resultsOf(released).length]).toEqual([0, [], 3]);
      expect(isThere(world)).toBe(false);
    }));

  it('of more grants than a lease-id can name finds them in the group', () =>
    inLeases({}, async (world) => {
      const roles = [
        'ReadOnlyAccess',
        'Billing',
        'IncidentAdmin',
        'PowerUserAccess',
        'ViewOnlyAccess',
        'SecurityAudit',
      ];
      const main = await take(
        world,
        {
          ...kept,
          principal: `group:${ids.onCall}\nuser:${ids.alice}`,
          role: roles.join('\n'),
          target: `${ids.prod}\n${ids.staging}`,
        },
        one,
      );
      expect(idOf(main).length).toBeLessThan(600);
      const released = await step(world, releasing(main), two);
      expect([released.exitCode, shortly(world), resultsOf(released).length]).toEqual([0, [], 24]);
    }));

  it('without a readable list is red: it is unknown whether the lease is gone (P1)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, kept, one);
      forbid(world, 'scheduler:ListSchedules');
      const released = await step(world, releasing(main), two);
      expect([released.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(released)).toContain('scheduler:ListSchedules');
    }));

  it.each(['ca1.e30', 'ca2.eyJyIjoidXMtZWFzdC0xIn0', 'nothing', 'ca1.'])(
    'refuses %s, which is not a lease-id',
    (text) =>
      inLeases({}, async (world) => {
        const released = await step(world, { ...byLease, operation: 'release', 'lease-id': text });
        expect([released.exitCode, released.requests]).toEqual([1, []]);
        expect(errors(released)).toContain('lease-id');
      }),
  );
});

describe('extend', () => {
  it('joins again with the new time, and releases the old hold (P5)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, kept, one);
      await world.advance(hour);
      const extended = await step(world, extending(main), two);
      expect(extended.exitCode).toBe(0);
      expect(extended.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'expires-at': '2026-11-22T01:00:00Z',
        'ends-at-latest': '2026-11-22T01:00:00Z',
        'expiry-guarantee': 'scheduler',
      });
      expect(idOf(extended)).not.toBe(idOf(main));
      expect(shortly(world).filter((it) => it.startsWith('hold'))).toEqual(['hold 01:00']);
      await world.advance(3 * hour);
      expect(isThere(world)).toBe(true);
      await world.advance(2 * hour);
      expect(isThere(world)).toBe(false);
    }));

  it('keeps the properties of the lease: with keep-after-job it outlives the job that extended it', () =>
    inLeases({}, async (world) => {
      const main = await take(world, kept, one);
      const extended = await step(world, extending(main), two);
      const ended = await post(world, extended, two);
      expect([ended.exitCode, isThere(world)]).toEqual([0, true]);
      const [hold] = records(world);
      expect(JSON.parse(hold?.schedule.description ?? '')).toMatchObject({ keep: true, run: '7002' });
      const released = await step(world, releasing(extended), three);
      expect([released.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
    }));

  it('by the same job: the extended lease ends with the job, once', () =>
    inLeases({}, async (world) => {
      const main = await take(world, leased, one);
      const extended = await step(world, extending(main), one);
      expect([extended.exitCode, extended.outputs['expires-at']]).toEqual([0, '2026-11-22T00:00:00Z']);
      // Post steps run in the reverse order.
      const last = await post(world, extended, one);
      expect([last.exitCode, isThere(world)]).toEqual([0, false]);
      const first = await post(world, main, one);
      expect([first.exitCode, isThere(world)]).toEqual([0, false]);
    }));

  it('of a lease that is gone is red, and grants nothing (P1)', () =>
    inLeases({}, async (world) => {
      const main = await take(world, kept, one);
      await step(world, releasing(main), two);
      const extended = await step(world, extending(main), two);
      expect([extended.exitCode, isThere(world)]).toEqual([1, false]);
      expect(errors(extended)).toMatch(/The lease is gone.*What to do: Take a new one with `operation: assign`/su);
    }));

  it('to a shorter time ends earlier', () =>
    inLeases({}, async (world) => {
      const main = await take(world, kept, one);
      const extended = await step(world, extending(main, '10m'), two);
      expect([extended.exitCode, extended.outputs['expires-at']]).toEqual([0, '2026-11-21T20:10:00Z']);
      const latest = extended.outputs['ends-at-latest'] ?? '';
      await world.advance(2 * hour);
      expect(isThere(world)).toBe(Date.parse(latest) > world.now());
    }));
});

describe('list', () => {
  it('shows holders, end times and their guarantee, and changes nothing', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      await take(world, { ...longer, target: ids.staging }, two);
      const before = shortly(world);
      const shown = await step(world, listing, three);
      expect([shown.exitCode, shown.outputs['changed'], shortly(world)]).toEqual([0, 'false', before]);
      expect(
        resultsOf(shown)
          .map((it) => [it['target-id'], it['lease-state'], it['ends-at-latest']])
          .toSorted(),
      ).toEqual([
        [ids.prod, 'leased', '2026-11-21T22:00:00Z'],
        [ids.staging, 'leased', '2026-11-21T23:00:00Z'],
      ]);
      expect(summaryText(shown)).toContain(
        'octo-org/infra run 7001 (job access) by octocat (INC-1) until 2026-11-21 22:00 UTC',
      );
      expect(asked(shown, 'scheduler').every((it) => /^(?:List|Get)/u.test(it))).toBe(true);
    }));

  it('narrows to targets', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      await take(world, { ...longer, target: ids.staging }, two);
      const shown = await step(world, { ...listing, target: ids.staging }, three);
      expect(resultsOf(shown).map((it) => it['target-id'])).toEqual([ids.staging]);
    }));

  it('of nothing reports that', () =>
    inLeases({}, async (world) => {
      const shown = await step(world, listing);
      expect([shown.exitCode, resultsOf(shown)]).toEqual([0, []]);
      expect(told(shown, 'error')).toEqual([]);
    }));

  it('reports a lease whose firings are over as one that a sweep decides', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      world.aws.schedules.outage(0, 5 * hour);
      await world.advance(2 * hour + 30 * minute);
      const shown = await step(world, listing);
      expect([shown.exitCode, isThere(world)]).toEqual([0, true]);
      expect(summaryText(shown)).toMatch(/^ ⚠️ Overdue: /u);
      expect(summaryText(shown)).toContain('All firings of its timer are over');
      expect(told(shown, 'warning')).toEqual([expect.stringContaining('Overdue since 2026-11-21 22:0')]);
      expect(resultsOf(shown)[0]).toMatchObject({ 'expiry-guarantee': '' });
      world.aws.estate.remove(onCallAssignment);
      expect(summaryText(await step(world, listing))).not.toContain('verdue');
    }));
});
