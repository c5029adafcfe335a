import { type Budget, type Clock } from './clock.ts';
import type { Change, ChangeKind, Cloud, Observation, Operation } from './cloud.ts';
import { describeGrant } from './grant.ts';
import type { Log } from './log.ts';
import type { Outcome } from './outcome.ts';
import { isReached } from './plan.ts';
import { seconds } from './words.ts';

/** Reads lag behind a finished change by seconds: how long to wait before each further read, in milliseconds. */
const rereads = [500, 1_000, 2_000, 4_000, 8_000] as const;

export interface VerifyTools {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly log: Log;
}

/** Reads back what a successful operation should have done (P1). What cannot be seen is never green. */
export async function confirm(operation: Operation, budget: Budget, tools: VerifyTools): Promise<Outcome> {
  const { change, requestId } = operation;
  // The change is done; only seeing it is left, so that a spent time limit does not turn it into an unknown.
  const reading: Budget = { ...budget, until: Math.max(budget.until, tools.clock.now() + 30_000) };
  const began = tools.clock.now();
  const seen = await awaitReading(change, reading, tools);
  if (isReached(change.kind, seen)) {
    tools.log.info(
      `Verified by reading back: ${describeGrant(change.grant, tools.cloud.words)} is ${standingWord(change.kind)}.`,
    );
    return { status: 'SUCCEEDED', changed: true, requestId, remark: null };
  }
  return {
    status: 'FAILED',
    changed: true,
    requestId,
    reason: `${operation.call} ended SUCCEEDED, but ${seconds(tools.clock.now() - began)} of reading back ${whatWasSeen(change.kind, seen)}`,
    hint: 'Somebody may have changed it in the meantime, or the ids name nothing real. Look at it before running the step again.',
    failure: null,
  };
}

/** Reads until a change that was made can be seen, or for some fifteen seconds; returns what was seen last. */
export async function awaitReading(change: Change, budget: Budget, tools: VerifyTools): Promise<Observation> {
  let seen = await readOne(change, budget, tools);
  for (const delay of rereads) {
    if (isReached(change.kind, seen)) break;
    tools.log.info(`Not visible yet. Reading again in ${seconds(delay)}.`);
    await tools.clock.sleep(delay, budget.signal);
    seen = await readOne(change, budget, tools);
  }
  return seen;
}

/** Whether one read shows a change as made. */
export async function isSeen(change: Change, budget: Budget, { cloud }: Pick<VerifyTools, 'cloud'>): Promise<boolean> {
  const [seen] = await cloud.read([change.grant], budget);
  return seen !== undefined && isReached(change.kind, seen);
}

async function readOne(change: Change, budget: Budget, { cloud }: VerifyTools): Promise<Observation> {
  const [seen] = await cloud.read([change.grant], budget);
  return seen ?? { standing: 'absent', outdated: [] };
}

function standingWord(kind: ChangeKind): string {
  switch (kind) {
    case 'create':
      return 'there';
    case 'remove':
      return 'gone';
    case 'update':
    case 'provision':
      return 'up to date';
  }
}

function whatWasSeen(kind: ChangeKind, seen: Observation): string {
  const where = seen.outdated.length === 0 ? '' : `: ${seen.outdated.join(', ')}`;
  switch (kind) {
    case 'create':
      return 'did not show the grant';
    case 'remove':
      return 'still showed the grant';
    case 'update':
    case 'provision':
      return seen.standing === 'absent' ? 'did not show it there' : `still showed the old version${where}`;
  }
}
