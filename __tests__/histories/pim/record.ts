import { afterRevokeMs } from '../check.ts';
import { grantAt } from '../azure/names.ts';
import { holderActor } from '../azure/holders.ts';
import { notesOf } from '../azure/notes.ts';
import type { Note, ProcessRun, RecordStory } from '../chronicle.ts';
import type { HistoryContext } from '../context.ts';
import { clockTime } from '../watch.ts';
import { recordIn } from '../../scenario/pim-records.ts';
import { askedFor, changesOf, givenBackAt, isAbout, type Asked, type PimStory } from './story.ts';
import { pimOf } from './surroundings.ts';

export function storyOf(context: HistoryContext, index: number): PimStory {
  const { world, history, beganAt, runs, protectedFrom } = context;
  const { permanent, foreign, byHand } = pimOf(history);
  const asked = askedFor(world, index);
  const schedules = changesOf(world, index);
  const isPermanent = permanent.includes(index);
  const hand = protectedFrom[index] ?? null;
  const mine = foreign?.grant === index ? foreign : null;
  const from = mine === null ? hand : beganAt;
  const until =
    mine === null ? (typeof byHand === 'number' ? (hand ?? 0) + byHand : Infinity) : beganAt + mine.endsAfterMs;
  return {
    isPermanent,
    changes: [
      ...(hand !== null && byHand === 'plain' ? [{ at: hand, present: true, by: 'hand', byHand: true }] : []),
      ...schedules.flatMap(({ at, before, after }) => {
        const [was, is] = [before, after].map((it) => (it?.assignment ?? null) !== null);
        return was === is ? [] : [{ at, present: is === true, by: '', byHand: false }];
      }),
      // A plain role assignment, where those are listed as schedules.
      ...asked.flatMap(({ type, doneAt, change, name }) =>
        type === 'AdminRemove' && doneAt !== null && change === null
          ? [{ at: doneAt, present: false, by: name, byHand: false }]
          : [],
      ),
    ].sort((one, other) => one.at - other.at),
    records: recordsOf(runs, asked, schedules.findLast(({ after }) => after === null)?.at ?? null),
    protectedFrom: from,
    protectedUntil: Math.min(
      isPermanent ? Infinity : until,
      revokedAt(runs, index, isPermanent ? -Infinity : (from ?? 0)),
    ),
    unclearFrom: null,
    firings: [],
    operations: [],
    asked,
    schedules,
    refusals: world.journal
      .of('roleAssignmentScheduleRequests.put')
      .filter(({ code = '' }) => ['ActiveDurationTooShort', 'RoleAssignmentDoesNotExist'].includes(code))
      .filter(({ body, url }) => isPutAbout(index, body, url) && propertiesIn(body).requestType === 'AdminRemove')
      .map(({ at, runId = '' }) => ({ at, runId })),
  };
}

/** Time at which the first revoke began of access since a time; Infinity for none. */
function revokedAt(runs: readonly ProcessRun[], grant: number, since: number): number {
  const revokes = runs.filter(({ purpose, grants }) => purpose === 'revoke' && grants.includes(grant));
  return Math.min(
    Infinity,
    ...revokes.filter(({ endedAt }) => endedAt + afterRevokeMs >= since).map(({ beganAt }) => beganAt),
  );
}

/** Every request that was carried out is a record, from then until its step releases it, or the access is gone. */
function recordsOf(
  runs: readonly ProcessRun[],
  asked: readonly Asked[],
  goneAt: number | null,
): readonly RecordStory[] {
  return asked.flatMap((it): readonly RecordStory[] => {
    const { name, type, record, runId, doneAt } = it;
    if (record === null || doneAt === null || type === 'AdminRemove') return [];
    const gone = [givenBackAt(runs, asked, it), goneAt].filter((at) => at !== null && at > doneAt) as readonly number[];
    return [
      {
        ...{ name, kind: 'h', end: record.end, holder: record.holder, maker: `-${runId}-`, createdAt: doneAt },
        goneAt: gone.length === 0 ? null : Math.min(...gone),
        ...{ enabled: false, startsAt: 0, isGhost: false },
      },
    ];
  });
}

interface Properties {
  readonly principalId?: string;
  readonly roleDefinitionId?: string;
  readonly requestType?: string;
  readonly justification?: string;
}

function propertiesIn(body: unknown): Properties {
  return (body as { readonly properties?: Properties } | null)?.properties ?? {};
}

function isPutAbout(grant: number, body: unknown, url = ''): boolean {
  const { principalId = '', roleDefinitionId = '' } = propertiesIn(body);
  const [scope = ''] = decodeURIComponent(url).split('/providers/Microsoft.Authorization/roleAssignmentSchedule');
  return isAbout(grantAt(grant), { scope, principalId, roleDefinitionId: roleDefinitionId.split('/').at(-1) ?? '' });
}

/** Every requested change, and every look, in words. */
export function requestNotes({ world }: Pick<HistoryContext, 'world'>): readonly Note[] {
  return [
    ...notesOf(world, /^roleAssignmentSchedule(?:Requests|Instances)\./u, ({ operation, body, url = '' }) => {
      if (!operation.endsWith('.put')) return [];
      const { requestType, justification = '', roleDefinitionId = '' } = propertiesIn(body);
      const record = recordIn(justification);
      return [
        /Requests\/(?<name>[0-9a-f]{8})/u.exec(url)?.groups?.['name'],
        requestType,
        `of role ${roleDefinitionId.split('/').at(-1)?.slice(0, 4) ?? ''}`,
        record === null ? undefined : `for ${holderActor(record.holder)} until ${clockTime(record.end)}`,
      ];
    }),
    ...world.azure.pim.changes().map(({ at, before, after }) => ({
      at,
      text: `>> the schedule of role ${(before ?? after)?.roleDefinitionId.slice(0, 4) ?? ''} ${
        after === null ? 'is gone' : `ends at ${after.endAt === null ? 'no time' : clockTime(after.endAt)}`
      }`,
    })),
  ];
}
