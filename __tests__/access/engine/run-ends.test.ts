import { describe, expect, test } from '@jest/globals';

import { Refusal } from '../../../src/access/errors.ts';
import type { PlanDocument } from '../../../src/access/plan/document.ts';
import { worstStatus } from '../../../src/access/outcome.ts';
import { cancelled, createEngine, type Engine, type EngineOptions } from './engine.ts';
import { assignmentsOn, cloudError, keyOf } from '../fixtures.ts';

/** Forty creations of ten seconds, five at once, one at a time on each of twenty places. */
function createMany(over: EngineOptions = {}): Engine {
  return createEngine({
    grants: assignmentsOn(40, 20),
    limits: { inFlight: 100, outstanding: { create: 5 } },
    laneOf: ({ grant }) => grant.target.id,
    course: { takes: 10_000 },
    latency: 50,
    ...over,
  });
}

describe('a cancellation in the middle', () => {
  test('reports every grant: done, in flight with its request ID, not started (P2)', async () => {
    const { results, cancelAt, cloud, clock, started } = createMany();
    cancelAt(26_000);
    const all = await results();
    expect(all).toHaveLength(40);
    expect(clock.elapsed()).toBe(26_000);
    for (const { grant, outcome } of all) {
      const own = cloud.operations.find((it) => keyOf(it.change.grant) === keyOf(grant));
      if (own === undefined) {
        expect(outcome).toMatchObject({
          status: 'FAILED',
          changed: false,
          requestId: null,
          reason: `Not started: ${cancelled.message}.`,
        });
      } else if (own.begunAt + own.takes > clock.now()) {
        expect(outcome).toMatchObject({ status: 'IN_PROGRESS', requestId: own.requestId });
      } else {
        expect(outcome).toMatchObject({ requestId: own.requestId });
      }
    }
    const statuses = all.map(({ outcome }) => outcome.status);
    expect(statuses.filter((it) => it === 'IN_PROGRESS').length).toBeGreaterThanOrEqual(5);
    expect(statuses.filter((it) => it === 'FAILED').length).toBeGreaterThanOrEqual(20);
    expect(worstStatus(all)).toBe('FAILED');
    expect(new Set(started).size).toBe(cloud.operations.length);
    expect(clock.pending()).toBe(0);
  });

  test('sends nothing more', async () => {
    const { results, cancelAt, cloud, clock } = createMany();
    cancelAt(26_000);
    await results();
    const before = { ...cloud.calls };
    await clock.during(clock.sleep(60_000, new AbortController().signal));
    expect(cloud.calls).toEqual(before);
  });

  test('one that waits for a place again was refused and not started', async () => {
    const { results, cancelAt } = createMany({
      limits: { inFlight: 1, outstanding: {} },
      laneOf: () => null,
      course: { takes: 120_000 },
      answers: (change, tries) =>
        change.grant.target.id === 't-0' && tries === 1 ? { kind: 'refuse', error: cloudError('busy') } : null,
    });
    cancelAt(60_000);
    const [first] = await results();
    expect(first?.outcome).toMatchObject({
      status: 'FAILED',
      changed: false,
      reason: expect.stringMatching(/^Not started: /u),
    });
  });

  test('a second run completes the rest and doubles nothing', async () => {
    const first = createMany();
    first.cancelAt(26_000);
    await first.results();
    const { cloud } = first;
    // State that a later run finds: the finished changes, and the running ones.
    const second = createMany({
      standing: (grant) => cloud.truth(grant),
    });
    for (const it of cloud.operations)
      if (it.begunAt + it.takes > first.clock.now())
        second.cloud.startElsewhere(it.change, `first-${it.requestId}`, {
          takes: it.begunAt + it.takes - first.clock.now(),
        });
    const all = await second.results();
    expect(all.every(({ outcome }) => outcome.status === 'SUCCEEDED')).toBe(true);
    expect(second.cloud.starts.length + cloud.starts.length).toBe(40);
  });
});

describe('the time limit', () => {
  test('counts for each from its own start, not from the queue', async () => {
    // Eight rounds of ten seconds, and half a minute each.
    const { results, clock } = createMany({ timeoutMs: 30_000 });
    const all = await results();
    expect(all.every(({ outcome }) => outcome.status === 'SUCCEEDED')).toBe(true);
    expect(clock.elapsed()).toBeGreaterThan(80_000);
    expect(Math.max(...all.map(({ startedAt, endedAt }) => endedAt - startedAt))).toBeLessThanOrEqual(60_000);
  });

  test('of a change that never ends applies to it alone: it is IN_PROGRESS, and a change that waits for its lane reports why', async () => {
    const { results, cloud } = createMany({
      timeoutMs: 30_000,
      course: ({ grant }) => ({
        takes: grant.kind === 'assignment' && grant.principal.id === 'g-0' ? 3_600_000 : 10_000,
      }),
    });
    const all = await results();
    expect(all[0]?.outcome).toMatchObject({ status: 'IN_PROGRESS', requestId: expect.any(String) });
    // The second change is on the same place: the cloud would refuse its start during its whole time limit.
    const theirs = all[0]?.outcome.requestId ?? 'none';
    expect(all[20]?.outcome).toMatchObject({
      status: 'FAILED',
      changed: false,
      requestId: null,
      reason: expect.stringMatching(new RegExp(`^Not started: .*request ID ${theirs}.* still in progress there`, 'u')),
      hint: expect.stringContaining('`timeout`'),
    });
    expect(cloud.starts.filter(({ grant }) => grant.target.id === 't-0')).toHaveLength(1);
    expect(all.filter(({ outcome }) => outcome.status === 'SUCCEEDED')).toHaveLength(38);
  });

  test('of one that was refused and waits for room again ends it with the refusal', async () => {
    const { results, cloud } = createMany({
      limits: { inFlight: 1, outstanding: {} },
      laneOf: () => null,
      grants: assignmentsOn(3, 3),
      course: { takes: 60_000 },
      timeoutMs: 70_000,
      answers: (change, tries) =>
        change.grant.target.id === 't-0' && tries <= 2 ? { kind: 'refuse', error: cloudError('busy') } : null,
    });
    const all = await results();
    expect(all[1]?.outcome.status).toBe('SUCCEEDED');
    expect(all[2]?.outcome.status).toBe('SUCCEEDED');
    const first = all[0];
    if (first?.outcome.status === 'FAILED') {
      expect(first.outcome).toMatchObject({ failure: { kind: 'busy' }, changed: false });
      expect(first.endedAt - first.startedAt).toBeLessThanOrEqual(70_001);
    }
    const starts = cloud.starts.filter(({ grant }) => grant.target.id === 't-0');
    for (const { at } of starts) expect(at).toBeLessThanOrEqual((first?.startedAt ?? 0) + 70_000);
  });
});

describe('the time limit of a grant that is kept', () => {
  test('includes the wait for a place: the grant is not started after it, and not without a place', async () => {
    const grants = assignmentsOn(4, 1);
    const [kept] = grants;
    if (kept === undefined) throw new Error('there is none');
    const { results, cloud } = createMany({
      grants,
      course: { takes: 20_000 },
      timeoutMs: 30_000,
      standing: (grant) => (grant === kept ? 'current' : 'absent'),
    });
    // Another job removes it at once; the other changes need the lane for a minute.
    cloud.startElsewhere({ kind: 'remove', grant: kept, seen: null }, 'theirs', { takes: 150 });
    const [first] = await results();
    expect(cloud.crowded).toEqual([]);
    const starts = cloud.starts.filter(({ grant }) => grant === kept);
    for (const { at } of starts) expect(at).toBeLessThanOrEqual((first?.startedAt ?? 0) + 30_000);
    expect(first?.outcome.status).toBe(cloud.truth(kept) === 'current' ? 'SUCCEEDED' : 'FAILED');
  });
});

describe('a plan that is not carried out', () => {
  const mixed: EngineOptions = {
    standing: ({ target }) =>
      (['current', 'absent', 'outdated', 'conflicting'] as const)[Number(target.id.slice(2)) % 4] ?? 'absent',
  };

  test('dry-run changes nothing, and reports the planned changes (P3)', async () => {
    const { run, cloud } = createMany(mixed);
    const { results, remarks } = await run({ dryRun: true });
    expect(cloud.starts).toEqual([]);
    expect(cloud.calls).toMatchObject({ find: 0, start: 0, ask: 0, running: 0, remarkOn: 0, read: 1 });
    const by = (action: string): readonly unknown[] =>
      results.filter((it) => it.action === action).map(({ outcome }) => outcome);
    for (const action of ['create', 'update'])
      for (const outcome of by(action)) expect(outcome).toMatchObject({ status: 'SUCCEEDED', changed: true });
    for (const outcome of by('keep')) expect(outcome).toMatchObject({ status: 'SUCCEEDED', changed: false });
    for (const outcome of by('refuse')) expect(outcome).toMatchObject({ status: 'FAILED', changed: false });
    expect(['create', 'update', 'keep', 'refuse'].map((action) => by(action).length)).toEqual([10, 10, 10, 10]);
    expect(remarks).toEqual([]);
  });

  test('the document is there before any change, and nothing is changed where it cannot be kept', async () => {
    const error = new Refusal('the file cannot be written', 'Look at the path.');
    const { run, cloud } = createMany({
      planning: {
        wanted: true,
        onPlan: () => {
          throw error;
        },
      },
    });
    await expect(run()).rejects.toBe(error);
    expect(cloud.starts).toEqual([]);
  });

  test('the plan of a dry run is the one that can be applied, and no other (P10)', async () => {
    const plans: PlanDocument[] = [];
    const onPlan = (plan: PlanDocument): void => {
      plans.push(plan);
    };
    await createMany({ planning: { wanted: true, onPlan } }).run({ dryRun: true });
    const [plan] = plans;
    if (plan === undefined) throw new Error('there is no plan');
    expect(plan.changes).toHaveLength(40);
    const planning = { wanted: true, onPlan, expected: { kind: 'digest', digest: plan.digest } } as const;

    const same = createMany({ planning });
    expect((await same.results()).every(({ outcome }) => outcome.status === 'SUCCEEDED')).toBe(true);

    const other = createMany({ planning, grants: assignmentsOn(41, 20) });
    await expect(other.run()).rejects.toBeInstanceOf(Refusal);
    expect(other.cloud.starts).toEqual([]);
  });

  test('a grant that was reviewed as kept, and is gone a moment later, is not made again (P10)', async () => {
    const grants = assignmentsOn(2, 2);
    const [kept, made] = grants;
    if (kept === undefined || made === undefined) throw new Error('there are not so many');
    const standing: EngineOptions['standing'] = (grant) => (grant === kept ? 'current' : 'absent');
    const plans: PlanDocument[] = [];
    const onPlan = (plan: PlanDocument): void => {
      plans.push(plan);
    };
    await createMany({ grants, standing, planning: { wanted: true, onPlan } }).run({ dryRun: true });
    const digest = plans[0]?.digest ?? '';
    const planning = { wanted: true, expected: { kind: 'digest', digest } } as const;

    const { results, cloud } = createMany({ grants, standing, planning });
    cloud.startElsewhere({ kind: 'remove', grant: kept, seen: null }, 'theirs', { takes: 5_000 });
    const all = await results();
    expect(all[0]?.outcome).toMatchObject({
      status: 'FAILED',
      changed: false,
      reason: expect.stringMatching(/^Not started: the reviewed plan says keep/u),
      hint: expect.stringContaining('`dry-run: true`'),
    });
    expect(all[1]?.outcome).toMatchObject({ status: 'SUCCEEDED', changed: true });
    expect(cloud.starts.map(({ grant }) => grant)).toEqual([made]);
  });

  test('the caller is looked up only for a plan', async () => {
    const { run, cloud } = createMany();
    await run();
    expect(cloud.calls.planContext).toBe(0);
  });
});

describe('nothing to do', () => {
  test('no grants at all is green, with hardly any request', async () => {
    const { run, cloud, log } = createEngine({ grants: [], notices: ['Nothing is outdated.'] });
    const { results, notices } = await run({ operation: 'provision' });
    expect(results).toEqual([]);
    expect(worstStatus(results)).toBe('SUCCEEDED');
    expect(notices).toEqual(['Nothing is outdated.']);
    expect(log.at('info')).toContain('Nothing is outdated.');
    expect(cloud.calls).toMatchObject({ resolve: 1, find: 0, start: 0, running: 0, ask: 0 });
  });

  test('a guard ends it before anything is read or changed (P10)', async () => {
    const { run, cloud } = createMany({ refusals: [new Refusal('this one is privileged', 'Allow it.')] });
    await expect(run()).rejects.toThrow('this one is privileged');
    expect(cloud.calls).toMatchObject({ read: 0, find: 0, start: 0 });
  });
});
