import { checkedBefore, ok, wrong, type Parsed } from '../declaration.ts';
import { isRecord, parseJson } from '../json.ts';
import type { LeaseId } from '../request.ts';
import { shortDigest } from './names.ts';

/** So many grants are named in a lease id; of more the records are looked for. */
export const mostNamedGrants = 20;

/** What a cloud's lease ids have of their own. */
export interface LeaseGrammar<L> {
  /** What an id begins with. */
  readonly version: string;
  /** In characters. */
  readonly longest: number;
  /** The cloud, as people call it. */
  readonly on: string;
  /** What is written of a lease, in this order. */
  readonly membersOf: (lease: L) => Readonly<Record<string, unknown>>;
  /** `null` where they are none of a lease. */
  readonly leaseOf: (members: Readonly<Record<string, unknown>>) => L | null;
}

/** Writes leases into ids, and reads them. */
export interface LeaseIds<L> {
  readonly writeLeaseId: (lease: L) => LeaseId;
  /** Understands only what is written, to the letter: nothing else can ride along in it. */
  readonly parseLeaseId: (text: string) => Parsed<L>;
  /** The id itself, where it is one. */
  readonly checkLeaseId: (text: string) => Parsed<LeaseId>;
  /** What a lease id stands for that has passed the inputs. */
  readonly leaseIn: (id: LeaseId) => L;
}

/**
 * Members with their own digest, so that an id of which one was changed is none: it would name a place where nothing is,
 * and what stands elsewhere would look as if it were gone. No secret is in it: who forges a whole id is not stopped.
 */
export function sealed(version: string, members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...members, z: shortDigest([version, JSON.stringify(members)], 16) };
}

/** An id says all that its lease takes: nothing has to be kept between two steps. */
export function createLeaseIds<L>({ version, longest, on, membersOf, leaseOf }: LeaseGrammar<L>): LeaseIds<L> {
  const noLease = wrong(`is not a lease-id from assign on ${on}: those begin with ${version} and are taken whole`);
  const changed = wrong('was changed: what it says does not agree with the digest in it. Take the output as it is');
  const writeLeaseId = (lease: L): LeaseId =>
    version + Buffer.from(JSON.stringify(sealed(version, membersOf(lease)))).toString('base64url');
  const parseLeaseId = (text: string): Parsed<L> => {
    if (text.length > longest || !text.startsWith(version)) return noLease;
    const members = parseJson(Buffer.from(text.slice(version.length), 'base64url').toString());
    const lease = isRecord(members) ? leaseOf(members) : null;
    if (lease === null) return noLease;
    return writeLeaseId(lease) === text ? ok(lease) : changed;
  };
  return {
    writeLeaseId,
    parseLeaseId,
    checkLeaseId: (text) => {
      const lease = parseLeaseId(text);
      return lease.ok ? ok(text) : lease;
    },
    leaseIn: (id) => checkedBefore(parseLeaseId(id), 'a lease id'),
  };
}
