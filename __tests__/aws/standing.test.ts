import { describe, expect, test } from '@jest/globals';

import type { Operation } from '../../src/access/cloud.ts';
import { CloudError } from '../../src/access/errors.ts';
import type { Family, OperationEntry, OperationState } from '../../src/aws/family.ts';
import { createPager } from '../../src/aws/pages.ts';
import { createStandings } from '../../src/aws/standing.ts';
import { awsError, budget } from './fake-session.ts';

function operation(requestId: string, kind: 'create' | 'remove' = 'create'): Operation {
  const identity = { id: requestId, name: null };
  const grant = {
    kind: 'assignment',
    principal: { type: 'GROUP', ...identity },
    role: identity,
    target: identity,
  } as const;
  return { change: { kind, grant, seen: null }, requestId, call: kind, assignmentId: null, state: 'IN_PROGRESS' };
}
const operations = (count: number, from = 0): readonly Operation[] =>
  Array.from({ length: count }, (_, index) => operation(`op-${from + index}`));

type Books = Readonly<Partial<Record<OperationState, readonly (readonly OperationEntry[] | Error)[]>>>;

/** Families with these pages of their lists, whose operations have ended FAILED by default. */
function setUp(books: Books, errors: Readonly<Record<string, Error>> = {}) {
  const described: string[] = [];
  const listed: string[] = [];
  const family = (call: string): Family => ({
    call,
    start: () => Promise.reject(new Error('not here')),
    describe(id) {
      described.push(id);
      const error = errors[id];
      if (error !== undefined) return Promise.reject(error);
      return Promise.resolve({ status: { Status: 'FAILED', RequestId: id, FailureReason: 'no' }, key: '' });
    },
    list: (state) =>
      createPager('sso:List', (token) => {
        const index = Number(token ?? 0);
        listed.push(`${call} ${state} ${index}`);
        const pages = books[state] ?? [[]];
        const page = pages[index] ?? [];
        if (page instanceof Error) return Promise.reject(page);
        return Promise.resolve({ items: page, next: index + 1 < pages.length ? String(index + 1) : undefined });
      }),
  });
  const standings = createStandings(({ change }) => family(change.kind));
  return {
    described,
    listed,
    ask: (those: readonly Operation[]) => standings.ask(those, budget),
    running: (those: readonly Operation[]) => standings.running(those, budget),
  };
}

const succeeded = (...ids: readonly string[]): readonly OperationEntry[] =>
  ids.map((RequestId) => ({ RequestId, Status: 'SUCCEEDED' }));

describe('ask', () => {
  const statesOf = (answers: readonly (Operation | CloudError)[]): readonly string[] =>
    answers.map((it) => (it instanceof CloudError ? it.failure.kind : `${it.requestId} ${it.state}`));

  test('a few are described each', async () => {
    const { ask, described, listed } = setUp({});
    expect(statesOf(await ask(operations(3)))).toEqual(['op-0 FAILED', 'op-1 FAILED', 'op-2 FAILED']);
    expect({ described, listed }).toEqual({ described: ['op-0', 'op-1', 'op-2'], listed: [] });
  });

  test('many are looked up in a list of finished ones, and the rest are described, in the order of the request', async () => {
    const { ask, described, listed } = setUp({
      SUCCEEDED: [succeeded('op-3', 'foreign', 'op-0'), [], succeeded('op-4', 'op-1')],
    });
    expect(statesOf(await ask(operations(5)))).toEqual([
      'op-0 SUCCEEDED',
      'op-1 SUCCEEDED',
      'op-2 FAILED',
      'op-3 SUCCEEDED',
      'op-4 SUCCEEDED',
    ]);
    expect({ described, listed: listed.length }).toEqual({ described: ['op-2'], listed: 3 });
  });

  test('the list is read no further than until all are found', async () => {
    const { ask, listed } = setUp({ SUCCEEDED: [succeeded('op-0', 'op-1', 'op-2', 'op-3'), succeeded('x'), []] });
    await ask(operations(4));
    expect(listed).toEqual(['create SUCCEEDED 0']);
  });

  test('the list is read only while it saves requests, and a useless one only once', async () => {
    const pages = Array.from({ length: 50 }, () => succeeded('foreign'));
    const { ask, listed, described } = setUp({ SUCCEEDED: pages });
    await ask(operations(4));
    expect({ listed: listed.length, described: described.length }).toEqual({ listed: 4, described: 4 });
    await ask(operations(150, 10));
    expect({ listed: listed.length, described: described.length }).toEqual({ listed: 4, described: 154 });
  });

  test('at most as many pages are read as operations are left', async () => {
    const pages = Array.from({ length: 50 }, (_, index) => succeeded(...[0, 1, 2].map((it) => `op-${3 * index + it}`)));
    const { ask, listed, described } = setUp({ SUCCEEDED: pages });
    await ask(operations(40));
    // After ten pages ten are left.
    expect({ listed: listed.length, described: described.length }).toEqual({ listed: 10, described: 10 });
  });

  test('an entry with missing or different members does not count', async () => {
    const { ask, described } = setUp({
      SUCCEEDED: [[{ RequestId: 'op-0' }, { Status: 'SUCCEEDED' }, { RequestId: 'op-1', Status: 'IN_PROGRESS' }, {}]],
    });
    await ask(operations(4));
    expect(described).toHaveLength(4);
  });

  test('an unreadable list is not requested again: each operation is described by itself', async () => {
    const { ask, listed, described } = setUp({ SUCCEEDED: [awsError('denied')] });
    await ask(operations(4));
    await ask(operations(4));
    expect({ listed: listed.length, described: described.length }).toEqual({ listed: 1, described: 8 });
  });

  test('a failed description hides no other', async () => {
    const { ask } = setUp({}, { 'op-1': awsError('not-found') });
    expect(statesOf(await ask(operations(3)))).toEqual(['op-0 FAILED', 'not-found', 'op-2 FAILED']);
  });

  test('an error that did not come from the cloud ends it', async () => {
    const bug = new TypeError('a bug');
    await expect(setUp({}, { 'op-1': bug }).ask(operations(3))).rejects.toBe(bug);
    await expect(setUp({ SUCCEEDED: [bug] }).ask(operations(4))).rejects.toBe(bug);
  });

  test('each family has lists of its own', async () => {
    const { ask, listed } = setUp({ SUCCEEDED: [succeeded('op-0')] });
    const removals = Array.from({ length: 4 }, (_, index) => operation(`rm-${index}`, 'remove'));
    expect(statesOf(await ask([...operations(1), ...removals]))).toHaveLength(5);
    expect(listed).toEqual(['remove SUCCEEDED 0']);
  });
});

describe('running', () => {
  test('one list for each kind of change, for any request', async () => {
    const { running, listed } = setUp({
      IN_PROGRESS: [[{ RequestId: 'op-1', Status: 'IN_PROGRESS' }, { RequestId: 'op-2' }, {}]],
    });
    expect(await running([...operations(40), operation('rm', 'remove')])).toEqual(new Set(['op-1', 'op-2']));
    expect(listed).toEqual(['create IN_PROGRESS 0', 'remove IN_PROGRESS 0']);
  });

  test('an operation that has ended is not running, even in a list', async () => {
    const { running } = setUp({ IN_PROGRESS: [[{ RequestId: 'op-1', Status: 'SUCCEEDED' }]] });
    expect(await running(operations(1))).toEqual(new Set());
  });

  test.each(['denied', 'other'] as const)('a list that is %s is not usable', async (kind) => {
    expect(await setUp({ IN_PROGRESS: [awsError(kind)] }).running(operations(1))).toBeNull();
  });

  test('a temporary failure is an error', async () => {
    const error = awsError('unavailable');
    await expect(setUp({ IN_PROGRESS: [error] }).running(operations(1))).rejects.toBe(error);
  });

  test('without operations there is no request', async () => {
    const { running, listed } = setUp({});
    expect(await running([])).toEqual(new Set());
    expect(listed).toEqual([]);
  });
});
