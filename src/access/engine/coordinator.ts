import { outlasting } from '../messages/changes.ts';
import { left, type Budget } from '../clock.ts';
import type { Change, Operation } from '../cloud.ts';
import { Cancelled } from '../errors.ts';
import type { ApplyTools, Recheck } from './apply-tools.ts';
import type { RunTools } from './run-tools.ts';
import type { Finder } from './find.ts';
import { describeGrant, type Grant } from '../grant.ts';
import { namesAmong } from '../grant-names.ts';
import { createHealth } from './health.ts';
import type { Log } from '../tools.ts';
import type { Action } from '../plan/plan.ts';
import { createPoller } from './poll.ts';
import { createReading, type Reading } from './reading.ts';
import { createSchedule, type Place } from './schedule.ts';

/** State that all changes of a run share. */
export interface Coordinator {
  readonly reading: Reading;
  /** Number of operations that are in flight now. */
  readonly inFlight: () => number;
  /** The place that a change needs to run, not taken yet. */
  placeFor(change: Change): Place;
  /**
   * The tools for one change.
   *
   * @param only the only action that is allowed, `null` where any that is needed is allowed
   */
  toolsFor(change: Change, place: Place, only: Action | null): ApplyTools;
  close(): void;
}

interface CoordinatorOrder {
  /** All grants of the run. */
  readonly grants: readonly Grant[];
  readonly maxInFlight: number | null;
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly wait: boolean;
  readonly finder: Finder;
  readonly recheck?: Recheck | undefined;
}

export function openCoordinator(
  { cloud, clock, random, log, signal, onStarted }: Omit<RunTools, 'planning' | 'journal'>,
  { grants, maxInFlight, timeoutMs, wait, finder, recheck }: CoordinatorOrder,
): Coordinator {
  const count = grants.length;
  const alone = count === 1;
  const names = namesAmong(grants, cloud.words);
  const reading = createReading(cloud, clock, count);
  const poller = createPoller({ cloud, clock, random }, count);
  const { inFlight, outstanding } = cloud.limits;
  const schedule = createSchedule(
    { inFlight: Math.min(inFlight, maxInFlight ?? inFlight), outstanding },
    clock,
    signal,
  );
  const health = createHealth();
  const over = new AbortController();
  const lingering = AbortSignal.any([signal, over.signal]);
  /** An operation past its time limit counts against the cloud's limits until it ends, for as long again at most. */
  const linger = (place: Place) => (operation: Operation) => {
    const budget: Budget = { until: clock.now() + timeoutMs, signal: lingering };
    const leave = (): void => {
      place.leave();
    };
    const following = { onLeft: leave, isEnough: () => !place.isWanted(), isUrgent: () => true };
    poller
      .awaitEnd(operation, budget, silent, following)
      .then(({ state }) => {
        if (state === 'IN_PROGRESS' && left(budget, clock) === 0)
          place.block(outlasting(operation.call, operation.requestId));
      })
      .then(leave, leave);
  };
  return {
    reading,
    inFlight: schedule.inFlight,
    placeFor: (change) => schedule.placeFor(change.kind, cloud.laneOf(change)),
    toolsFor: ({ grant }, place, only) => ({
      cloud,
      clock,
      random,
      log: alone ? log : speakingOf(names.of(grant), describeGrant(grant, cloud.words), log),
      alone,
      finder,
      poller,
      reading,
      place,
      linger: linger(place),
      health,
      only,
      recheck,
      wait,
      onStarted,
    }),
    close() {
      over.abort(new Cancelled('The run has ended'));
      reading.close();
    },
  };
}

const silent: Log = {
  info: () => undefined,
  notice: () => undefined,
  warning: () => undefined,
  debug: () => undefined,
  group: () => undefined,
};

/** Puts the grant before each line: in short, and in full where the line becomes an annotation. */
function speakingOf(short: string, full: string, log: Log): Log {
  return {
    info: (line) => {
      log.info(`${short}: ${line}`);
    },
    notice: (line) => {
      log.notice(`${full}: ${line}`);
    },
    warning: (line) => {
      log.warning(`${full}: ${line}`);
    },
    debug: (line) => {
      log.debug(`${short}: ${line}`);
    },
    group: (title, lines) => {
      log.group(`${short}: ${title}`, lines);
    },
  };
}
