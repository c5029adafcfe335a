import type { Budget } from '#access/clock';
import { CloudError, Refusal } from '#access/errors';
import type { Assignment } from '#access/grant';
import type { Deadline } from '#access/leases/protocol/protocol';
import { roomUntil, sendingWithin } from '#access/leases/protocol/time-limit';
import { failedBy } from '#access/leases/protocol/trouble';
import { createRetries, isUncertain } from '#access/engine/retry';
import { seconds } from '#access/words';
import type { ExecutorTools } from './executor-tools.ts';
import { createLateness } from './lateness.ts';
import type { Answer } from '../steps/asks.ts';
import { constants } from '../steps/constants.ts';
import type { WriteTurn } from './write-turn.ts';

/** Sends what changes the role assignment of one grant. */
export interface Sender {
  /** One try while the read that it rests on is fresh; what passes is tried again after another read. */
  readonly send: (what: string, notAfter: Deadline, work: (budget: Budget) => Promise<Answer>) => Promise<Answer>;
  /** A read has shown what Azure refused to make a second time: it was no trouble. */
  readonly conflictSeen: () => void;
  /** The answer to the newest request was lost. */
  readonly isLost: () => boolean;
}

export interface SenderTools extends ExecutorTools {
  /** The same refusal, with what an id is that Azure does not know. */
  readonly explain: (error: CloudError, grant: Assignment, budget: Budget) => Promise<CloudError>;
}

/** @param turn of what is sent */
export function createSender(tools: SenderTools, turn: WriteTurn): Sender {
  const { applying, grant, signal, limit, date, onTrouble, explain } = tools;
  const { clock, log, random } = applying;
  // What the last trouble was that was told, if it may turn out to be none.
  let told: 'conflict' | 'lost' | null = null;
  const retries = createRetries(random);
  const lateness = createLateness(tools, { inWords: slowReads, fresh: constants.fresh });

  /** It has turned out to be none: what Azure refused to make a second time was seen, or a write was carried out. */
  const agree = (): void => {
    onTrouble(null);
    told = null;
  };
  const refused = async (what: string, error: CloudError, budget: Budget): Promise<Answer> => {
    const { failure } = error;
    if (isConflict(error)) {
      // Where somebody else was quicker the next read shows it; where none ever does, this is why it came to nothing.
      onTrouble(error);
      told = 'conflict';
      log.info(`${error.message}. Reading again.`);
      return { is: 'taken' };
    }
    told = null;
    if (isUncertain(failure)) {
      log.info(`${error.message}. It may have been carried out nevertheless.`);
      // Where no read ever shows that it was, this is why.
      onTrouble(error);
      told = 'lost';
      return { is: 'lost' };
    }
    const explained = await explain(error, grant, budget);
    if (explained.failure.kind === 'invalid') return failedBy(explained, onTrouble);
    const delay = retries.delayAfter(failure, what);
    if (delay === null) return failedBy(error, onTrouble);
    onTrouble(error);
    log.info(`${error.message}. Trying again${delay === 0 ? '' : ` in ${seconds(delay)}`}.`);
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

/** There is one of this very grant under another name, or the name belongs to something else. */
export function isConflict({ failure }: CloudError): boolean {
  return failure.kind === 'exists' || failure.code === 'RoleAssignmentUpdateNotPermitted';
}

function slowReads(tookMs: number): Refusal {
  return new Refusal(
    `What Azure lists of this grant, and what GitHub says of the jobs that hold it, came ${seconds(tookMs)} after it was asked for: a change has to rest on what is no older than ${seconds(constants.fresh)}.`,
    'Run the step again when they answer faster: a longer `timeout` helps only if they do by then.',
  );
}
