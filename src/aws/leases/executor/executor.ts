import type { Assignment } from '#access/grant';
import {
  openCommonExecutor,
  type Executor as LeaseExecutor,
  failedBy,
  isTrouble,
} from '#access/leases/protocol/executor';
import type { LeaseTools } from '#access/leases/port';
import type { Position } from '#access/leases/protocol/protocol';
import type { AwsSession } from '../../session.ts';
import { creations, deletions, keyOfAssignment } from '../../assignments.ts';
import type { Answer, Ask } from '../steps/asks.ts';
import { lastToFire } from '../steps/records.ts';
import { createAssignmentStore, type AssignmentStore } from './assignment-store.ts';
import type { Constants } from '../steps/constants.ts';
import { historyUnread, ofAnotherRole } from '../messages/records.ts';
import { isProvenByHistory } from './history.ts';
import { fieldsOf, grantKeyOf } from '../records/names.ts';
import { createRecordStore } from './record-store.ts';
import type { ScheduleGroup, ScheduleText } from '../records/schedules.ts';

export interface Executor extends LeaseExecutor<Ask, Answer, readonly [own: readonly string[]]> {
  readonly text: ScheduleText;
  readonly group: ScheduleGroup;
  readonly assignment: AssignmentStore;
  /**
   * The list for a step that creates access: a refusal if a timer of this grant will fire that is this action's except for
   * its role. Such a timer proves nothing to this step, and would end access that is permanent or that others rely on. A
   * step that ends access can ignore it.
   */
  unlessOfAnotherRole(answer: Answer | null): Answer | null;
  /** Aborted when the step is cancelled. */
  readonly signal: AbortSignal;
}

export interface ExecutorSettings {
  readonly session: AwsSession;
  readonly group: ScheduleGroup;
  readonly instanceArn: string;
  readonly constants: Constants;
  readonly description: string;
}

const historyMs = 60_000;

export function openExecutor(
  { session, group, instanceArn, constants, description }: ExecutorSettings,
  grant: Assignment,
  tools: LeaseTools,
): Executor {
  const { clock, random, log, budget } = tools;
  const { signal } = budget;
  const date = (): number => session.wire.serverTime(clock.now());
  const plain = openCommonExecutor(tools, date);
  const { limit, onTrouble } = plain;
  const fields = fieldsOf(instanceArn, grant);
  const text: ScheduleText = { fields, grantKey: grantKeyOf(fields), description };
  const records = createRecordStore({ session, group, text, constants, clock, random, log, signal, date, onTrouble });
  const assignment = createAssignmentStore({ applying: tools, grant, signal, date, until: limit.until, onTrouble });
  const judge = async (ask: Extract<Ask, { readonly do: 'history' }>): Promise<Answer> => {
    const families = [creations(session, instanceArn), deletions(session, instanceArn)] as const;
    const reading = { until: clock.now() + historyMs, signal };
    try {
      const proven = await isProvenByHistory(keyOfAssignment(grant), ask.span, ...families, reading);
      return { is: proven ? 'yes' : 'no' };
    } catch (error) {
      if (!isTrouble(error)) throw error;
      // A history that the caller cannot read proves nothing.
      log.warning(historyUnread(error.message));
      return { is: 'no' };
    }
  };

  return {
    ...plain,
    text,
    group,
    assignment,
    signal,
    unlessOfAnotherRole(answer) {
      if (answer?.is !== 'rows') return answer;
      const theirs = answer.rows.filter(({ otherRole }) => otherRole !== null);
      const [role] = theirs.map(({ otherRole }) => otherRole);
      const theirTimers = theirs.map((row) => ({ ...row, foreign: false }));
      if (role == null || lastToFire(theirTimers, date(), constants) === null) return answer;
      return failedBy(ofAnotherRole(role, group.roleArn), onTrouble);
    },
    async perform(ask, own) {
      signal.throwIfAborted();
      switch (ask.do) {
        case 'put':
          return records.put(ask.record, ask.notAfter, own);
        case 'disable':
          return records.disable(ask.name);
        case 'drop':
          return records.drop(ask.name, ask.notAfter);
        case 'list':
          return records.list(own);
        case 'read':
          return assignment.read(ask.expected);
        case 'deletions':
          return assignment.isBeingDeleted();
        case 'history':
          return judge(ask);
        case 'create':
          return assignment.start('create', ask.notAfter);
        case 'delete':
          return assignment.start('remove', ask.notAfter);
        case 'await': {
          const ended = await assignment.awaitEnd(ask.what === 'creation' ? 'create' : 'remove');
          return ended ?? (limit.counts() ? null : { is: 'lost' });
        }
        case 'save':
        case 'sleep':
          return plain.perform(ask);
      }
    },
  };
}

/** True if a position is in a phase of this protocol, and not in one of another. */
export function isAt<Memory>({ at }: Position<Memory>, phases: Readonly<Record<string, unknown>>): boolean {
  return Object.hasOwn(phases, at);
}
