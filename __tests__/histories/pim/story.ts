import type { Subject, Tuple } from '../../../rehearsal/azure/arm/assignment.ts';
import type { AdminType, Schedule, ScheduleRequest } from '../../../rehearsal/azure/pim/model.ts';
import type { ScheduleChange } from '../../../rehearsal/azure/pim/schedules.ts';
import type { World } from '../../../rehearsal/world.ts';
import { recordIn, type ShownRecord } from '../../scenario/pim-records.ts';
import { grantAt } from '../azure/names.ts';
import { holderActor, runOf } from '../azure/holders.ts';
import { isThere, type Chronicle, type GrantStory, type ProcessRun } from '../chronicle.ts';

/** A grant with its data of Privileged Identity Management. */
export interface PimStory extends GrantStory {
  readonly asked: readonly Asked[];
  readonly schedules: readonly ScheduleChange[];
  /** Refused removals, since the access was too young. */
  readonly refusals: readonly { readonly at: number; readonly runId: string }[];
}

/** An accepted request. Times are ms epoch. */
export interface Asked {
  readonly name: string;
  readonly type: AdminType;
  /** Empty for another caller's. */
  readonly actor: string;
  readonly runId: string;
  readonly record: ShownRecord | null;
  readonly arrivedAt: number;
  /** Time at which it was carried out; null where it was not. */
  readonly doneAt: number | null;
  /** It needed the approval of a person. */
  readonly approved: boolean;
  /** Its effect on the access. */
  readonly change: ScheduleChange | null;
}

/** Histories of this side have more in them. */
export function pimStories({ grants }: Chronicle): readonly PimStory[] {
  return grants as readonly PimStory[];
}

export function isAbout(
  { scope, role, principalId }: Tuple,
  subject: Pick<Subject, 'scope' | 'roleDefinitionId' | 'principalId'>,
): boolean {
  const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
  return same(scope, subject.scope) && same(role, subject.roleDefinitionId) && same(principalId, subject.principalId);
}

export function changesOf({ azure: { pim } }: World, grant: number): readonly ScheduleChange[] {
  return pim
    .changes()
    .filter(({ before, after }) => [before, after].some((it) => it !== null && isAbout(grantAt(grant), it)));
}

export function askedFor(world: World, grant: number): readonly Asked[] {
  const changes = changesOf(world, grant);
  return world.azure.pim
    .requests()
    .filter((request) => isAbout(grantAt(grant), request))
    .map((request) => askedBy(request, changes));
}

function askedBy(request: ScheduleRequest, changes: readonly ScheduleChange[]): Asked {
  const { name, requestType: type, justification, createdOn: arrivedAt, status, statuses, schedule } = request;
  const record = recordIn(justification ?? '');
  const isDone = status === 'Provisioned' || status === 'Revoked';
  const doneAt = isDone ? (statuses.at(-1)?.at ?? null) : null;
  return {
    ...{ name, type, record, arrivedAt, doneAt },
    approved: statuses.some((it) => it.status === 'PendingApproval'),
    actor: record === null ? '' : holderActor(record.holder),
    runId: record === null ? '' : runOf(record.holder),
    change: changes.find((it) => it.at === doneAt && (it.before ?? it.after)?.name === schedule) ?? null,
  };
}

/** A schedule from its creation to its end. Times are ms epoch. */
export interface Generation {
  readonly from: number;
  /** Time at which it was gone; Infinity for never. */
  readonly to: number;
  /** Its first state. */
  readonly made: Schedule;
  /** Its last state. */
  readonly last: Schedule;
  /** Requests that have made and changed it. */
  readonly asked: readonly Asked[];
  /** No step of this action has made it. */
  readonly isForeign: boolean;
  /** The request that ended it; null where it has ended by itself, or has not. */
  readonly removal: Asked | null;
}

export function generationsOf({ schedules, asked }: PimStory): readonly Generation[] {
  const made = schedules.flatMap(({ before, after }) => (before === null && after !== null ? [after] : []));
  return made.map((first) => {
    const own = schedules.filter(({ before, after }) => (before ?? after)?.name === first.name);
    const gone = own.find(({ after }) => after === null);
    const of = asked.filter(({ change }) => (change?.after ?? change?.before)?.name === first.name);
    return {
      from: own[0]?.at ?? 0,
      to: gone?.at ?? Infinity,
      made: first,
      last: own.findLast(({ after }) => after !== null)?.after ?? first,
      asked: of.filter(({ type }) => type !== 'AdminRemove'),
      isForeign: !asked.some(({ name, record }) => name === first.request && record !== null),
      removal: of.find(({ type }) => type === 'AdminRemove') ?? null,
    };
  });
}

/** The step that took a lease with a request; `undefined` for a request without one. */
export function takerOf({ runs }: Pick<Chronicle, 'runs'>, { runId, arrivedAt }: Asked): ProcessRun | undefined {
  return runs.findLast(
    (run) => run.runId === runId && (run.purpose === 'main' || run.purpose === 'extend') && run.beganAt <= arrivedAt,
  );
}

const givingBack: readonly ProcessRun['purpose'][] = ['post', 'release', 'extend-post'];

/** Beginning of the step that releases a lease, or of its holder's request under another name. */
export function givenBackAt(
  runs: readonly ProcessRun[],
  asked: readonly Asked[],
  { actor, record, arrivedAt }: Asked,
): number | null {
  const times = [
    ...runs.filter((run) => run.actor === actor && givingBack.includes(run.purpose)).map(({ beganAt }) => beganAt),
    ...asked
      .filter((it) => it.actor === actor && it.doneAt !== null && it.record?.holder !== record?.holder)
      .map((it) => it.doneAt ?? 0),
  ].filter((at) => at > arrivedAt);
  return times.length === 0 ? null : Math.min(...times);
}

/** True if an access was absent at some time in a span. */
export function wasAbsent(story: PimStory, from: number, to: number): boolean {
  return !isThere(story, from) || story.changes.some(({ at, present }) => !present && at >= from && at <= to);
}
