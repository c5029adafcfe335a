import { isCount } from '#access/json';
import { createLeaseIds, mostNamedGrants } from '#access/leases/lease-id';
import * as patterns from '../resolve/patterns.ts';
import { grantKeyAlone, holderAlone } from './records/names.ts';

/** All data that releasing or extending needs besides a sign-in. */
export interface AwsLease {
  readonly region: string;
  /** The schedule group. */
  readonly group: string;
  readonly instanceArn: string;
  /** The role that Scheduler assumes. */
  readonly roleArn: string;
  readonly deadLetterQueueArn: string | null;
  /** The step run that took it, 20 characters of base32hex. */
  readonly holder: string;
  readonly keepAfterJob: boolean;
  /** Keys of the grants, 24 characters of base32hex each; `null` where they are too many to name. */
  readonly grants: readonly string[] | null;
  /** The number of its grants that were leased; others are permanent. */
  readonly count: number;
}

export const { writeLeaseId, parseLeaseId, checkLeaseId, leaseIn } = createLeaseIds<AwsLease>({
  version: 'ca1.',
  // Twice the length of the longest ARNs and twenty grants.
  longest: 8_192,
  on: 'AWS',
  membersOf,
  leaseOf,
});

function membersOf(lease: AwsLease): Readonly<Record<string, unknown>> {
  const { count } = lease;
  const isNamed = lease.grants !== null && lease.grants.length > 0 && lease.grants.length <= mostNamedGrants;
  const grants = isNamed ? lease.grants : null;
  return {
    r: lease.region,
    g: lease.group,
    i: lease.instanceArn,
    a: lease.roleArn,
    ...(lease.deadLetterQueueArn === null ? {} : { q: lease.deadLetterQueueArn }),
    h: lease.holder,
    k: lease.keepAfterJob ? 1 : 0,
    n: grants,
    // If all named grants were leased, their number is clear.
    ...(count === (grants?.length ?? null) ? {} : { c: Math.max(1, count) }),
  };
}

function leaseOf({ r, g, i, a, q, h, k, n, c }: Readonly<Record<string, unknown>>): AwsLease | null {
  const known =
    matches(r, patterns.region) &&
    matches(g, patterns.scheduleGroup) &&
    matches(i, patterns.instanceArn) &&
    matches(a, patterns.roleArn) &&
    (q === undefined || matches(q, patterns.queueArn)) &&
    matches(h, holderAlone) &&
    (n === null || areGrants(n)) &&
    (c === undefined || (isCount(c) && c > 0));
  if (!known) return null;
  const count = c ?? n?.length;
  if (count === undefined) return null;
  return {
    region: r,
    group: g,
    instanceArn: i,
    roleArn: a,
    deadLetterQueueArn: q ?? null,
    holder: h,
    keepAfterJob: k === 1,
    grants: n,
    count,
  };
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function areGrants(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= mostNamedGrants &&
    value.every((key) => matches(key, grantKeyAlone)) &&
    new Set(value).size === value.length
  );
}
