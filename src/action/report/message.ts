import type { Grant, Identity, Words } from '#access/grant';
import { namesAmong } from '#access/grant-names';
import { worstStatus, type Lack, type LeaseReport, type Result } from '#access/outcome';
import type { OperationName } from '#access/request';
import * as messages from '../messages/message.ts';
import { shortened, unmarked } from '../text.ts';
import { sentenceOf, type Told } from './sentence.ts';
import type { AuditContext } from './results.ts';
import { becameOf, fateOf, isMadePermanent, tally } from './tally.ts';

/** Limits in characters (code points): of one name, and of all names of several grants. */
const longestName = 48;
const longestNames = 110;

interface Step extends Told, Pick<AuditContext, 'dryRun'> {
  readonly operation: OperationName;
  readonly words: Words;
  readonly lack: Lack | null;
}

/** What happened in one sentence: the output `message` of a step that knows its grants. */
export function messageOf(results: readonly Result[], step: Step): string {
  const { dryRun, operation, lack } = step;
  const [first, ...others] = results;
  const only = others.length === 0 ? first : undefined;
  const status = lack === null ? worstStatus(results) : 'FAILED';
  const begin = [
    messages.beginning[status],
    dryRun ? messages.dryRun : '',
    operation === 'sweep' ? messages.sweep : '',
    lack === null ? '' : `${unmarked(lack.title)}: `,
  ].join('');
  if (first === undefined) return sentenceOf(begin + messages.nothing, step, lack?.reason);
  const what = only === undefined ? becameOfAll(results, step) : becameOfOne(only, step);
  const why = only === undefined || only.outcome.status === 'SUCCEEDED' ? lack?.reason : only.outcome.reason;
  return sentenceOf(begin + what, step, why);
}

function becameOfOne(result: Result, { words, dryRun, operation }: Step): string {
  const named = namesOf(result.grant, words);
  if (dryRun) return messages.would(named, becameOf(result, true));
  switch (fateOf(result)) {
    case 'failed':
    case 'not started':
    case 'in progress':
    case 'pending approval':
      return messages.grant(named);
    case 'overdue':
      return messages.overdue(named);
    case 'granted':
    case 'leased':
    case 'adopted':
      return messages.has(named, endOf(result));
    case 'updated':
      return messages.updated(named);
    case 'revoked':
      return operation === 'release' || operation === 'sweep' ? messages.ended(named) : messages.revoked(named);
    case 'released':
      return messages.released(named, endOf(result));
    case 'provisioned':
      return messages.provisioned(named);
    case 'unchanged':
      return messages.unchanged(named);
  }
}

/** Counts, then what the grants have in common. */
function becameOfAll(results: readonly Result[], { words, dryRun }: Step): string {
  const { all } = namesAmong(
    results.map(({ grant }) => grant),
    words,
  );
  const ends = new Set(results.filter(({ outcome }) => outcome.status === 'SUCCEEDED').map(endOf));
  const [end = ''] = ends.size === 1 && !dryRun ? ends : [];
  return `${tally(results, dryRun)}: ${shortened(unmarked(all.replaceAll('"', '')), longestNames)}${end}`;
}

function namesOf(grant: Grant, { brief }: Words): messages.Named {
  const name = (it: Identity): string => shortened(unmarked(it.name ?? brief(it.id)), longestName);
  return {
    who: grant.kind === 'assignment' ? name(grant.principal) : '',
    role: name(grant.role),
    where: name(grant.target),
  };
}

/** The end of access, with a blank before it; empty where there is nothing to say. */
function endOf(result: Result): string {
  const { lease, endedAt } = result;
  if (lease === null) return isMadePermanent(result) ? messages.permanently : '';
  const end = endIn(lease);
  return messages.until(lease, end === null ? null : messages.time(end, endedAt));
}

/** After a release it is the end of the access that others hold. */
function endIn({ did, expiresAt, endsAtLatest }: LeaseReport): number | null {
  return did === 'left' ? endsAtLatest : (expiresAt ?? endsAtLatest);
}
