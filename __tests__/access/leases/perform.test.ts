import { describe, expect, test } from '@jest/globals';

import type { Operation } from '../../../src/access/cloud.ts';
import { Cancelled } from '../../../src/access/errors.ts';
import { createInTime } from '../../../src/access/leases/in-time.ts';
import { perform } from '../../../src/access/leases/perform.ts';
import type { Result } from '../../../src/access/outcome.ts';
import { createEngine, remove } from '../engine/engine.ts';
import { assignment } from '../fixtures.ts';

type Work = Parameters<typeof perform>[2];
type Tools = Parameters<Work>[0];

const note = { progress: 'creating', holder: 'h', end: 7 } as const;

/** A protocol that does something, and is cut off by a signal. */
function cutOff(taking: boolean, before: (tools: Tools) => void, aborted = false): Promise<Result> {
  const { tools, budget } = createEngine();
  const signal = aborted ? AbortSignal.abort() : budget.signal;
  const about = {
    grant: assignment,
    action: 'create',
    seen: null,
    taking: taking ? createInTime(() => 0) : null,
  } as const;
  return perform(about, { ...tools, budget: { ...budget, signal }, note: () => undefined }, (watched) => {
    before(watched);
    return Promise.reject(new Cancelled('The step was canceled (SIGINT)'));
  });
}

describe('a protocol that is cut off by a signal', () => {
  test('has not started, where it takes a lease and nothing was noted yet', async () => {
    expect((await cutOff(true, () => undefined)).outcome).toMatchObject({
      status: 'FAILED',
      changed: false,
      reason: 'Not started: The step was canceled (SIGINT).',
    });
  });

  test('leaves a lease to the post step after it has recorded that the lease began (P4)', async () => {
    const { outcome } = await cutOff(true, (tools) => {
      tools.note(note);
    });
    expect(outcome).toEqual({
      status: 'IN_PROGRESS',
      requestId: null,
      reason: 'The step was canceled (SIGINT) while the lease was being taken.',
      hint: 'The post step releases what was begun.',
    });
  });

  // While a request has no answer, nothing shows whether it is carried out.
  test.each([
    ['', () => undefined],
    [
      ', even with notes',
      (tools: Tools) => {
        tools.note({ ...note, progress: 'over' });
      },
    ],
  ])('can have had any effect, where it takes no lease%s', async (_, before) => {
    expect((await cutOff(false, before)).outcome).toEqual({
      status: 'IN_PROGRESS',
      requestId: null,
      reason: 'The step was canceled (SIGINT) before the result was known.',
      hint: expect.stringMatching(/^Run the step again/u),
    });
  });

  test('names the request that it had started', async () => {
    const operation: Operation = {
      change: remove,
      requestId: 'req-1',
      call: 'Delete',
      assignmentId: null,
      state: 'IN_PROGRESS',
    };
    const { outcome } = await cutOff(false, (tools) => {
      tools.onStarted(operation);
    });
    expect(outcome).toMatchObject({ status: 'IN_PROGRESS', requestId: 'req-1' });
  });

  test('has not started, where the signal came before', async () => {
    expect((await cutOff(false, () => undefined, true)).outcome).toMatchObject({
      status: 'FAILED',
      reason: 'Not started: The step was canceled (SIGINT).',
    });
  });
});

describe('a protocol that a bug of this action ends', () => {
  const broken = (before: (tools: Tools) => void): Promise<Result> => {
    const { tools, budget } = createEngine();
    const about = { grant: assignment, action: 'create', seen: null, taking: createInTime(() => 0) } as const;
    return perform(about, { ...tools, budget, note: () => undefined }, (watched) => {
      before(watched);
      return Promise.reject(new TypeError('x is not a function'));
    });
  };

  test('leaves its result unknown, once it has noted something (P4)', async () => {
    const { outcome } = await broken((tools) => {
      tools.note(note);
    });
    expect(outcome).toMatchObject({ status: 'IN_PROGRESS', reason: expect.stringContaining('This is a bug') });
  });

  test('has changed nothing before', async () => {
    expect((await broken(() => undefined)).outcome).toMatchObject({ status: 'FAILED', changed: false });
  });
});
