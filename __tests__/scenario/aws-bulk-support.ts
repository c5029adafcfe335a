import type { Operation } from '../../rehearsal/aws/operation.ts';
import type { Estate } from '../../rehearsal/estate.ts';
import { makeEstate, placesOf, type EstateSize, type Places } from '../../rehearsal/estates.ts';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { fileOf } from './reports.ts';
import { mostWithin } from './request-rates.ts';
import { ids, signIn } from './support.ts';

/** Signed in, everything pinned: values that are given by ID are not looked up. */
export const pinned = {
  ...signIn,
  'aws-instance-arn': ids.instance,
  'aws-identity-store-id': ids.storeArn,
} as const;

export function lines(...texts: readonly string[]): string {
  return texts.join('\n');
}

/** An estate, and the inputs of a step that grants by IDs there. */
export interface Bulk {
  readonly estate: Estate;
  readonly places: Places;
  readonly targets: readonly string[];
  readonly inputs: typeof pinned & Readonly<Record<'principal' | 'role' | 'target', string>>;
  readonly grants: number;
}

interface Counts {
  readonly groups: number;
  readonly permissionSets?: number;
  readonly accounts: number;
}

/** Groups, permission sets and accounts in these numbers, in all combinations, in an estate that has them. */
export function bulk(size: EstateSize, { groups, permissionSets = 1, accounts }: Counts): Bulk {
  const estate = makeEstate({ groups, permissionSets, accounts, ...size });
  const places = placesOf(estate);
  const targets = places.accounts.slice(0, accounts);
  const inputs = {
    ...pinned,
    principal: lines(...places.groups.slice(0, groups).map((id) => `group:${id}`)),
    role: lines(...places.permissionSets.slice(0, permissionSets)),
    target: lines(...targets),
  };
  return { estate, places, targets, inputs, grants: groups * permissionSets * targets.length };
}

type Entry = Readonly<Record<string, unknown>>;

/** Contents of the results file, grant by grant. */
export function recordsOf(result: StepResult): readonly Entry[] {
  return fileOf(result)['results'] as readonly Entry[];
}

/** The distinct values of one member of all results, sorted. */
export function distinct(result: StepResult, member: string): readonly unknown[] {
  return [...new Set(recordsOf(result).map((record) => record[member]))].sort();
}

/** Number of results with each value of a member. */
export function tallied(result: StepResult, member: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const record of recordsOf(result)) {
    const value = String(record[member]);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
}

/** Most requests to a service that arrived within any second. */
export function busiestSecond(requests: readonly JournalEntry[], service: JournalEntry['service'] = 'sso'): number {
  return mostWithin(
    requests.filter((entry) => entry.service === service),
    1_000,
  );
}

type Span = Pick<Operation, 'createdAt' | 'finishAt'>;

/** Most operations that were running at one time. */
export function mostAtOnce(operations: readonly Span[]): number {
  return Math.max(
    0,
    ...operations.map(
      ({ createdAt: time }) =>
        operations.filter(({ createdAt, finishAt }) => createdAt <= time && time < finishAt).length,
    ),
  );
}

/** Most operations that were running at one time on any one account. */
export function mostOnOneAccount({ aws: { estate } }: World): number {
  const byAccount = Map.groupBy(estate.operations(), ({ accountId }) => accountId);
  return Math.max(0, ...[...byAccount.values()].map(mostAtOnce));
}

/** Effects without their times and requests: a change that was made twice is listed twice. */
export function effective({ aws: { estate } }: World): readonly string[] {
  return estate
    .effectiveChanges()
    .map(({ kind, accountId, permissionSetArn, principalId = '' }) =>
      [kind, accountId, permissionSetArn, principalId].join(' '),
    )
    .sort();
}

/** Requests to Organizations. */
export function toOrganizations({ requests }: StepResult): readonly string[] {
  return requests.filter(({ service }) => service === 'organizations').map(({ operation }) => operation);
}
