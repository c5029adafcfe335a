import { describe, expect, test } from '@jest/globals';

import { Refusal } from '../../../src/access/errors.ts';
import { isChanged, isGreen } from '../../../src/access/outcome.ts';
import { cancelled, create, createEngine, remove, seen } from './engine.ts';
import { refuse } from '../fake-cloud.ts';
import { failed } from './fake-operations.ts';
import { assignment, cloudError, conflict, lost, provisioning } from '../fixtures.ts';

const unreadable = () => cloudError('denied', { operation: 'test:List', hint: null });

describe('assign', () => {
  test('absent access is created', async () => {
    const { result, cloud, log } = createEngine();
    const got = await result();
    expect(got).toMatchObject({
      action: 'create',
      outcome: { status: 'SUCCEEDED', changed: true, requestId: 'own-1' },
    });
    expect(got.endedAt).toBeGreaterThan(got.startedAt);
    expect(cloud.truth()).toBe('current');
    expect(log.at('info').join('\n')).toContain('Group "Payments On-Call" (g-1)');
    expect(log.at('info').join('\n')).toContain(
      'Plan: create group "Payments On-Call" with role "Reader" on place t-1',
    );
  });

  test('existing access is kept: nothing is started, nothing changed', async () => {
    const { result, cloud } = createEngine({ standing: 'current' });
    expect(await result()).toMatchObject({ action: 'keep', outcome: { status: 'SUCCEEDED', changed: false } });
    expect(cloud.starts).toEqual([]);
  });

  test('outdated access is updated under its existing name, and the plan names the differences', async () => {
    const { result, cloud, log } = createEngine({ standing: 'outdated', seen });
    expect(await result()).toMatchObject({
      action: 'update',
      outcome: { status: 'SUCCEEDED', changed: true, requestId: 'own-1' },
      seen,
    });
    expect(cloud.starts).toMatchObject([{ kind: 'update', seen }]);
    expect(log.at('info')).toContain(
      'Plan: update group "Payments On-Call" with role "Reader" on place t-1 (differs from the request: t-1).',
    );
  });

  test("access in conflict is refused in the cloud's words, and nothing is sent", async () => {
    const { result, cloud } = createEngine({ standing: 'conflicting', seen });
    expect(await result()).toMatchObject({
      action: 'refuse',
      outcome: { status: 'FAILED', changed: false, requestId: null, failure: null, ...conflict },
      seen,
    });
    expect(cloud.starts).toEqual([]);
  });

  test('a grant that conflicts only after the first read is refused too', async () => {
    // Every call takes 100 ms: resolve, read (all is well), the lists, the second read.
    const { result, cloud } = createEngine({
      standing: 'conflicting',
      latency: 100,
      readsAtFirst: { standing: 'current', until: 250 },
    });
    expect((await result()).outcome).toMatchObject({ status: 'FAILED', changed: false, ...conflict });
    expect(cloud.starts).toEqual([]);
  });

  test('access that is outdated only after the first read is updated, not created again', async () => {
    const { outcome, cloud } = createEngine({
      standing: 'outdated',
      seen,
      latency: 100,
      readsAtFirst: { standing: 'current', until: 250 },
    });
    expect(await outcome()).toMatchObject({ status: 'SUCCEEDED', changed: true });
    expect(cloud.starts).toMatchObject([{ kind: 'update', seen }]);
  });

  test('a principal of an unknown type is called "principal" in the log', async () => {
    const principal = { ...assignment.principal, type: null };
    const { run, log } = createEngine({ grant: { ...assignment, principal } });
    await run();
    expect(log.at('info')).toContain('Principal "Payments On-Call" (g-1).');
    expect(log.at('info')).toContain('Plan: create principal "Payments On-Call" with role "Reader" on place t-1.');
  });

  test('a second run while the first is in progress adopts it: one effective change', async () => {
    const { outcome, cloud } = createEngine();
    cloud.startElsewhere(create, 'first-run', { takes: 10_000 });
    expect(await outcome()).toMatchObject({ status: 'SUCCEEDED', changed: true, requestId: 'first-run' });
    expect(cloud.starts).toEqual([]);
  });

  test.each([0, 500, 2_000, 4_000])(
    "is never green while another job's deletion removes the access, reads lagging by %d ms",
    async (readLag) => {
      const { outcome, cloud } = createEngine({ standing: 'current', readLag });
      cloud.startElsewhere(remove, 'theirs', { takes: 5_000 });
      expect((await outcome()).status).toBe('SUCCEEDED');
      expect(cloud.truth()).toBe('current');
    },
  );

  test("is never green where another job's deletion ends between the first read and the list of running operations (P1)", async () => {
    // Every call takes 100 ms: resolve, read (the grant is there), then find.
    const { outcome, cloud } = createEngine({ standing: 'current', latency: 100 });
    cloud.startElsewhere(remove, 'theirs', { takes: 250 });
    expect((await outcome()).status).toBe('SUCCEEDED');
    expect(cloud.truth()).toBe('current');
  });
});

describe('revoke', () => {
  test('existing access is removed, and access that outlives it is reported', async () => {
    const { run, cloud } = createEngine({ standing: 'current', outlives: 'Open sessions go on for up to 1 h more.' });
    const { results, remarks } = await run({ operation: 'revoke' });
    expect(results[0]).toMatchObject({ action: 'remove', outcome: { status: 'SUCCEEDED', changed: true } });
    expect(remarks).toEqual(['Open sessions go on for up to 1 h more.']);
    expect(cloud.truth()).toBe('absent');
  });

  test('a conflicting assignment is removed too, the very one that was read', async () => {
    const { result, cloud } = createEngine({ standing: 'conflicting', seen });
    expect(await result({ operation: 'revoke' })).toMatchObject({
      action: 'remove',
      outcome: { status: 'SUCCEEDED', changed: true },
      seen,
    });
    expect(cloud.starts).toMatchObject([{ kind: 'remove', seen }]);
    expect(cloud.truth()).toBe('absent');
  });

  test('missing access stays missing, without a remark', async () => {
    const { run, cloud } = createEngine({ standing: 'absent' });
    const { results, remarks } = await run({ operation: 'revoke' });
    expect(results[0]).toMatchObject({ action: 'keep', outcome: { status: 'SUCCEEDED', changed: false } });
    expect(remarks).toEqual([]);
    expect(cloud.remarkedOn).toMatchObject([{ kind: 'remove', changed: false, verified: true }]);
  });

  test('access that only the second read shows is removed, and access that outlives it is reported too', async () => {
    const { run, cloud } = createEngine({ standing: 'absent' });
    cloud.startElsewhere(create, 'theirs', { takes: 3_000 });
    const { results, remarks } = await run({ operation: 'revoke' });
    expect(results[0]).toMatchObject({ outcome: { status: 'SUCCEEDED', changed: true } });
    expect(cloud.truth()).toBe('absent');
    expect(remarks).toEqual(['Nothing outlives it.']);
  });

  test('access that outlives the removal is reported with wait: false too', async () => {
    const { run } = createEngine({ standing: 'current', wait: false });
    const { results, remarks } = await run({ operation: 'revoke' });
    expect(results[0]).toMatchObject({ outcome: { status: 'IN_PROGRESS', requestId: 'own-1' } });
    expect(remarks).toEqual(['Nothing outlives it.']);
  });

  test('a remark that cannot be had loses no result', async () => {
    const { run } = createEngine({ standing: 'current', failing: { remarkOn: () => cloudError('denied') } });
    const { results } = await run({ operation: 'revoke' });
    expect(results[0]).toMatchObject({ outcome: { status: 'SUCCEEDED', changed: true, requestId: 'own-1' } });
  });

  test('an answer not-found, and gone by the read, is SUCCEEDED and unchanged', async () => {
    const { outcome, cloud, clock } = createEngine({
      standing: 'current',
      answers: [refuse('not-found')],
      latency: 100,
    });
    clock.at(350, () => {
      cloud.startElsewhere(remove, 'theirs', { takes: 0 });
    });
    expect(await outcome({ operation: 'revoke' })).toMatchObject({ status: 'SUCCEEDED', changed: false });
  });
});

describe('provision', () => {
  const options = { grant: provisioning } as const;

  test.each(['outdated', 'current'] as const)(
    'a permission set that is %s is pushed and verified',
    async (standing) => {
      const { result, cloud } = createEngine({ ...options, standing });
      expect(await result({ operation: 'provision' })).toMatchObject({
        action: 'provision',
        outcome: { status: 'SUCCEEDED', changed: true },
      });
      expect(cloud.starts).toHaveLength(1);
    },
  );

  test('a permission set that is not provisioned there is FAILED, and nothing is created', async () => {
    const { result, cloud } = createEngine({ ...options, standing: 'absent' });
    expect(await result({ operation: 'provision' })).toMatchObject({
      action: 'refuse',
      outcome: { status: 'FAILED', changed: false, hint: expect.stringContaining('operation: assign') },
    });
    expect(cloud.starts).toEqual([]);
  });

  test('everywhere, and provisioned nowhere, is nothing to push', async () => {
    const { outcome, cloud } = createEngine({
      grant: { ...provisioning, target: { id: 'all', name: null } },
      standing: 'absent',
    });
    expect(await outcome({ operation: 'provision' })).toMatchObject({
      status: 'SUCCEEDED',
      changed: false,
      remark: expect.stringContaining('nothing to push'),
    });
    expect(cloud.starts).toEqual([]);
  });
});

describe('the result after an error', () => {
  test('deadline while it is in progress: IN_PROGRESS with the request ID, red, changed (P2)', async () => {
    const { result } = createEngine({ timeoutMs: 30_000, course: { takes: 600_000 } });
    const got = await result();
    expect(got.outcome).toMatchObject({ status: 'IN_PROGRESS', requestId: 'own-1' });
    expect(isGreen(got, true)).toBe(false);
    expect(isChanged(got)).toBe(true);
  });

  test("a refusal that outlives the deadline: FAILED, with the cloud's answer and hint", async () => {
    const { outcome, clock } = createEngine({
      timeoutMs: 30_000,
      answers: Array.from({ length: 99 }, () => refuse('busy')),
    });
    expect(await outcome()).toMatchObject({
      status: 'FAILED',
      changed: false,
      reason: expect.stringContaining('busyException'),
      hint: 'what to do about busy',
      failure: { requestId: 'aws-req-1' },
    });
    expect(clock.elapsed()).toBeLessThanOrEqual(30_000);
  });

  test('a lost start that cannot be looked for: IN_PROGRESS without an ID, red with wait: false too (P1, P2)', async () => {
    const { result } = createEngine({ timeoutMs: 300, answers: [{ kind: 'refuse', error: lost }], wait: false });
    const got = await result();
    expect(got.outcome).toMatchObject({
      status: 'IN_PROGRESS',
      requestId: null,
      reason: expect.stringContaining('socket hang up'),
    });
    expect(isGreen(got, false)).toBe(false);
  });

  test('a lost second start is not said with the ID of the first, which is known to have FAILED', async () => {
    const { result } = createEngine({
      timeoutMs: 4_000,
      answers: [
        { kind: 'accept', takes: 400, ending: failed('unexpected internal', { passing: true }) },
        { kind: 'refuse', error: lost },
      ],
    });
    const got = await result();
    expect(got.outcome).toMatchObject({ status: 'IN_PROGRESS', requestId: null });
  });

  test('wait: false is not green where the first start FAILED and the second was lost (P1)', async () => {
    const { result } = createEngine({
      wait: false,
      timeoutMs: 1_000,
      answers: [
        { kind: 'accept', takes: 0, listedAfter: 3_600_000, ending: failed('unexpected internal', { passing: true }) },
        { kind: 'refuse', error: lost },
      ],
    });
    const got = await result();
    expect(got.outcome.status).toBe('IN_PROGRESS');
    expect(isGreen(got, false)).toBe(false);
  });

  test('polling that is refused: IN_PROGRESS with the ID, since the operation runs regardless (P2)', async () => {
    const { outcome } = createEngine({ failing: { ask: () => cloudError('denied') } });
    expect(await outcome()).toMatchObject({
      status: 'IN_PROGRESS',
      requestId: 'own-1',
      reason: expect.stringContaining('deniedException'),
    });
  });

  test('a refused read-back: IN_PROGRESS with the ID, never green (P1, P2)', async () => {
    let reads = 0;
    const { result } = createEngine({
      failing: {
        read: () => {
          reads += 1;
          return reads > 1 ? cloudError('denied', { operation: 'test:Read' }) : null;
        },
      },
    });
    const got = await result();
    expect(got.outcome).toMatchObject({ status: 'IN_PROGRESS', requestId: 'own-1' });
    expect(isGreen(got, true)).toBe(false);
  });

  test('a refusal by this action on the way keeps its hint', async () => {
    const error = new Refusal('AWS does not allow this job to assume the role any more.', 'Look at the trust policy.');
    const { outcome } = createEngine({ answers: [{ kind: 'refuse', error }] });
    expect(await outcome()).toMatchObject({
      status: 'FAILED',
      reason: error.message,
      hint: 'Look at the trust policy.',
    });
  });

  test('a bug of this action before any request was sent is FAILED, with its stack in the debug log', async () => {
    const { outcome, log } = createEngine({ failing: { find: () => new TypeError('a bug') } });
    expect(await outcome()).toMatchObject({
      status: 'FAILED',
      reason: 'This is a bug in this action: TypeError: a bug',
    });
    expect(log.at('debug').join()).toContain('TypeError: a bug');
  });

  test('a bug of this action during the start call leaves the result unknown', async () => {
    const { outcome } = createEngine({ answers: [{ kind: 'refuse', error: new TypeError('a bug') }] });
    expect(await outcome()).toMatchObject({ status: 'IN_PROGRESS', requestId: null });
  });

  test.each(['resolve', 'read'] as const)('an error of %s ends the run before any change', async (name) => {
    const error = cloudError('denied');
    const { run, cloud } = createEngine({ failing: { [name]: () => error } });
    await expect(run()).rejects.toBe(error);
    expect(cloud.starts).toEqual([]);
  });

  test('unreadable lists are a warning, not the end', async () => {
    const { outcome, log } = createEngine({ failing: { find: unreadable } });
    expect((await outcome()).status).toBe('SUCCEEDED');
    expect(log.at('warning').length).toBeGreaterThan(0);
  });
});

describe('cancellation', () => {
  test('before the start: FAILED, not started, nothing sent', async () => {
    const { outcome, cancelAt, cloud } = createEngine({ latency: 100 });
    cancelAt(250);
    expect(await outcome()).toMatchObject({
      status: 'FAILED',
      changed: false,
      reason: 'Not started: The step was canceled (SIGINT).',
    });
    expect(cloud.starts).toEqual([]);
  });

  test('between two tries of a refused start: FAILED, not started', async () => {
    const { outcome, cancelAt } = createEngine({ answers: [refuse('throttled')] });
    cancelAt(200);
    expect(await outcome()).toMatchObject({
      status: 'FAILED',
      changed: false,
      reason: expect.stringMatching(/^Not started: /u),
    });
  });

  test('while the start call is out: unknown, so IN_PROGRESS', async () => {
    const { outcome, cancelAt, clock } = createEngine({ answers: [{ kind: 'silence' }] });
    cancelAt(1_000);
    expect(await outcome()).toMatchObject({
      status: 'IN_PROGRESS',
      requestId: null,
      reason: `${cancelled.message}. The start call was not answered yet, so the result is unknown.`,
    });
    expect(clock.elapsed()).toBe(1_000);
  });

  test('while polling: IN_PROGRESS with the request ID, and nothing more is sent', async () => {
    const { outcome, cancelAt, cloud, clock, started } = createEngine({ course: { takes: 60_000 } });
    cancelAt(5_000);
    expect(await outcome()).toMatchObject({
      status: 'IN_PROGRESS',
      requestId: 'own-1',
      reason: `${cancelled.message}.`,
      hint: expect.stringContaining('Run the step again'),
    });
    const calls = { ...cloud.calls };
    await clock.during(clock.sleep(30_000, new AbortController().signal));
    expect(cloud.calls).toEqual(calls);
    expect(started).toEqual(['own-1']);
  });

  test('while reading back: IN_PROGRESS with the request ID', async () => {
    const { outcome, cancelAt } = createEngine({ course: { takes: 0 }, readLag: 60_000 });
    cancelAt(3_000);
    expect(await outcome()).toMatchObject({ status: 'IN_PROGRESS', requestId: 'own-1' });
  });

  test('after a removal that FAILED: its own reason, not "not started"', async () => {
    const { outcome, cancelAt } = createEngine({
      standing: 'current',
      latency: 100,
      course: { takes: 0, ending: failed('the cloud’s own reason') },
    });
    // resolve, read, find, start, then the read-back of the failed removal.
    cancelAt(450);
    expect(await outcome({ operation: 'revoke' })).toMatchObject({
      status: 'FAILED',
      requestId: 'own-1',
      reason: expect.stringContaining('the cloud’s own reason'),
    });
  });

  test('before anything was known: the run itself ends with it', async () => {
    const { run, cancelAt, cloud } = createEngine({ latency: 100 });
    cancelAt(50);
    await expect(run()).rejects.toBe(cancelled);
    expect(cloud.calls).toMatchObject({ read: 0, start: 0 });
  });
});

describe('the time limit', () => {
  test('counts for the change alone: reading has its own two minutes', async () => {
    const { outcome } = createEngine({ latency: 20_000, timeoutMs: 90_000, course: { takes: 1_000 } });
    expect((await outcome()).status).toBe('SUCCEEDED');
  });
});
