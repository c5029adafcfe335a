import { describeGrant, type Grant, type Words } from '#access/grant';
import { namesAmong } from '#access/grant-names';
import { isNotStarted, worstStatus, type Result, type Status, type LeaseReport } from '#access/outcome';
import { capital, several } from '#access/words';

/**
 * The result of a grant in the words of log and summary, the worst first. `not started` is FAILED in the contract: no
 * request was sent for it.
 */
const fates = [
  'failed',
  'in progress',
  'pending approval',
  'not started',
  'overdue',
  'granted',
  'leased',
  'updated',
  'revoked',
  'released',
  'provisioned',
  'adopted',
  'unchanged',
] as const;
type Fate = (typeof fates)[number];

const done = {
  create: 'granted',
  update: 'updated',
  remove: 'revoked',
  provision: 'provisioned',
  // The access existed already, by another change that was still running.
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

/** The access itself is unchanged: its holders changed. */
function heldOrNot({ did, expiresAt, isOverdue }: LeaseReport): Fate {
  if (isOverdue === true) return 'overdue';
  switch (did) {
    case 'took':
      return 'leased';
    case 'left':
      return 'released';
    // Shown by a list. Without a holder it is no lease, but the access might remain.
    case 'neither':
      return expiresAt === null ? 'unchanged' : 'leased';
  }
}

/** The same for a dry run. */
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
    case 'overdue':
      return fate;
  }
}

/** The worst first, otherwise in their order. */
export function worstFirst(results: readonly Result[]): readonly Result[] {
  const byFate = groupedByFate(results);
  return fates.flatMap((fate) => (byFate.get(fate) ?? []).toSorted((a, b) => certainty(a) - certainty(b)));
}

/** Of changes in progress, those with an unknown result come first. */
function certainty({ outcome }: Result): number {
  return outcome.status === 'IN_PROGRESS' && outcome.requestId === null ? 0 : 1;
}

/** `3 granted, 2 unchanged, 1 failed`: successes first. */
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
 * Remarks on grants that succeeded, each once.
 *
 * @param apart whether the text around them does not name the grants, not even a single one
 */
export function remarksIn(results: readonly Result[], words: Words, apart = false): readonly string[] {
  const remarkOf = ({ outcome }: Result): readonly string[] =>
    outcome.status === 'SUCCEEDED' && outcome.remark !== null ? [outcome.remark] : [];
  return eachOnce(results, words, remarkOf, apart ? null : results.length);
}

/** Sentences about leases, each once. */
export function leaseSentencesIn(results: readonly Result[], words: Words): readonly string[] {
  const leased = results.filter(({ lease }) => lease !== null).length;
  return eachOnce(results, words, ({ lease }) => lease?.sentences ?? [], leased);
}

/** The lease IDs of leases that outlive the job, each once. Other leases end before the summary can be read. */
export function leaseIdsIn(results: readonly Result[]): readonly string[] {
  const ids = results.flatMap(({ lease }) =>
    lease !== null && lease.did === 'took' && lease.keepAfterJob && lease.id !== null ? [lease.id] : [],
  );
  return [...new Set(ids)];
}

/** True if this step granted access that does not end by itself. */
export function isMadePermanent(result: Result): boolean {
  return result.lease === null && fateOf(result) === 'granted';
}

/** @param all the number of grants of which a sentence needs no subject; `null` if it always needs one */
function eachOnce(
  results: readonly Result[],
  words: Words,
  sentencesOf: (result: Result) => readonly string[],
  all: number | null,
): readonly string[] {
  const apart = all === null;
  const said = results.flatMap((result) => sentencesOf(result).map((text) => ({ grant: result.grant, text })));
  const grants = results.map(({ grant }) => grant);
  const nameOf =
    apart || said.length === 0 ? (grant: Grant) => describeGrant(grant, words) : namesAmong(grants, words).of;
  return [...Map.groupBy(said, ({ text }) => text)].map(([text, [first, ...others]]) => {
    if (others.length + 1 === all || first === undefined) return text;
    return `${others.length === 0 ? capital(nameOf(first.grant)) : several(others.length + 1, 'grant')}: ${text}`;
  });
}

/**
 * True if a person should look at this grant. Grants that were not started are left out: a canceled run can have
 * thousands, all for the same reason.
 */
export function needsLook(result: Result): boolean {
  const fate = fateOf(result);
  return fate === 'failed' || fate === 'in progress' || fate === 'pending approval';
}

/** True for a grant that was as requested, and of which there is nothing to say. */
export function isAsBefore(result: Result): boolean {
  const { outcome } = result;
  return fateOf(result) === 'unchanged' && (outcome.status !== 'SUCCEEDED' || outcome.remark === null);
}

const signs = { SUCCEEDED: '✅', PENDING_APPROVAL: '⏳', IN_PROGRESS: '⏳', FAILED: '❌' } as const;

/** The sign of a status. A plan changes nothing, so nothing in it is green. */
export function signOf(status: Status, dryRun: boolean): string {
  return dryRun && status !== 'FAILED' ? '' : `${signs[status]} `;
}

/** The sign of results, the worst deciding: an overdue lease is green, and not as it should be. */
export function signOfAll(results: readonly Result[], dryRun: boolean): string {
  const worst = worstStatus(results);
  return worst === 'SUCCEEDED' && results.some((result) => fateOf(result) === 'overdue')
    ? '⚠️ '
    : signOf(worst, dryRun);
}

/** The result of a grant, in two or three words. */
export function becameOf(result: Result, dryRun: boolean): string {
  const { status } = result.outcome;
  const fate = fateOf(result);
  if (dryRun) return wouldBe(fate);
  if (status === 'SUCCEEDED') return fate;
  return status === 'FAILED' && fate !== 'failed' ? `FAILED, ${fate}` : status;
}
