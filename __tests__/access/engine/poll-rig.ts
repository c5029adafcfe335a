import type { Budget } from '../../../src/access/clock.ts';
import type { Cloud, Operation } from '../../../src/access/cloud.ts';
import { createPoller, type Poller } from '../../../src/access/engine/poll.ts';
import { createFakeCloud, type FakeCloud, type FakeCloudOptions } from '../fake-cloud.ts';
import { createFakeClock, epoch, type FakeClock } from '../fake-clock.ts';
import { createFakeLog, type FakeLog } from '../fake-log.ts';
import type { Course } from './fake-operations.ts';
import { assignmentsOn } from '../fixtures.ts';

export interface Rig {
  readonly clock: FakeClock;
  readonly cloud: FakeCloud;
  readonly log: FakeLog;
  readonly poller: Poller;
  readonly signal: AbortSignal;
  readonly cancelAt: (elapsed: number) => void;
  /** Time at which each was known to have ended, by its number. */
  readonly leftAt: ReadonlyMap<number, number>;
  /** Time at which each returned, by its number. */
  readonly backAt: ReadonlyMap<number, number>;
  /** Numbers of those that need not be followed any further. */
  readonly enough: Set<number>;
  /** Numbers of those whose ends others wait for. */
  readonly urgent: Set<number>;
  /** Follows one, by its number. */
  readonly follow: (index: number, timeoutMs?: number) => Promise<Operation>;
  /** Follows all to their ends. */
  readonly all: (timeoutMs?: number) => Promise<readonly Operation[]>;
}

export interface RigOptions extends Partial<FakeCloudOptions> {
  /** Number of operations that the poller expects in all. */
  readonly most?: number;
  /** Puts something between the poller and the cloud. */
  readonly through?: (cloud: FakeCloud, clock: FakeClock) => Cloud;
}

/** Operations that begin at once, one for each course. */
export function setUp(courses: readonly Course[], over: RigOptions = {}): Rig {
  const clock = createFakeClock(200_000);
  const grants = assignmentsOn(courses.length, courses.length);
  const { most = 600, through = (it: FakeCloud): Cloud => it, ...rest } = over;
  const cloud = createFakeCloud({ clock, grants, standing: 'absent', ...rest });
  for (const [index, course] of courses.entries()) {
    const grant = grants[index];
    if (grant !== undefined) cloud.startElsewhere({ kind: 'create', grant, seen: null }, `op-${index}`, course);
  }
  const log = createFakeLog();
  const controller = new AbortController();
  const poller = createPoller({ cloud: through(cloud, clock), clock, random: () => 0.5 }, most);
  const leftAt = new Map<number, number>();
  const backAt = new Map<number, number>();
  const enough = new Set<number>();
  const urgent = new Set<number>();
  const follow = async (index: number, timeoutMs = 600_000): Promise<Operation> => {
    const it = cloud.operations[index];
    if (it === undefined) throw new Error('there are not so many');
    const { change, requestId, call } = it;
    const operation: Operation = { change, requestId, call, assignmentId: null, state: 'IN_PROGRESS' };
    const budget: Budget = { until: epoch + timeoutMs, signal: controller.signal };
    const ended = await poller.awaitEnd(operation, budget, log, {
      onLeft: () => {
        if (leftAt.has(index)) throw new Error('it was reported already');
        leftAt.set(index, clock.elapsed());
      },
      isEnough: () => enough.has(index),
      isUrgent: () => urgent.has(index),
    });
    backAt.set(index, clock.elapsed());
    return ended;
  };
  return {
    clock,
    cloud,
    log,
    poller,
    signal: controller.signal,
    cancelAt: (elapsed) => {
      clock.at(elapsed, () => {
        controller.abort(new Error('cancelled'));
      });
    },
    leftAt,
    backAt,
    enough,
    urgent,
    follow,
    all: (timeoutMs) => clock.during(Promise.all(courses.map((_, index) => follow(index, timeoutMs)))),
  };
}

/** Courses for `many` operations, each with its own duration in milliseconds. */
export const each = (many: number, takes: (index: number) => number): readonly Course[] =>
  Array.from({ length: many }, (_, index) => ({ takes: takes(index) }));
export const states = (operations: readonly Operation[]): readonly string[] => [
  ...new Set(operations.map(({ state }) => state)),
];
