import type { Chronicle } from './chronicle.ts';
import { lastWords } from './check.ts';
import { clockTime } from './watch.ts';

/** All events in order, on the world's clock: for a reader who has to understand a finding. */
export function tellStory(chronicle: Chronicle, found: readonly string[]): string {
  const { history, runs, notes, grants } = chronicle;
  const lines = [
    ...notes.map(({ at, text }) => ({ at, text: `  ${text}` })),
    ...runs.map(({ actor, purpose, beganAt, grants: about, trouble }) => ({
      at: beganAt,
      text: `${actor} ${purpose} begins (${about.join(', ')})${trouble === null ? '' : `, ${JSON.stringify(trouble)}`}`,
    })),
    ...runs.flatMap(({ actor, purpose, faultAt }) =>
      faultAt === null ? [] : [{ at: faultAt, text: `${actor} ${purpose}: its trouble comes` }],
    ),
    ...runs.map((run) => ({
      at: run.endedAt,
      text: `${run.actor} ${run.purpose} ends: ${run.result.signal ?? String(run.result.exitCode)} ${JSON.stringify(run.reported)} ${lastWords(run)}`,
    })),
    ...grants.flatMap(({ changes }, index) =>
      changes.map(({ at, present }) => ({ at, text: `>>> grant ${index} is ${present ? 'there' : 'gone'}` })),
    ),
  ].sort((one, other) => one.at - other.at);
  return [
    `history ${history.name} (npm run histories -- --of ${history.surroundings.of} --seed ${history.seed} --only ${history.number}):`,
    ...found.map((finding) => `  ! ${finding}`),
    `  ${JSON.stringify({ ...history.surroundings, grants: history.grants })}`,
    ...lines.map(({ at, text }) => `  ${clockTime(at)} ${text}`),
  ].join('\n');
}
