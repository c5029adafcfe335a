import { askingResults, askingState, inProgressAfter, listingRunning } from '../messages/changes.ts';
import { createBatch, type BatchRule } from './batch.ts';
import { left, type Budget, type Clock, type Random } from '../clock.ts';
import type { Cloud, Operation } from '../cloud.ts';
import { CloudError } from '../errors.ts';
import type { Log } from '../tools.ts';

/** Age from which a request ID that the cloud does not know is not only new, in milliseconds. */
const unknownIdMs = 30_000;

/**
 * Wait before asking again, in milliseconds. Most operations end within 15 s: ask about once a second for 20 s, and then
 * less and less, up to every 5 s.
 *
 * @param elapsed milliseconds since the operation was started
 */
export function pollDelay(elapsed: number, random: Random): number {
  if (elapsed < 500) return 500;
  if (elapsed < 20_000) return Math.round(900 + 200 * random());
  return Math.round(Math.min(5_000, 1_000 + (elapsed - 20_000) / 5) * (0.8 + 0.2 * random()));
}

interface PollTools {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly random: Random;
}

/** Options for following an operation. */
interface Following {
  /** Called once when it is known to have ended, which may be before it is known how. */
  readonly onLeft: () => void;
  /** True if it need not be followed any further. */
  readonly isEnough: () => boolean;
  /** True if others wait for its end. */
  readonly isUrgent: () => boolean;
}

/** Follows operations to their ends; many together cost little more than one. */
export interface Poller {
  /**
   * Asks until an operation has ended or the budget is spent; then it comes back as it was last seen.
   */
  awaitEnd(operation: Operation, budget: Budget, log: Log, follow?: Following): Promise<Operation>;
}

/** Interval at which a waiting step logs that it still waits, in milliseconds. */
const progressEveryMs = 15_000;
/** Number of operations above which they share one list of those in progress. */
const few = 2;
/** Interval at which that list is read, in milliseconds: an ended operation makes room for others, and of many one ends soon. */
const listEveryMs = 500;
const listFewerEveryMs = 900;
const fewer = 20;
/** Interval without such a list, for each operation that is asked about, in milliseconds. */
const askEachMs = 120;
/** Age below which an operation might not be listed yet, in milliseconds. */
const listedWithinMs = 2_000;
/** Maximum number of operations whose results are asked for together. */
const largestBatch = 50;
/** Wait of the first of them for others, in milliseconds for each of all operations: of many, some end soon. */
const waitEachMs = 20;
const shortestWaitMs = 1_000;
const longestWaitMs = 12_000;
/** One of so many requests that the pace allows is used for looking: starting comes first. */
const lookingShare = 3;
/** Maximum pause after a slow answer, in milliseconds: one slow answer says little about the next. */
const longestPauseMs = 10_000;

interface Watched {
  operation: Operation;
  readonly began: number;
  listed: boolean;
  left: boolean;
}

/** @param most number of all operations to come */
export function createPoller(tools: PollTools, most: number): Poller {
  const { cloud, clock, random } = tools;
  const endings: BatchRule = {
    largest: largestBatch,
    longestMs: Math.min(longestWaitMs, Math.max(shortestWaitMs, most * waitEachMs)),
  };
  let listTook = 0;
  let askTook = 0;
  const watched = new Set<Watched>();
  let listable = true;

  const isMany = (): boolean => watched.size > few;
  const askMany = (operations: readonly Operation[], budget: Budget): ReturnType<Cloud['ask']> =>
    cloud.ask(operations, budget);
  const askNow = createBatch(askingState, askMany, clock);
  const askTogether = createBatch(askingResults, askMany, clock, endings);
  const isRunning = createBatch(
    listingRunning,
    async (operations: readonly Operation[], budget) => {
      const began = clock.now();
      const running = await cloud.running(operations, budget);
      listTook = clock.now() - began;
      listable = running !== null;
      return operations.map(({ requestId }) => running?.has(requestId) ?? null);
    },
    clock,
  );

  const listPace = (): number => {
    const running = [...watched].reduce((many, it) => (it.left ? many : many + 1), 0);
    return Math.max(running < fewer ? listFewerEveryMs : listEveryMs, pauseAfter(listTook));
  };
  const delay = (elapsed: number, isUrgent: boolean): number => {
    if (!isMany()) {
      const usual = pollDelay(elapsed, random);
      return Math.max(isUrgent ? Math.min(usual, listFewerEveryMs) : usual, pauseAfter(askTook));
    }
    const every = listable ? listPace() : Math.max(listFewerEveryMs, watched.size * askEachMs);
    // All at the same instants: so they share their requests.
    return every - (clock.now() % every);
  };
  /** A list that always fails is not used: each operation can be asked about. For `catch`. */
  const unlistable = (it: Watched) => (error: unknown) => {
    if (!(error instanceof CloudError)) throw error;
    listable &&= isWorthAskingAgain(error, clock.now() - it.began);
    return null;
  };
  /** True if the list has shown that it is still in progress. */
  const isListed = async (it: Watched, budget: Budget): Promise<boolean> => {
    if (it.left || !isMany() || !listable) return false;
    const running = await isRunning.ask(it.operation, budget).catch(unlistable(it));
    if (running === null) return listable;
    it.listed ||= running;
    return running || (!it.listed && clock.now() - it.began < listedWithinMs);
  };
  const othersRun = (): boolean => [...watched].some((other) => !other.left);
  /** When nothing is in progress, there is nothing to wait for. */
  const flushAtTheEnd = (): void => {
    if (!othersRun()) askTogether.flush();
  };
  const ask = async (it: Watched, budget: Budget): Promise<Operation> => {
    const patient = it.left && othersRun() && left(budget, clock) > 2 * endings.longestMs;
    const question = patient ? askTogether : askNow;
    const began = clock.now();
    const answer = isMany() ? await question.ask(it.operation, budget) : (await cloud.ask([it.operation], budget))[0];
    if (!patient) askTook = clock.now() - began;
    if (!(answer instanceof CloudError)) return answer ?? it.operation;
    throw answer;
  };

  return {
    async awaitEnd(operation, budget, log, following) {
      const it: Watched = { operation, began: clock.now(), listed: false, left: false };
      const leave = (): void => {
        if (!it.left) following?.onLeft();
        it.left = true;
        flushAtTheEnd();
      };
      let spokenAt = it.began;
      watched.add(it);
      try {
        while (it.operation.state === 'IN_PROGRESS') {
          const rest = left(budget, clock);
          if (rest === 0 || following?.isEnough() === true) break;
          const elapsed = clock.now() - it.began;
          const urgent = following?.isUrgent() ?? false;
          if (!it.left) await clock.sleep(Math.min(rest, delay(elapsed, urgent)), budget.signal);
          if (await isListed(it, budget)) continue;
          if (isMany() && listable) leave();
          const asked = await ask(it, budget).catch(passing(it, clock));
          // Where the list was wrong, or the answer did not come, it is looked at again in a while.
          if (asked === null || asked.state === 'IN_PROGRESS') await lookAgain(it, budget);
          it.operation = asked ?? it.operation;
          if (isMany() || it.operation.state !== 'IN_PROGRESS' || clock.now() - spokenAt < progressEveryMs) continue;
          spokenAt = clock.now();
          log.info(inProgressAfter(it.operation.call, spokenAt - it.began));
        }
        if (it.operation.state !== 'IN_PROGRESS') leave();
        return it.operation;
      } finally {
        watched.delete(it);
        flushAtTheEnd();
      }
    },
  };

  /** An operation that was believed to have ended sleeps here, since it does not in the loop. */
  async function lookAgain(it: Watched, budget: Budget): Promise<void> {
    if (!it.left) return;
    await clock.sleep(Math.min(left(budget, clock), delay(clock.now() - it.began, false)), budget.signal);
  }
}

function pauseAfter(took: number): number {
  return Math.min(longestPauseMs, lookingShare * took);
}

/** Nothing is learned from an answer that failed in passing; any other error ends the polling. For `catch`. */
function passing({ began }: Watched, clock: Clock): (error: unknown) => null {
  return (error) => {
    if (error instanceof CloudError && isWorthAskingAgain(error, clock.now() - began)) return null;
    throw error;
  };
}

function isWorthAskingAgain({ failure }: CloudError, age: number): boolean {
  switch (failure.kind) {
    case 'not-found':
      return age < unknownIdMs;
    case 'throttled':
    case 'busy':
    case 'skewed':
    case 'unavailable':
    case 'unreachable':
      return true;
    case 'replicating':
    case 'unknown-role':
    case 'exists':
    case 'denied':
    case 'invalid':
    case 'quota':
    case 'other':
      return false;
  }
}
