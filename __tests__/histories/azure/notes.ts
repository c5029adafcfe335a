import type { JournalEntry } from '../../../rehearsal/journal.ts';
import type { World } from '../../../rehearsal/world.ts';
import type { Note } from '../chronicle.ts';
import { actorOf } from '../runs.ts';

/** Requests of these operations, in words. @param tell returns the subject of one */
export function notesOf(
  { journal }: World,
  operations: RegExp,
  tell: (entry: JournalEntry) => readonly (string | undefined)[],
): readonly Note[] {
  return journal
    .all()
    .filter(({ operation }) => operations.test(operation))
    .map((entry) => {
      const { at, operation, outcome, code, runId = '', scripted } = entry;
      const about = [
        ...tell(entry),
        outcome === 'ok' ? undefined : `→ ${code ?? outcome}`,
        scripted === undefined ? undefined : `(script: ${scripted})`,
      ];
      const text = [actorOf(`-${runId}-`), operation, ...about.filter((it) => it !== undefined)].join(' ');
      return { at, text };
    });
}
