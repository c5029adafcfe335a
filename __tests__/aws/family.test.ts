import { describe, expect, test } from '@jest/globals';

import type { Change, Search } from '../../src/access/cloud.ts';
import { CloudError } from '../../src/access/errors.ts';
import { keyOfAssignment } from '../../src/aws/assignments.ts';
import {
  assignmentKey,
  createFinder,
  provisioningKey,
  toOperation,
  type Family,
  type OperationState,
} from '../../src/aws/family.ts';
import { createPager } from '../../src/aws/pages.ts';
import { epoch } from '../access/fake-clock.ts';
import { awsError, budget, createFakeSession } from './fake-session.ts';

const change = (principal: string): Change => ({
  kind: 'create',
  seen: null,
  grant: {
    kind: 'assignment',
    principal: { type: 'GROUP', id: principal, name: null },
    role: { id: 'ps', name: null },
    target: { id: '123456789012', name: null },
  },
});
const keyOf = ({ grant }: Change): string => (grant.kind === 'assignment' ? keyOfAssignment(grant) : '');

interface Entry {
  readonly id: string | undefined;
  readonly state: OperationState;
  readonly principal: string;
  /** Seconds since the epoch of the clock; `undefined` where AWS sends no date. */
  readonly begun: number | undefined;
  readonly error?: Error;
}

function setUp(entries: readonly Entry[], ahead = 0) {
  const { session } = createFakeSession({});
  const described: string[] = [];
  const listed: OperationState[] = [];
  const family: Family = {
    call: 'CreateAccountAssignment',
    start: () => Promise.reject(new Error('not here')),
    async describe(id) {
      described.push(id);
      await Promise.resolve();
      const it = entries.find((entry) => entry.id === id);
      if (it === undefined) throw new Error(`unknown operation ${id}`);
      if (it.error !== undefined) throw it.error;
      return {
        status: { Status: it.state, RequestId: id, ...(it.state === 'FAILED' ? { FailureReason: 'no' } : {}) },
        key: assignmentKey('123456789012', 'ps', 'GROUP', it.principal),
      };
    },
    list(state) {
      listed.push(state);
      const items = entries
        .filter((it) => it.state === state)
        .map(({ id, begun }) => ({
          RequestId: id,
          CreatedDate: begun === undefined ? undefined : new Date(epoch + ahead + begun * 1_000),
        }));
      return createPager('sso:List', () => Promise.resolve({ items, next: undefined }));
    },
  };
  const finder = createFinder({ ...session, wire: { ...session.wire, serverTime: (ours) => ours + ahead } }, keyOf);
  return {
    described,
    listed,
    note: finder.note.bind(finder),
    find: (principals: readonly string[], search: Partial<Search> = {}) =>
      finder.find(
        family,
        principals.map((principal) => ({
          change: change(principal),
          since: null,
          except: new Set<string>(),
          ...search,
        })),
        budget,
      ),
  };
}

const entry = (
  id: string,
  state: OperationState,
  principal: string,
  begun: number | undefined = 0,
  error?: Error,
): Entry => ({
  id,
  state,
  principal,
  begun,
  ...(error === undefined ? {} : { error }),
});

describe('createFinder', () => {
  test('finds running operations for the very grant, in the order of the request', async () => {
    const { find, listed } = setUp([entry('op-1', 'IN_PROGRESS', 'a'), entry('op-2', 'IN_PROGRESS', 'b')]);
    const found = await find(['b', 'c', 'a']);
    expect(found.map((it) => it?.requestId ?? null)).toEqual(['op-2', null, 'op-1']);
    expect(found[0]).toMatchObject({ change: change('b'), state: 'IN_PROGRESS', call: 'CreateAccountAssignment' });
    expect(listed).toEqual(['IN_PROGRESS']);
  });

  test('ended operations are looked at only with a time to look back to', async () => {
    const entries = [entry('op-1', 'SUCCEEDED', 'a', 10)];
    expect(await setUp(entries).find(['a'])).toEqual([null]);
    expect(await setUp(entries).find(['a'], { since: epoch + 9_000 })).toMatchObject([
      { requestId: 'op-1', state: 'SUCCEEDED' },
    ]);
    expect(await setUp(entries).find(['a'], { since: epoch + 13_000 })).toEqual([null]);
  });

  test("the time is AWS's time: a runner's clock can be minutes off", async () => {
    const minutes = 7 * 60_000;
    expect(
      await setUp([entry('op-1', 'FAILED', 'a', 10)], minutes).find(['a'], { since: epoch + 9_000 }),
    ).toMatchObject([{ requestId: 'op-1', reason: 'no' }]);
    expect(await setUp([entry('op-1', 'FAILED', 'a', 10)], -minutes).find(['a'], { since: epoch + 13_000 })).toEqual([
      null,
    ]);
  });

  test('a running one comes before an ended one, and of several the newest', async () => {
    const running = setUp([entry('old', 'SUCCEEDED', 'a', 20), entry('new', 'IN_PROGRESS', 'a', 10)]);
    expect(await running.find(['a'], { since: epoch })).toMatchObject([{ requestId: 'new' }]);
    expect(running.listed).toEqual(['IN_PROGRESS']);
    const two = setUp([entry('old', 'IN_PROGRESS', 'a', 1), entry('new', 'IN_PROGRESS', 'a', 2)]);
    expect(await two.find(['a'])).toMatchObject([{ requestId: 'new' }]);
  });

  test('operations that are known to have ended are left out', async () => {
    const { find, described } = setUp([entry('op-1', 'FAILED', 'a', 10), entry('op-2', 'FAILED', 'a', 9)]);
    expect(await find(['a'], { since: epoch, except: new Set(['op-1']) })).toMatchObject([{ requestId: 'op-2' }]);
    expect(described).not.toContain('op-1');
  });

  test('an entry without ID or date is no error', async () => {
    const { find } = setUp([
      { id: undefined, state: 'IN_PROGRESS', principal: 'a', begun: 1 },
      { id: 'op-1', state: 'IN_PROGRESS', principal: 'a', begun: undefined },
    ]);
    expect(await find(['a'])).toMatchObject([{ requestId: 'op-1' }]);
  });

  test('the grant of an operation is requested once, its state each time', async () => {
    const { find, described } = setUp([entry('op-1', 'IN_PROGRESS', 'a'), entry('op-2', 'IN_PROGRESS', 'b')]);
    await find(['a']);
    await find(['a']);
    expect(described.filter((id) => id === 'op-2')).toHaveLength(1);
    expect(described.filter((id) => id === 'op-1')).toHaveLength(3);
  });

  test("the grants of the run's own operations are not requested", async () => {
    const { find, described, note } = setUp([entry('op-1', 'IN_PROGRESS', 'a'), entry('op-2', 'IN_PROGRESS', 'b')]);
    for (const [requestId, principal] of [
      ['op-1', 'a'],
      ['op-2', 'b'],
    ] as const)
      note({ change: change(principal), requestId, call: 'x', assignmentId: null, state: 'IN_PROGRESS' });
    expect(await find(['c'])).toEqual([null]);
    expect(described).toEqual([]);
    expect(await find(['b'])).toMatchObject([{ requestId: 'op-2' }]);
  });

  test("another job's operation that is listed and not yet described does not fail this run", async () => {
    const fresh = entry('fresh', 'IN_PROGRESS', 'b', 5, awsError('not-found'));
    expect(await setUp([fresh, entry('op-1', 'IN_PROGRESS', 'a')]).find(['a'])).toMatchObject([{ requestId: 'op-1' }]);
  });

  test('a failed description is an error', async () => {
    const error = awsError('denied');
    await expect(setUp([entry('op-1', 'IN_PROGRESS', 'a', 0, error)]).find(['a'])).rejects.toBe(error);
  });
});

describe('toOperation', () => {
  const family = { call: 'CreateAccountAssignment' } as Family;
  const of = (status: Parameters<typeof toOperation>[2], known?: string) =>
    toOperation(change('a'), family, status, known);

  test('the three states', () => {
    expect(of({ RequestId: 'op-1', Status: 'IN_PROGRESS' })).toMatchObject({ state: 'IN_PROGRESS', requestId: 'op-1' });
    expect(of({ RequestId: 'op-1', Status: 'SUCCEEDED' })).toMatchObject({ state: 'SUCCEEDED' });
    expect(
      of({
        RequestId: 'op-1',
        Status: 'FAILED',
        FailureReason: 'An unexpected internal service exception was encountered',
      }),
    ).toMatchObject({
      state: 'FAILED',
      reason: 'An unexpected internal service exception was encountered',
      passing: true,
    });
  });

  test.each([undefined, '', 'succeeded', 'DONE', 'PENDING'])('a status %j is not known to have ended', (Status) => {
    expect(of({ RequestId: 'op-1', Status })).toMatchObject({ state: 'IN_PROGRESS' });
  });

  test('a reason with another status is not a failure', () => {
    expect(of({ RequestId: 'op-1', Status: 'SUCCEEDED', FailureReason: 'x' })).toMatchObject({ state: 'SUCCEEDED' });
  });

  test('FAILED without a reason is reported as such', () => {
    expect(of({ RequestId: 'op-1', Status: 'FAILED' })).toMatchObject({
      state: 'FAILED',
      reason: 'AWS gave no reason',
    });
  });

  test('the requested ID replaces a missing one', () => {
    expect(of({ Status: 'SUCCEEDED' }, 'op-9')).toMatchObject({ requestId: 'op-9' });
  });

  test('a start without a request ID leaves the result of the change unknown', () => {
    try {
      of({ Status: 'IN_PROGRESS' });
      expect('this').toBe('not reached');
    } catch (error) {
      expect(error).toBeInstanceOf(CloudError);
      expect(error).toMatchObject({ failure: { kind: 'unavailable' } });
    }
  });
});

describe('keys', () => {
  test('differ where anything differs', () => {
    const keys = [
      assignmentKey('1', 'ps', 'USER', 'x'),
      assignmentKey('2', 'ps', 'USER', 'x'),
      assignmentKey('1', 'ps2', 'USER', 'x'),
      assignmentKey('1', 'ps', 'GROUP', 'x'),
      assignmentKey('1', 'ps', 'USER', 'y'),
      provisioningKey('1', 'ps'),
      provisioningKey(undefined, 'ps'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
