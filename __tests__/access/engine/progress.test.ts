import { describe, expect, test } from '@jest/globals';

import type { Outcome, Result } from '../../../src/access/outcome.ts';
import { createProgress, type Progress } from '../../../src/access/engine/progress.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';
import { createFakeLog, type FakeLog } from '../fake-log.ts';
import { assignment } from '../fixtures.ts';

const done: Outcome = { status: 'SUCCEEDED', changed: true, requestId: 'own-1', remark: null };
const kept: Outcome = { status: 'SUCCEEDED', changed: false, requestId: null, remark: null };
const failed: Outcome = {
  status: 'FAILED',
  changed: false,
  requestId: null,
  reason: 'no luck',
  hint: null,
  failure: null,
};

const unended: Outcome = { status: 'IN_PROGRESS', requestId: 'own-1', reason: 'the time limit passed', hint: null };

interface Rig {
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly progress: Progress;
  readonly end: (outcome: Outcome, many?: number) => void;
  readonly wait: (ms: number) => Promise<void>;
}

function setUp(total: number): Rig {
  const clock = createFakeClock();
  const log = createFakeLog();
  const progress = createProgress(total, () => 12, clock, log);
  const end = (outcome: Outcome, many = 1): void => {
    const result: Result = {
      grant: assignment,
      action: 'create',
      outcome,
      seen: null,
      lease: null,
      startedAt: 0,
      endedAt: 0,
    };
    for (let i = 0; i < many; i += 1) progress.ended(result);
  };
  const wait = (ms: number): Promise<void> => clock.during(clock.sleep(ms, new AbortController().signal));
  return { clock, log, progress, end, wait };
}

describe('progress', () => {
  test('says how many are done, failed, in flight, and how long the rest will take', async () => {
    const { log, end, wait } = setUp(120);
    await wait(18_000);
    end(done, 35);
    await wait(2_000);
    end(failed, 2);
    await wait(5_000);
    // The last line has the whole result: 37 in 20 s and a bit.
    expect(log.at('info').at(-1)).toMatch(/^37 of 120 done, 2 failed, 12 in flight, about 5\d s left\.$/u);
  });

  test('is reported on change, and at most every few seconds', async () => {
    const { log, end, wait, progress } = setUp(1_000);
    for (let second = 0; second < 60; second += 1) {
      end(done, 3);
      await wait(1_000);
    }
    expect(log.at('info').length).toBeGreaterThanOrEqual(10);
    expect(log.at('info').length).toBeLessThanOrEqual(15);
    const said = log.at('info').length;
    await wait(60_000);
    expect(log.at('info').length).toBeLessThanOrEqual(said + 1);
    progress.close();
  });

  test('has no estimate of the rest before there is anything to estimate it from', async () => {
    const { log, end, wait } = setUp(100);
    await wait(6_000);
    end(done, 4);
    await wait(6_000);
    expect(log.at('info').at(-1)).toBe('4 of 100 done, 0 failed, 12 in flight.');
  });

  test('an unchanged grant is no basis for the estimate of the rest', async () => {
    const { log, end, wait } = setUp(100);
    end(kept, 50);
    await wait(10_000);
    end(done, 10);
    await wait(5_000);
    // Ten took ten seconds, and forty are left.
    expect(log.at('info').at(-1)).toMatch(/^60 of 100 done, 0 failed, 12 in flight, about (4\d|5\d|60) s left\.$/u);
  });

  test('a change that is still in progress at its time limit counts neither as done nor as left', async () => {
    const { log, end, wait } = setUp(40);
    end(done, 4);
    end(failed, 1);
    end(unended, 3);
    await wait(10_000);
    // Seven were changed in five seconds, and thirty-two are left.
    expect(log.at('info').at(-1)).toBe(
      '5 of 40 done, 1 failed, 12 in flight, 3 still in progress at their time limit, about 23 s left.',
    );
    end(done, 32);
    await wait(5_000);
    expect(log.at('info').at(-1)).toBe(
      '37 of 40 done, 1 failed, 12 in flight, 3 still in progress at their time limit.',
    );
  });

  test('has no estimate of the rest where all changes have begun: only the cloud knows how long they run', async () => {
    const { log, end, wait } = setUp(32);
    end(done, 20);
    await wait(10_000);
    expect(log.at('info').at(-1)).toBe('20 of 32 done, 0 failed, 12 in flight.');
  });

  test('is reported after the instant in which several end, not in its middle', async () => {
    const { clock, log, end, wait } = setUp(8);
    await wait(10_000);
    end(done);
    await clock.during(Promise.resolve());
    expect(log.lines).toEqual([]);
    end(done);
    await wait(1_000);
    expect(log.at('info')).toEqual(['2 of 8 done, 0 failed, 12 in flight.']);
  });

  test('of a single grant is not said', async () => {
    const { log, end, wait } = setUp(1);
    await wait(20_000);
    end(done);
    await wait(20_000);
    expect(log.lines).toEqual([]);
  });

  test('ends with the run: nothing more is reported, and no timer is left', async () => {
    const { clock, log, end, progress, wait } = setUp(100);
    end(done, 7);
    progress.close();
    expect(clock.pending()).toBe(0);
    await wait(10_000);
    expect(log.lines).toEqual([]);
  });
});
