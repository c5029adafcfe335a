import { nameOrId, typeInWords, type Grant, type Identity, type Words } from '#access/grant';
import { worstStatus, type Lack, type Result } from '#access/outcome';
import { capital, several, withArticle } from '#access/words';
import { shortId } from './rows.ts';
import { becameOf, signOf, tally } from './tally.ts';

/** The first line of a summary: what happened, to whom and where; of many grants, to how many. */
export function headlineOf(results: readonly Result[], words: Words, dryRun: boolean, lack: Lack | null): string {
  const count = several(results.length, 'grant');
  if (lack !== null) return `${signOf('FAILED', dryRun)}${lack.title}: ${count}, ${tally(results, dryRun)}`;
  const status = worstStatus(results);
  const [only, ...others] = results;
  const sign = signOf(status, dryRun);
  if (only === undefined) return dryRun ? 'Plan: nothing to do' : `${sign}Nothing had to be done`;
  if (others.length === 0) return `${sign}${capital(becameOf(only, dryRun))}: ${inBrief(only.grant, words)}`;
  return `${sign}${dryRun ? 'Plan for ' : ''}${results.length} grants: ${tally(results, dryRun)}`;
}

/** Names, and ids only where they can be read at a glance: the others stand below. */
function inBrief(grant: Grant, words: Words): string {
  const { role, target } = grant;
  const where = `${named(words.role, role, words)} on ${named(words.target, target, words)}`;
  if (grant.kind === 'provisioning') return where;
  return `${named(typeInWords(grant.principal), grant.principal, words)} with ${where}`;
}

function named(noun: string, identity: Identity, words: Words): string {
  const isPlain = identity.name !== null || words.brief(identity.id).length <= shortId;
  if (isPlain) return `${noun} ${nameOrId(identity, words)}`;
  return withArticle(noun);
}
