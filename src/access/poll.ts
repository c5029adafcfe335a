import { left, type Budget, type Clock, type Random } from './clock.ts';
import type { Cloud, Operation } from './cloud.ts';
import { CloudError } from './errors.ts';
import type { Log } from './log.ts';
import { seconds } from './words.ts';

/** After this long a request id that the cloud does not know is not merely new. */
const unknownIdMs = 30_000;

/**
 * How long to wait before asking again, in milliseconds: most operations end within 15 s, so ask about once a second
 * for 20 s and then less and less, up to every 5 s.
 *
 * @param elapsed milliseconds since the operation was started
 */
export function pollDelay(elapsed: number, random: Random): number {
  if (elapsed < 500) return 500;
  if (elapsed < 20_000) return Math.round(900 + 200 * random());
  return Math.round(Math.min(5_000, 1_000 + (elapsed - 20_000) / 5) * (0.8 + 0.2 * random()));
}

export interface PollTools {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** How often a waiting step says that it still waits, in milliseconds. */
const progressEveryMs = 15_000;

/** Asks until an operation has ended or the budget is spent; then it comes back as it was last seen. */
export async function awaitEnd(operation: Operation, budget: Budget, tools: PollTools): Promise<Operation> {
  const { clock, random, log } = tools;
  const began = clock.now();
  let spokenAt = began;
  let known = operation;
  while (known.state === 'IN_PROGRESS') {
    const rest = left(budget, clock);
    if (rest === 0) return known;
    await clock.sleep(Math.min(rest, pollDelay(clock.now() - began, random)), budget.signal);
    known = (await ask(known, budget, tools, clock.now() - began)) ?? known;
    if (known.state !== 'IN_PROGRESS' || clock.now() - spokenAt < progressEveryMs) continue;
    spokenAt = clock.now();
    log.info(`${known.call} is IN_PROGRESS after ${seconds(spokenAt - began)}.`);
  }
  return known;
}

async function ask(operation: Operation, budget: Budget, tools: PollTools, age: number): Promise<Operation | null> {
  try {
    const [answer] = await tools.cloud.ask([operation], budget);
    return answer ?? null;
  } catch (error) {
    if (error instanceof CloudError && isWorthAskingAgain(error, age)) return null;
    throw error;
  }
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
