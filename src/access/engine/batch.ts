import { noAnswer } from '../messages/requests.ts';
import { whenAborted } from './aborting.ts';
import { budgetWith, left, type Budget, type Clock } from '../clock.ts';
import { CloudError } from '../errors.ts';

/** Wait for others that ask at the same time, in milliseconds. */
const windowMs = 1;

interface Item<T, R> {
  readonly of: T;
  readonly budget: Budget;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** Questions that are gathered and asked together. */
export interface Batch<T, R> {
  ask(item: T, budget: Budget): Promise<R>;
  /** Sends the waiting questions at once: no others are expected. */
  flush(): void;
}

/** When a batch is sent: at once, or when it is large enough or old enough. */
export interface BatchRule {
  /** Number of questions that are sent without further waiting. */
  readonly largest: number;
  /** Milliseconds that the first may wait for others. */
  readonly longestMs: number;
}

/** Gathers the questions of the same instant. */
export const atOnce: BatchRule = { largest: Number.POSITIVE_INFINITY, longestMs: windowMs };

/**
 * Joins single questions that come at the same time: a cloud answers many with fewer requests. All get the same error;
 * each keeps its own time limit and signal.
 *
 * @param what name of the operation, for the error of a question without time left
 * @param ask answers in the order of what it was given; its budget is the longest of theirs
 */
export function createBatch<T, R>(
  what: string,
  ask: (items: readonly T[], budget: Budget) => Promise<readonly R[]>,
  clock: Clock,
  rule: BatchRule = atOnce,
): Batch<T, R> {
  let waiting = new Set<Item<T, R>>();
  let timer: (() => void) | null = null;

  const disarm = (): void => {
    timer?.();
    timer = null;
  };
  const send = (): void => {
    const batch = [...waiting];
    waiting = new Set();
    disarm();
    const [first] = batch;
    if (first === undefined) return;
    const longest = longestOf([...new Set(batch.map(({ budget }) => budget))], clock);
    const together = budgetWith(first.budget, {}, longest);
    ask(
      batch.map(({ of }) => of),
      together,
    ).then(
      (answers) => {
        for (const [index, item] of batch.entries()) item.resolve(answers[index] as R);
      },
      (error: unknown) => {
        for (const item of batch) item.reject(error);
      },
    );
  };
  /** Removes a question that no longer waits. */
  const forget = (item: Item<T, R>): void => {
    waiting.delete(item);
    if (waiting.size === 0) disarm();
  };

  const add = (of: T, budget: Budget): Promise<R> =>
    new Promise((settle, fail) => {
      const { signal } = budget;
      if (signal.aborted) {
        fail(signal.reason as Error);
        return;
      }
      const end = (finish: () => void): void => {
        late();
        unheard();
        forget(item);
        finish();
      };
      const reject = (error: unknown): void => {
        end(() => {
          fail(error instanceof Error ? error : new TypeError(String(error)));
        });
      };
      const late = clock.after(left(budget, clock) + windowMs, () => {
        reject(noTimeLeft(what));
      });
      const unheard = whenAborted(signal, () => {
        reject(signal.reason);
      });
      const item: Item<T, R> = {
        of,
        budget,
        resolve: (result) => {
          end(() => {
            settle(result);
          });
        },
        reject,
      };
      waiting.add(item);
      if (waiting.size >= rule.largest) send();
      else timer ??= clock.after(rule.longestMs, send);
    });

  return { ask: add, flush: send };
}

/**
 * The latest end of budgets, each of which may move meanwhile. It is found once for each moment: every waiting request asks
 * for it whenever the clock moves, and both can be thousands.
 */
function longestOf(budgets: readonly Budget[], clock: Clock): () => number {
  let at: number | null = null;
  let latest = 0;
  return () => {
    const now = clock.now();
    if (at !== now) latest = budgets.reduce((most, { until }) => Math.max(most, until), 0);
    at = now;
    return latest;
  };
}

function noTimeLeft(operation: string): CloudError {
  return new CloudError({
    kind: 'unreachable',
    operation,
    code: 'NoAnswer',
    message: noAnswer,
    requestId: null,
    retryAfterMs: null,
    hint: null,
  });
}
