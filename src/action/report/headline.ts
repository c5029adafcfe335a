import type { Words } from '#access/grant';
import { namesAmong, nounAndShortName } from '#access/grant-names';
import { worstStatus, type Lack, type Result } from '#access/outcome';
import { capital, several } from '#access/words';
import { nothingPlanned, nothingToDo } from '../messages/report.ts';
import { becameOf, signOf, tally } from './tally.ts';

/** The first line of a summary: what happened, to whom and where. Long IDs are left to the lines below. */
export function headlineOf(results: readonly Result[], words: Words, dryRun: boolean, lack: Lack | null): string {
  const count = several(results.length, 'grant');
  if (lack !== null) return `${signOf('FAILED', dryRun)}${lack.title}: ${count}, ${tally(results, dryRun)}`;
  const sign = signOf(worstStatus(results), dryRun);
  const [only, ...others] = results;
  if (only === undefined) return dryRun ? nothingPlanned : `${sign}${nothingToDo}`;
  const grants = results.map(({ grant }) => grant);
  const { all } = namesAmong(grants, words, nounAndShortName);
  if (others.length === 0) return `${sign}${capital(becameOf(only, dryRun))}: ${all}`;
  return `${sign}${tally(results, dryRun)}: ${all}`;
}
