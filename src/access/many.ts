import { carryOut, changeIn, changeOf } from './carry-out.ts';
import { left, type Budget } from './clock.ts';
import type { Change, Operation } from './cloud.ts';
import { Cancelled } from './errors.ts';
import { createFinder, findRunning, isOperation, type Finder, type Found } from './find.ts';
import { describeGrant, type Grant } from './grant.ts';
import { createHealth } from './health.ts';
import type { Log } from './log.ts';
import type { Result } from './outcome.ts';
import type { Step } from './plan.ts';
import { createPoller } from './poll.ts';
import { createProgress } from './progress.ts';
import { createReading } from './reading.ts';
import type { Request } from './request.ts';
import type { RunTools } from './run.ts';
import { createSchedule, type Place } from './schedule.ts';
import { newTrack } from './track.ts';

/** What was looked for before the grants were read: what has ended by then, the reads show. */
export interface Looked {
  readonly finder: Finder;
  /** What was running for each grant; where nobody looked there is nothing. */
  readonly known: ReadonlyMap<Grant, Found>;
}

/** Looks once for what is running already for all grants: asked for each at its start it would be a request each. */
export async function lookAhead(
  { operation, dryRun }: Request,
  grants: readonly Grant[],
  { cloud, clock, log }: RunTools,
  budget: Budget,
): Promise<Looked> {
  const finder = createFinder(cloud, clock, log, grants.length === 1);
  if (dryRun || grants.length < 2) return { finder, known: new Map() };
  const found = await Promise.all(
    grants.map(async (grant) => {
      const change: Change = { kind: changeOf[operation], grant, seen: null };
      return findRunning(change, newTrack(), budget, { finder }).catch(() => null);
    }),
  );
  const known = new Map(
    grants.flatMap((grant, index) => {
      const it = found[index] ?? null;
      return it === null ? [] : [[grant, it]];
    }),
  );
  return { finder, known };
}

/** Carries out a plan: as much at once as the cloud allows, each step for itself. */
export async function carryOutAll(
  steps: readonly Step[],
  request: Request,
  tools: RunTools,
  { finder, known }: Looked,
): Promise<readonly Result[]> {
  const { cloud, clock, random, log, signal, onStarted } = tools;
  const alone = steps.length === 1;
  const reading = createReading(cloud, clock, steps.length);
  const poller = createPoller({ cloud, clock, random }, steps.length);
  const { inFlight, outstanding } = cloud.limits;
  const limits = { inFlight: Math.min(inFlight, request.maxInFlight ?? inFlight), outstanding };
  const schedule = createSchedule(limits, clock, signal);
  const progress = createProgress(steps.length, schedule.inFlight, clock, log);

  const health = createHealth();
  const over = new AbortController();
  const lingering = AbortSignal.any([signal, over.signal]);
  /** What has run out of our time counts against the cloud's limits until it has ended, for as long again at most. */
  const linger = (place: Place) => (operation: Operation) => {
    const budget: Budget = { until: clock.now() + request.timeoutMs, signal: lingering };
    const leave = (): void => {
      place.leave();
    };
    const following = { onLeft: leave, isEnough: () => !place.isWanted(), isUrgent: () => true };
    poller
      .awaitEnd(operation, budget, silent, following)
      .then(({ state }) => {
        if (state === 'IN_PROGRESS' && left(budget, clock) === 0) place.block(outlasting(operation));
      })
      .then(leave, leave);
  };

  const one = async (step: Step): Promise<Result> => {
    const change = changeIn(step);
    // What is kept may turn out to have to be made.
    const wanted = change ?? { kind: changeOf[request.operation], grant: step.grant, seen: step.seen };
    const place = schedule.placeFor(wanted.kind, cloud.laneOf(wanted));
    // Nothing is made for those that wait: there may be thousands.
    if (change !== null) await place.take();
    const spoken = alone ? log : speakingOf(describeGrant(step.grant, cloud.words), log);
    const applying = {
      cloud,
      clock,
      random,
      log: spoken,
      alone,
      finder,
      poller,
      reading,
      place,
      linger: linger(place),
      health,
      only: tools.planning.expected === null ? null : step.action,
      wait: request.wait,
      onStarted,
    };
    const result = await carryOut(
      step,
      change === null ? null : (known.get(change.grant) ?? null),
      request,
      signal,
      applying,
    );
    reading.arrived(step.grant);
    progress.ended(result);
    return result;
  };
  for (const step of steps) if (changeIn(step) !== null) reading.expect(step.grant);
  try {
    // What is running already has its place in the cloud: it is followed before anything else is started.
    const order = (step: Step): number => (isOperation(known.get(step.grant) ?? 'none') ? 0 : 1);
    const ordered = byReading(steps, cloud).toSorted((a, b) => order(a) - order(b));
    const begun = new Map(ordered.map((step) => [step, one(step)]));
    return await Promise.all(steps.map((step) => begun.get(step) ?? one(step)));
  } finally {
    over.abort(new Cancelled('The run has ended'));
    progress.close();
    reading.close();
  }
}

function outlasting({ call, requestId }: Operation): string {
  return `${call} (request id ${requestId}) of this run is still in progress there after twice the time limit.`;
}

/** What is read together comes together: it is verified soon after, and with few reads. */
function byReading(steps: readonly Step[], cloud: RunTools['cloud']): readonly Step[] {
  return [...Map.groupBy(steps, ({ grant }) => cloud.readTogether(grant)).values()].flat();
}

const silent: Log = {
  info: () => undefined,
  warning: () => undefined,
  debug: () => undefined,
  group: () => undefined,
};

/** Says of which of many grants it speaks. */
function speakingOf(subject: string, log: Log): Log {
  return {
    info: (line) => {
      log.info(`${subject}: ${line}`);
    },
    warning: (line) => {
      log.warning(`${subject}: ${line}`);
    },
    debug: (line) => {
      log.debug(`${subject}: ${line}`);
    },
    group: (title, lines) => {
      log.group(`${subject}: ${title}`, lines);
    },
  };
}
