import { describe, expect, it } from '@jest/globals';
import { schedulerTrust } from '../../rehearsal/aws/trust.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { bulk } from './aws-bulk-support.ts';
import {
  asked,
  endJob,
  ender,
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
  refuseFirings,
  revoking,
  shortly,
  summaryText,
  sweeping,
  take,
  told,
  unrecorded,
  until,
} from './lease-support.ts';
import { policyOf } from './policy-documents.ts';
import { resultsOf } from './reports.ts';
import { errors, ids, policy, step } from './support.ts';

const [one, two, three] = [job(1), job(2), job(3)];
const byLease = { cloud: 'aws', 'aws-role-to-assume': ids.broker } as const;
const warnings = (it: Pick<StepResult, 'annotations'>): string => told(it, 'warning').join('\n');
const idOf = ({ outputs }: StepResult): string => outputs['lease-id'] ?? '';

/** EventBridge Scheduler is down from the next list on, until the returned function is called. */
function goDown(world: World): () => void {
  let [isDown, isOver] = [false, false];
  world.script.onRequest({ service: 'scheduler', operation: 'ListSchedules' }, () => {
    isDown = !isOver;
  });
  world.script.weather(({ service }) =>
    service === 'scheduler' && isDown
      ? { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'down' }
      : undefined,
  );
  return () => {
    [isDown, isOver] = [false, true];
  };
}

describe('a hold that could not be deleted since Scheduler was down', () => {
  it.each(['false', 'true'])('is deleted by post, with keep-after-job: %s: no later lease uses its end (P5)', (keeps) =>
    inLeases({}, async (world) => {
      const isUp = goDown(world);
      const main = await step(world, { ...leased, lifetime: '30d', 'keep-after-job': keeps }, one);
      isUp();
      expect([main.exitCode, isThere(world)]).toEqual([1, false]);
      const ended = await post(world, main, one);
      expect([ended.exitCode, shortly(world)]).toEqual([0, []]);
      const next = await take(world, { ...leased, lifetime: '1h' }, two);
      expect(next.outputs).toMatchObject({ 'lease-state': 'leased', 'ends-at-latest': next.outputs['expires-at'] });
    }),
  );

  it('is reported, where post cannot delete it either', () =>
    inLeases({}, async (world) => {
      goDown(world);
      const main = await step(world, leased, one);
      const ended = await post(world, main, one);
      expect(ended.exitCode).toBe(0);
      expect(warnings(ended)).toMatch(/could not be deleted, and might count as a holder until 2026-11-21 22:00 UTC/u);
      expect(shortly(world)).toEqual(['hold 22:00']);
    }));
});

describe('leases of one step that end while others are still being taken (P1)', () => {
  it('are not a success: the step is red, begins no more, and AWS can end the expired ones', () => {
    const narrow = bulk({}, { groups: 50, accounts: 1 });
    return inLeases({ estate: narrow.estate, aws: { operations: { durationMs: 15_000 } } }, async (world) => {
      const main = await step(world, { ...leased, ...narrow.inputs, lifetime: '5m', timeout: '30m' }, one);
      expect([main.exitCode, main.outputs['status']]).toEqual([1, 'FAILED']);
      const results = resultsOf(main);
      const reasons = results.map((it) => it['failure-reason'] as string);
      expect(
        reasons.filter((it) => it.includes('ended at 2026-11-21 20:06 UTC, before the step was done')),
      ).not.toEqual([]);
      expect(reasons.filter((it) => it.includes('Not started: the first lease of this step ended'))).not.toEqual([]);
      const standing = results.filter((it) => it['status'] === 'SUCCEEDED');
      expect(standing.every((it) => Date.parse(String(it['expires-at'])) > world.now())).toBe(true);
      await world.advance(25 * minute);
      expect(world.aws.estate.assignments()).toEqual([]);
    });
  }, 60_000);
});

describe('the report of post about the end', () => {
  it('has the time of the timer that will fire: a longer lease has replaced the own one, and left (P1)', () =>
    inLeases({}, async (world) => {
      const short = await take(world, leased, one);
      await post(world, await take(world, { ...leased, lifetime: '3d' }, two), two);
      world.aws.estate.start(
        'create',
        { account: 'payments-prod', permissionSet: 'ReadOnlyAccess', principal: 'group:Payments On-Call' },
        { durationMs: 4 * minute },
      );
      const ended = await post(world, short, one);
      expect(warnings(ended)).toContain('EventBridge Scheduler ends the access at 2026-11-24 20:00 UTC');
      await until(world, Date.parse('2026-11-24T20:02:00Z'));
      expect(isThere(world)).toBe(false);
    }));

  it('names other holders only by the timer that will fire (P1)', () =>
    inLeases({}, async (world) => {
      const short = await take(world, leased, one);
      await post(world, await take(world, { ...leased, lifetime: '3d' }, two), two);
      await take(world, { ...leased, lifetime: '1h' }, three);
      const ended = await post(world, short, one);
      expect(summaryText(ended)).toMatch(
        /The access stays for .* until 2026-11-21 21:0\d UTC\. .* ends it at 2026-11-24 20:00 UTC/u,
      );
    }));

  it('is red where all firings are over (P1)', () =>
    inLeases({}, async (world) => {
      refuseFirings(world);
      const main = await take(world);
      await until(world, Date.parse('2026-11-21T22:17:00Z'));
      const ended = await post(world, main);
      expect([ended.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(ended)).toContain('No timer was found that will still fire');
    }));

  it('between two firings is that AWS is ending it', () =>
    inLeases({}, async (world) => {
      refuseFirings(world);
      const main = await take(world);
      await until(world, Date.parse('2026-11-21T22:07:00Z'));
      const ended = await post(world, main);
      expect(ended.exitCode).toBe(0);
      expect(warnings(ended)).toContain(
        'started to end it at 2026-11-21 22:00 UTC and tries until 2026-11-21 22:16 UTC',
      );
    }));

  it('has the time from the place of the grant in its step, without a sign-in', () =>
    inLeases({}, async (world) => {
      const both = { ...leased, principal: `${leased.principal}\nuser:${ids.alice}` };
      const main = await take(world, both);
      world.aws.roles.remove(ids.broker);
      const ended = await post(world, main, { inputs: both });
      expect(warnings(ended)).toContain('ends the access at 2026-11-21 22:00 UTC');
      expect(warnings(ended)).toContain('ends the access at 2026-11-21 22:01 UTC');
      expect(warnings(ended)).toContain('Could not check whether other holders have the access for longer.');
    }));
});

describe('a record that cannot be deleted', () => {
  it('is not another holder: a sweep of a job that has ended is red (P1)', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      endJob(world, 1);
      await world.advance(20 * minute);
      forbid(world, 'scheduler:DeleteSchedule');
      const swept = await step(world, sweeping, two);
      expect([swept.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(swept)).toMatch(/Could not end the access, although its job has ended.*DeleteSchedule/su);
      expect(swept.log).not.toContain('stays for other holders');
    }));

  it('is reported, where a sweep has ended the access', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      endJob(world, 1);
      await world.advance(20 * minute);
      world.script.onRequest({ operation: 'DeleteAccountAssignment' }, () => {
        forbid(world, 'scheduler:DeleteSchedule');
      });
      const swept = await step(world, sweeping, two);
      expect([swept.exitCode, isThere(world)]).toEqual([0, false]);
      expect(warnings(swept)).toMatch(
        /2 of its records could not be deleted: .*DeleteSchedule.* The next sweep tries again\./u,
      );
    }));

  it('is reported by a permanent assign, which its own hold would show as interrupted; the next one clears it (P9)', () =>
    inLeases({}, async (world) => {
      const policyBefore = world.aws.roles.find(ids.broker);
      forbid(world, 'scheduler:DeleteSchedule');
      const main = await step(world, permanently, one);
      expect([main.exitCode, shortly(world)]).toEqual([0, ['hold never']]);
      expect(warnings(main)).toMatch(
        /record of this step could not be deleted: .*DeleteSchedule.* Run the step again/u,
      );
      if (policyBefore !== undefined) world.aws.roles.put(policyBefore);
      await world.advance(20 * minute);
      const again = await step(world, permanently, two);
      expect([again.exitCode, warnings(again), shortly(world), isThere(world)]).toEqual([0, '', [], true]);
    }));
});

describe('two execution roles (P5)', () => {
  const second = 'arn:aws:iam::111122223333:role/access-ender-2';
  it.each([
    ['a lease', leased],
    ['a permanent assign', permanently],
  ])('of which one has an active timer: %s by the other is refused, and names both', (_, inputs) =>
    inLeases({}, async (world) => {
      const other = world.aws.roles.find(ender);
      if (other === undefined) throw new Error('there is no execution role');
      world.aws.roles.put({ ...other, arn: second, trust: schedulerTrust(second, 'us-east-1', 'cloud-access') });
      const first = await take(world, leased, one);
      const main = await step(world, { ...inputs, 'aws-scheduler-role-arn': second }, two);
      expect([main.exitCode, main.outputs['status'], isThere(world)]).toEqual([1, 'FAILED', true]);
      expect(errors(main)).toContain(`uses the execution role ${ender}, but this step uses ${second}`);
      expect((await post(world, main, two)).exitCode).toBe(0);
      const ended = await post(world, first, one);
      expect([ended.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
    }),
  );
});

describe('a creation that is refused (P9)', () => {
  it.each([
    ['a lease', leased],
    ['a lease without records', unrecorded],
    ['a permanent assign', permanently],
  ])("since a resource does not exist: %s reports AWS's code, message and request ID", (_, inputs) =>
    inLeases({}, async (world) => {
      world.script.fault(
        { operation: 'CreateAccountAssignment', times: 3 },
        { kind: 'error', status: 400, code: 'ResourceNotFoundException', message: 'USER not found' },
      );
      const main = await step(world, inputs);
      expect([main.exitCode, main.outputs['changed']]).toEqual([1, 'false']);
      expect(errors(main)).toMatch(/ResourceNotFoundException: USER not found \(request ID \S+\)/u);
      expect(asked(main, 'sso').filter((it) => it === 'CreateAccountAssignment')).toHaveLength(1);
      const ended = await post(world, main, { inputs });
      expect([ended.exitCode, warnings(ended)]).toEqual([0, '']);
    }),
  );

  it('since the permission set lacks the tag: nothing was granted, the hint names the tag, and no sweep is red', () =>
    inLeases(
      {
        aws: {
          policy: policyOf('lease-broker'),
          executionRole: { policy: policyOf('lease-execution-role'), trust: policy('lease-execution-trust') },
        },
      },
      async (world) => {
        const main = await step(world, { ...leased, role: 'ReadOnlyAccess' }, one);
        expect([main.exitCode, main.outputs['changed']]).toEqual([1, 'false']);
        expect(errors(main)).toMatch(/CreateAccountAssignment.*Nothing was granted: a read shows no access/su);
        expect(errors(main)).toContain('cloud-access-lease: allowed');
        const ended = await post(world, main, one);
        expect([ended.exitCode, isThere(world)]).toEqual([0, false]);
        endJob(world, 1);
        await world.advance(20 * minute);
        const swept = await step(world, { ...sweeping, principal: leased.principal }, two);
        expect([swept.exitCode, swept.outputs['changed']]).toEqual([0, 'false']);
        await world.advance(3 * hour);
        expect((await step(world, sweeping, three)).exitCode).toBe(0);
      },
    ));
});

describe('a lease that was revoked (P1)', () => {
  it('is not in a list, has no holder for a release, and does not return with an extend', () =>
    inLeases({}, async (world) => {
      const first = await take(world, leased, one);
      const second = await take(world, { ...leased, lifetime: '1h' }, two);
      await step(world, revoking, three);
      expect(isThere(world)).toBe(false);
      const list = await step(world, listing, three);
      expect(summaryText(list)).toContain('A read shows no access');
      const released = await step(world, { ...byLease, operation: 'release', 'lease-id': idOf(first) }, three);
      expect([released.exitCode, warnings(released)]).toEqual([
        0,
        expect.stringMatching(/A read shows no access, although the records name .*run 7002/u),
      ]);
      const extended = await step(
        world,
        { ...byLease, operation: 'extend', 'lease-id': idOf(second), lifetime: '2h' },
        three,
      );
      expect([extended.exitCode, isThere(world)]).toEqual([1, false]);
      expect(errors(extended)).toContain('The lease is gone');
    }));
});
