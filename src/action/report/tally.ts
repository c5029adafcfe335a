import { describeGrant, type Words } from '#access/grant';
import type { LeaseReport } from '#access/leases/report';
import { isNotStarted, type Result, type Status } from '#access/outcome';
import { capital } from '#access/words';

/**
 * What became of a grant, in the words of log and summary, the worst first. `not started` is FAILED in the contract:
 * nothing was sent for it.
 */
const fates = [
  'failed',
  'in progress',
  'pending approval',
  'not started',
  'granted',
  'leased',
  'updated',
  'revoked',
  'released',
  'provisioned',
  'adopted',
  'unchanged',
] as const;
export type Fate = (typeof fates)[number];

const done = {
  create: 'granted',
  update: 'updated',
  remove: 'revoked',
  provision: 'provisioned',
  // It was there already, by a change of somebody else that was still running.
  keep: 'adopted',
  refuse: 'failed',
} as const satisfies Readonly<Record<Result['action'], Fate>>;

export function fateOf({ action, outcome, lease }: Result): Fate {
  switch (outcome.status) {
    case 'SUCCEEDED':
      if (action === 'keep' && lease !== null && lease.state !== 'permanent') return heldOrNot(lease);
      if (!outcome.changed) return 'unchanged';
      return action === 'create' && lease !== null && lease.state !== 'permanent' ? 'leased' : done[action];
    case 'PENDING_APPROVAL':
      return 'pending approval';
    case 'IN_PROGRESS':
      return 'in progress';
    case 'FAILED':
      return isNotStarted(outcome) ? 'not started' : 'failed';
  }
}

/** The access itself was left as it was: what changed is who holds it. */
function heldOrNot({ did, expiresAt }: LeaseReport): Fate {
  switch (did) {
    case 'took':
      return 'leased';
    case 'left':
      return 'released';
    // Shown by a list: one that nobody holds any more is none, and is not gone for that.
    case 'neither':
      return expiresAt === null ? 'unchanged' : 'leased';
  }
}

/** The same of a dry run, which has only planned. */
function wouldBe(fate: Fate): string {
  switch (fate) {
    case 'granted':
    case 'leased':
    case 'updated':
    case 'revoked':
    case 'released':
    case 'provisioned':
      return `would be ${fate}`;
    case 'failed':
      return 'refused';
    case 'adopted':
    case 'unchanged':
      return 'unchanged';
    case 'in progress':
    case 'pending approval':
    case 'not started':
      return fate;
  }
}

/** The worst first, otherwise in the order that they had. */
export function worstFirst(results: readonly Result[]): readonly Result[] {
  const byFate = groupedByFate(results);
  return fates.flatMap((fate) => (byFate.get(fate) ?? []).toSorted((a, b) => certainty(a) - certainty(b)));
}

/** Of what is in flight, that of which nobody knows whether it is comes first. */
function certainty({ outcome }: Result): number {
  return outcome.status === 'IN_PROGRESS' && outcome.requestId === null ? 0 : 1;
}

/** `3 granted, 2 unchanged, 1 failed`: what went well first, and what a person has to look at last. */
export function tally(results: readonly Result[], dryRun: boolean): string {
  const byFate = groupedByFate(results);
  const bad = fates.indexOf('not started') + 1;
  return [...fates.slice(bad), ...fates.slice(0, bad).reverse()]
    .flatMap((fate) => {
      const count = byFate.get(fate)?.length ?? 0;
      return count === 0 ? [] : [`${count} ${dryRun ? wouldBe(fate) : fate}`];
    })
    .join(', ');
}

function groupedByFate(results: readonly Result[]): ReadonlyMap<Fate, readonly Result[]> {
  return Map.groupBy(results, fateOf);
}

/**
 * What a person should know of grants although all is well with them, each sentence once.
 *
 * @param apart where nothing around it says which grant is meant, not even of the only one
 */
export function remarksIn(results: readonly Result[], words: Words, apart = false): readonly string[] {
  const remarkOf = ({ outcome }: Result): readonly string[] =>
    outcome.status === 'SUCCEEDED' && outcome.remark !== null ? [outcome.remark] : [];
  return eachOnce(results, words, remarkOf, apart);
}

/** What is to be told of leases, each sentence once. */
export function leaseSentencesIn(results: readonly Result[], words: Words): readonly string[] {
  return eachOnce(results, words, ({ lease }) => lease?.sentences ?? []);
}

/**
 * Whether this very step made access that does not end by itself. Access that was there is another matter: nobody has
 * asked what may end it.
 */
export function isMadePermanent(result: Result): boolean {
  return result.lease === null && fateOf(result) === 'granted';
}

/** Of many grants it is said which ones are meant. */
function eachOnce(
  results: readonly Result[],
  words: Words,
  sentencesOf: (result: Result) => readonly string[],
  apart = false,
): readonly string[] {
  const said = results.flatMap((result) => sentencesOf(result).map((text) => ({ grant: result.grant, text })));
  return [...Map.groupBy(said, ({ text }) => text)].map(([text, [first, ...others]]) => {
    if ((results.length === 1 && !apart) || first === undefined) return text;
    const whom = others.length === 0 ? capital(describeGrant(first.grant, words)) : `${others.length + 1} grants`;
    return `${whom}: ${text}`;
  });
}

/**
 * Whether a person has to look at this very grant. Not at those that were not started: when a run is cancelled there may
 * be thousands, and nothing is to be learnt from each.
 */
export function needsLook(result: Result): boolean {
  const fate = fateOf(result);
  return fate === 'failed' || fate === 'in progress' || fate === 'pending approval';
}

const signs = { SUCCEEDED: '✅', PENDING_APPROVAL: '⏳', IN_PROGRESS: '⏳', FAILED: '❌' } as const;

/** Stands before what became of a grant, or of the worst of many. Nothing is done by a plan, and so nothing is green. */
export function signOf(status: Status, dryRun: boolean): string {
  return dryRun && status !== 'FAILED' ? '' : `${signs[status]} `;
}

/** What became of a grant, in two or three words. */
export function becameOf(result: Result, dryRun: boolean): string {
  const { status } = result.outcome;
  const fate = fateOf(result);
  if (dryRun) return wouldBe(fate);
  if (status === 'SUCCEEDED') return fate;
  return status === 'FAILED' && fate !== 'failed' ? `FAILED, ${fate}` : status;
}
