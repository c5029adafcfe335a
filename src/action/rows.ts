import type { Identity, Words } from '../access/grant.ts';
import type { LeaseReport } from '../access/leases/report.ts';
import { endInBrief } from '../access/leases/words.ts';
import type { Result } from '../access/outcome.ts';
import { capital, seconds } from '../access/words.ts';
import { fateOf, wouldBe } from './tally.ts';

/** A column of the summary's table. */
export interface Column {
  readonly title: string;
  readonly cell: (result: Result) => string;
}

/** @param dryRun nothing was done: there are no request ids and no times */
export function columnsOf(results: readonly Result[], words: Words, dryRun: boolean): readonly Column[] {
  const withPrincipal = results.some(({ grant }) => grant.kind === 'assignment');
  const columns: readonly Column[] = [
    { title: dryRun ? 'Plan' : 'Result', cell: (result) => verdict(result, dryRun) },
    ...(withPrincipal ? [{ title: 'Principal', cell: (result: Result) => whoIn(result, words) }] : []),
    { title: capital(words.role), cell: ({ grant }) => inWords(grant.role, words) },
    { title: capital(words.target), cell: ({ grant }) => inWords(grant.target, words) },
  ];
  if (dryRun) return columns;
  const leased = results.some(({ lease }) => lease !== null);
  return [
    ...columns,
    ...(leased ? [{ title: 'Ends', cell: ({ lease }: Result) => endOf(lease, words) }] : []),
    { title: 'Request id', cell: ({ outcome }) => outcome.requestId ?? '–' },
    { title: 'Took', cell: ({ startedAt, endedAt }) => seconds(endedAt - startedAt) },
  ];
}

function endOf(lease: LeaseReport | null, words: Words): string {
  return lease === null ? '–' : endInBrief(lease, words);
}

function whoIn({ grant, seen }: Result, words: Words): string {
  if (grant.kind !== 'assignment') return '';
  const type = grant.principal.type ?? seen?.principalType ?? 'Principal';
  return `${type} ${inWords(grant.principal, words)}`;
}

function inWords({ id, name }: Identity, { brief }: Words): string {
  return name === null ? brief(id) : `${name} (${brief(id)})`;
}

/** What happened in two or three words, before any id. */
function verdict(result: Result, dryRun: boolean): string {
  const fate = fateOf(result);
  switch (result.outcome.status) {
    case 'SUCCEEDED':
      return dryRun ? wouldBe(fate) : `✅ ${fate}`;
    case 'PENDING_APPROVAL':
      return '⏳ PENDING_APPROVAL';
    case 'IN_PROGRESS':
      return '⏳ IN_PROGRESS';
    case 'FAILED': {
      if (dryRun) return `❌ ${wouldBe(fate)}`;
      return fate === 'failed' ? '❌ FAILED' : `❌ FAILED, ${fate}`;
    }
  }
}
