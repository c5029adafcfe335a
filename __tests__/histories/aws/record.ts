import type { GrantStory, Note } from '../chronicle.ts';
import { actorOf } from '../runs.ts';
import type { HistoryContext } from '../context.ts';
import { grantAt } from './names.ts';
import { isSame } from './watch.ts';

export function storyOf(
  { world, history, watch, protectedFrom, unclearFrom }: HistoryContext,
  index: number,
): GrantStory {
  const grant = grantAt(index);
  const operations = world.aws.estate.operations().filter((it) => isSame(it, grant));
  const changes = world.aws.estate
    .effectiveChanges()
    .filter((change) => isSame(change, grant) && change.kind !== 'provision')
    .map(({ at, kind, requestId }) => ({ at, present: kind === 'create', by: requestId, byHand: false }));
  const hand = [protectedFrom[index], unclearFrom[index]].flatMap((at) =>
    at === null || at === undefined ? [] : [{ at, present: true, by: 'hand', byHand: true }],
  );
  const firings = world.aws.schedules
    .firings()
    .filter(({ name }) => watch.records(index).some((record) => record.name === name))
    .map(({ dueAt, name, outcome, arrivedAt = dueAt }) => {
      const operation =
        outcome.kind === 'accepted' ? operations.find(({ requestId }) => requestId === outcome.requestId) : undefined;
      return { dueAt, name, isDone: operation?.status === 'SUCCEEDED', settledAt: operation?.finishAt ?? arrivedAt };
    });
  return {
    isPermanent: history.surroundings.permanent.includes(index),
    changes: [...changes, ...hand].sort((one, other) => one.at - other.at),
    records: watch.records(index),
    protectedFrom: protectedFrom[index] ?? null,
    protectedUntil: Infinity,
    unclearFrom: unclearFrom[index] ?? null,
    firings,
    operations: operations.map(({ createdAt, finishAt }) => ({ from: createdAt, to: finishAt })),
  };
}

const told = /^(?:Create|Update|Delete)|^List(?:Schedules|AccountAssignments)$/u;

/** Every important request, in words. */
export function requestNotes({ world }: Pick<HistoryContext, 'world'>): readonly Note[] {
  return world.journal
    .all()
    .filter(({ operation }) => told.test(operation))
    .map(({ at, operation, outcome, code, body, principal: who = '', schedule, scripted }) => {
      const { Name: name, State: state, StartDate: start } = body as Readonly<Record<string, string | undefined>>;
      const about = [
        name ?? schedule,
        state,
        start === undefined ? undefined : `at ${start}`,
        outcome === 'ok' ? undefined : `→ ${code ?? outcome}`,
        scripted === undefined ? undefined : `(script: ${scripted})`,
      ];
      return { at, text: [actorOf(who), operation, ...about.filter((it) => it !== undefined)].join(' ') };
    });
}
