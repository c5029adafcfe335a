import type { ApplyTools } from '../../../src/access/engine/apply-tools.ts';
import { newTrack, type Track } from '../../../src/access/engine/track.ts';
import { noJournal } from '../no-journal.ts';
import type { Budget } from '../../../src/access/clock.ts';
import type { Change, Operation, Seen } from '../../../src/access/cloud.ts';
import { Cancelled } from '../../../src/access/errors.ts';
import { createFinder } from '../../../src/access/engine/find.ts';
import type { Grant } from '../../../src/access/grant.ts';
import type { Outcome, Result } from '../../../src/access/outcome.ts';
import { createHealth } from '../../../src/access/engine/health.ts';
import { createPoller } from '../../../src/access/engine/poll.ts';
import { createReading } from '../../../src/access/engine/reading.ts';
import type { Request } from '../../../src/access/request.ts';
import type { Planning } from '../../../src/access/plan/document.ts';
import { run, type Run } from '../../../src/access/engine/run.ts';
import { createSchedule } from '../../../src/access/engine/schedule.ts';
import { createFakeCloud, type FakeCloud, type FakeCloudOptions } from '../fake-cloud.ts';
import { createFakeClock, epoch, type FakeClock } from '../fake-clock.ts';
import { createFakeLog, type FakeLog } from '../fake-log.ts';
import { assignment, request } from '../fixtures.ts';

export const create: Change = { kind: 'create', grant: assignment, seen: null };
export const remove: Change = { kind: 'remove', grant: assignment, seen: null };

export interface EngineOptions extends Partial<Omit<FakeCloudOptions, 'clock'>> {
  /** The one grant, where there are not several `grants`. */
  readonly grant?: Grant;
  readonly wait?: boolean;
  readonly timeoutMs?: number;
  readonly random?: () => number;
  readonly planning?: Partial<Planning>;
  /** Number of timers that can fire before the test assumes an endless loop. */
  readonly mostTimers?: number;
}

/** Name of the assignment, in a cloud that names assignments. */
export const seen: Seen = { assignmentId: 'assignment-1', principalType: 'GROUP' };

/** A cloud that carries changes out at once: it has no operations to list, and its reads may lag for long. */
export const atOnce = {
  course: { takes: 0, listedAfter: Number.POSITIVE_INFINITY },
  visibleWithinMs: 120_000,
  seen,
} as const satisfies EngineOptions;

/** The engine's surroundings around a fake cloud: one grant, absent by default. */
export interface Engine {
  readonly clock: FakeClock;
  readonly cloud: FakeCloud;
  readonly log: FakeLog;
  readonly tools: ApplyTools;
  readonly budget: Budget;
  readonly track: Track;
  /** Request IDs in the order of the calls of `onStarted`. */
  readonly started: readonly string[];
  /** Ids of assignments in the same order. */
  readonly startedOn: readonly (string | null)[];
  /** Cancels, as a signal to the step does, at a time in milliseconds since the clock's epoch. */
  readonly cancelAt: (elapsed: number) => void;
  readonly run: (over?: Partial<Request>) => Promise<Run>;
  readonly results: (over?: Partial<Request>) => Promise<readonly Result[]>;
  /** Runs, and returns the one result. */
  readonly result: (over?: Partial<Request>) => Promise<Result>;
  readonly outcome: (over?: Partial<Request>) => Promise<Outcome>;
}

export const cancelled = new Cancelled('The step was canceled (SIGINT)');

export function createEngine(options: EngineOptions = {}): Engine {
  const { wait = true, timeoutMs = 300_000, random = () => 0.5, grant = assignment, mostTimers, ...rest } = options;
  const clock = createFakeClock(mostTimers);
  const cloud = createFakeCloud({ clock, grants: [grant], standing: 'absent', ...rest });
  const log = createFakeLog();
  const controller = new AbortController();
  const { signal } = controller;
  const started: string[] = [];
  const startedOn: (string | null)[] = [];
  const onStarted = ({ requestId, assignmentId }: Operation): void => {
    started.push(requestId);
    startedOn.push(assignmentId);
  };
  const planning: Planning = {
    cloud: 'test',
    wanted: false,
    expected: null,
    planFor: null,
    onPlan: () => undefined,
    ...options.planning,
  };
  const tools: ApplyTools = {
    cloud,
    clock,
    random,
    log,
    finder: createFinder(cloud, clock, log, true),
    poller: createPoller({ cloud, clock, random }, 1),
    reading: createReading(cloud, clock, 1),
    alone: true,
    linger: () => undefined,
    health: createHealth(),
    only: null,
    place: createSchedule(cloud.limits, clock, signal).placeFor('create', null),
    wait,
    onStarted,
  };
  const runIt = (over: Partial<Request> = {}): Promise<Run> =>
    clock.during(
      run(
        { ...request, wait, timeoutMs, ...over },
        { cloud, clock, random, log, signal, onStarted, planning, journal: noJournal },
      ),
    );
  const resultOf = async (over?: Partial<Request>): Promise<Result> => {
    const { results } = await runIt(over);
    const [only, ...others] = results;
    if (only === undefined || others.length > 0) throw new Error('there is one grant, so there is one result');
    return only;
  };
  return {
    clock,
    cloud,
    log,
    tools,
    started,
    startedOn,
    budget: { until: epoch + timeoutMs, signal },
    track: newTrack(),
    cancelAt: (elapsed) => {
      clock.at(elapsed, () => {
        controller.abort(cancelled);
      });
    },
    run: runIt,
    results: async (over) => (await runIt(over)).results,
    result: resultOf,
    outcome: async (over) => (await resultOf(over)).outcome,
  };
}
