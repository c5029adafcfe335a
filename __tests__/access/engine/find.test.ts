import { describe, expect, test } from '@jest/globals';

import type { Change } from '../../../src/access/cloud.ts';
import type { FailureKind } from '../../../src/access/errors.ts';
import {
  createFinder,
  findOpposite,
  findRunning,
  findSince,
  isOperation,
  type Found,
} from '../../../src/access/engine/find.ts';
import { create, createEngine, remove } from './engine.ts';
import { newTrack } from '../../../src/access/engine/track.ts';
import { createFakeCloud, type FakeCloud } from '../fake-cloud.ts';
import { createFakeClock, epoch, type FakeClock } from '../fake-clock.ts';
import { createFakeLog, type FakeLog } from '../fake-log.ts';
import { assignmentsOn, cloudError, provisioning } from '../fixtures.ts';

function setUp(error: Error | null = null) {
  const engine = createEngine({ failing: { find: () => error } });
  const { clock, track, budget, tools } = engine;
  return {
    ...engine,
    running: (change = create) => clock.during(findRunning({ change, track, budget, finder: tools.finder })),
    since: (time: number) => clock.during(findSince(time, { change: create, track, budget, finder: tools.finder })),
    opposite: (change: Change = create) => clock.during(findOpposite({ change, track, budget, finder: tools.finder })),
  };
}

describe('finding operations', () => {
  test('none is found where none runs', async () => {
    const { running, opposite } = setUp();
    expect(await running()).toBe('none');
    expect(await opposite()).toBe('none');
  });

  test('a running one is found, for the very change or for its opposite', async () => {
    const { running, opposite, cloud } = setUp();
    cloud.startElsewhere(create, 'created', {});
    cloud.startElsewhere(remove, 'removed', {});
    expect(await running(create)).toMatchObject({ requestId: 'created' });
    expect(await opposite(create)).toMatchObject({ requestId: 'removed' });
    expect(await running(remove)).toMatchObject({ requestId: 'removed' });
    expect(await opposite(remove)).toMatchObject({ requestId: 'created' });
    expect(isOperation(await running())).toBe(true);
  });

  test('nothing undoes a push, so nothing is asked', async () => {
    const { opposite, cloud } = setUp();
    expect(await opposite({ kind: 'provision', grant: provisioning, seen: null })).toBe('none');
    expect(cloud.calls.find).toBe(0);
  });

  test('ended operations are found only with a time to look back to', async () => {
    const { running, since, cloud, clock } = setUp();
    cloud.startElsewhere(create, 'theirs', { takes: 0 });
    expect(await running()).toBe('none');
    expect(await since(clock.now())).toMatchObject({ requestId: 'theirs', state: 'SUCCEEDED' });
    expect(await since(clock.now() + 1)).toBe('none');
  });

  test('an operation that is known to have ended is not found again', async () => {
    const { since, cloud, clock, track } = setUp();
    cloud.startElsewhere(create, 'theirs', { takes: 0 });
    track.ended.add('theirs');
    expect(await since(clock.now())).toBe('none');
  });

  test.each<FailureKind>(['denied', 'unavailable', 'other'])(
    '%s: unreadable, with one warning that says code and hint',
    async (kind) => {
      const { running, since, clock, log } = setUp(cloudError(kind));
      expect(await running()).toBe('unreadable');
      expect(await since(clock.now())).toBe('unreadable');
      expect(log.at('warning')).toEqual([
        expect.stringMatching(
          new RegExp(`${kind}Exception: it is ${kind} \\(request ID aws-req-1\\)\\. what to do about ${kind}$`, 'u'),
        ),
      ]);
    },
  );

  test('before a start a list that fails is given up soon; one that can show a lost call is not', async () => {
    const { cloud, clock, log, track, budget } = createEngine();
    const asked: (number | undefined)[] = [];
    const find: FakeCloud['find'] = (searches, { faultsMs }) => {
      asked.push(faultsMs);
      return cloud.find(searches, budget);
    };
    const finder = createFinder({ ...cloud, find }, clock, log, true);
    await clock.during(finder.find(create, null, track, budget));
    await clock.during(finder.find(create, clock.now(), track, budget));
    expect(asked).toEqual([10_000, undefined]);
  });

  test.each<FailureKind>(['throttled', 'busy', 'unreachable', 'exists', 'invalid', 'quota'])(
    '%s is an error',
    async (kind) => {
      const error = cloudError(kind);
      await expect(setUp(error).running()).rejects.toBe(error);
    },
  );

  test("an error that is not the cloud's passes through", async () => {
    const error = new TypeError('a bug');
    await expect(setUp(error).running()).rejects.toBe(error);
  });
});

describe('looking for the operations of many', () => {
  const never = new AbortController().signal;
  const budget = { until: epoch + 600_000, signal: never } as const;

  interface Many {
    readonly clock: FakeClock;
    readonly cloud: FakeCloud;
    readonly log: FakeLog;
    readonly changes: readonly Change[];
    /** Looks for one, by its number: among running operations, or also among those that began at a time. */
    readonly look: (index: number, since: number | null, ended?: string) => Promise<Found>;
  }

  function setUpMany(many: number, error: Error | null = null): Many {
    const clock = createFakeClock();
    const log = createFakeLog();
    const grants = assignmentsOn(many, many);
    const cloud = createFakeCloud({ clock, grants, standing: 'absent', failing: { find: () => error } });
    const finder = createFinder(cloud, clock, log, false);
    const changes = grants.map((grant): Change => ({ kind: 'create', grant, seen: null }));
    const look = (index: number, since: number | null, ended?: string): Promise<Found> => {
      const change = changes[index];
      if (change === undefined) throw new Error('there are not so many');
      const track = newTrack();
      if (ended !== undefined) track.ended.add(ended);
      return since === null
        ? findRunning({ change, track, budget, finder })
        : findSince(since, { change, track, budget, finder });
    };
    return { clock, cloud, log, changes, look };
  }

  test('that callers ask at the same time is one question', async () => {
    const { clock, cloud, look } = setUpMany(400);
    await clock.during(Promise.all(Array.from({ length: 400 }, (_, index) => look(index, null))));
    expect(cloud.sizes.find).toEqual([400]);
    expect(clock.elapsed()).toBeLessThanOrEqual(1);
  });

  test('whose start calls were lost can wait a second for each other', async () => {
    const { clock, cloud, look } = setUpMany(40);
    const later = async (index: number): Promise<Found> => {
      await clock.sleep(20 * index, never);
      return look(index, epoch);
    };
    await clock.during(Promise.all(Array.from({ length: 40 }, (_, index) => later(index))));
    expect(cloud.sizes.find).toEqual([40]);
    expect(clock.elapsed()).toBe(1_000);
  });

  test('a question has at most a hundred of them', async () => {
    const { clock, cloud, look } = setUpMany(250);
    await clock.during(Promise.all(Array.from({ length: 250 }, (_, index) => look(index, epoch))));
    expect(cloud.sizes.find).toEqual([100, 100, 50]);
  });

  test('a question about running operations does not wait for one about lost answers', async () => {
    const { clock, cloud, look } = setUpMany(4);
    const lost = [look(0, epoch), look(1, epoch)];
    await clock.during(Promise.all([look(2, null), look(3, null)]));
    expect(clock.elapsed()).toBeLessThanOrEqual(1);
    await clock.during(Promise.all(lost));
    expect(cloud.sizes.find).toEqual([2, 2]);
  });

  test('each has its own time to look back to, and its own that have ended', async () => {
    const { clock, cloud, changes, look } = setUpMany(4);
    for (const [index, change] of changes.entries()) cloud.startElsewhere(change, `theirs-${index}`, { takes: 0 });
    const found = [look(0, epoch), look(1, epoch + 1), look(2, epoch, 'theirs-2'), look(3, epoch - 1, 'theirs-0')];
    expect(await clock.during(Promise.all(found))).toEqual([
      expect.objectContaining({ requestId: 'theirs-0' }),
      'none',
      'none',
      expect.objectContaining({ requestId: 'theirs-3' }),
    ]);
    expect(cloud.sizes.find).toEqual([4]);
  });

  test('that cannot be read is warned of once', async () => {
    const { clock, log, look } = setUpMany(30, cloudError('denied'));
    const all = await clock.during(Promise.all(Array.from({ length: 30 }, (_, index) => look(index, null))));
    expect(new Set(all)).toEqual(new Set(['unreadable']));
    expect(log.at('warning')).toHaveLength(1);
  });
});
