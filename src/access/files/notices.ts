import { describeGrant, type Words } from '../grant.ts';
import * as messages from '../messages/files.ts';
import type { Log } from '../tools.ts';
import { inWords, type Leftover, type ProtectedOne, type Staying } from './leftovers.ts';
import type { Said } from './reading-files.ts';

/** Assignments that stay, of which a person has to know. */
interface Stays {
  /** Extra assignments that are reported; empty where `prune` says otherwise. */
  readonly extra: readonly Leftover[];
  readonly guarded: readonly ProtectedOne[];
  readonly staying: readonly Staying[];
}

/** Nothing of it. */
export const nothingStays: Stays = { extra: [], guarded: [], staying: [] };

/**
 * Logs what was left out and what stays: as annotations what a person may have to act on, all of their grants in a folded
 * group. Returns the sentences, for the summary.
 */
export function tellNotices(
  { leftOut, notices }: Pick<Said, 'leftOut' | 'notices'>,
  more: readonly string[],
  { extra, guarded, staying }: Stays,
  words: Words,
  log: Log,
): readonly string[] {
  const extraOnes = inWords(extra, words);
  const unknown = inWords(reasoned(staying, 'unknown'), words);
  const protectedOnes = guarded
    .map(({ existing, reason }) => messages.protectedOne(describeGrant(existing.grant, words), reason))
    .toSorted();
  const seen = [
    ...leftOut,
    ...told(extraOnes, messages.extraReported),
    ...told(protectedOnes, messages.protectedStay),
    ...told(unknown, messages.unknownStay),
  ];
  const counted = [
    ...notices,
    ...more,
    ...told(reasoned(staying, 'ignored'), ({ length }) => messages.ignoredStay(length)),
    ...told(reasoned(staying, 'temporary'), ({ length }) => messages.temporaryStay(length)),
  ];
  for (const line of seen) log.notice(line);
  for (const line of counted) log.info(line);
  if (extraOnes.length > 0) log.group(messages.extraTitle(extraOnes.length), extraOnes);
  if (protectedOnes.length > 0) log.group(messages.protectedTitle(protectedOnes.length), protectedOnes);
  return [...seen, ...counted];
}

function reasoned(staying: readonly Staying[], why: Staying['why']): readonly Staying[] {
  return staying.filter((it) => it.why === why);
}

function told<T>(items: readonly T[], inOne: (items: readonly T[]) => string): readonly string[] {
  return items.length === 0 ? [] : [inOne(items)];
}
