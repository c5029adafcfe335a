import { entriesIn } from '../../scenario/azure-records.ts';
import { afterRevokeMs } from '../check.ts';
import type { GrantStory, Note, ProcessRun } from '../chronicle.ts';
import type { HistoryContext } from '../context.ts';
import { holderActor } from './holders.ts';
import { notesOf } from './notes.ts';
import type { AzureWatch } from './watch.ts';

export function storyOf(context: HistoryContext, index: number): GrantStory {
  const { world, history, watch, runs, protectedFrom, unclearFrom } = context;
  const names = (watch as AzureWatch).names(index);
  const changes = world.azure.estate
    .effectiveChanges()
    .filter(({ kind, id }) => kind !== 'update' && names.has(id.split('/').at(-1) ?? ''))
    .map(({ at, kind }) => ({ at, present: kind === 'create', by: '', byHand: false }));
  const byHand = protectedFrom[index] ?? null;
  const hand = byHand === null ? [] : [{ at: byHand, present: true, by: 'hand', byHand: true }];
  const isPermanent = history.surroundings.permanent.includes(index);
  const revokes = runs.filter(({ purpose, grants }) => purpose === 'revoke' && grants.includes(index));
  const protections = [...(byHand === null ? [] : [byHand]), ...permanentFrom(runs, index)].filter(
    (at) => !revokes.some((revoke) => revoke.beganAt <= at && at <= revoke.endedAt + afterRevokeMs),
  );
  const from = Math.min(...protections);
  return {
    isPermanent,
    changes: [...changes, ...hand].sort((one, other) => one.at - other.at),
    records: watch.records(index),
    protectedFrom: protections.length === 0 ? null : from,
    protectedUntil: Math.min(
      Infinity,
      ...revokes.map(({ beganAt }) => beganAt).filter((at) => isPermanent || at >= from),
    ),
    unclearFrom: unclearFrom[index] ?? byHand,
    firings: [],
    operations: [],
  };
}

/** Time at which a step reported that it had made a grant permanent, without a revoke meanwhile. */
function permanentFrom(runs: readonly ProcessRun[], grant: number): readonly number[] {
  const isMeanwhile = (one: ProcessRun, other: ProcessRun): boolean =>
    one.purpose === 'revoke' &&
    one.grants.includes(grant) &&
    one.beganAt <= other.endedAt &&
    one.endedAt + afterRevokeMs >= other.beganAt;
  return runs
    .filter(({ purpose, reported }) => purpose === 'permanent' && reported[grant]?.status === 'SUCCEEDED')
    .filter((run) => !runs.some((other) => isMeanwhile(other, run)))
    .map(({ lastRequestAt }) => lastRequestAt);
}

/** Every important request, in words. */
export function requestNotes({ world }: Pick<HistoryContext, 'world'>): readonly Note[] {
  return notesOf(world, /^roleAssignments\./u, ({ body, url = '' }) => {
    const { description } = (body as Body | null)?.properties ?? {};
    const entries = description === undefined ? null : (entriesIn(description)?.map(({ holder }) => holder) ?? ['–']);
    return [
      /roleAssignments\/(?<name>[0-9a-f]{8})/u.exec(url)?.groups?.['name'],
      entries?.map((holder) => (holder === '–' ? 'no record' : holderActor(holder))).join(' '),
    ];
  });
}

interface Body {
  readonly properties?: { readonly description?: string };
}
