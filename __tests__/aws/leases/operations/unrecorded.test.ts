import { describe, expect, test } from '@jest/globals';

import type { Assignment } from '../../../../src/access/grant.ts';
import type { Milestone } from '../../../../src/access/leases/journal.ts';
import type { LeaseDone, LeaseTools } from '../../../../src/access/leases/port.ts';
import type { Executor } from '../../../../src/aws/leases/executor/executor.ts';
import type { LeaseContext } from '../../../../src/aws/leases/context.ts';
import type { Answer, Ask } from '../../../../src/aws/leases/steps/asks.ts';
import { constants } from '../../../../src/aws/leases/steps/constants.ts';
import { releaseUnrecorded, takeUnrecorded } from '../../../../src/aws/leases/operations/unrecorded.ts';
import { epoch } from '../../../access/fake-clock.ts';
import { createFakeLog } from '../../../access/fake-log.ts';

type Is = Answer['is'] | null;

/** Responses to each kind of request, one after the other; the last one forever. Sleeps end at once. */
type Answers = Readonly<Partial<Record<Ask['do'], readonly Is[]>>>;

const grant: Assignment = {
  kind: 'assignment',
  principal: { type: 'USER', id: 'u', name: null },
  role: { id: 'r', name: null },
  target: { id: '111122223333', name: null },
};

interface Played {
  readonly done: LeaseDone;
  readonly asked: readonly Ask['do'][];
  readonly notes: readonly Milestone[];
}

async function play(
  given: Answers,
  work: (context: LeaseContext, tools: LeaseTools) => Promise<LeaseDone>,
): Promise<Played> {
  const asked: Ask['do'][] = [];
  const notes: Milestone[] = [];
  const executor: Partial<Executor> = {
    now: () => ({ mono: 0, date: epoch }),
    trouble: () => null,
    perform: (ask) => {
      if (ask.do === 'sleep') return Promise.resolve({ is: 'done' });
      const answers = given[ask.do] ?? [];
      const is = answers[Math.min(asked.filter((it) => it === ask.do).length, answers.length - 1)] ?? null;
      asked.push(ask.do);
      return Promise.resolve(is === null ? null : ({ is } as Answer));
    },
    assignment: {
      operation: () => null,
      requestId: () => null,
      isInDoubt: () => false,
    } as unknown as Executor['assignment'],
  };
  const context = {
    openExecutor: () => executor,
    constants,
    sessionsOutlive: () => Promise.resolve(''),
  } as unknown as LeaseContext;
  const tools = {
    log: createFakeLog(),
    note: ({ progress }: { readonly progress: Milestone }) => notes.push(progress),
  } as unknown as LeaseTools;
  return { done: await work(context, tools), asked, notes };
}

const release = (progress: Milestone, given: Answers): Promise<Played> =>
  play(given, (context, tools) =>
    releaseUnrecorded(context, { grant, holder: '', end: epoch, keepAfterJob: false, progress, turn: 0 }, tools),
  );

const take = (given: Answers): Promise<Played> =>
  play(given, (context, tools) =>
    takeUnrecorded(context, grant, { kind: 'lease', ms: 3_600_000, keepAfterJob: false, onExisting: 'keep' }, tools),
  );

describe("releasing a lease that only the runner's state shows", () => {
  test('a creation that has ended and shows nothing leaves nothing to end', async () => {
    const { done, asked } = await release('creating', { await: ['done'], read: ['no'] });
    expect(done.outcome.status).toBe('SUCCEEDED');
    expect(asked).not.toContain('delete');
  });

  test.each<[string, Is]>([
    ['is still running', null],
    ['could not be looked at', 'failed'],
    ['could not be followed', 'lost'],
  ])('while a creation %s, a missing assignment is not the end of it', async (_name, creation) => {
    const late = await release('creating', { await: [creation], read: ['no'], delete: ['late'] });
    expect(late.done.outcome.status).toBe('FAILED');
    // Refused while the creation runs, and carried out after it.
    const { done, asked } = await release('creating', {
      await: [creation, 'done'],
      read: ['no', 'yes', 'no'],
      delete: ['busy', 'done'],
    });
    expect(done.outcome.status).toBe('SUCCEEDED');
    expect(asked.filter((it) => it === 'delete')).toHaveLength(2);
  });

  test('a deletion that ends FAILED for a temporary reason is sent again', async () => {
    const { done, asked } = await release('held', {
      read: ['yes', 'yes', 'no'],
      delete: ['done'],
      await: ['busy', 'done'],
    });
    expect(done.outcome.status).toBe('SUCCEEDED');
    expect(asked.filter((it) => it === 'delete')).toHaveLength(2);
  });

  test('one that ends FAILED for good is red', async () => {
    const { done } = await release('held', { read: ['yes'], delete: ['done'], await: ['failed'] });
    expect(done.outcome.status).toBe('FAILED');
  });
});

describe("taking a lease that only the runner's state shows", () => {
  test('a creation that ends FAILED for a temporary reason is sent again', async () => {
    const { done, notes } = await take({ read: ['no', 'no', 'yes'], create: ['done'], await: ['busy', 'done'] });
    expect(done.outcome.status).toBe('SUCCEEDED');
    expect(notes.at(-1)).toBe('held');
  });

  test("an assignment after the run's own creation does not count as an earlier one", async () => {
    const { done, asked } = await take({ read: ['no', 'yes', 'yes'], create: ['done'], await: ['busy', 'done'] });
    expect(done.lease).toMatchObject({ state: 'leased' });
    expect(asked.filter((it) => it === 'create')).toHaveLength(2);
  });

  test('one that ends FAILED for good leaves nothing to release', async () => {
    const { done, notes } = await take({ read: ['no'], create: ['done'], await: ['failed'] });
    expect(done.outcome.status).toBe('FAILED');
    expect(notes.at(-1)).toBe('over');
  });
});
