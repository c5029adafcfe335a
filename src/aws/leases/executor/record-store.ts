import { left, type Budget, type Clock, type Random } from '#access/clock';
import { CloudError, instead, isOfKind, orCloudError, Refusal } from '#access/errors';
import { roomUntil } from '#access/leases/protocol/time-limit';
import { failedBy, type OnTrouble, type Trouble } from '#access/leases/protocol/executor';
import { delayBeforeRetry, isUncertain } from '#access/engine/retry';
import type { Log } from '#access/tools';
import type { AwsSession } from '../../session.ts';
import type { Answer } from '../steps/asks.ts';
import type { Deadline } from '#access/leases/protocol/protocol';
import type { Constants } from '../steps/constants.ts';
import { groupCreated, inAnotherGroup, tryingAgain } from '../messages/records.ts';
import { prefixOf, scheduleName } from '../records/names.ts';
import { proofOf, rowOf } from '../records/rows.ts';
import type { NewRecord, RecordName, Row } from '../steps/records.ts';
import {
  createSchedule,
  createScheduleGroup,
  creationOf,
  deleteSchedule,
  disablingOf,
  getSchedule,
  listSchedules,
  updateSchedule,
  type ScheduleGroup,
  type ScheduleText,
} from '../records/schedules.ts';

/** The records of one grant, as schedules of EventBridge Scheduler. */
interface RecordStore {
  /** @param own the writer's names: a conflict on a record that no other step writes can come from its own earlier try */
  put(record: NewRecord, notAfter: Deadline | null, own: readonly string[]): Promise<Answer>;
  disable(name: RecordName): Promise<Answer>;
  drop(name: RecordName, notAfter: Deadline | null): Promise<Answer>;
  /** @param own holders whose timers need not be read one by one */
  list(own: readonly string[]): Promise<Answer>;
}

interface RecordTools {
  readonly session: AwsSession;
  readonly group: ScheduleGroup;
  readonly text: ScheduleText;
  readonly constants: Constants;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch by AWS's clock. */
  readonly date: () => number;
  readonly onTrouble: OnTrouble;
}

/** The result of a request that was sent until it was answered. */
interface Persisted {
  readonly answer: 'done' | 'late' | CloudError | Refusal;
  /** The end of the last try without an answer, on the monotonic clock; `null` where all were answered. */
  readonly unanswered: number | null;
}

/** Time limit of a request that has no other, in milliseconds. */
const persistentMs = 60_000;

export function createRecordStore(tools: RecordTools): RecordStore {
  const { session, group, text, constants, clock, random, log, signal, date, onTrouble } = tools;
  const scheduleOf = (name: RecordName): string => scheduleName(text.grantKey, name);

  /** Sends until it is answered; `notAfter` bounds every try, and what is final is released. */
  const persist = async (
    send: (budget: Budget) => Promise<void>,
    notAfter: Deadline | null,
    isFinal: (error: CloudError) => boolean,
  ): Promise<Persisted> => {
    const budget: Budget = { until: clock.now() + persistentMs, signal };
    let unanswered: number | null = null;
    const persisted = (answer: Persisted['answer']): Persisted => ({ answer, unanswered });
    for (let tries = 1; ; tries += 1) {
      const room = roomUntil(notAfter, clock, date());
      if (room <= 0) return persisted('late');
      try {
        await send({ ...budget, sendBy: clock.mono() + room });
        return persisted('done');
      } catch (error) {
        if (error instanceof Refusal) return persisted(error);
        if (!(error instanceof CloudError)) throw error;
        if (isUncertain(error.failure)) unanswered = clock.mono();
        const delay = isFinal(error) ? null : delayBeforeRetry(error.failure, tries, random);
        if (delay === null || delay >= left(budget, clock)) return persisted(error);
        log.info(tryingAgain(error.message));
        await clock.sleep(delay, signal);
      }
    }
  };
  const trouble = (error: Trouble, is: 'lost' | 'failed' = isLost(error) ? 'lost' : 'failed'): Answer => {
    onTrouble(error);
    return { is };
  };
  const isThere = async (name: RecordName): Promise<boolean> => {
    const budget: Budget = { until: clock.now() + persistentMs, signal };
    try {
      await getSchedule(session, group.group, scheduleOf(name), budget);
      return true;
    } catch (error) {
      return !isOfKind(orCloudError(error), 'not-found');
    }
  };

  const inspect = async (row: Row): Promise<Row | null> => {
    const budget: Budget = { until: clock.now() + persistentMs, signal };
    const asking = getSchedule(session, group.group, scheduleOf(row), budget);
    const it = await asking.catch(instead('not-found', null));
    if (it === null) return null;
    const { fields, otherRole, firesAt } = proofOf(it, row, { ...group, grantKey: text.grantKey }, constants);
    return {
      ...row,
      enabled: it.State === 'ENABLED',
      modified: it.LastModificationDate?.getTime() ?? row.modified,
      firesAt,
      foreign: row.foreign || fields === null,
      otherRole,
    };
  };

  return {
    async put(record, notAfter, own) {
      const input = creationOf(record, text, group, date(), constants);
      const send = (budget: Budget): Promise<void> => createSchedule(session, input, budget);
      const isFinal = ({ failure }: CloudError): boolean => failure.kind === 'busy';
      let { answer, unanswered } = await persist(send, notAfter, isFinal);
      if (isOfKind(answer, 'not-found')) {
        const made = await persist((budget) => createScheduleGroup(session, group.group, budget), null, isFinal);
        // Busy: another step has created it at the same time.
        if (made.answer instanceof Error && !isOfKind(made.answer, 'busy')) return trouble(made.answer);
        log.info(groupCreated(group.group));
        ({ answer, unanswered } = await persist(send, notAfter, isFinal));
      }
      if (answer === 'late') return { is: unanswered === null ? 'late' : 'lost' };
      if (answer !== 'done' && !isOfKind(answer, 'busy'))
        return unanswered === null ? trouble(answer) : trouble(answer, 'lost');
      // A request without an answer can still be carried out, and create again a record that is deleted meanwhile.
      if (unanswered !== null) await clock.sleep(Math.max(0, unanswered + constants.flight - clock.mono()), signal);
      if (answer === 'done') return { is: 'done' };
      // A conflict can have other causes than a record of this name, so it is read.
      if (!(await isThere(record.name))) return trouble(answer, 'failed');
      const isOwn = own.includes(record.name.holder);
      if (isOwn && unanswered !== null) return { is: 'done' };
      // No other step writes this holder's hold or mark, but one may have disabled its timer.
      return record.name.kind === 'timer' ? { is: 'taken' } : trouble(answer, 'failed');
    },
    async disable(name) {
      const input = disablingOf(name, text, group, date(), constants);
      const { answer } = await persist(
        (budget) => updateSchedule(session, input, budget),
        null,
        () => false,
      );
      if (answer === 'done') return { is: 'done' };
      if (answer === 'late') return { is: 'late' };
      return isOfKind(answer, 'not-found') ? { is: 'missing' } : trouble(answer);
    },
    async drop(name, notAfter) {
      const send = (budget: Budget): Promise<void> => deleteSchedule(session, group.group, scheduleOf(name), budget);
      const { answer, unanswered } = await persist(send, notAfter, () => false);
      if (answer === 'done') return { is: 'done' };
      if (answer === 'late') return { is: 'late' };
      if (isOfKind(answer, 'not-found')) return { is: unanswered === null ? 'missing' : 'done' };
      return trouble(answer);
    },
    async list(own) {
      try {
        const asOf = date();
        const budget: Budget = { until: clock.now() + persistentMs, signal };
        const all = await listSchedules(session, null, prefixOf(text.grantKey), budget);
        const elsewhere = all.find(({ GroupName }) => GroupName !== group.group);
        if (elsewhere !== undefined) throw inAnotherGroup(elsewhere.GroupName ?? '', elsewhere.Name ?? '', group.group);
        const rows = all.flatMap((summary) => rowOf(summary, constants) ?? []);
        const looked = await Promise.all(
          rows.map(async (row) =>
            row.kind === 'timer' && row.enabled && !own.includes(row.holder) ? await inspect(row) : row,
          ),
        );
        return { is: 'rows', rows: looked.filter((row) => row !== null), asOf };
      } catch (error) {
        return failedBy(error, onTrouble);
      }
    },
  };
}

function isLost(error: Trouble): boolean {
  return error instanceof CloudError && isUncertain(error.failure);
}
