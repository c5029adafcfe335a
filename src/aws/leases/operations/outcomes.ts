import { hintOn } from '#access/errors';
import type { Outcome } from '#access/outcome';
import { sentence } from '#access/words';
import type { Executor } from '../executor/executor.ts';

export function requestIdOf({ assignment }: Executor): string | null {
  return assignment.requestId();
}

/**
 * Of a change that may take place a moment later, or has: whoever is told that it failed looks no further (P2).
 *
 * @param inWords puts a sentence about how far it has come into a reason
 */
export function inDoubt(executor: Executor, inWords: (howFar: string) => string): Outcome {
  const { assignment } = executor;
  const trouble = executor.trouble();
  const running = assignment.operation();
  const why = sentence(trouble?.message ?? 'Nobody answered.');
  const [howFar, hint] =
    running === null
      ? [`${why} Whether it was carried out is not known.`, hintOn(trouble)]
      : trouble === null
        ? [`${running.call} is still in progress: the time limit passed.`, null]
        : [`${running.call} was accepted, and its end could not be seen: ${why}`, hintOn(trouble)];
  return { status: 'IN_PROGRESS', requestId: running?.requestId ?? null, reason: inWords(howFar), hint };
}
