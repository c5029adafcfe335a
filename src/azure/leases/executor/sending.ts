import type { Budget } from '#access/clock';
import { CloudError } from '#access/errors';
import type { Assignment } from '#access/grant';
import type { Deadline } from '#access/leases/protocol/protocol';
import { roomUntil, sendingWithin } from '#access/leases/protocol/time-limit';
import { failedBy } from '#access/leases/protocol/executor';
import { createRetries, isUncertain } from '#access/engine/retry';
import type { ExecutorTools } from './executor-tools.ts';
import { createLateness } from './lateness.ts';
import type { Answer } from '../steps/asks.ts';
import { constants } from '../steps/constants.ts';
import type { WriteTurn } from './write-turn.ts';
import { listsOfGrant, mightHaveSucceeded, readingAgain, tooSlow, tryingAgain } from '../../messages/leases.ts';

/** Sends changes of the role assignment of one grant. */
interface Sender {
  /** One try, while the read that it is based on is fresh. After a temporary refusal it is tried again after another read. */
  readonly send: (what: string, notAfter: Deadline, work: (budget: Budget) => Promise<Answer>) => Promise<Answer>;
  /** A read has shown the assignment that Azure refused to create a second time: the refusal was no failure. */
  readonly conflictSeen: () => void;
  /** True if the answer to the latest request was lost. */
  readonly isLost: () => boolean;
}

export interface SenderTools extends ExecutorTools {
  /** The same refusal, with an explanation of an ID that Azure does not know. */
  readonly explain: (error: CloudError, grant: Assignment, budget: Budget) => Promise<CloudError>;
}

/** @param turn of the request */
export function createSender(tools: SenderTools, turn: WriteTurn): Sender {
  const { applying, grant, signal, limit, date, onTrouble, explain } = tools;
  const { clock, log, random } = applying;
  // The last failure that was reported, if it might turn out to be none.
  let told: 'conflict' | 'lost' | null = null;
  const retries = createRetries(random);
  const { fresh } = constants;
  const lateness = createLateness(tools, { inWords: (tookMs) => tooSlow(listsOfGrant, tookMs, fresh), fresh });

  /** It has turned out to be none: a read showed the conflicting assignment, or a write was carried out. */
  const agree = (): void => {
    onTrouble(null);
    told = null;
  };
  const refused = async (what: string, error: CloudError, budget: Budget): Promise<Answer> => {
    const { failure } = error;
    if (isConflict(error)) {
      // If another job was faster, the next read shows that. If no read ever does, this is why the join failed.
      onTrouble(error);
      told = 'conflict';
      log.info(readingAgain(error.message));
      return { is: 'taken' };
    }
    told = null;
    if (isUncertain(failure)) {
      log.info(mightHaveSucceeded(error.message));
      // If no read ever shows that it succeeded, this is why.
      onTrouble(error);
      told = 'lost';
      return { is: 'lost' };
    }
    const explained = await explain(error, grant, budget);
    if (explained.failure.kind === 'invalid') return failedBy(explained, onTrouble);
    const delay = retries.delayAfter(failure, what);
    if (delay === null) return failedBy(error, onTrouble);
    onTrouble(error);
    log.info(tryingAgain(error.message, delay));
    turn.drop();
    await limit.sleepUntil(clock.mono() + delay);
    return { is: 'late' };
  };

  return {
    async send(what, notAfter, work) {
      const room = roomUntil(notAfter, clock, date());
      if (room <= 0) {
        turn.drop();
        return lateness.again(notAfter);
      }
      const budget = { ...sendingWithin(room, clock, signal), ...turn.given() };
      try {
        const answer = await work(budget);
        retries.forget(what);
        agree();
        lateness.forget();
        return answer;
      } catch (error) {
        return error instanceof CloudError ? await refused(what, error, budget) : failedBy(error, onTrouble);
      } finally {
        turn.drop();
      }
    },
    conflictSeen: () => {
      if (told === 'conflict') agree();
    },
    isLost: () => told === 'lost',
  };
}

/** The grant has an assignment under another name, or the name belongs to something else. */
export function isConflict({ failure }: CloudError): boolean {
  return failure.kind === 'exists' || failure.code === 'RoleAssignmentUpdateNotPermitted';
}
