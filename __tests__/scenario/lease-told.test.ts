import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { byIds, ids, inWorld, onCallAssignment, signIn, step } from './support.ts';

const ender = { 'aws-scheduler-role-arn': 'arn:aws:iam::111122223333:role/access-ender' } as const;
const leased = { ...byIds, ...ender, lifetime: '2h', reason: 'INC-1' } as const;
const kept = { ...leased, 'keep-after-job': 'true' } as const;
const onLeases = { ...signIn, 'aws-instance-arn': ids.instance } as const;
const sweeping = { ...onLeases, ...ender, operation: 'sweep' } as const;

const hour = 3_600_000;
const holder = 'octo-org/infra run 16011000001 (job access) by octocat (INC-1) until ';

const warnings = ({ annotations }: StepResult): readonly string[] =>
  annotations.filter(({ level }) => level === 'warning').map(({ message }) => message);

describe('reports about leases', () => {
  it('an extension has no other holder: the hold that it replaces does not count as one (P5)', () =>
    inWorld({}, async (world) => {
      const main = await step(world, kept);
      const extended = await step(world, {
        ...signIn,
        operation: 'extend',
        'lease-id': main.outputs['lease-id'] ?? '',
        lifetime: '3h',
      });
      expect(extended.outputs).toMatchObject({ status: 'SUCCEEDED', 'lease-state': 'leased' });
      expect(extended.log).not.toContain('ther holder');
      expect(extended.log).toContain('The lease ends at ');
    }));

  it('a lease that outlives its job is reported with its early end, by its lease-id', () =>
    inWorld({}, async (world) => {
      const main = await step(world, kept);
      const id = main.outputs['lease-id'] ?? '';
      expect(id).toMatch(/^ca1\./u);
      expect(main.log).toContain(`use \`operation: release\` with lease-id \`${id}\`.`);
      expect(main.summary).toContain(`<pre>${id}</pre>`);
      expect(main.summary).toContain(
        `<pre>gh workflow run release-a-lease.yml --repo octo-org/infra --field lease-id=${id}</pre>`,
      );
      const ended = await step(world, { ...signIn, operation: 'release', 'lease-id': id });
      expect([ended.exitCode, world.aws.estate.has(onCallAssignment)]).toEqual([0, false]);
      expect((await step(world, leased)).log).not.toContain('before its end');
    }));

  it('a permanent assign names the holders of a lease in readable form, and reports that the access is permanent', () =>
    inWorld({}, async (world) => {
      await step(world, leased);
      const permanent = await step(world, { ...byIds, ...ender });
      expect(permanent.outputs).toMatchObject({
        status: 'SUCCEEDED',
        'lease-state': 'permanent',
        'expiry-guarantee': '',
        'expires-at': '',
      });
      expect(warnings(permanent).join('\n')).toContain(`The access was leased by ${holder}`);
      expect(permanent.log).toContain('The access is permanent.');
      await world.advance(3 * hour);
      expect(world.aws.estate.has(onCallAssignment)).toBe(true);
    }));

  it('a sweep reports ended leases once, with the reason', () =>
    inWorld({}, async (world) => {
      // Without an older deletion in AWS's lists its history proves nothing.
      const earlier = await step(world, leased);
      await step(world, leased, { stage: 'post', state: earlier.state });
      await step(world, leased);
      world.aws.schedules.outage(0, 4 * hour);
      await world.advance(3 * hour);
      const swept = await step(world, sweeping);
      expect(swept.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      const [told = '', ...others] = warnings(swept);
      expect(others).toEqual([]);
      expect(told).toMatch(
        /^Group .* on account 123456789012: Ended, because it has no holder any more \(its lease ended at [^)]+ UTC\)\. Its holder was octo-org\/infra run \d+ \(job access\) by octocat(?: \([^)]*\))?\. All firings /u,
      );
      expect(swept.log).toMatch(
        /^To be ended: group .* on account 123456789012, because it has no holder any more \(its lease ended at [^)]+ UTC\)/mu,
      );
    }));

  it('a sweep reports suspect access once, as left alone, with the grant (P9)', () =>
    inWorld({}, async (world) => {
      await step(world, kept);
      await world.advance(3 * hour);
      world.aws.estate.add(onCallAssignment);
      const swept = await step(world, sweeping);
      expect([swept.exitCode, warnings(swept)]).toEqual([1, []]);
      const errors = swept.annotations.filter(({ level }) => level === 'error');
      expect(errors).toHaveLength(1);
      expect(errors[0]?.message).toMatch(/^group .* on account 123456789012: The access exists, although all firings/u);
      expect(errors[0]?.message).toContain('A person has to decide');
    }));

  it('a list without leases reports that, in log and summary', () =>
    inWorld({}, async (world) => {
      const list = await step(world, { ...onLeases, operation: 'list' });
      expect([list.exitCode, list.log, list.summary]).toEqual([
        0,
        expect.stringContaining('No lease is on record there.'),
        expect.stringContaining('No lease is on record there.'),
      ]);
    }));

  it('a job with a hold that others outlive is reported with the remaining access, and without sessions that it did not end (P1)', () =>
    inWorld({}, async (world) => {
      const first = await step(world, leased);
      const second = await step(world, leased, { context: { runId: '72', checkRunId: '722' } });
      const left = await step(world, leased, { stage: 'post', state: first.state });
      expect([left.exitCode, left.log.includes('The access stays for octo-org/infra run 72 ')]).toEqual([0, true]);
      expect(left.log).not.toContain('sessions that are already open');
      const last = await step(world, leased, { stage: 'post', state: second.state });
      expect(last.log).toContain('Verified by reading back: the access is gone.');
      expect(last.log).toContain('sessions that are already open');
    }));
});
